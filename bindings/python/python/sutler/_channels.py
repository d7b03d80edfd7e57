"""Channels of your own."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

from . import _base, _foreign
from ._types import (
    ChannelCommand,
    ChannelProfile,
    Found,
    Level,
    PullRequest,
    PushOutcome,
    PushRequest,
    Receipt,
    ReturnsPage,
    SettledWork,
    ShownOrder,
    ShownPage,
)


class OwnChannel(Protocol):
    """A channel of your own. Every method may be a coroutine, and raises when it has no answer: a `SutlerError` says what kind
    of failure it was and whether the other side acted; of any other exception nobody knows, and the engine finds out.

    Nothing here loops, sleeps or retries: the engine does. A channel whose marketplace works on what it accepted has
    `settle(handle, commands)`; one whose levels can be read has `levels(skus)`; one that takes pushes `receive(push)`, which gives
    a `PushOutcome`; one that tells of returns `pull_returns(request)`, which gives a `ReturnsPage`. It is held to the same suite as the built-in
    channels by `sutler.testkit`.
    """

    @property
    def profile(self) -> ChannelProfile:
        """What it says of itself."""
        ...

    def check(self) -> Found | Awaitable[Found]:
        """Asks who we are and what we may do. Raises UnauthorizedError when the credential is not accepted."""
        ...

    def pull(self, request: PullRequest) -> ShownPage | Awaitable[ShownPage]:
        """Reads one page of the orders of a window, both ends included."""
        ...

    def fetch(self, order_id: str) -> ShownOrder | None | Awaitable[ShownOrder | None]:
        """Reads one order; none when it is not visible now."""
        ...

    def perform(self, commands: tuple[ChannelCommand, ...]) -> Iterable[Receipt] | Awaitable[Iterable[Receipt]]:
        """Does what is to be done, in one call: one receipt each, in their order."""
        ...


def _many(kind: type[Any]) -> _foreign.Write:
    return lambda answer: [_base.record("answer", one, kind) for one in _base.many("answer", answer)]


def _one(kind: type[Any]) -> _foreign.Write:
    return lambda answer: _base.record("answer", answer, kind)


def _commands(raw: list[dict[str, Any]]) -> tuple[ChannelCommand, ...]:
    return tuple(ChannelCommand._read(one) for one in raw)


METHODS: Mapping[str, _foreign.Method] = {
    "check": (lambda _: (), _one(Found)),
    "pull": (lambda raw: (PullRequest._read(raw),), _one(ShownPage)),
    "fetch": (lambda raw: (raw,), lambda answer: None if answer is None else _one(ShownOrder)(answer)),
    "perform": (lambda raw: (_commands(raw),), _many(Receipt)),
    "settle": (lambda raw: (raw["handle"], _commands(raw["commands"])), _one(SettledWork)),
    "levels": (lambda raw: (tuple(raw),), _many(Level)),
    "receive": (lambda raw: (PushRequest._read(raw),), _one(PushOutcome)),
    "pull_returns": (lambda raw: (PullRequest._read(raw),), _one(ReturnsPage)),
}


def methods_of(channel: object) -> Mapping[str, _foreign.Method]:
    """The same for one channel: where it has no `settle`, nothing can be accepted."""
    if callable(getattr(channel, "settle", None)):
        return METHODS
    read, write = METHODS["perform"]

    def answered(answer: Any) -> Any:
        receipts = write(answer)
        if any(receipt["kind"] == "accepted" for receipt in receipts):
            raise TypeError("answer is accepted, and the channel has no settle(handle, commands); done or refused is right")
        return receipts

    return {**METHODS, "perform": (read, answered)}


def profile_of(channel: object) -> str:
    """What a channel says of itself, as JSON. It is refused where it lacks a method."""
    _foreign.made("channel", channel)
    profile = getattr(channel, "profile", None)
    if not isinstance(profile, ChannelProfile):
        raise TypeError(
            f"channel is {type(channel).__name__}, whose profile is {type(profile).__name__}; a Walmart, an Amazon, an Ebay, "
            "a channel of a sandbox, or an object with a ChannelProfile as its profile is right"
        )
    needed = ["check", "pull", "fetch", "perform"]
    wanted = {
        "levels": profile.level_lag is not None,
        "receive": profile.takes_pushes is True,
        "pull_returns": profile.returns is not None,
    }
    needed += [method for method, is_wanted in wanted.items() if is_wanted]
    for method in needed:
        if not callable(getattr(channel, method, None)):
            raise TypeError(f"channel is {type(channel).__name__}, which has no method {method}; an OwnChannel is right")
    return json.dumps(profile._write())


def method_of(channel: object) -> Callable[[str], Callable[..., Any]]:
    """Finds a method of a channel."""

    def found(name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(channel, name)
        return method

    return found
