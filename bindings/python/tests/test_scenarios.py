"""The scenarios that every language runs, and nothing of the surface that none of them exercises."""

from __future__ import annotations

import inspect
import json
import threading
from dataclasses import is_dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sutler

FILE = json.loads((Path(__file__).parents[2] / "scenarios.json").read_text())
ZERO = datetime(1970, 1, 1, tzinfo=timezone.utc)
KINDS = {
    error.kind: error
    for error in vars(sutler).values()
    if inspect.isclass(error) and issubclass(error, sutler.SutlerError)
}


def value(given: Any, saved: dict[str, Any]) -> Any:
    """An argument, as Python has it."""
    if isinstance(given, str) and given.startswith("$"):
        return saved[given[1:]]
    if isinstance(given, list):
        return [value(one, saved) for one in given]
    if isinstance(given, dict):
        if "$instant" in given:
            return ZERO + timedelta(milliseconds=given["$instant"])
        if "$bytes" in given:
            return given["$bytes"].encode()
        if "$exact" in given:
            return Decimal(given["$exact"])
        if "$record" in given:
            fields = {name: value(one, saved) for name, one in given.items() if name != "$record"}
            return getattr(sutler, given["$record"])(**fields)
    return given


def plain(given: Any) -> Any:
    """A result, as JSON has it."""
    if is_dataclass(given) and not isinstance(given, type):
        return plain(given.to_dict())  # type: ignore[attr-defined]
    if isinstance(given, datetime):
        assert given.tzinfo is not None
        return (given - ZERO) // timedelta(milliseconds=1)
    if isinstance(given, timedelta):
        return given // timedelta(milliseconds=1)
    if isinstance(given, Decimal):
        return str(given)
    if isinstance(given, dict):
        return {name: plain(one) for name, one in given.items()}
    if isinstance(given, (list, tuple)):
        return [plain(one) for one in given]
    return given


def holds(given: Any, expected: Any, saved: dict[str, Any]) -> bool:
    """Is what is expected there?"""
    if isinstance(expected, dict):
        if "$len" in expected:
            return bool(len(given) == expected["$len"])
        if "$min" in expected:
            return bool((len(given) if isinstance(given, list) else given) >= expected["$min"])
        if "$any" in expected:
            return any(holds(one, expected["$any"], saved) for one in given)
        if "$saved" in expected:
            return bool(given == saved[expected["$saved"]])
        if "$is" in expected:
            return isinstance(given, str)
        return isinstance(given, dict) and all(holds(given[name], one, saved) for name, one in expected.items())
    return bool(given == expected)


def at(given: Any, path: str) -> Any:
    for part in path.split("."):
        given = given[int(part)] if isinstance(given, list) else given[part]
    return given


def do(engine: sutler.Engine, step: dict[str, Any], saved: dict[str, Any]) -> Any:
    call = getattr(engine, step["call"])
    arguments = {name: value(one, saved) for name, one in step.get("args", {}).items()}
    if "stop_when_taken" in step:

        def stop() -> None:
            engine.taken(engine.on_hand(step["stop_when_taken"], 1).id)
            engine.stop()

        threading.Thread(target=stop).start()
    given = call(**arguments)
    return plain(list(given) if inspect.isgenerator(given) else given)


@pytest.mark.parametrize("scenario", FILE["scenarios"], ids=lambda scenario: scenario["name"])
def test_scenario(scenario: dict[str, Any], tmp_path: Path) -> None:
    with sutler.Engine.open(str(tmp_path / "orders.db")) as engine:
        chosen = scenario.get("sandbox")
        box = sutler.sandbox(**chosen) if chosen else None
        try:
            markets = {market.marketplace: market for market in box.markets()} if box else {}
            for name, channel in (box.channels() if box else {}).items():
                engine.add_channel(name, channel)
            saved: dict[str, Any] = {}
            for step in scenario["steps"]:
                if "count" in step:
                    market = markets[step["count"]]
                    for sku, units in market.on_hand.items():
                        engine.on_hand(sku, units, as_of=market.pace.origin)
                    continue
                if "raises" in step:
                    kinds: dict[str, type[Exception]] = {"type": TypeError, "range": ValueError, **KINDS}
                    kind = kinds[step["raises"]]
                    with pytest.raises(kind) as raised:
                        do(engine, step, saved)
                    assert step["says"] in str(raised.value), step
                    continue
                given = do(engine, step, saved)
                if "expect" in step:
                    assert holds(given, step["expect"], saved), (step, given)
                for name, path in step.get("save", {}).items():
                    saved[name] = at(given, path)
        finally:
            if box:
                box.close()


def test_every_call_is_in_a_scenario() -> None:
    asked = {step["call"] for scenario in FILE["scenarios"] for step in scenario["steps"] if "call" in step}
    calls = {
        name
        for name, call in vars(sutler.Engine.__mro__[1]).items()
        if inspect.isfunction(call) and not name.startswith("_")
    }
    assert calls == asked
    awaited = {name for name, call in vars(sutler.AsyncEngine.__mro__[1]).items() if inspect.isfunction(call)}
    assert {name for name in awaited if not name.startswith("_")} == calls
