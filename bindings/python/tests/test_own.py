"""Channels and rules written in Python."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from stall import Channel, Market, Order, Stand

import sutler
from sutler import testkit


@pytest.mark.parametrize("behaviour", testkit.BEHAVIOURS)
def test_a_channel_in_python_is_held_as_the_built_in_ones_are(behaviour: str) -> None:
    testkit.hold(behaviour, Stand)


def test_a_stand_may_be_opened_by_a_coroutine() -> None:
    async def opened(who: str) -> Stand:
        return await asyncio.to_thread(Stand, who)

    testkit.hold("g20_a_part_of_a_line_is_confirmed", opened)


def test_the_suite_finds_a_channel_that_breaks_its_word() -> None:
    class Twice(Channel):
        def perform(self, commands: tuple[sutler.ChannelCommand, ...]) -> list[sutler.Receipt]:
            for command in commands:
                if command.verb == "confirm_shipment":
                    self.market.does(command)
            return super().perform(commands)

    class Broken(Stand):
        def __init__(self, who: str) -> None:
            super().__init__(who)
            self.channel = Twice(self.market)

    with pytest.raises(AssertionError, match="g20_a_part_of_a_line_is_confirmed"):
        testkit.hold("g20_a_part_of_a_line_is_confirmed", Broken)
    with pytest.raises(AssertionError, match="nothing"):
        testkit.hold("nothing", Stand)


class Present(Market):
    """The same marketplace by real time, with what was sold five minutes ago."""

    @property
    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    @now.setter
    def now(self, _: datetime) -> None:
        """Real time is nobody's to set."""

    def sell(self, sale: sutler.Sale) -> str:
        number = super().sell(sale)
        self.orders[number].placed_at = self.now - timedelta(minutes=5)
        return number


def until_settled(engine: sutler.Engine) -> None:
    for _ in range(50):
        if engine.step().done == 0:
            return


def test_an_engine_runs_a_channel_written_in_python() -> None:
    market = Present()
    orders = [market.sell(sutler.Sale("MUG", 2, None, False)) for _ in range(5)]
    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", Channel(market))
        engine.on_hand("MUG", 7, as_of=market.now - timedelta(minutes=30))
        until_settled(engine)
        assert sorted(order.channel_order_id for order in engine.orders()) == orders
        taken = [order.channel_order_id for order in engine.orders(phase="open")]
        assert sorted(market.acknowledged) == sorted(taken) and len(taken) == 3
        engine.report_shipment("stall", taken[0], "UPS", "1Z999AA10123456784")
        until_settled(engine)
        assert market.orders[taken[0]].items["1"].shipped() == 2
        assert engine.order("stall", taken[0]).order.phase == "shipped"


def test_a_channel_in_python_takes_pushes_and_tells_of_returns() -> None:
    market = Present()
    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", Channel(market))
        engine.on_hand("MUG", 7, as_of=market.now - timedelta(minutes=30))
        until_settled(engine)
        number = market.sell(sutler.Sale("MUG", 2, None, False))
        push = market.push(number)
        headers = [list(header) for header in push.headers]
        forged = engine.handle_push("stall", push.method, push.path, headers, push.body + b" ")
        assert (forged.status, engine.totals()) == (401, ())
        assert engine.handle_push("stall", push.method, push.path, headers, push.body).status == 204
        until_settled(engine)
        engine.report_shipment("stall", number, "UPS", "1Z999AA10123456784")
        until_settled(engine)
        assert engine.order("stall", number).order.phase == "shipped"
        with pytest.raises(sutler.NotFoundError, match="stand"):
            engine.handle_push("stand", push.method, push.path, headers, push.body)

    class Unread(Channel):
        def receive(self, push: sutler.PushRequest) -> sutler.PushOutcome:
            return sutler.PushOutcome(sutler.PushKind.TOLD, orders=(number,))

    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", Unread(market))
        reply = engine.handle_push("stall", push.method, push.path, headers, push.body)
        assert reply.status == 503, "of a push without an id nobody knows whether it came before"
        market.send_back(number)
        market.orders[number].sent_back_at = market.now - timedelta(minutes=1)
        until_settled(engine)
        (back,) = engine.order("stall", number).returns
        assert (back.stage, back.status, back.lines[0].quantity) == (sutler.ReturnStage.ANNOUNCED, "asked", 2)


