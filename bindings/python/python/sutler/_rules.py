"""Rules of your own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

from . import _base, _foreign, _native
from ._types import AskedOrder, Verdict, VerdictKind


@runtime_checkable
class Rule(Protocol):
    """A rule of your own: a class with a name, a version, and `judge`, which may be a coroutine.

    It is asked between transactions and may call the engine. An order waits undecided for its verdict; what it raises is
    no verdict, and it is asked again. With none by a margin before the order must be taken, the order is held as
    `unanswered:NAME`. What another version said is asked anew.
    """

    @property
    def name(self) -> str:
        """Its name: letters, digits, `_`, `-` and `.`."""
        ...

    @property
    def version(self) -> str:
        """Its version; another one is asked anew."""
        ...

    def judge(self, order: AskedOrder) -> Verdict | Awaitable[Verdict]:
        """What it says of an order."""
        ...


def passes(code: str, value: str = "") -> Verdict:
    """Nothing is against it.

    >>> import sutler
    >>> sutler.passes("vip.buyer").verdict
    VerdictKind('pass')
    """
    return Verdict(VerdictKind.PASS, code, value)


def hold(code: str, value: str = "") -> Verdict:
    """It must wait; `release` with the reason `rule:NAME` lets it go on."""
    return Verdict(VerdictKind.HOLD, code, value)


def refuse(code: str, value: str = "") -> Verdict:
    """It must not be taken; a person cancels it."""
    return Verdict(VerdictKind.REFUSE, code, value)


def abstain(code: str, value: str = "") -> Verdict:
    """The rule has nothing to say about it."""
    return Verdict(VerdictKind.ABSTAIN, code, value)


def add(
    native: _native.Engine, rule: Rule, loop: asyncio.AbstractEventLoop | None
) -> Callable[[], tuple[bool, str]]:
    """What adds a rule."""
    _foreign.made("rule", rule)
    judge = getattr(rule, "judge", None)
    if not callable(judge):
        raise TypeError(f"rule is {type(rule).__name__}, which has no method judge; a Rule is right")
    name = _base.text("rule.name", getattr(rule, "name", None))
    version = _base.text("rule.version", getattr(rule, "version", None))
    methods: dict[str, _foreign.Method] = {
        "judge": (lambda raw: (AskedOrder._read(raw),), lambda said: _base.record("verdict", said, Verdict)),
    }
    code = _foreign.code(lambda _: judge, methods, loop)

    def added() -> tuple[bool, str]:
        return native.add_rule(name, version, code)

    return added
