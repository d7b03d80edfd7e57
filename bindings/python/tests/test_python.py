"""What only Python has: asyncio, signals, forks, the types themselves."""

from __future__ import annotations

import asyncio
import copy
import multiprocessing
import pickle
import signal
import subprocess
import sys
import threading
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
import sutler


def test_values_compare_print_and_copy() -> None:
    money = sutler.Money(Decimal("1.50"), "USD")
    assert money == sutler.Money(Decimal("1.50"), "USD") and hash(money) == hash(copy.copy(money))
    assert repr(money) == "Money(amount=Decimal('1.50'), currency='USD')"
    assert money.to_dict() == {"amount": Decimal("1.50"), "currency": "USD"}
    assert pickle.loads(pickle.dumps(money)) == money
    with pytest.raises(AttributeError):
        money.amount = Decimal(2)  # type: ignore[misc]


def test_texts_keep_what_they_do_not_know() -> None:
    assert sutler.Phase.HELD == "held" and sutler.Phase("held").is_known
    assert sutler.Phase("brand_new") == "brand_new" and not sutler.Phase("brand_new").is_known
    assert repr(sutler.Phase("held")) == "Phase('held')"


@pytest.mark.parametrize("amount", [1.5, True, None])
def test_money_is_no_float(amount: object) -> None:
    with pytest.raises(TypeError, match="Money.amount"):
        sutler.Money(amount, "USD")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="finite"):
        sutler.Money(Decimal("NaN"), "USD")


def test_errors_are_what_python_expects() -> None:
    with sutler.Engine.open("memory:") as engine:
        with pytest.raises(LookupError) as missing:
            engine.order("walmart", "nope")
        assert isinstance(missing.value, sutler.NotFoundError)
        assert (missing.value.op, missing.value.applied, missing.value.retry_after) == ("host.order", "no", None)
        with pytest.raises(ValueError, match="no time zone"):
            engine.on_hand("A", 1, as_of=datetime(2026, 1, 1))
        with pytest.raises(TypeError, match="Walmart"):
            engine.add_channel("x", object())  # type: ignore[arg-type]
    with pytest.raises(sutler.ClosedError, match="open it again"):
        engine.totals()
    engine.close()


def test_what_cannot_be_opened_is_named() -> None:
    with pytest.raises(sutler.ConfigError, match="tenant"):
        sutler.Engine.open("memory:", tenant=" ")
    with pytest.raises(sutler.ConfigError, match="no file"):
        sutler.Engine.open("")
    with pytest.raises(ValueError, match="walmart.* twice"):
        sutler.sandbox(marketplaces=["walmart", "walmart"])


def test_one_file_has_one_engine(tmp_path: Path) -> None:
    path = str(tmp_path / "orders.db")
    with sutler.Engine.open(path):
        with pytest.raises(sutler.ConflictError):
            sutler.Engine.open(path)
    sutler.Engine.open(path).close()
    with pytest.raises(sutler.ConfigError, match="postgres"):
        sutler.Engine.open("postgres://nowhere/db")


def test_channels_are_added_while_nothing_runs_and_under_their_own_names() -> None:
    with sutler.sandbox(marketplaces=["walmart"], orders=3) as box, sutler.Engine.open("memory:") as engine:
        channel = box.channels()["walmart"]
        engine.add_channel("us", channel)
        with pytest.raises(sutler.ConfigError, match="us"):
            engine.add_channel("us", channel)
        engine.step()
        assert len(list(engine.orders(channel="us"))) == 3
        # What was read stays when the engine is built anew.
        engine.load_policy("[stock]\nbuffer = 2\n")
        assert len(list(engine.orders())) == 3
        running = threading.Thread(target=engine.run)
        running.start()
        # Taken: it runs.
        assert engine.taken(engine.on_hand("A", 1).id).state == "done"
        with pytest.raises(sutler.ConflictError, match="runs"):
            engine.load_policy("")
        engine.stop()
        running.join(10)
        assert not running.is_alive()


