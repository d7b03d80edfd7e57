"""The job of `benches/src/bin/embedded.rs` through the Python package, against the same marketplace: one JSON line.

    python job.py 127.0.0.1:8099 orders.db
"""

import json
import os
import resource
import sys
import time
from datetime import datetime, timedelta, timezone

import sutler

host, db = sys.argv[1:3]
for end in ("", "-wal", "-shm", ".lock"):
    if os.path.exists(db + end):
        os.remove(db + end)

base_url = f"http://{host}"
channel = sutler.Walmart(
    "101", "bench", "bench", environment="local", base_url=base_url, token_url=f"{base_url}/v3/token", rate_factor=100_000.0
)
with sutler.Engine.open(db) as engine:
    engine.add_channel("us", channel)
    engine.load_policy("[stock]\npublish = false\n")
    counted = datetime.now(timezone.utc) - timedelta(days=3)
    for n in range(5_000):
        engine.on_hand(f"SKU-{n:05}", 8 if n % 25 == 0 else 1_000, as_of=counted)
    started, spent = time.perf_counter(), time.process_time()
    engine.step()
    wall, cpu = time.perf_counter() - started, time.process_time() - spent
    totals = {str(total.phase): total.orders for total in engine.totals()}
orders = sum(totals.values())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({
    "peer": "sutler in Python", "job": "sync", "orders_per_s": round(orders / wall), "wall_s": round(wall, 3),
    "cpu_s": round(cpu, 3), "peak_rss_mb": round(peak, 1), "orders": orders, "phases": totals,
}))
