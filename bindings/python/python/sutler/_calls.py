# Written by `cargo xtask gen` from bindings/boundary; edit it there.
"""The calls of both engines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from . import _base
from ._types import (
    CancelReason,
    Change,
    Health,
    Item,
    LineQuantity,
    Metric,
    Order,
    OrderPage,
    Outcome,
    Phase,
    PhaseTotal,
    PushReply,
    RefundPart,
    RefundReason,
    Sort,
    Standing,
    Stepped,
    Ticket,
    TicketOutcome,
    WholeOrder,
)


class Calls(_base.Base):
    """Every call waits for its answer; other threads run meanwhile."""

    def step(
        self,
    ) -> Stepped:
        """Does everything that is due now on every channel, and says when more will be.

        It returns when nothing is due and nothing is in flight. Everything it did is durable; called again at once it does
        nothing. What a marketplace answers is no error here: it is in the orders and in `health`.
        """
        given: dict[str, Any] = {
        }
        raw = self._call("step", given)
        return Stepped._read(raw)

    def run(
        self,
    ) -> None:
        """Runs until `stop`, then lets what is in flight land and gives the channels back."""
        given: dict[str, Any] = {
        }
        self._call("run", given)

    def load_policy(
        self,
        toml: str,
    ) -> None:
        """Takes a policy, as TOML; what it does not say stands as in the standard one.

        Args:
            toml: The policy's text.
        """
        given: dict[str, Any] = {
            "toml": _base.text("toml", toml),
        }
        self._call("load_policy", given)

    def orders(
        self,
        *,
        channel: str | None = None,
        phase: Phase | str | None = None,
        held_for: str | None = None,
        exceptions: bool | None = None,
        placed_from: datetime | None = None,
        placed_before: datetime | None = None,
        order_id: str | None = None,
        sku: str | None = None,
        sort: Sort | str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Order]:
        """Orders, page by page.

        Args:
            channel: Of this channel.
            phase: In this phase.
            held_for: Held for this reason (`short_of_stock`, `rule:NAME`).
            exceptions: Only orders with an exception.
            placed_from: Placed at or after.
            placed_before: Placed before.
            order_id: Order id equal to this, or beginning with it when it ends in `*`.
            sku: A line's SKU equal to this, or beginning with it when it ends in `*`.
            sort: In this order; newest first unless said.
            after: Where the last page ended.
            limit: Orders a page, 1 to 500; 100 unless said.

        The next page is read when it is needed.
        """
        given: dict[str, Any] = {
            "channel": None if channel is None else _base.text("channel", channel),
            "phase": None if phase is None else _base.text("phase", phase),
            "held_for": None if held_for is None else _base.text("held_for", held_for),
            "exceptions": None if exceptions is None else _base.truth("exceptions", exceptions),
            "placed_from": None if placed_from is None else _base.instant("placed_from", placed_from),
            "placed_before": None if placed_before is None else _base.instant("placed_before", placed_before),
            "order_id": None if order_id is None else _base.text("order_id", order_id),
            "sku": None if sku is None else _base.text("sku", sku),
            "sort": None if sort is None else _base.text("sort", sort),
            "after": None if after is None else _base.text("after", after),
            "limit": None if limit is None else _base.count("limit", limit),
        }
        return self._each("orders", given, "orders", Order._read)

    def orders_page(
        self,
        *,
        channel: str | None = None,
        phase: Phase | str | None = None,
        held_for: str | None = None,
        exceptions: bool | None = None,
        placed_from: datetime | None = None,
        placed_before: datetime | None = None,
        order_id: str | None = None,
        sku: str | None = None,
        sort: Sort | str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> OrderPage:
        """Orders, page by page.

        Args:
            channel: Of this channel.
            phase: In this phase.
            held_for: Held for this reason (`short_of_stock`, `rule:NAME`).
            exceptions: Only orders with an exception.
            placed_from: Placed at or after.
            placed_before: Placed before.
            order_id: Order id equal to this, or beginning with it when it ends in `*`.
            sku: A line's SKU equal to this, or beginning with it when it ends in `*`.
            sort: In this order; newest first unless said.
            after: Where the last page ended.
            limit: Orders a page, 1 to 500; 100 unless said.
        """
        given: dict[str, Any] = {
            "channel": None if channel is None else _base.text("channel", channel),
            "phase": None if phase is None else _base.text("phase", phase),
            "held_for": None if held_for is None else _base.text("held_for", held_for),
            "exceptions": None if exceptions is None else _base.truth("exceptions", exceptions),
            "placed_from": None if placed_from is None else _base.instant("placed_from", placed_from),
            "placed_before": None if placed_before is None else _base.instant("placed_before", placed_before),
            "order_id": None if order_id is None else _base.text("order_id", order_id),
            "sku": None if sku is None else _base.text("sku", sku),
            "sort": None if sort is None else _base.text("sort", sort),
            "after": None if after is None else _base.text("after", after),
            "limit": None if limit is None else _base.count("limit", limit),
        }
        raw = self._call("orders", given)
        return OrderPage._read(raw)

    def order(
        self,
        channel: str,
        order: str,
    ) -> WholeOrder:
        """One order with its address, proofs, commands, deadlines, returns and timeline.

        Args:
            channel: The channel it came by.
            order: The channel's id of it.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
        }
        raw = self._call("order", given)
        return WholeOrder._read(raw)

    def changes(
        self,
        after: int,
        *,
        limit: int | None = None,
    ) -> tuple[Change, ...]:
        """What changed after a position, in commit order: how a host follows the engine. Nothing below a position that was
        given can still appear.

        Args:
            after: The position after which to begin; 0 for the beginning.
            limit: How many at most, 1 to 10,000; 1,000 unless said.
        """
        given: dict[str, Any] = {
            "after": _base.whole("after", after),
            "limit": None if limit is None else _base.count("limit", limit),
        }
        raw = self._call("changes", given)
        return tuple([Change._read(one) for one in raw])

    def position(
        self,
    ) -> int:
        """The position of the last change: where to begin with `changes` to see only what is still to come, and how far the engine is."""
        given: dict[str, Any] = {
        }
        value: int = self._call("position", given)
        return value

    def on_hand(
        self,
        sku: str,
        quantity: int,
        *,
        as_of: datetime | None = None,
    ) -> Ticket:
        """Says what is physically there of a SKU. Sales are subtracted, orders that wait are served, and every channel's
        listing is set.

        Args:
            sku: Which.
            quantity: Units counted.
            as_of: When they were counted; now unless said.
        """
        given: dict[str, Any] = {
            "sku": _base.text("sku", sku),
            "quantity": _base.whole("quantity", quantity),
            "as_of": None if as_of is None else _base.instant("as_of", as_of),
        }
        raw = self._call("on_hand", given)
        return Ticket._read(raw)

    def report_shipment(
        self,
        channel: str,
        order: str,
        carrier: str,
        tracking: str,
        *,
        lines: Iterable[LineQuantity] | None = None,
        package: int | None = None,
        shipped_at: datetime | None = None,
        tracking_url: str | None = None,
    ) -> Ticket:
        """Says that a package was handed to a carrier; the marketplace is told. The same package again changes nothing.

        Args:
            channel: The channel the order came by.
            order: The channel's id of it.
            carrier: The carrier, by any of its usual names.
            tracking: The carrier's number.
            lines: What is in it; all that is open unless said.
            package: The host's own number of the package within the order, from 1; 1 unless said.
            shipped_at: When it was handed over; now unless said.
            tracking_url: Where the buyer can follow it.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
            "carrier": _base.text("carrier", carrier),
            "tracking": _base.text("tracking", tracking),
            "lines": None if lines is None else [_base.record("lines", one, LineQuantity) for one in _base.many("lines", lines)],
            "package": None if package is None else _base.count("package", package),
            "shipped_at": None if shipped_at is None else _base.instant("shipped_at", shipped_at),
            "tracking_url": None if tracking_url is None else _base.text("tracking_url", tracking_url),
        }
        raw = self._call("report_shipment", given)
        return Ticket._read(raw)

    def cancel(
        self,
        channel: str,
        order: str,
        reason: CancelReason | str,
        by: str,
        *,
        lines: Iterable[LineQuantity] | None = None,
    ) -> Ticket:
        """Cancels units at the channel.

        Args:
            channel: The channel the order came by.
            order: The channel's id of it.
            reason: Why.
            by: Who says so, for the history.
            lines: Which units; everything that is open unless said.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
            "reason": _base.text("reason", reason),
            "by": _base.text("by", by),
            "lines": None if lines is None else [_base.record("lines", one, LineQuantity) for one in _base.many("lines", lines)],
        }
        raw = self._call("cancel", given)
        return Ticket._read(raw)

    def release(
        self,
        channel: str,
        order: str,
        reason: str,
        by: str,
    ) -> Ticket:
        """Lets an order go on though it is held for a reason.

        Args:
            channel: The channel the order came by.
            order: The channel's id of it.
            reason: The code of the hold (`bad_address`, `rule:NAME`).
            by: Who says so, for the history.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
            "reason": _base.text("reason", reason),
            "by": _base.text("by", by),
        }
        raw = self._call("release", given)
        return Ticket._read(raw)

    def refund(
        self,
        channel: str,
        order: str,
        parts: Iterable[RefundPart],
        reason: RefundReason | str,
        by: str,
        *,
        refund: int | None = None,
    ) -> Ticket:
        """Gives money back, never more than was charged.

        Args:
            channel: The channel the order came by.
            order: The channel's id of it.
            parts: What of which charge.
            reason: Why.
            by: Who says so, for the history.
            refund: The host's own number of the refund within the order, from 1; 1 unless said. The same again changes nothing.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
            "parts": [_base.record("parts", one, RefundPart) for one in _base.many("parts", parts)],
            "reason": _base.text("reason", reason),
            "by": _base.text("by", by),
            "refund": None if refund is None else _base.count("refund", refund),
        }
        raw = self._call("refund", given)
        return Ticket._read(raw)

    def refuse_cancel(
        self,
        channel: str,
        order: str,
        by: str,
    ) -> Ticket:
        """Refuses the buyer's wish to cancel, where the channel waits for an answer.

        Args:
            channel: The channel the order came by.
            order: The channel's id of it.
            by: Who says so, for the history.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
            "by": _base.text("by", by),
        }
        raw = self._call("refuse_cancel", given)
        return Ticket._read(raw)

    def erase(
        self,
        channel: str,
        order: str,
        by: str,
    ) -> Ticket:
        """Erases what is personal of an order. Nothing that is read later brings it back.

        Args:
            channel: The channel the order came by.
            order: The channel's id of it.
            by: Who asks for it, for the history.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
            "by": _base.text("by", by),
        }
        raw = self._call("erase", given)
        return Ticket._read(raw)

    def erase_buyer(
        self,
        channel: str,
        names: Iterable[str],
        by: str,
    ) -> Ticket:
        """Erases what is personal of every order of a buyer, also of those that are read only later.

        Args:
            channel: The channel.
            names: The names the marketplace gives its buyer.
            by: Who asks for it, for the history.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "names": [_base.text("names", one) for one in _base.many("names", names)],
            "by": _base.text("by", by),
        }
        raw = self._call("erase_buyer", given)
        return Ticket._read(raw)

    def resolve(
        self,
        channel: str,
        command: str,
        outcome: Outcome | str,
        by: str,
    ) -> Ticket:
        """Says what became of a command that only a person can settle.

        Args:
            channel: The channel.
            command: The command's name, as `Command.name` gives it.
            outcome: What became of it.
            by: Who says so, for the history.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "command": _base.text("command", command),
            "outcome": _base.text("outcome", outcome),
            "by": _base.text("by", by),
        }
        raw = self._call("resolve", given)
        return Ticket._read(raw)

    def ticket(
        self,
        id: int,
    ) -> TicketOutcome:
        """What became of something that was asked.

        Args:
            id: The ticket's id.
        """
        given: dict[str, Any] = {
            "id": _base.whole("id", id),
        }
        raw = self._call("ticket", given)
        return TicketOutcome._read(raw)

    def taken(
        self,
        id: int,
        *,
        within: timedelta | None = None,
    ) -> TicketOutcome:
        """Waits until an engine took something that was asked. A step of another task takes it, or a running engine.

        Args:
            id: The ticket's id.
            within: How long to wait at most, real time; a minute unless said.
        """
        given: dict[str, Any] = {
            "id": _base.whole("id", id),
            "within": None if within is None else _base.span("within", within),
        }
        raw = self._call("taken", given)
        return TicketOutcome._read(raw)

    def health(
        self,
    ) -> tuple[Health, ...]:
        """How each channel is doing."""
        given: dict[str, Any] = {
        }
        raw = self._call("health", given)
        return tuple([Health._read(one) for one in raw])

    def check(
        self,
    ) -> tuple[Standing, ...]:
        """Asks each channel who we are there and what we may do. Writes nothing."""
        given: dict[str, Any] = {
        }
        raw = self._call("check", given)
        return tuple([Standing._read(one) for one in raw])

    def totals(
        self,
    ) -> tuple[PhaseTotal, ...]:
        """How many orders stand where."""
        given: dict[str, Any] = {
        }
        raw = self._call("totals", given)
        return tuple([PhaseTotal._read(one) for one in raw])

    def item(
        self,
        sku: str,
    ) -> Item | None:
        """What is there of a SKU and who wants it; none where nobody counted or wanted it.

        Args:
            sku: Which.
        """
        given: dict[str, Any] = {
            "sku": _base.text("sku", sku),
        }
        raw = self._call("item", given)
        return None if raw is None else Item._read(raw)

    def items(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> tuple[Item, ...]:
        """Items by SKU, after one.

        Args:
            after: The SKU after which to begin; the first unless said.
            limit: How many at most; 500 unless said.
        """
        given: dict[str, Any] = {
            "after": None if after is None else _base.text("after", after),
            "limit": None if limit is None else _base.count("limit", limit),
        }
        raw = self._call("items", given)
        return tuple([Item._read(one) for one in raw])

    def metrics(
        self,
        channel: str,
    ) -> tuple[Metric, ...]:
        """How the marketplace judges the account, reckoned from the history.

        Args:
            channel: The channel.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
        }
        raw = self._call("metrics", given)
        return tuple([Metric._read(one) for one in raw])

    def handle_push(
        self,
        channel: str,
        method: str,
        path: str,
        headers: Iterable[Iterable[str]],
        body: bytes,
    ) -> PushReply:
        """Takes one push of a marketplace, and says what to answer it. Give the body byte for byte: signatures cover the bytes.

        What an authentic push tells is durable before this returns; what is not authentic changes nothing.

        Args:
            channel: The channel it is of.
            method: `GET` or `POST`.
            path: Path and query, as they arrived.
            headers: Names in any case, values as they arrived.
            body: The body.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "method": _base.text("method", method),
            "path": _base.text("path", path),
            "headers": [[_base.text("headers", one) for one in _base.many("headers", one)] for one in _base.many("headers", headers)],
            "body": _base.octets("body", body),
        }
        raw = self._call("handle_push", given)
        return PushReply._read(raw)

    def now(
        self,
    ) -> datetime:
        """Marketplace time, by the engine's clock."""
        given: dict[str, Any] = {
        }
        raw = self._call("now", given)
        return _base.instant_of(raw)


