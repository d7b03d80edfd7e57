"""The engines, the channels they are given, and local marketplaces."""

from __future__ import annotations

import asyncio
import atexit
import json
import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from types import TracebackType
from typing import Any

from . import _base, _channels, _foreign, _native, _rules
from ._calls import AsyncCalls, Calls
from ._errors import SutlerError, error_of
from ._tables import AsyncTables, Tables
from ._types import (
    AmazonSettings,
    Decision,
    EbaySettings,
    Effects,
    Market,
    NormalOrder,
    Stepped,
    WalmartSettings,
)

# Before the interpreter goes, the engine's threads must have left it.
atexit.register(_native.end)


class Walmart(WalmartSettings):
    """A Walmart US seller account: `Walmart(seller, client_id, client_secret)`."""

    __slots__ = ()


class Amazon(AmazonSettings):
    """An Amazon seller account: `Amazon(seller, client_id, client_secret, refresh_token)`."""

    __slots__ = ()


class Ebay(EbaySettings):
    """An eBay seller account: `Ebay(seller, client_id, client_secret, refresh_token)`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class LocalChannel:
    """The seller of a local marketplace, as `add_channel` takes it."""

    market: Market
    """Where it is, and how it is entered."""

    def _raw(self) -> dict[str, Any]:
        pace = self.market.pace
        return {
            **self.market.to_dict(),
            "pace": {
                "origin": _base.instant("origin", pace.origin),
                "started": _base.instant("started", pace.started),
                "speed": pace.speed,
            },
        }


Channel = Walmart | Amazon | Ebay | LocalChannel | _channels.OwnChannel
"""What `add_channel` takes."""


def _adding(
    native: _native.Engine, name: str, channel: Channel, loop: asyncio.AbstractEventLoop | None
) -> Callable[[], tuple[bool, str]]:
    name = _base.text("name", name)
    if isinstance(channel, WalmartSettings):
        kind, settings = "walmart", channel._write()
    elif isinstance(channel, AmazonSettings):
        kind, settings = "amazon", channel._write()
    elif isinstance(channel, EbaySettings):
        kind, settings = "ebay", channel._write()
    elif isinstance(channel, LocalChannel):
        kind, settings = "market", channel._raw()
    else:
        profile = _channels.profile_of(channel)
        code = _foreign.code(_channels.method_of(channel), _channels.methods_of(channel), loop)
        return lambda: native.add_own_channel(name, profile, code)
    return lambda: native.add_channel(name, kind, json.dumps(settings))


class _Told:
    """Tells how many changes were written since it last did. What that raises is kept: it must not end the work it tells of."""

    def __init__(self, progress: _base.Progress, position: int) -> None:
        _base.progress_of(progress)
        self._progress, self._position = progress, position
        self.raised: BaseException | None = None

    def at(self, position: int) -> None:
        """The engine is here now."""
        more = position - self._position
        if more > 0 and self.raised is None:
            self._position = position
            try:
                self._progress(more)
            except BaseException as error:
                self.raised = error

    def end(self) -> None:
        """Raises what was raised."""
        if self.raised is not None:
            raise self.raised


def _telling(engine: Calls, progress: _base.Progress) -> Stepped:
    """A step of which a thread tells how far it is, and at its end the rest."""
    told = _Told(progress, engine.position())
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            try:
                told.at(engine.position())
            except SutlerError:
                return  # It was closed meanwhile, which the step says itself.

    thread = threading.Thread(target=watch, name="sutler-progress", daemon=True)
    thread.start()
    try:
        stepped = Calls.step(engine)
    finally:
        done.set()
        thread.join()
    try:
        told.at(engine.position())
    except SutlerError:
        pass  # What was done is done; only how far is not known.
    told.end()
    return stepped


async def _telling_async(engine: AsyncCalls, progress: _base.Progress) -> Stepped:
    """The same by a task of the loop."""
    told = _Told(progress, await engine.position())

    async def watch() -> None:
        while True:
            await asyncio.sleep(0.1)
            told.at(await engine.position())

    watching = asyncio.ensure_future(watch())
    try:
        stepped = await AsyncCalls.step(engine)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    try:
        told.at(await engine.position())
    except SutlerError:
        pass  # What was done is done; only how far is not known.
    told.end()
    return stepped


def _open(url: str | os.PathLike[str], tenant: str | None) -> _native.Engine:
    tenant = None if tenant is None else _base.text("tenant", tenant)
    engine, failure = _native.Engine.open(_base.text("url", os.fspath(url)), tenant)
    if engine is None:
        raise error_of(json.loads(failure))
    return engine


class Engine(Calls, Tables):
    """An engine over one store; every call waits for its answer. Nothing runs by itself: call `step`, or `run`.

    >>> import sutler
    >>> with sutler.Engine.open("memory:") as engine:
    ...     engine.totals()
    ()
    """

    def __init__(self, native: _native.Engine) -> None:
        self._native = native

    @classmethod
    def open(cls, url: str | os.PathLike[str], *, tenant: str | None = None) -> Engine:
        """Opens the store at `url`: a path, `sqlite:PATH`, or `memory:`.

        Raises ConflictError when another engine has the store.
        """
        return cls(_open(url, tenant))

    def add_channel(self, name: str, channel: Channel) -> None:
        """Adds a channel under a name of yours; not while the engine runs."""
        _base.opened(_adding(self._native, name, channel, None)())

    def step(self, *, progress: _base.Progress | None = None) -> Stepped:
        """Does everything that is due now on every channel, and says when more will be.

        It returns when nothing is due and nothing is in flight. Everything it did is durable; called again at once it does
        nothing. What a marketplace answers is no error here: it is in the orders and in `health`.

        Args:
            progress: Told now and then, by another thread, how many more changes were written: `tqdm.tqdm().update`.
        """
        return super().step() if progress is None else _telling(self, progress)

    def add_rule(self, rule: _rules.Rule) -> None:
        """Adds a rule of yours; not while the engine runs."""
        _base.opened(_rules.add(self._native, rule, None)())

    def stop(self) -> None:
        """Asks a running engine to stop: `run` returns when everything in flight has landed."""
        self._native.stop()

    def close(self) -> None:
        """Gives the channels and the store back. Closing twice is no error."""
        _base.opened(self._native.close())

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncEngine(AsyncCalls, AsyncTables):
    """The same for asyncio: every call is awaited.

    >>> import asyncio, sutler
    >>> async def main():
    ...     async with await sutler.AsyncEngine.open("memory:") as engine:
    ...         return await engine.totals()
    >>> asyncio.run(main())
    ()
    """

    def __init__(self, native: _native.Engine) -> None:
        self._native = native

    @classmethod
    async def open(cls, url: str | os.PathLike[str], *, tenant: str | None = None) -> AsyncEngine:
        """Opens the store at `url`: a path, `sqlite:PATH`, or `memory:`."""
        return cls(await asyncio.to_thread(_open, url, tenant))

    async def add_channel(self, name: str, channel: Channel) -> None:
        """Adds a channel under a name of yours; not while the engine runs."""
        add = _adding(self._native, name, channel, asyncio.get_running_loop())
        _base.opened(await asyncio.to_thread(add))

    async def step(self, *, progress: _base.Progress | None = None) -> Stepped:
        """Does everything that is due now on every channel, and says when more will be; as `Engine.step`.

        Args:
            progress: Told now and then, on this loop, how many more changes were written: `tqdm.tqdm().update`.
        """
        return await (super().step() if progress is None else _telling_async(self, progress))

    async def add_rule(self, rule: _rules.Rule) -> None:
        """Adds a rule of yours; not while the engine runs. What it awaits runs on this loop."""
        add = _rules.add(self._native, rule, asyncio.get_running_loop())
        _base.opened(await asyncio.to_thread(add))

    def stop(self) -> None:
        """Asks a running engine to stop: `run` returns when everything in flight has landed."""
        self._native.stop()

    async def close(self) -> None:
        """Gives the channels and the store back. Closing twice is no error."""
        _base.opened(await asyncio.to_thread(self._native.close))

    async def __aenter__(self) -> AsyncEngine:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


def log_to_logging(level: int | str = logging.WARNING) -> None:
    """Tells Python's `logging` what the engine says while it works, under `sutler` and the names of its parts
    (`sutler_engine.driver`), at this level and above. Records are told by a thread of their own; where `logging` cannot keep up,
    some are left out and counted.

    >>> import logging, sutler
    >>> sutler.log_to_logging(logging.INFO)
    """

    def told(level: int, name: str, message: str) -> None:
        logging.getLogger(name if name.startswith("sutler") else f"sutler.{name}").log(level, "%s", message)

    least = logging.getLevelName(level) if isinstance(level, str) else level
    if isinstance(level, str) and not isinstance(least, int):
        raise ValueError(f"level is {level!r}; the name of a level of logging is right")
    _native.tell_log(_base.count("level", least), told)


class Sandbox:
    """Running local marketplaces, on one shelf and by one clock."""

    def __init__(self, native: _native.Sandbox) -> None:
        self._native = native

    def markets(self) -> tuple[Market, ...]:
        """Where each is, and how it is entered."""
        return tuple(Market._read(raw) for raw in json.loads(self._native.markets()))

    def channels(self) -> dict[str, LocalChannel]:
        """The channels that reach them, by the marketplace's name."""
        return {market.marketplace: LocalChannel(market) for market in self.markets()}

    def effects(self, marketplace: str) -> Effects:
        """What took effect at one of them so far."""
        return Effects._read(_base.opened(self._native.effects(_base.text("marketplace", marketplace))))

    def close(self) -> None:
        """Stops them and waits until their ports are free. Closing twice is no error."""
        self._native.stop()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def sandbox(
    *,
    marketplaces: Iterable[str] = ("walmart", "amazon", "ebay"),
    orders: int = 60,
    arrivals_per_minute: float = 0.0,
    arrivals_max: int = 0,
    speed: float = 60.0,
    seed: int = 7,
    faults: str = "none",
) -> Sandbox:
    """Starts local marketplaces on this machine; use it as a context manager.

    Args:
        marketplaces: Which.
        orders: Orders each has when it starts, placed over the last three hours.
        arrivals_per_minute: Orders that arrive each minute of the marketplace's time.
        arrivals_max: How many of these at most.
        speed: Marketplace seconds in a second of the wall.
        seed: Where chance comes from.
        faults: What goes wrong: none, lag, flaky, storm, outage, tokens or hostile.

    >>> import sutler
    >>> with sutler.sandbox(marketplaces=["walmart"], orders=5) as box:
    ...     sorted(box.channels())
    ['walmart']
    """
    native, failure = _native.Sandbox.start(
        [_base.text("marketplaces", one) for one in _base.many("marketplaces", marketplaces)],
        _base.count("orders", orders),
        _base.real("arrivals_per_minute", arrivals_per_minute),
        _base.count("arrivals_max", arrivals_max),
        _base.real("speed", speed),
        _base.count("seed", seed, 2**63 - 1),
        _base.text("faults", faults),
    )
    if native is None:
        raise error_of(json.loads(failure))
    return Sandbox(native)


