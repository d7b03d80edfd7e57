"""Orders read from Python as a table and as objects: one JSON line. The store is one that `benches/src/bin/embedded.rs` filled.

    python tables.py orders.db
"""

import json
import sys
import time

import sutler

db = sys.argv[1]


def taken(read):
    started = time.perf_counter()
    orders = read()
    return orders, time.perf_counter() - started


with sutler.Engine.open(db) as engine:
    orders, table = taken(lambda: len(engine.orders_table()))
    _, lines = taken(lambda: len(engine.lines_table()))
    _, objects = taken(lambda: sum(1 for _ in engine.orders(limit=500)))
print(json.dumps({
    "orders": orders, "orders_table_s": round(table, 2), "lines_table_s": round(lines, 2), "objects_s": round(objects, 2),
    "times_faster": round(objects / table, 1), "times_faster_lines": round(objects / lines, 1),
}))
