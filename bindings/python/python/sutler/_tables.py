# Written by `cargo xtask gen` from bindings/boundary; edit it there.
"""The tables of both engines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from . import _base
from ._native import Table
from ._types import Phase


class Tables(_base.Base):
    """Orders as Arrow, without a Python object each."""

    def orders_table(
        self,
        *,
        channel: str | None = None,
        phase: Phase | str | None = None,
        placed_from: datetime | None = None,
        placed_before: datetime | None = None,
        progress: _base.Progress | None = None,
    ) -> Table:
        """Orders as an Arrow table, oldest placed first.

        `polars.DataFrame(table)` and `pyarrow.table(table)` read it, and by the latter pandas and DuckDB.

        Columns:
            `channel`: The channel it came by.
            `channel_order_id`: The channel's id of it.
            `phase`: Where it is.
            `placed_at`: When it was placed, UTC.
            `due_at`: Its next deadline, UTC.
            `total`: Its total, six digits after the point; none where it is finer.
            `currency`: The total's currency, ISO 4217.
            `acknowledged`: Has the channel our acknowledgment?
            `lines`: How many lines it has.
            `holds`: The codes of why it waits.

        Args:
            channel: Of this channel.
            phase: In this phase.
            placed_from: Placed at or after.
            placed_before: Placed before.
            progress: Told now and then how many more orders were read: `tqdm.tqdm().update`.
        """
        given: dict[str, Any] = {
            "channel": None if channel is None else _base.text("channel", channel),
            "phase": None if phase is None else _base.text("phase", phase),
            "placed_from": None if placed_from is None else _base.instant("placed_from", placed_from),
            "placed_before": None if placed_before is None else _base.instant("placed_before", placed_before),
        }
        return self._table("orders_table", given, progress)

    def lines_table(
        self,
        *,
        channel: str | None = None,
        phase: Phase | str | None = None,
        placed_from: datetime | None = None,
        placed_before: datetime | None = None,
        progress: _base.Progress | None = None,
    ) -> Table:
        """Lines as an Arrow table, oldest placed order first.

        `polars.DataFrame(table)` and `pyarrow.table(table)` read it, and by the latter pandas and DuckDB.

        Columns:
            `channel`: The channel it came by.
            `channel_order_id`: The channel's id of it.
            `phase`: Where it is.
            `placed_at`: When it was placed, UTC.
            `line_id`: The channel's line id.
            `sku`: The SKU.
            `title`: Product name.
            `ordered`: Units bought.
            `cancelled`: Units the channel shows as cancelled.
            `shipped`: Units the channel shows as shipped or further.
            `delivered`: Units the channel shows as delivered.
            `goods`: What is charged for the goods, for all units; none where it is finer than six digits.
            `charges`: The same with delivery, discounts and fees.
            `tax`: Tax on all of it.
            `currency`: The currency of the three, ISO 4217.

        Args:
            channel: Of this channel.
            phase: In this phase.
            placed_from: Placed at or after.
            placed_before: Placed before.
            progress: Told now and then how many more orders were read: `tqdm.tqdm().update`.
        """
        given: dict[str, Any] = {
            "channel": None if channel is None else _base.text("channel", channel),
            "phase": None if phase is None else _base.text("phase", phase),
            "placed_from": None if placed_from is None else _base.instant("placed_from", placed_from),
            "placed_before": None if placed_before is None else _base.instant("placed_before", placed_before),
        }
        return self._table("lines_table", given, progress)


class AsyncTables(_base.AsyncBase):
    """Orders as Arrow, without a Python object each."""

    async def orders_table(
        self,
        *,
        channel: str | None = None,
        phase: Phase | str | None = None,
        placed_from: datetime | None = None,
        placed_before: datetime | None = None,
        progress: _base.Progress | None = None,
    ) -> Table:
        """Orders as an Arrow table, oldest placed first.

        `polars.DataFrame(table)` and `pyarrow.table(table)` read it, and by the latter pandas and DuckDB.

        Columns:
            `channel`: The channel it came by.
            `channel_order_id`: The channel's id of it.
            `phase`: Where it is.
            `placed_at`: When it was placed, UTC.
            `due_at`: Its next deadline, UTC.
            `total`: Its total, six digits after the point; none where it is finer.
            `currency`: The total's currency, ISO 4217.
            `acknowledged`: Has the channel our acknowledgment?
            `lines`: How many lines it has.
            `holds`: The codes of why it waits.

        Args:
            channel: Of this channel.
            phase: In this phase.
            placed_from: Placed at or after.
            placed_before: Placed before.
            progress: Told now and then how many more orders were read: `tqdm.tqdm().update`.
        """
        given: dict[str, Any] = {
            "channel": None if channel is None else _base.text("channel", channel),
            "phase": None if phase is None else _base.text("phase", phase),
            "placed_from": None if placed_from is None else _base.instant("placed_from", placed_from),
            "placed_before": None if placed_before is None else _base.instant("placed_before", placed_before),
        }
        return await self._table("orders_table", given, progress)

    async def lines_table(
        self,
        *,
        channel: str | None = None,
        phase: Phase | str | None = None,
        placed_from: datetime | None = None,
        placed_before: datetime | None = None,
        progress: _base.Progress | None = None,
    ) -> Table:
        """Lines as an Arrow table, oldest placed order first.

        `polars.DataFrame(table)` and `pyarrow.table(table)` read it, and by the latter pandas and DuckDB.

        Columns:
            `channel`: The channel it came by.
            `channel_order_id`: The channel's id of it.
            `phase`: Where it is.
            `placed_at`: When it was placed, UTC.
            `line_id`: The channel's line id.
            `sku`: The SKU.
            `title`: Product name.
            `ordered`: Units bought.
            `cancelled`: Units the channel shows as cancelled.
            `shipped`: Units the channel shows as shipped or further.
            `delivered`: Units the channel shows as delivered.
            `goods`: What is charged for the goods, for all units; none where it is finer than six digits.
            `charges`: The same with delivery, discounts and fees.
            `tax`: Tax on all of it.
            `currency`: The currency of the three, ISO 4217.

        Args:
            channel: Of this channel.
            phase: In this phase.
            placed_from: Placed at or after.
            placed_before: Placed before.
            progress: Told now and then how many more orders were read: `tqdm.tqdm().update`.
        """
        given: dict[str, Any] = {
            "channel": None if channel is None else _base.text("channel", channel),
            "phase": None if phase is None else _base.text("phase", phase),
            "placed_from": None if placed_from is None else _base.instant("placed_from", placed_from),
            "placed_before": None if placed_before is None else _base.instant("placed_before", placed_before),
        }
        return await self._table("lines_table", given, progress)