@pytest.mark.parametrize(("said", "method"), [({"takes_pushes": True}, "receive"), ({"returns": Channel.profile.returns}, "pull_returns")])
def test_what_a_profile_says_the_channel_must_have(said: dict[str, Any], method: str) -> None:
    class Less:
        profile = sutler.ChannelProfile(seller="me", marketplace="m", verbs=Channel.profile.verbs, **said)
        check, pull, fetch, perform = Channel.check, Channel.pull, Channel.fetch, Channel.perform

    with sutler.Engine.open("memory:") as engine, pytest.raises(TypeError, match=f"no method {method}"):
        engine.add_channel("stall", Less())


def test_what_a_channel_raises_is_an_error_of_its_own() -> None:
    class Forbidden(Channel):
        def check(self) -> sutler.Found:
            raise sutler.ForbiddenError("orders.write is missing", op="stall.check", applied="no")

    class Surprised(Channel):
        async def pull(self, request: sutler.PullRequest) -> sutler.ShownPage:
            raise KeyError("surprise")

    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("forbidden", Forbidden(Present()))
        engine.add_channel("surprised", Surprised(Present()))
        assert "orders.write is missing" in (engine.check()[0].error or "")
        engine.step()
        assert "KeyError: 'surprise'" in (engine.health()[1].last_error or "")


def test_an_answer_of_the_wrong_shape_is_named() -> None:
    class Odd(Channel):
        def pull(self, request: sutler.PullRequest) -> Any:
            return {"orders": []}

    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", Odd(Present()))
        engine.step()
        assert "a ShownPage is right" in (engine.health()[0].last_error or "")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"acknowledgment": "local"}, "acknowledge"),
        ({"cancel_unit": "boxes"}, "cancel_unit"),
        ({"rates": (sutler.RateLimit("*", 0.0, 1.0),)}, "rate"),
        ({"verbs": (sutler.VerbProfile("fly", sutler.Repeat.ONCE),)}, "fly"),
    ],
)
def test_a_profile_that_cannot_be_right_is_refused(change: dict[str, Any], named: str) -> None:
    class Wrong(Channel):
        profile = sutler.ChannelProfile(**{"seller": "me", "marketplace": "m", "verbs": Channel.profile.verbs, **change})

    with sutler.Engine.open("memory:") as engine:
        with pytest.raises(sutler.ConfigError, match=named):
            engine.add_channel("stall", Wrong(Present()))
        with pytest.raises(TypeError, match="ChannelProfile"):
            engine.add_channel("stall", object())  # type: ignore[arg-type]


class Big:
    name = "big"
    version = "1"

    def __init__(self, engine: sutler.Engine | None = None) -> None:
        self.engine = engine
        self.threads: set[str] = set()

    def judge(self, order: sutler.AskedOrder) -> sutler.Verdict:
        self.threads.add(threading.current_thread().name)
        if self.engine is not None:
            self.engine.totals()
        units = sum(line.ordered for line in order.lines)
        return sutler.hold("big.units", str(units)) if units > 2 else sutler.passes("big.units", str(units))


class Awaited(Big):
    async def judge(self, order: sutler.AskedOrder) -> sutler.Verdict:  # type: ignore[override]
        # It asks a service, which answers from elsewhere.
        await asyncio.to_thread(threading.get_ident)
        return super().judge(order)


@pytest.mark.parametrize("kind", [Big, Awaited])
def test_a_rule_may_call_the_engine_and_await(kind: type[Big]) -> None:
    market = Present()
    small, large = (market.sell(sutler.Sale("MUG", n, None, False)) for n in (1, 3))
    with sutler.Engine.open("memory:") as engine:
        rule = kind(engine)
        engine.add_channel("stall", Channel(market))
        engine.add_rule(rule)
        engine.on_hand("MUG", 50, as_of=market.now - timedelta(minutes=30))
        until_settled(engine)
        assert engine.order("stall", small).order.phase == "open"
        held = engine.order("stall", large)
        assert [hold.reason for hold in held.order.holds] == ["rule:big"]
        assert [(p.verdict, p.code, p.value) for p in held.proofs if p.rule == "big"] == [("hold", "big.units", "3")]
        engine.release("stall", large, "rule:big", "ann")
        until_settled(engine)
        assert engine.order("stall", large).order.phase == "open"
        assert [(one.rule, one.failures) for one in engine.health()[0].rules] == [("big", 0)]


