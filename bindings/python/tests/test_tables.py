"""Tables, progress and logging."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Iterator
from decimal import Decimal

import pyarrow
import pytest

import sutler



@pytest.fixture(scope="module")
def engine() -> Iterator[sutler.Engine]:
    with sutler.sandbox(orders=40) as box, sutler.Engine.open("memory:") as engine:
        for name, channel in box.channels().items():
            engine.add_channel(name, channel)
        engine.step()
        yield engine


def total(engine: sutler.Engine) -> int:
    return sum(one.orders for one in engine.totals())


def test_orders_as_a_table_are_the_orders(engine: sutler.Engine) -> None:
    table = engine.orders_table()
    assert len(table) == total(engine) > 100
    rows = pyarrow.table(table).to_pylist()
    assert [row["placed_at"] for row in rows] == sorted(row["placed_at"] for row in rows)
    orders = {(order.channel, order.channel_order_id): order for order in engine.orders()}
    assert len(orders) == len(rows)
    for row in rows:
        order = orders[row["channel"], row["channel_order_id"]]
        assert (row["phase"], row["placed_at"], row["lines"]) == (order.phase, order.placed_at, len(order.lines))
        assert row["total"] == (None if order.total is None else order.total.amount)
        assert row["currency"] == (None if order.total is None else order.total.currency)
        assert row["holds"] == [hold.reason for hold in order.holds]
        assert (row["due_at"], row["acknowledged"]) == (order.due_at, order.acknowledged)


def test_lines_as_a_table_are_the_lines(engine: sutler.Engine) -> None:
    rows = pyarrow.table(engine.lines_table(channel="walmart")).to_pylist()
    orders = list(engine.orders(channel="walmart"))
    assert sum(row["ordered"] for row in rows) == sum(line.ordered for order in orders for line in order.lines)
    assert sum(row["charges"] for row in rows) == sum(
        (charge.amount.amount for order in orders for line in order.lines for charge in line.charges), Decimal(0)
    )


def test_polars_pandas_and_duckdb_read_a_table(engine: sutler.Engine) -> None:
    import duckdb
    import polars

    table = engine.orders_table()
    assert polars.DataFrame(table).height == total(engine)
    # Of any stream polars makes one column, which it opens again.
    column = polars.from_arrow(table)
    assert isinstance(column, polars.Series) and column.struct.unnest().equals(polars.DataFrame(table))
    assert pyarrow.table(table).to_pandas().shape == (total(engine), 10)
    read = pyarrow.table(table)  # noqa: F841  DuckDB finds it by its name.
    assert duckdb.execute("select count(*), count(distinct channel) from read").fetchall() == [(total(engine), 3)]


def test_a_table_may_be_narrowed_empty_and_read_twice(engine: sutler.Engine) -> None:
    table = engine.orders_table(phase="delivered")
    assert len(table) == 0 and "total" in table.column_names and "0 rows" in repr(table)
    assert pyarrow.table(table).num_rows == pyarrow.table(table).num_rows == 0
    assert pyarrow.schema(table).names == table.column_names
    oldest = min(order.placed_at for order in engine.orders())
    assert 0 < len(engine.orders_table(placed_from=oldest, placed_before=oldest.replace(year=oldest.year + 1))) <= total(engine)
    with pytest.raises(sutler.InvalidError, match="fase"):
        engine.orders_table(phase="fase")
    with pytest.raises(TypeError, match="placed_from"):
        engine.orders_table(placed_from="yesterday")  # type: ignore[arg-type]


def test_asyncio_reads_tables_too() -> None:
    async def main() -> int:
        async with await sutler.AsyncEngine.open("memory:") as engine:
            return len(await engine.lines_table())

    assert asyncio.run(main()) == 0


def test_progress_is_told_in_all(engine: sutler.Engine) -> None:
    read: list[int] = []
    engine.orders_table(progress=read.append)
    assert sum(read) == total(engine)
    with pytest.raises(TypeError, match="progress"):
        engine.orders_table(progress=3)  # type: ignore[arg-type]

    def broken(_: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        engine.orders_table(progress=broken)


def test_a_step_tells_its_progress_to_tqdm() -> None:
    import io

    import tqdm

    with sutler.sandbox(marketplaces=["walmart"], orders=30) as box, sutler.Engine.open("memory:") as engine:
        engine.add_channel("walmart", box.channels()["walmart"])
        with tqdm.tqdm(unit="changes", file=io.StringIO()) as bar:
            engine.step(progress=bar.update)
        assert bar.n == engine.position() > 30


def test_a_step_of_asyncio_tells_its_progress_too() -> None:
    def broken(_: int) -> None:
        raise ZeroDivisionError

    async def main(channel: sutler.LocalChannel) -> tuple[int, int]:
        told: list[int] = []
        async with await sutler.AsyncEngine.open("memory:") as engine:
            await engine.add_channel("walmart", channel)
            await engine.step(progress=told.append)
            position = await engine.position()
            await engine.on_hand("NEW", 1)
            with pytest.raises(ZeroDivisionError):
                await engine.step(progress=broken)
            assert await engine.position() > position, "what is told of is done all the same"
            with pytest.raises(TypeError, match="progress"):
                await engine.step(progress=3)  # type: ignore[arg-type]
        return sum(told), position

    with sutler.sandbox(marketplaces=["walmart"], orders=30) as box:
        told, position = asyncio.run(main(box.channels()["walmart"]))
    assert told == position > 30


class Heard(logging.Handler):
    """Tells when something was said."""

    def __init__(self) -> None:
        super().__init__()
        self.said = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.said.set()


def test_the_engine_speaks_to_logging() -> None:
    sutler.log_to_logging("DEBUG")
    heard = Heard()
    names = ("sutler", "sutler_http", "sutler_engine")
    for name in names:
        logging.getLogger(name).addHandler(heard)
        logging.getLogger(name).setLevel(logging.DEBUG)
    with sutler.sandbox(marketplaces=["walmart"], orders=5, faults="tokens") as box:
        with sutler.Engine.open("memory:") as engine:
            engine.add_channel("walmart", box.channels()["walmart"])
            engine.step()
            assert heard.said.wait(10)
    for name in names:
        logging.getLogger(name).removeHandler(heard)
    with pytest.raises(ValueError, match="level"):
        sutler.log_to_logging("loud")


@pytest.mark.parametrize("name", ["orders_table", "lines_table"])
def test_a_table_has_the_columns_that_are_said(engine: sutler.Engine, name: str) -> None:
    said = getattr(sutler.Engine, name).__doc__.split("Columns:")[1].split("Args:")[0]
    assert re.findall(r"`(\w+)`:", said) == getattr(engine, name)().column_names
