"""A rule of your own: asked with the built-in ones, explained like them.

    pip install sutler && python own_rule.py
"""

import sutler


class FewUnits:
    """Orders of many units are looked at by a person first. `judge` may be a coroutine too, and ask whom it likes."""

    name = "few_units"
    version = "1"
    most = 3

    def judge(self, order: sutler.AskedOrder) -> sutler.Verdict:
        units = sum(line.ordered for line in order.lines)
        # A proof is a code and the value that decided, without personal data.
        proof = ("units.counted", f"{units} units, {self.most} at most")
        return sutler.passes(*proof) if units <= self.most else sutler.hold(*proof)


with (
    sutler.sandbox(marketplaces=["walmart"], orders=40, speed=1) as box,
    sutler.Engine.open("memory:") as engine,
):
    engine.add_channel("us", box.channels()["walmart"])
    engine.add_rule(FewUnits())
    (market,) = box.markets()
    for sku, units in market.on_hand.items():
        engine.on_hand(sku, units, as_of=market.pace.origin)
    engine.step()
    for order in engine.orders(held_for="rule:few_units"):
        print(f"{order.channel_order_id}: {order.why}")
