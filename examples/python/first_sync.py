"""From nothing to every order in one place, and why some of them wait.

    pip install sutler && python first_sync.py
"""

import sutler

# Two marketplaces on this machine; with your own keys it is sutler.Walmart(seller, client_id, client_secret).
with (
    sutler.sandbox(marketplaces=["walmart", "ebay"], orders=40, speed=1) as box,
    sutler.Engine.open("memory:") as engine,  # a path keeps the orders: "orders.db"
):
    for name, channel in box.channels().items():
        engine.add_channel(name, channel)

    # What lies on the shelves that both sell from.
    for market in box.markets():
        for sku, units in market.on_hand.items():
            engine.on_hand(sku, units, as_of=market.pace.origin)
    engine.step()  # everything that is due now; run() goes on

    for total in engine.totals():
        print(f"{total.channel}: {total.orders} {total.phase}")
    for name in box.channels():
        for order in engine.orders(channel=name, phase="held"):
            print(f"{name} {order.channel_order_id} waits: {order.why}")
