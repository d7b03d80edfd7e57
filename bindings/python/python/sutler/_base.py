"""What both engines and all classes are built on: checks of arguments, conversions, and the way to the native part."""

from __future__ import annotations

import asyncio
import base64
import json
import math
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from . import _native
from ._errors import error_of
from ._native import Table

T = TypeVar("T")

_ZERO = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)


def _wrong(name: str, value: object, right: str) -> TypeError:
    # Whatever holds something else may hold an address, and what is said here may come into a log.
    shows = isinstance(value, (str, int, float, Decimal, datetime, timedelta)) and not ("Address" in name or "ship_to" in name)
    shown = f" {value!r:.80}" if shows else ""
    return TypeError(f"{name} is {type(value).__name__}{shown}; {right} is right")


def text(name: str, value: object) -> str:
    """A text."""
    if not isinstance(value, str):
        raise _wrong(name, value, "a str")
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise ValueError(f"{name} is {value!r:.80}, which is no Unicode; a whole text is right") from None
    return str.__str__(value)


def secret(name: str, value: object) -> str:
    """A text that is shown nowhere."""
    try:
        return text(name, value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} is no str of whole Unicode; one is right (what it is is not shown)") from None


def whole(name: str, value: object) -> int:
    """A whole number; `True` is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(name, value, "an int")
    if not -(2**63) <= value < 2**63:
        raise ValueError(f"{name} is an int of {value.bit_length()} bits; one of 64 bits is right")
    return value


def count(name: str, value: object, most: int = 2**32 - 1) -> int:
    """A whole number that is not negative."""
    number = whole(name, value)
    if not 0 <= number <= most:
        raise ValueError(f"{name} is {number}; none to {most} is right")
    return number


def real(name: str, value: object) -> float:
    """A number."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise _wrong(name, value, "a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name} is {number}; a finite number is right")
    return number


def truth(name: str, value: object) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise _wrong(name, value, "a bool")
    return value


def exact(name: str, value: object) -> str:
    """An exact amount. A float is none: it has lost what it was."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, str)):
        raise _wrong(name, value, "a decimal.Decimal")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{name} is {value!r}; a decimal number is right") from None
    if not amount.is_finite():
        raise ValueError(f"{name} is {value!r}; a finite amount is right")
    return format(amount, "f")


def instant(name: str, value: object) -> int:
    """An instant; a naive `datetime` is none, for nobody knows whose hour it is."""
    if not isinstance(value, datetime):
        raise _wrong(name, value, "an aware datetime")
    if value.utcoffset() is None:
        raise ValueError(f"{name} is {value!r}, which has no time zone; an aware datetime is right")
    return (value - _ZERO) // _MILLISECOND


def span(name: str, value: object) -> int:
    """A span of time."""
    if not isinstance(value, timedelta):
        raise _wrong(name, value, "a timedelta")
    return value // _MILLISECOND


def octets(name: str, value: object) -> str:
    """Bytes."""
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise _wrong(name, value, "bytes")
    return base64.b64encode(bytes(value)).decode("ascii")


def many(name: str, value: Iterable[T]) -> list[T]:
    """Some of something; a text is one and not many."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise _wrong(name, value, "a list")
    return list(value)


def record(name: str, value: Any, kind: type[Any]) -> dict[str, Any]:
    """One of our classes."""
    if not isinstance(value, kind):
        raise _wrong(name, value, f"a {kind.__name__}")
    written: dict[str, Any] = value._write()
    return written


def instant_of(raw: int) -> datetime:
    """An aware `datetime` in UTC."""
    return _ZERO + timedelta(milliseconds=raw)


def span_of(raw: int) -> timedelta:
    """A `timedelta`."""
    return timedelta(milliseconds=raw)


def bytes_of(raw: str) -> bytes:
    """Bytes."""
    return base64.b64decode(raw)


def opened(given: tuple[bool, str]) -> Any:
    """What a native call gave, or its error raised."""
    ok, value = given
    if not ok:
        raise error_of(json.loads(value))
    return json.loads(value)


Progress = Callable[[int], object]
"""Is told how many more are done."""


def progress_of(value: Progress | None) -> Progress | None:
    """Something that can be told a number, or nothing."""
    if value is not None and not callable(value):
        raise _wrong("progress", value, "a callable that takes an int")
    return value


def _read_table(native: _native.Engine, name: str, given: dict[str, Any], progress: Progress | None) -> Table:
    table, failure = native.table(name, json.dumps(given), progress_of(progress))
    if table is None:
        raise error_of(json.loads(failure))
    return table


class Base:
    """A blocking engine's way to the native part."""

    _native: _native.Engine

    def _call(self, name: str, given: dict[str, Any]) -> Any:
        return opened(self._native.call(name, json.dumps(given)))

    def _table(self, name: str, given: dict[str, Any], progress: Progress | None) -> Table:
        return _read_table(self._native, name, given, progress)

    def _each(
        self, name: str, given: dict[str, Any], field: str, read: Callable[[dict[str, Any]], T]
    ) -> Iterator[T]:
        def pages() -> Iterator[T]:
            while True:
                page = self._call(name, given)
                yield from map(read, page[field])
                if page["next"] is None:
                    return
                given["after"] = page["next"]

        return pages()


class AsyncBase:
    """An asyncio engine's way to the native part."""

    _native: _native.Engine

    async def _call(self, name: str, given: dict[str, Any]) -> Any:
        loop = asyncio.get_running_loop()
        landed: asyncio.Future[tuple[bool, str]] = loop.create_future()

        def land(given: tuple[bool, str]) -> None:
            if not landed.done():
                landed.set_result(given)

        def done(ok: bool, value: str) -> None:
            # From a thread of ours. A loop that was closed meanwhile has nobody left to tell.
            try:
                loop.call_soon_threadsafe(land, (ok, value))
            except RuntimeError:
                pass

        pending = self._native.begin(name, json.dumps(given), done)
        try:
            return opened(await landed)
        except asyncio.CancelledError:
            pending.cancel()
            raise

    async def _table(self, name: str, given: dict[str, Any], progress: Progress | None) -> Table:
        return await asyncio.to_thread(_read_table, self._native, name, given, progress)

    def _each(
        self, name: str, given: dict[str, Any], field: str, read: Callable[[dict[str, Any]], T]
    ) -> AsyncIterator[T]:
        async def pages() -> AsyncIterator[T]:
            while True:
                page = await self._call(name, given)
                for raw in page[field]:
                    yield read(raw)
                if page["next"] is None:
                    return
                given["after"] = page["next"]

        return pages()
