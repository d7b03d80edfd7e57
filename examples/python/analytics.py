"""What was sold: orders, units and revenue by channel, and the SKUs that bring the most.

    pip install sutler polars && python analytics.py
"""

import polars as pl
from polars import col

import sutler

with (
    sutler.sandbox(marketplaces=["walmart", "ebay"], orders=40, speed=1) as box,
    sutler.Engine.open("memory:") as engine,
):
    for name, channel in box.channels().items():
        engine.add_channel(name, channel)
    engine.step()
    lines = pl.DataFrame(engine.lines_table())  # by Arrow: no Python object an order

sold = lines.select("channel", "channel_order_id", "sku", units=col("ordered") - col("cancelled"), revenue="goods")
sums = [col("channel_order_id").n_unique().alias("orders"), col("units").sum(), col("revenue").sum()]


def show(table: pl.DataFrame) -> None:
    print(f"{table.columns[0]:<10} {'orders':>7} {'units':>7} {'revenue':>10}")
    for group, orders, units, revenue in table.iter_rows():
        print(f"{group:<10} {orders:>7} {units:>7} {revenue:>10.2f}")


show(sold.group_by("channel").agg(sums).sort("channel"))
print()
show(sold.group_by("sku").agg(sums).sort("revenue", "sku", descending=[True, False]).head(5))
