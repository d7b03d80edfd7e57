"""A policy of your own in a few lines of TOML: what it passes is acknowledged, the rest is held with its reason.

    pip install sutler && python auto_acknowledge.py
"""

import sutler

POLICY = """
[[rule]]
name = "total_within_limits"
limits = [{ currency = "USD", max = "400.00" }]

[stock]
buffer = 2          # units of each SKU kept back from every listing
"""

with (
    sutler.sandbox(marketplaces=["walmart"], orders=40, speed=1) as box,
    sutler.Engine.open("memory:") as engine,
):
    engine.load_policy(POLICY)
    engine.add_channel("us", box.channels()["walmart"])
    [market] = box.markets()
    for sku, units in market.on_hand.items():
        engine.on_hand(sku, units, as_of=market.pace.origin)
    engine.step()

    for order in engine.orders():
        taken = "acknowledged" if order.acknowledged else "not acknowledged"
        print(f"{order.channel_order_id}: {taken}: {order.why}")
    # Every rule says what it found.
    held = next(engine.orders(phase="held"))
    for proof in engine.order("us", held.channel_order_id).proofs:
        print(f"  {proof.rule}: {proof.code} {proof.value}".rstrip())
    print(f"acknowledged at the marketplace: {len(box.effects('walmart').acknowledged)}")