def test_asyncio_runs_a_rule_on_its_own_loop() -> None:
    market = Present()
    market.sell(sutler.Sale("MUG", 1, None, False))

    async def main() -> set[str]:
        async with await sutler.AsyncEngine.open("memory:") as engine:
            rule = Awaited()
            await engine.add_channel("stall", Channel(market))
            await engine.add_rule(rule)
            await engine.on_hand("MUG", 50, as_of=market.now - timedelta(minutes=30))
            for _ in range(10):
                await engine.step()
            return rule.threads

    assert asyncio.run(main()) == {"MainThread"}


def test_a_rule_that_raises_has_not_answered() -> None:
    class Broken(Big):
        def judge(self, order: sutler.AskedOrder) -> sutler.Verdict:
            raise ValueError("no model")

    market = Present()
    number = market.sell(sutler.Sale("MUG", 1, None, False))
    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", Channel(market))
        engine.add_rule(Broken())
        engine.on_hand("MUG", 50, as_of=market.now - timedelta(minutes=30))
        for _ in range(5):
            engine.step()
        assert engine.order("stall", number).order.phase == "new"
        health = engine.health()[0].rules[0]
        assert health.failures > 0 and "ValueError: no model" in (health.last_error or "")


def test_an_answer_that_is_none_may_have_been_a_deed() -> None:
    class Odd(Channel):
        profile = sutler.ChannelProfile(
            seller="me", marketplace="stall", verbs=(sutler.VerbProfile("acknowledge", sutler.Repeat.ONCE),)
        )

        def perform(self, commands: tuple[sutler.ChannelCommand, ...]) -> list[sutler.Receipt]:
            super().perform(commands)
            return [sutler.Receipt(sutler.ReceiptKind.ACCEPTED)]  # without what to ask after

    market = Present()
    number = market.sell(sutler.Sale("MUG", 1, None, False))
    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", Odd(market))
        engine.on_hand("MUG", 5, as_of=market.now - timedelta(minutes=30))
        until_settled(engine)
        assert market.acknowledged == {number: 1}
        (command,) = engine.order("stall", number).commands
        assert command.attempt == 1 and command.state in ("in_doubt", "unresolved")
        assert any("no settle" in moment.words for moment in engine.order("stall", number).timeline)


def test_rules_of_a_wrong_shape_are_refused() -> None:
    with sutler.Engine.open("memory:") as engine:
        with pytest.raises(TypeError, match="judge"):
            engine.add_rule(object())  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="class Big"):
            engine.add_rule(Big)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="class Channel"):
            engine.add_channel("stall", Channel)  # type: ignore[arg-type]
        nameless = Big()
        nameless.name = "with space"
        with pytest.raises(sutler.InvalidError, match="with space"):
            engine.add_rule(nameless)
        engine.add_rule(Big())
        with pytest.raises(sutler.ConfigError, match="big"):
            engine.add_rule(Big())


def test_a_channel_that_never_answers_is_given_up_in_time() -> None:
    class Deaf(Channel):
        profile = sutler.ChannelProfile(
            seller="me",
            marketplace="stall",
            verbs=(
                sutler.VerbProfile("acknowledge", sutler.Repeat.REPEATABLE, call_timeout=timedelta(milliseconds=200)),
            ),
        )

        async def perform(  # type: ignore[override]
            self, commands: tuple[sutler.ChannelCommand, ...]
        ) -> list[sutler.Receipt]:
            await asyncio.Event().wait()
            return []

    market = Present()
    market.sell(sutler.Sale("MUG", 1, None, False))
    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", Deaf(market))
        engine.on_hand("MUG", 5, as_of=market.now - timedelta(minutes=30))
        engine.step()
        assert (engine.health()[0].doubts, market.acknowledged) == (1, {})


@pytest.mark.parametrize("raised", [SystemExit(3), KeyboardInterrupt(), ValueError("x")])
def test_what_a_coroutine_raises_ends_nobody_elses_loop(raised: BaseException) -> None:
    class Raising(Big):
        async def judge(self, order: sutler.AskedOrder) -> sutler.Verdict:  # type: ignore[override]
            raise raised

    for rule in (Raising(), Awaited()):
        market = Present()
        market.sell(sutler.Sale("MUG", 1, None, False))
        with sutler.Engine.open("memory:") as engine:
            engine.add_channel("stall", Channel(market))
            engine.add_rule(rule)
            engine.on_hand("MUG", 5, as_of=market.now - timedelta(minutes=30))
            engine.step()
            answered = engine.health()[0].rules[0].failures == 0
            assert answered == isinstance(rule, Awaited)


