"""How the engine calls Python: rules and channels of your own, and stands under test.

Plain methods are called in a thread of the engine's; coroutines run on the loop of the `AsyncEngine` they were given to, or
on one loop that all blocking engines share. A coroutine whose call was given up is cancelled, so that it does nothing later; plain code
cannot be, and is told by when it must have written (`ChannelCommand.write_by`). What they raise becomes the error the engine would meet of a built-in.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from . import _native
from ._errors import SutlerError

Read = Callable[[Any], tuple[Any, ...]]
"""From what is asked, as JSON, to arguments."""
Write = Callable[[Any], Any]
"""From what was answered to JSON."""
Method = tuple[Read, Write]


class Shared:
    """The loop that coroutines of blocking engines run on."""

    _lock = threading.Lock()
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread

    @classmethod
    def loop(cls) -> asyncio.AbstractEventLoop:
        """Started by whoever needs it first, and anew where it ended; its thread keeps no process alive."""
        with cls._lock:
            if cls._loop is None or not cls._thread.is_alive():
                cls._loop = asyncio.new_event_loop()
                cls._thread = threading.Thread(target=cls._loop.run_forever, name="sutler-callbacks", daemon=True)
                cls._thread.start()
            return cls._loop


def made(name: str, given: object) -> None:
    """Refuses a class where an object of it is wanted, whose methods would lack their `self`."""
    if isinstance(given, type):
        raise TypeError(f"{name} is the class {given.__name__}; an object of it is right: {given.__name__}(...)")


def _plain(text: str) -> str:
    """A text as it can be written."""
    return text.encode("utf-8", "replace").decode("utf-8")


def failure(error: BaseException) -> str:
    """An exception, as the engine reads it. Of one that is not ours nobody knows whether the other side acted."""
    if isinstance(error, SutlerError):
        wait = error.retry_after
        return json.dumps({
            "kind": error.kind,
            "op": error.op,
            "message": _plain(error.message),
            "retry_after_ms": None if wait is None else max(0, round(wait.total_seconds() * 1000)),
            "applied": error.applied,
        })
    try:
        message = _plain(f"{type(error).__name__}: {error}")
    except Exception:
        message = type(error).__name__
    return json.dumps({"kind": "remote", "op": "", "message": message, "retry_after_ms": None, "applied": "unknown"})


def code(
    target: Callable[[str], Callable[..., Any]], methods: Mapping[str, Method], loop: asyncio.AbstractEventLoop | None
) -> Callable[[str, str, _native.Reply], None]:
    """What the native part calls. `target` finds the function of a method by its name."""

    def call(name: str, argument: str, reply: _native.Reply) -> None:
        try:
            read, write = methods[name]
            answer = target(name)(*read(json.loads(argument)))
            if not inspect.isawaitable(answer):
                reply.give(True, json.dumps(write(answer)))
                return
        except BaseException as error:
            reply.give(False, failure(error))
            return

        async def awaited() -> None:
            try:
                reply.give(True, json.dumps(write(await answer)))
            except BaseException as error:
                # Also what would end a program: it would end the loop that others share.
                reply.give(False, failure(error))

        waiting = awaited()
        runs_on = loop or Shared.loop()

        def give_up() -> None:
            # A loop that was closed meanwhile has ended it already.
            if not runs_on.is_closed():
                running.cancel()

        try:
            running = asyncio.run_coroutine_threadsafe(waiting, runs_on)
            reply.when_given_up(give_up)
        except RuntimeError as error:
            # The loop it belongs to was closed.
            waiting.close()
            if inspect.iscoroutine(answer):
                answer.close()
            reply.give(False, failure(error))

    return call