def _payload(payload: object) -> str:
    if isinstance(payload, (bytes, bytearray)):
        return bytes(payload).decode("utf-8", "replace")
    if isinstance(payload, str):
        return payload
    if not isinstance(payload, Mapping):
        raise TypeError(f"payload is {type(payload).__name__}; a str, bytes or a mapping is right")
    return json.dumps(payload)


def normalize(marketplace: str, payload: str | bytes | Mapping[str, Any]) -> NormalOrder:
    """Reads one order as the marketplace sent it. What is not understood is in `unmapped`.

    >>> import sutler
    >>> sutler.normalize("walmart", {"purchaseOrderId": "1796"}).channel_order_id
    '1796'
    """
    given = _native.normalize(_base.text("marketplace", marketplace), _payload(payload))
    return NormalOrder._read(_base.opened(given))


def decide(
    marketplace: str,
    payload: str | bytes | Mapping[str, Any],
    *,
    on_hand: Mapping[str, int] | None = None,
    policy: str | None = None,
    now: datetime | None = None,
) -> Decision:
    """Decides for an order as the marketplace sent it, with nothing of sutler running.

    Args:
        marketplace: Whose payload it is.
        payload: The order.
        on_hand: Units on hand, by SKU.
        policy: A policy as TOML; the standard one unless said.
        now: When it is decided; now unless said.
    """
    if on_hand is not None and not isinstance(on_hand, Mapping):
        raise TypeError(f"on_hand is {type(on_hand).__name__}; a mapping of SKU to units is right")
    stock = {_base.text("on_hand", sku): _base.whole("on_hand", n) for sku, n in (on_hand or {}).items()}
    at = _base.instant("now", now if now is not None else datetime.now(timezone.utc))
    text = None if policy is None else _base.text("policy", policy)
    given = _native.decide(_base.text("marketplace", marketplace), _payload(payload), stock, text, at)
    return Decision._read(_base.opened(given))
