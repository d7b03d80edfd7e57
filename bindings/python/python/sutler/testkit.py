"""The suite that every channel must pass, the built-in ones too: for channels of your own, with any test runner.

    import pytest
    from sutler import testkit

    @pytest.mark.parametrize("behaviour", testkit.BEHAVIOURS)
    def test_my_channel(behaviour):
        testkit.hold(behaviour, MyStand)

`MyStand(who)` is a channel with the marketplace it speaks to, in which nothing was sold yet; see `Stand`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from . import _base, _channels, _foreign, _native
from ._types import Fate, PushRequest, Sale, TestEffects

__all__ = ["BEHAVIOURS", "Fate", "Sale", "Stand", "TestEffects", "hold"]

BEHAVIOURS: tuple[str, ...] = tuple(_native.behaviours())
"""Everything a channel must do, by name. Those that begin with `g` and a number prove the guarantee of that number."""


class Stand(Protocol):
    """A channel, its marketplace and their time. The marketplace lists `MUG`, `PLATE` and `BOWL`, a hundred of each.

    Where the marketplace cannot do something (`Sale.shipped_by_marketplace`, a wish to cancel), raise NotFoundError or
    InvalidError: the suite holds then that the channel says so.
    """

    @property
    def channel(self) -> _channels.OwnChannel:
        """The channel."""
        ...

    def now(self) -> datetime:
        """Marketplace time, aware. It goes on only in `pass_time`."""
        ...

    def pass_time(self, span: timedelta) -> None:
        """Lets time pass."""
        ...

    def sell(self, sale: Sale) -> str | Awaitable[str]:
        """A buyer buys; gives the order's id."""
        ...

    def ask_to_cancel(self, order_id: str) -> None | Awaitable[None]:
        """The buyer asks to cancel."""
        ...

    # And where the profile says so, `send_back(order_id)`: the buyer sends back what was shipped of the order's first line; and
    # `push(order_id)`: the PushRequest by which the marketplace tells that something of the order is new.

    def effects(self) -> TestEffects | Awaitable[TestEffects]:
        """What took effect so far."""
        ...

    def fate(self, fate: Fate) -> None | Awaitable[None]:
        """What becomes of the next write; the one after it fares well again."""
        ...


def _nothing(_: Any) -> None:
    return None


def hold(behaviour: str, open: Callable[[str], Stand | Awaitable[Stand]]) -> None:
    """Holds a channel against one behaviour. `open` gets `seller`, or `stranger` for a credential nobody knows. It and
    the methods of `Stand` that speak to the marketplace may be coroutines.

    Raises AssertionError saying what does not hold.
    """
    stands: list[Stand] = []

    def begun(stand: Stand) -> dict[str, Any]:
        stands.append(stand)
        return {"stand": len(stands) - 1, "profile": stand.channel.profile._write()}

    methods: dict[str, _foreign.Method] = {
        "open": (lambda raw: (raw,), begun),
        "now": (lambda _: (), lambda at: _base.instant("now", at)),
        "pass_time": (lambda raw: (_base.span_of(raw),), _nothing),
        "sell": (lambda raw: (Sale._read(raw),), lambda order: _base.text("order", order)),
        "ask_to_cancel": (lambda raw: (raw,), _nothing),
        "send_back": (lambda raw: (raw,), _nothing),
        "push": (lambda raw: (raw,), lambda push: None if push is None else _base.record("push", push, PushRequest)),
        "effects": (lambda _: (), lambda effects: _base.record("effects", effects, TestEffects)),
        "fate": (lambda raw: (Fate(raw),), _nothing),
    }

    def of_stand(read: _foreign.Read) -> _foreign.Read:
        return lambda raw: (raw["stand"], *read(raw["argument"]))

    every: dict[str, _foreign.Method] = {"open": methods["open"]}
    every |= {name: (of_stand(read), write) for name, (read, write) in methods.items() if name != "open"}
    every |= {f"channel.{name}": (of_stand(read), write) for name, (read, write) in _channels.METHODS.items()}

    def target(name: str) -> Callable[..., Any]:
        if name == "open":
            return open
        owner, _, method = name.rpartition(".")

        def call(stand: int, *arguments: Any) -> Any:
            subject: object = stands[stand].channel if owner else stands[stand]
            if name == "push" and not hasattr(subject, name):
                return None  # A marketplace that pushes nothing.
            return getattr(subject, method)(*arguments)

        return call

    why = _native.hold(_base.text("behaviour", behaviour), _foreign.code(target, every, None))
    if why is not None:
        raise AssertionError(f"{behaviour}: {why}")
