"""A channel of your own beside the built-in ones: rules, stock, journal and exactly-once sending come with it.

    pip install sutler && python own_channel.py

`sutler.testkit` holds it to the suite that the built-in channels pass, once it speaks to a marketplace.
"""

from datetime import datetime, timezone

import sutler


class Shop:
    """A shop that keeps its orders as `ID SKU UNITS` and wants to hear who takes them."""

    profile = sutler.ChannelProfile(
        seller="me",
        marketplace="shop",
        verbs=(sutler.VerbProfile("acknowledge", sutler.Repeat.REPEATABLE),),
    )

    def __init__(self) -> None:
        self.told: list[str] = []

    def check(self) -> sutler.Found:
        return sutler.Found()

    async def pull(self, request: sutler.PullRequest) -> sutler.ShownPage:
        number, sku, units = "A-1 KETTLE 2".split(" ")
        line = sutler.ShownLine("1", int(units), sku=sku)
        return sutler.ShownPage((sutler.ShownOrder(number, (line,)),))

    async def fetch(self, order_id: str) -> None:
        return None

    async def perform(self, commands: tuple[sutler.ChannelCommand, ...]) -> list[sutler.Receipt]:
        self.told += [command.channel_order_id or "" for command in commands]
        return [sutler.Receipt(sutler.ReceiptKind.DONE, why="the shop nodded") for _ in commands]


shop = Shop()
with sutler.Engine.open("memory:") as engine:
    engine.add_channel("shop", shop)
    # Orders are fetched at the counter.
    engine.load_policy('[[rule]]\nname = "address_deliverable"\nenabled = false\n')
    engine.on_hand("KETTLE", 5, as_of=datetime.fromtimestamp(0, timezone.utc))
    engine.step()

    print("the shop was told:", ", ".join(shop.told))
    for order in engine.orders():
        print(f"{order.channel_order_id}: {'acknowledged' if order.acknowledged else order.why}")