def test_errors_of_ones_own_are_checked_where_they_are_made() -> None:
    with pytest.raises(TypeError, match="retry_after"):
        sutler.SutlerError("x", retry_after=3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="applied"):
        sutler.SutlerError("x", applied="perhaps")
    with sutler.Engine.open("memory:") as engine:
        with pytest.raises(ValueError, match="sku"):
            engine.on_hand("\ud800", 1)
        with pytest.raises(ValueError, match="quantity"):
            engine.on_hand("a", 10**30)
        with pytest.raises(ValueError, match="limit"):
            list(engine.orders(limit=-1))


def test_a_line_whose_charges_no_table_can_hold_has_none_there() -> None:
    class Odd(Channel):
        def shown(self, order: Order) -> sutler.ShownOrder:
            charge = sutler.Charge(sutler.ChargeKind.PRODUCT, "", sutler.Money(self.amount, "USD"), None)
            line = sutler.ShownLine("1", 1, sku="MUG", charges=(charge, charge))
            return sutler.ShownOrder(order.number, (line,), placed_at=order.placed_at)

        amount = Decimal(7) * 10**28

    for amount in (Decimal(7) * 10**28, Decimal("1.1234567")):
        market = Present()
        market.sell(sutler.Sale("MUG", 1, None, False))
        channel = Odd(market)
        channel.amount = amount
        with sutler.Engine.open("memory:") as engine:
            engine.add_channel("stall", channel)
            engine.step()
            assert len(engine.lines_table()) == 1


def test_a_forked_child_may_let_an_engine_go(tmp_path: Path) -> None:
    script = f"""
import os, sutler
def work():
    engine = sutler.Engine.open({str(tmp_path / "orders.db")!r})
    pid = os.fork()
    if pid == 0:
        return 0
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
raise SystemExit(work())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_store_that_was_closed_is_free_though_a_forked_child_lives(tmp_path: Path) -> None:
    script = f"""
import os, signal, sutler
path = {str(tmp_path / "orders.db")!r}
engine = sutler.Engine.open(path)
pid = os.fork()
if pid == 0:
    signal.pause()
try:
    try:
        sutler.Engine.open(path)
    except sutler.ConflictError as error:
        assert f"(process {{os.getpid()}}: this one, one forked off it" in str(error), error
    engine.close()
    sutler.Engine.open(path).close()
finally:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def ended(rule: str, ending: str) -> subprocess.CompletedProcess[str]:
    """A program that ends while a rule is at work, which `begun` tells; `leave` is set once Python begins to end."""
    script = f"""
import atexit, os, sys, threading
sys.path.insert(0, {str(Path(__file__).parent)!r})
import sutler
from datetime import timedelta
from test_own import Present, Channel, Big
begun, leave = threading.Event(), threading.Event()
atexit.register(leave.set)
class Working(Big):
    def judge(self, order):
        begun.set()
        {rule}
        return super().judge(order)
market = Present()
for _ in range(20):
    market.sell(sutler.Sale("MUG", 1, None, False))
engine = sutler.Engine.open("memory:")
engine.add_channel("stall", Channel(market))
engine.add_rule(Working())
engine.on_hand("MUG", 50, as_of=market.now - timedelta(minutes=30))
threading.Thread(target=engine.run, daemon=True).start()
assert begun.wait(30)
{ending}
"""
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)


def test_a_rule_that_outlives_the_program_ends_with_it() -> None:
    done = ended("while True: pass", "pass")
    assert done.returncode == 1 and "still at work" in done.stderr and "Fatal" not in done.stderr, done.stderr


@pytest.mark.parametrize("ending", ["pass", "raise SystemExit(3)", "os._exit(0)"])
def test_an_exit_with_a_callback_under_way_is_clean(ending: str) -> None:
    done = ended("leave.wait()", ending)
    assert done.returncode == (3 if "3" in ending else 0), done.stderr
    assert "Fatal" not in done.stderr and "panicked" not in done.stderr, done.stderr