class AsyncCalls(_base.AsyncBase):
    """Every call is awaited; pages are read as they are needed."""

    async def step(
        self,
    ) -> Stepped:
        """Does everything that is due now on every channel, and says when more will be.

        It returns when nothing is due and nothing is in flight. Everything it did is durable; called again at once it does
        nothing. What a marketplace answers is no error here: it is in the orders and in `health`.
        """
        given: dict[str, Any] = {
        }
        raw = await self._call("step", given)
        return Stepped._read(raw)

    async def run(
        self,
    ) -> None:
        """Runs until `stop`, then lets what is in flight land and gives the channels back."""
        given: dict[str, Any] = {
        }
        await self._call("run", given)

    async def load_policy(
        self,
        toml: str,
    ) -> None:
        """Takes a policy, as TOML; what it does not say stands as in the standard one.

        Args:
            toml: The policy's text.
        """
        given: dict[str, Any] = {
            "toml": _base.text("toml", toml),
        }
        await self._call("load_policy", given)

    def orders(
        self,
        *,
        channel: str | None = None,
        phase: Phase | str | None = None,
        held_for: str | None = None,
        exceptions: bool | None = None,
        placed_from: datetime | None = None,
        placed_before: datetime | None = None,
        order_id: str | None = None,
        sku: str | None = None,
        sort: Sort | str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Order]:
        """Orders, page by page.

        Args:
            channel: Of this channel.
            phase: In this phase.
            held_for: Held for this reason (`short_of_stock`, `rule:NAME`).
            exceptions: Only orders with an exception.
            placed_from: Placed at or after.
            placed_before: Placed before.
            order_id: Order id equal to this, or beginning with it when it ends in `*`.
            sku: A line's SKU equal to this, or beginning with it when it ends in `*`.
            sort: In this order; newest first unless said.
            after: Where the last page ended.
            limit: Orders a page, 1 to 500; 100 unless said.

        The next page is read when it is needed.
        """
        given: dict[str, Any] = {
            "channel": None if channel is None else _base.text("channel", channel),
            "phase": None if phase is None else _base.text("phase", phase),
            "held_for": None if held_for is None else _base.text("held_for", held_for),
            "exceptions": None if exceptions is None else _base.truth("exceptions", exceptions),
            "placed_from": None if placed_from is None else _base.instant("placed_from", placed_from),
            "placed_before": None if placed_before is None else _base.instant("placed_before", placed_before),
            "order_id": None if order_id is None else _base.text("order_id", order_id),
            "sku": None if sku is None else _base.text("sku", sku),
            "sort": None if sort is None else _base.text("sort", sort),
            "after": None if after is None else _base.text("after", after),
            "limit": None if limit is None else _base.count("limit", limit),
        }
        return self._each("orders", given, "orders", Order._read)

    async def orders_page(
        self,
        *,
        channel: str | None = None,
        phase: Phase | str | None = None,
        held_for: str | None = None,
        exceptions: bool | None = None,
        placed_from: datetime | None = None,
        placed_before: datetime | None = None,
        order_id: str | None = None,
        sku: str | None = None,
        sort: Sort | str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> OrderPage:
        """Orders, page by page.

        Args:
            channel: Of this channel.
            phase: In this phase.
            held_for: Held for this reason (`short_of_stock`, `rule:NAME`).
            exceptions: Only orders with an exception.
            placed_from: Placed at or after.
            placed_before: Placed before.
            order_id: Order id equal to this, or beginning with it when it ends in `*`.
            sku: A line's SKU equal to this, or beginning with it when it ends in `*`.
            sort: In this order; newest first unless said.
            after: Where the last page ended.
            limit: Orders a page, 1 to 500; 100 unless said.
        """
        given: dict[str, Any] = {
            "channel": None if channel is None else _base.text("channel", channel),
            "phase": None if phase is None else _base.text("phase", phase),
            "held_for": None if held_for is None else _base.text("held_for", held_for),
            "exceptions": None if exceptions is None else _base.truth("exceptions", exceptions),
            "placed_from": None if placed_from is None else _base.instant("placed_from", placed_from),
            "placed_before": None if placed_before is None else _base.instant("placed_before", placed_before),
            "order_id": None if order_id is None else _base.text("order_id", order_id),
            "sku": None if sku is None else _base.text("sku", sku),
            "sort": None if sort is None else _base.text("sort", sort),
            "after": None if after is None else _base.text("after", after),
            "limit": None if limit is None else _base.count("limit", limit),
        }
        raw = await self._call("orders", given)
        return OrderPage._read(raw)

    async def order(
        self,
        channel: str,
        order: str,
    ) -> WholeOrder:
        """One order with its address, proofs, commands, deadlines, returns and timeline.

        Args:
            channel: The channel it came by.
            order: The channel's id of it.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
        }
        raw = await self._call("order", given)
        return WholeOrder._read(raw)

    async def changes(
        self,
        after: int,
        *,
        limit: int | None = None,
    ) -> tuple[Change, ...]:
        """What changed after a position, in commit order: how a host follows the engine. Nothing below a position that was
        given can still appear.

        Args:
            after: The position after which to begin; 0 for the beginning.
            limit: How many at most, 1 to 10,000; 1,000 unless said.
        """
        given: dict[str, Any] = {
            "after": _base.whole("after", after),
            "limit": None if limit is None else _base.count("limit", limit),
        }
        raw = await self._call("changes", given)
        return tuple([Change._read(one) for one in raw])

    async def position(
        self,
    ) -> int:
        """The position of the last change: where to begin with `changes` to see only what is still to come, and how far the engine is."""
        given: dict[str, Any] = {
        }
        value: int = await self._call("position", given)
        return value

    async def on_hand(
        self,
        sku: str,
        quantity: int,
        *,
        as_of: datetime | None = None,
    ) -> Ticket:
        """Says what is physically there of a SKU. Sales are subtracted, orders that wait are served, and every channel's
        listing is set.

        Args:
            sku: Which.
            quantity: Units counted.
            as_of: When they were counted; now unless said.
        """
        given: dict[str, Any] = {
            "sku": _base.text("sku", sku),
            "quantity": _base.whole("quantity", quantity),
            "as_of": None if as_of is None else _base.instant("as_of", as_of),
        }
        raw = await self._call("on_hand", given)
        return Ticket._read(raw)

    async def report_shipment(
        self,
        channel: str,
        order: str,
        carrier: str,
        tracking: str,
        *,
        lines: Iterable[LineQuantity] | None = None,
        package: int | None = None,
        shipped_at: datetime | None = None,
        tracking_url: str | None = None,
    ) -> Ticket:
        """Says that a package was handed to a carrier; the marketplace is told. The same package again changes nothing.

        Args:
            channel: The channel the order came by.
            order: The channel's id of it.
            carrier: The carrier, by any of its usual names.
            tracking: The carrier's number.
            lines: What is in it; all that is open unless said.
            package: The host's own number of the package within the order, from 1; 1 unless said.
            shipped_at: When it was handed over; now unless said.
            tracking_url: Where the buyer can follow it.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
            "carrier": _base.text("carrier", carrier),
            "tracking": _base.text("tracking", tracking),
            "lines": None if lines is None else [_base.record("lines", one, LineQuantity) for one in _base.many("lines", lines)],
            "package": None if package is None else _base.count("package", package),
            "shipped_at": None if shipped_at is None else _base.instant("shipped_at", shipped_at),
            "tracking_url": None if tracking_url is None else _base.text("tracking_url", tracking_url),
        }
        raw = await self._call("report_shipment", given)
        return Ticket._read(raw)

    async def cancel(
        self,
        channel: str,
        order: str,
        reason: CancelReason | str,
        by: str,
        *,
        lines: Iterable[LineQuantity] | None = None,
    ) -> Ticket:
        """Cancels units at the channel.

        Args:
            channel: The channel the order came by.
            order: The channel's id of it.
            reason: Why.
            by: Who says so, for the history.
            lines: Which units; everything that is open unless said.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
            "reason": _base.text("reason", reason),
            "by": _base.text("by", by),
            "lines": None if lines is None else [_base.record("lines", one, LineQuantity) for one in _base.many("lines", lines)],
        }
        raw = await self._call("cancel", given)
        return Ticket._read(raw)

    async def release(
        self,
        channel: str,
        order: str,
        reason: str,
        by: str,
    ) -> Ticket:
        """Lets an order go on though it is held for a reason.

        Args:
            channel: The channel the order came by.
            order: The channel's id of it.
            reason: The code of the hold (`bad_address`, `rule:NAME`).
            by: Who says so, for the history.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
            "reason": _base.text("reason", reason),
            "by": _base.text("by", by),
        }
        raw = await self._call("release", given)
        return Ticket._read(raw)

    async def refund(
        self,
        channel: str,
        order: str,
        parts: Iterable[RefundPart],
        reason: RefundReason | str,
        by: str,
        *,
        refund: int | None = None,
    ) -> Ticket:
        """Gives money back, never more than was charged.

        Args:
            channel: The channel the order came by.
            order: The channel's id of it.
            parts: What of which charge.
            reason: Why.
            by: Who says so, for the history.
            refund: The host's own number of the refund within the order, from 1; 1 unless said. The same again changes nothing.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
            "parts": [_base.record("parts", one, RefundPart) for one in _base.many("parts", parts)],
            "reason": _base.text("reason", reason),
            "by": _base.text("by", by),
            "refund": None if refund is None else _base.count("refund", refund),
        }
        raw = await self._call("refund", given)
        return Ticket._read(raw)

    async def refuse_cancel(
        self,
        channel: str,
        order: str,
        by: str,
    ) -> Ticket:
        """Refuses the buyer's wish to cancel, where the channel waits for an answer.

        Args:
            channel: The channel the order came by.
            order: The channel's id of it.
            by: Who says so, for the history.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
            "by": _base.text("by", by),
        }
        raw = await self._call("refuse_cancel", given)
        return Ticket._read(raw)

    async def erase(
        self,
        channel: str,
        order: str,
        by: str,
    ) -> Ticket:
        """Erases what is personal of an order. Nothing that is read later brings it back.

        Args:
            channel: The channel the order came by.
            order: The channel's id of it.
            by: Who asks for it, for the history.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "order": _base.text("order", order),
            "by": _base.text("by", by),
        }
        raw = await self._call("erase", given)
        return Ticket._read(raw)

    async def erase_buyer(
        self,
        channel: str,
        names: Iterable[str],
        by: str,
    ) -> Ticket:
        """Erases what is personal of every order of a buyer, also of those that are read only later.

        Args:
            channel: The channel.
            names: The names the marketplace gives its buyer.
            by: Who asks for it, for the history.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "names": [_base.text("names", one) for one in _base.many("names", names)],
            "by": _base.text("by", by),
        }
        raw = await self._call("erase_buyer", given)
        return Ticket._read(raw)

    async def resolve(
        self,
        channel: str,
        command: str,
        outcome: Outcome | str,
        by: str,
    ) -> Ticket:
        """Says what became of a command that only a person can settle.

        Args:
            channel: The channel.
            command: The command's name, as `Command.name` gives it.
            outcome: What became of it.
            by: Who says so, for the history.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "command": _base.text("command", command),
            "outcome": _base.text("outcome", outcome),
            "by": _base.text("by", by),
        }
        raw = await self._call("resolve", given)
        return Ticket._read(raw)

    async def ticket(
        self,
        id: int,
    ) -> TicketOutcome:
        """What became of something that was asked.

        Args:
            id: The ticket's id.
        """
        given: dict[str, Any] = {
            "id": _base.whole("id", id),
        }
        raw = await self._call("ticket", given)
        return TicketOutcome._read(raw)

    async def taken(
        self,
        id: int,
        *,
        within: timedelta | None = None,
    ) -> TicketOutcome:
        """Waits until an engine took something that was asked. A step of another task takes it, or a running engine.

        Args:
            id: The ticket's id.
            within: How long to wait at most, real time; a minute unless said.
        """
        given: dict[str, Any] = {
            "id": _base.whole("id", id),
            "within": None if within is None else _base.span("within", within),
        }
        raw = await self._call("taken", given)
        return TicketOutcome._read(raw)

    async def health(
        self,
    ) -> tuple[Health, ...]:
        """How each channel is doing."""
        given: dict[str, Any] = {
        }
        raw = await self._call("health", given)
        return tuple([Health._read(one) for one in raw])

    async def check(
        self,
    ) -> tuple[Standing, ...]:
        """Asks each channel who we are there and what we may do. Writes nothing."""
        given: dict[str, Any] = {
        }
        raw = await self._call("check", given)
        return tuple([Standing._read(one) for one in raw])

    async def totals(
        self,
    ) -> tuple[PhaseTotal, ...]:
        """How many orders stand where."""
        given: dict[str, Any] = {
        }
        raw = await self._call("totals", given)
        return tuple([PhaseTotal._read(one) for one in raw])

    async def item(
        self,
        sku: str,
    ) -> Item | None:
        """What is there of a SKU and who wants it; none where nobody counted or wanted it.

        Args:
            sku: Which.
        """
        given: dict[str, Any] = {
            "sku": _base.text("sku", sku),
        }
        raw = await self._call("item", given)
        return None if raw is None else Item._read(raw)

    async def items(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> tuple[Item, ...]:
        """Items by SKU, after one.

        Args:
            after: The SKU after which to begin; the first unless said.
            limit: How many at most; 500 unless said.
        """
        given: dict[str, Any] = {
            "after": None if after is None else _base.text("after", after),
            "limit": None if limit is None else _base.count("limit", limit),
        }
        raw = await self._call("items", given)
        return tuple([Item._read(one) for one in raw])

    async def metrics(
        self,
        channel: str,
    ) -> tuple[Metric, ...]:
        """How the marketplace judges the account, reckoned from the history.

        Args:
            channel: The channel.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
        }
        raw = await self._call("metrics", given)
        return tuple([Metric._read(one) for one in raw])

    async def handle_push(
        self,
        channel: str,
        method: str,
        path: str,
        headers: Iterable[Iterable[str]],
        body: bytes,
    ) -> PushReply:
        """Takes one push of a marketplace, and says what to answer it. Give the body byte for byte: signatures cover the bytes.

        What an authentic push tells is durable before this returns; what is not authentic changes nothing.

        Args:
            channel: The channel it is of.
            method: `GET` or `POST`.
            path: Path and query, as they arrived.
            headers: Names in any case, values as they arrived.
            body: The body.
        """
        given: dict[str, Any] = {
            "channel": _base.text("channel", channel),
            "method": _base.text("method", method),
            "path": _base.text("path", path),
            "headers": [[_base.text("headers", one) for one in _base.many("headers", one)] for one in _base.many("headers", headers)],
            "body": _base.octets("body", body),
        }
        raw = await self._call("handle_push", given)
        return PushReply._read(raw)

    async def now(
        self,
    ) -> datetime:
        """Marketplace time, by the engine's clock."""
        given: dict[str, Any] = {
        }
        raw = await self._call("now", given)
        return _base.instant_of(raw)