def test_asyncio_waits_without_holding_the_loop(tmp_path: Path) -> None:
    async def main() -> tuple[int, int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0)

        ticking = asyncio.create_task(tick())
        box = await asyncio.to_thread(sutler.sandbox, orders=30)
        async with await sutler.AsyncEngine.open(str(tmp_path / "orders.db")) as engine:
            for name, channel in box.channels().items():
                await engine.add_channel(name, channel)
            await engine.step()
            orders = [order async for order in engine.orders(limit=10)]
            running = asyncio.create_task(engine.run())
            assert (await engine.taken((await engine.on_hand("B", 1)).id)).state == "done"
            engine.stop()
            await asyncio.wait_for(running, 10)
            with pytest.raises(sutler.NotFoundError):
                await engine.order("walmart", "nope")
            # A call that is given up leaves the engine as it was.
            ticket = await engine.on_hand("A", 1)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(engine.taken(ticket.id), 0.05)
            await engine.step()
            assert (await engine.taken(ticket.id)).state == "done"
        box.close()
        ticking.cancel()
        return len(orders), ticks

    orders, ticks = asyncio.run(main())
    assert orders >= 80 and ticks > 50


def test_a_call_left_pending_at_the_end_ends_with_the_process() -> None:
    program = """
import asyncio, sutler
async def main():
    engine = await sutler.AsyncEngine.open("memory:")
    ticket = await engine.on_hand("A", 1)
    asyncio.ensure_future(engine.taken(ticket.id))
    await asyncio.sleep(0)
asyncio.run(main())
print("over")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert (ended.returncode, ended.stdout) == (0, "over\n"), ended.stderr


def test_an_interrupt_ends_a_run_cleanly(tmp_path: Path) -> None:
    program = f"""
import signal, threading, sutler
# Whoever was started in the background may have been told to ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
def tell():
    while len(list(engine.orders())) < 5:
        pass
    print("running", flush=True)
with sutler.sandbox(marketplaces=["walmart"], orders=5) as box, sutler.Engine.open({str(tmp_path / "o.db")!r}) as engine:
    engine.add_channel("us", box.channels()["walmart"])
    threading.Thread(target=tell).start()
    try:
        engine.run()
    except KeyboardInterrupt:
        print(len(list(engine.orders())), "orders", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None and running.stdout.readline() == "running\n"
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=30)
    assert (running.returncode, said) == (0, "5 orders\n")


def _totals(engine: sutler.Engine, answer: multiprocessing.Queue[str]) -> None:
    try:
        engine.totals()
        answer.put("no error")
    except RuntimeError as error:
        answer.put(str(error))


def test_a_fork_is_told_so() -> None:
    context = multiprocessing.get_context("fork")
    with sutler.Engine.open("memory:") as engine:
        engine.totals()
        answer: multiprocessing.Queue[str] = context.Queue()
        child = context.Process(target=_totals, args=(engine, answer))
        child.start()
        assert "forked" in answer.get(timeout=20)
        child.join(20)


def test_nothing_grows_with_calls() -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1])

    with sutler.Engine.open("memory:") as engine:
        engine.on_hand("A", 5)
        for _ in range(5_000):
            engine.item("A")
        before = resident()
        for _ in range(100_000):
            engine.item("A")
        assert resident() - before < 512, "pages of 4 KiB"


def test_payloads_are_read_and_decided_without_an_engine() -> None:
    order = sutler.normalize("walmart", b'{"purchaseOrderId": "1796277083022"}')
    assert order.channel_order_id == "1796277083022" and order.unmapped
    decided = sutler.decide("walmart", {"purchaseOrderId": "1"}, now=datetime(2026, 1, 1, tzinfo=timezone.utc))
    assert not decided.accept
    with pytest.raises(sutler.InvalidError, match="JSON"):
        sutler.normalize("walmart", "?")
    with pytest.raises(sutler.InvalidError, match="amazon"):
        sutler.normalize("etsy", "{}")
