"""Code of hosts that hangs, lies, or speaks of what cannot be; and what is owed all the same."""

from __future__ import annotations

import asyncio
import dataclasses
import enum
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from stall import ADDRESS, Channel, Order
from test_own import Big, Present, until_settled

import sutler

MUG = sutler.Sale("MUG", 1, None, False)
SHORT = timedelta(milliseconds=300)


def quick(market: Present, **change: Any) -> Channel:
    """The channel whose writes are given up soon, with something else changed."""
    verb = sutler.VerbProfile("acknowledge", sutler.Repeat.REPEATABLE, call_timeout=SHORT, apply_max=timedelta())
    channel = Channel(market)
    channel.profile = dataclasses.replace(
        sutler.ChannelProfile(seller="me", marketplace="stall", verbs=(verb,)), **change
    )
    return channel


def test_a_coroutine_that_was_given_up_does_nothing_later() -> None:
    ended: list[str] = []
    is_over = threading.Event()

    class Slow(Channel):
        async def perform(  # type: ignore[override]
            self, commands: tuple[sutler.ChannelCommand, ...]
        ) -> list[sutler.Receipt]:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                ended.append("cancelled")
                is_over.set()
                raise
            return super().perform(commands)

    market = Present()
    market.sell(MUG)
    slow = Slow(market)
    slow.profile = quick(market).profile
    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", slow)
        engine.on_hand("MUG", 5, as_of=market.now - timedelta(minutes=30))
        engine.step()
        assert is_over.wait(10)
    assert ended and set(ended) == {"cancelled"} and market.acknowledged == {}


def test_code_that_hangs_takes_no_threads_from_others() -> None:
    leave = threading.Event()
    inside = threading.Semaphore(0)

    class Hanging(Channel):
        def receive(self, push: sutler.PushRequest) -> sutler.PushOutcome:
            inside.release()
            leave.wait(60)
            return super().receive(push)

    market = Present()
    push = market.push(market.sell(MUG))

    async def main() -> None:
        async with await sutler.AsyncEngine.open("memory:") as engine:
            await engine.add_channel("stall", Hanging(market))

            def told() -> asyncio.Task[sutler.PushReply]:
                headers = [list(header) for header in push.headers]
                return asyncio.ensure_future(engine.handle_push("stall", push.method, push.path, headers, push.body))

            hanging = [told() for _ in range(32)]
            for _ in hanging:
                await asyncio.to_thread(inside.acquire)
            begun = time.monotonic()
            assert (await told()).status == 503, "no thread is given to the 33rd"
            await engine.health()
            assert time.monotonic() - begun < 3
            leave.set()
            assert {(await one).status for one in hanging} <= {204, 503}
            assert (await told()).status == 204

    asyncio.run(main())


def test_an_order_that_left_in_part_is_asked_about_after_a_restart(tmp_path: Path) -> None:
    class Broken(Big):
        def judge(self, order: sutler.AskedOrder) -> sutler.Verdict:
            raise ValueError("no model")

    market = Present()
    number = market.sell(sutler.Sale("MUG", 2, None, False))
    market.orders[number].items["1"].parcels["1Z"] = ("UPS", 1)
    for rule in (Broken(), Big()):
        with sutler.Engine.open(tmp_path / "orders.db") as engine:
            engine.add_channel("stall", Channel(market))
            engine.add_rule(rule)
            engine.on_hand("MUG", 5, as_of=market.now - timedelta(minutes=30))
            until_settled(engine)
            whole = engine.order("stall", number)
            assert whole.order.phase == ("new" if isinstance(rule, Broken) else "partly_shipped")
    assert [proof.verdict for proof in whole.proofs if proof.rule == "big"] == ["pass"]
    assert market.acknowledged == {number: 1}


def test_another_street_is_judged_anew_and_told() -> None:
    class Moved(Channel):
        street = "1 Main St"

        def shown(self, order: Order) -> sutler.ShownOrder:
            return dataclasses.replace(super().shown(order), ship_to=dataclasses.replace(ADDRESS, line1=self.street))

    class Seen(Big):
        streets: list[str] = []

        def judge(self, order: sutler.AskedOrder) -> sutler.Verdict:
            assert order.ship_to is not None
            self.streets.append(order.ship_to.line1)
            return super().judge(order)

    market = Present()
    number = market.sell(MUG)
    channel = Moved(market)
    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", channel)
        engine.add_rule(Seen())
        engine.on_hand("MUG", 5, as_of=market.now - timedelta(minutes=30))
        until_settled(engine)
        channel.street = "9 Elm St"
        market.orders[number].changed_at = market.now
        push = market.push(number)
        engine.handle_push("stall", push.method, push.path, [list(header) for header in push.headers], push.body)
        until_settled(engine)
        assert Seen.streets == ["1 Main St", "9 Elm St"]
        kinds = [change.kind for change in engine.changes(0)]
        assert kinds.count("address_changed") == 1
        assert not any("Elm" in change.words for change in engine.changes(0))


LONG = timedelta.max
STREAM = sutler.StreamProfile("orders", sutler.StreamKind.PLACED_OR_CHANGED, timedelta(days=30))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"returns": sutler.ReturnsProfile(LONG)}, "horizon of returns"),
        ({"returns": sutler.ReturnsProfile(timedelta(days=1), every=LONG)}, "every of returns"),
        ({"visibility_delay": LONG}, "visibility_delay"),
        ({"streams": ()}, "no stream"),
        ({"streams": (STREAM, STREAM)}, "orders is there twice"),
        ({"streams": (dataclasses.replace(STREAM, horizon=LONG),)}, "horizon of stream orders"),
        (
            {"streams": (dataclasses.replace(STREAM, id="returns"),), "returns": sutler.ReturnsProfile(timedelta(days=1))},
            "stream returns",
        ),
        ({"level_lag": timedelta()}, "set_level"),
        ({"verbs": (sutler.VerbProfile("acknowledge", sutler.Repeat.ONCE, apply_max=LONG),)}, "apply_max of acknowledge"),
        ({"verbs": (sutler.VerbProfile("acknowledge", sutler.Repeat.ONCE, call_timeout=LONG),)}, "call_timeout"),
        (
            {"pace": sutler.Pace(datetime.now(timezone.utc), datetime.now(timezone.utc), 1e300)},
            "speed",
        ),
    ],
)
def test_a_profile_that_would_stop_the_engine_is_refused(change: dict[str, Any], named: str) -> None:
    with sutler.Engine.open("memory:") as engine, pytest.raises(sutler.ConfigError, match=named):
        engine.add_channel("stall", quick(Present(), **change))


@pytest.mark.parametrize("said", ["receipt", "error"])
def test_whoever_asks_for_an_endless_pause_is_asked_again(said: str) -> None:
    class Later(Channel):
        def perform(self, commands: tuple[sutler.ChannelCommand, ...]) -> list[sutler.Receipt]:
            if said == "error":
                raise sutler.RateLimitedError("later", retry_after=LONG, applied="no")
            return [sutler.Receipt(sutler.ReceiptKind.NOT_APPLIED, after=LONG)]

    market = Present()
    number = market.sell(MUG)
    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", Later(market))
        engine.on_hand("MUG", 5, as_of=market.now - timedelta(minutes=30))
        until_settled(engine)
        (command,) = engine.order("stall", number).commands
        assert command.state == "intended"


def test_instants_that_cannot_be_are_not_believed() -> None:
    class Odd(Channel):
        def shown(self, order: Order) -> sutler.ShownOrder:
            return dataclasses.replace(super().shown(order), deliver_by=datetime.max.replace(tzinfo=timezone.utc))

    class Elsewhere(Channel):
        def check(self) -> sutler.Found:
            return sutler.Found(seller="me", now=self.market.now + timedelta(hours=9))

    market = Present()
    number = market.sell(MUG)
    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("odd", Odd(market))
        engine.add_channel("elsewhere", Elsewhere(market))
        engine.step()
        assert engine.order("odd", number).order.holds, "of what is not understood a person decides"
        assert [one.channel for one in engine.orders()] == ["odd"]
        (error,) = (one.error for one in engine.check() if one.channel == "elsewhere")
        assert "another zone" in (error or "")


def test_an_error_of_a_channel_is_no_error_of_the_engine_and_no_novel() -> None:
    class Odd(Channel):
        def pull(self, request: sutler.PullRequest) -> Any:
            raise sutler.NewerSchemaError("of another store: " + "x" * 100_000, op="engine.lease")

    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", Odd(Present()))
        engine.step()
        said = engine.health()[0].last_error or ""
        assert said.startswith("channels.stall.pull") and "engine.lease: of another store" in said and len(said) < 700


def test_secrets_are_shown_nowhere() -> None:
    account = sutler.Amazon("A1", "id", "my-secret", "my-token")
    walmart = sutler.Walmart("1", "id", "my-secret", push_password="me:my-secret", push_hmac="x:my-secret")
    assert "my-secret" not in repr(account) + repr(walmart) and "my-token" not in repr(account)
    for wrong in (b"my-secret", "my-secret\ud800"):
        with pytest.raises(TypeError, match="client_secret") as raised:
            sutler.Walmart("1", "id", wrong)  # type: ignore[arg-type]
        assert "my-secret" not in str(raised.value)


def test_a_stop_before_a_run_ends_it() -> None:
    async def main() -> None:
        async with await sutler.AsyncEngine.open("memory:") as engine:
            for _ in range(10):
                running = asyncio.ensure_future(engine.run())
                await asyncio.sleep(0)
                engine.stop()
                await asyncio.wait_for(running, 20)

    asyncio.run(main())


def test_a_step_leaves_nothing_that_another_channel_brought() -> None:
    """What one channel frees, another one's order takes: within the same step."""
    first, second = Present(), Present()
    taken = first.sell(sutler.Sale("MUG", 5, None, False))
    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("first", Channel(first))
        engine.add_channel("second", Channel(second))
        engine.on_hand("MUG", 5, as_of=first.now - timedelta(minutes=30))
        until_settled(engine)
        waits = second.sell(sutler.Sale("MUG", 5, None, False))
        push = second.push(waits)
        engine.handle_push("second", push.method, push.path, [list(header) for header in push.headers], push.body)
        until_settled(engine)
        assert engine.order("second", waits).order.phase == "held"
        engine.cancel("first", taken, "buyer_asked", "ann")
        engine.step()
        assert second.acknowledged == {waits: 1}


def test_closing_does_not_wait_for_code_that_calls_back() -> None:
    class Calling(Channel):
        engine: sutler.AsyncEngine
        begun: asyncio.Event
        closing: asyncio.Event

        async def perform(  # type: ignore[override]
            self, commands: tuple[sutler.ChannelCommand, ...]
        ) -> list[sutler.Receipt]:
            self.begun.set()
            await self.closing.wait()
            await self.engine.totals()
            return super().perform(commands)

    market = Present()
    market.sell(MUG)

    async def main() -> None:
        async with await sutler.AsyncEngine.open("memory:") as engine:
            channel = Calling(market)
            channel.engine, channel.begun, channel.closing = engine, asyncio.Event(), asyncio.Event()
            await engine.add_channel("stall", channel)
            await engine.on_hand("MUG", 5, as_of=market.now - timedelta(minutes=30))
            stepping = asyncio.ensure_future(engine.step())
            await channel.begun.wait()
            stepping.cancel()
            with pytest.raises(asyncio.CancelledError):
                await stepping
            since = time.monotonic()
            # It goes on once the engine is being closed: nothing else is ready to run before that waits.
            asyncio.get_running_loop().call_soon(channel.closing.set)
        assert time.monotonic() - since < 5

    asyncio.run(main())


def test_a_list_that_goes_on_for_ever_is_an_error_or_is_stopped() -> None:
    class Empty(Channel):
        following: str | None = ""

        def pull(self, request: sutler.PullRequest) -> sutler.ShownPage:  # type: ignore[override]
            return sutler.ShownPage((), self.following)

        def pull_returns(self, request: sutler.PullRequest) -> sutler.ReturnsPage:  # type: ignore[override]
            return sutler.ReturnsPage((), self.following)

    for following, said in [("", "next is empty"), ("7", "goes on where it began")]:
        with sutler.Engine.open("memory:") as engine:
            channel = Empty(Present())
            channel.following = following
            engine.add_channel("stall", channel)
            engine.step()
            assert said in (engine.health()[0].last_error or "")

    class Endless(Channel):
        pulled = threading.Event()

        def pull(self, request: sutler.PullRequest) -> sutler.ShownPage:  # type: ignore[override]
            if request.cursor == "5":
                self.pulled.set()
            return sutler.ShownPage((), str(int(request.cursor or 0) + 1))

    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", Endless(Present()))
        running = threading.Thread(target=engine.run)
        running.start()
        assert Endless.pulled.wait(10)
        engine.stop()
        running.join(10)
        assert not running.is_alive()


def test_reads_of_a_channel_keep_its_rates() -> None:
    class Paged(Channel):
        pulls: list[float] = []
        read = threading.Event()

        def pull(self, request: sutler.PullRequest) -> sutler.ShownPage:  # type: ignore[override]
            self.pulls.append(time.monotonic())
            page = int(request.cursor or 0)
            if page == 9:
                self.read.set()
            order = sutler.ShownOrder(f"P-{page}", (sutler.ShownLine("1", 1, sku="MUG"),), placed_at=self.market.now)
            return sutler.ShownPage((order,), str(page + 1) if page < 9 else None)

    channel = Paged(Present())
    channel.profile = dataclasses.replace(channel.profile, rates=(sutler.RateLimit("*", 10.0, 2.0),))
    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", channel)
        # What has to wait for its turn is not due, and a step does not wait for it; a run does.
        running = threading.Thread(target=engine.run)
        running.start()
        assert channel.read.wait(10)
        engine.stop()
        running.join(10)
        assert channel.pulls[9] - channel.pulls[0] > 0.7, "two at once, and ten a second"


def test_a_pull_waits_as_it_is_told() -> None:
    class Busy(Channel):
        def pull(self, request: sutler.PullRequest) -> sutler.ShownPage:  # type: ignore[override]
            raise sutler.RateLimitedError("slow", retry_after=timedelta(minutes=10))

    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", Busy(Present()))
        next_at = engine.step().next_at
        engine.step()
        assert next_at is not None and "slow" in (engine.health()[0].last_error or "")
        assert engine.health()[0].pulls <= 1


def test_what_is_not_known_is_looked_at_by_a_person() -> None:
    class Capital(Channel):
        def shown(self, order: Order) -> sutler.ShownOrder:
            return dataclasses.replace(super().shown(order), fulfilled_by=sutler.FulfilledBy("Seller"))

    market = Present()
    number = market.sell(MUG)
    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", Capital(market))
        engine.on_hand("MUG", 5, as_of=market.now - timedelta(minutes=30))
        until_settled(engine)
        order = engine.order("stall", number).order
        assert order.phase == "held" and "fulfilled_by" in order.why + str(order.holds)
        with pytest.raises(ValueError, match="lines has none"):
            engine.cancel("stall", number, "out_of_stock", "ann", lines=[])
        with pytest.raises(ValueError, match="package is 0"):
            engine.report_shipment("stall", number, "UPS", "1Z", package=0)


def test_addresses_stand_in_no_error_of_ours() -> None:
    with pytest.raises(TypeError, match="ship_to is dict;") as raised:
        sutler.ShownOrder("A", (), ship_to={"name": "Jane Doe"})  # type: ignore[arg-type]
    assert "Jane" not in str(raised.value)
    with pytest.raises(TypeError, match="Address.name is bytes;"):
        dataclasses.replace(ADDRESS, name=b"Jane Doe")  # type: ignore[arg-type]


def test_texts_of_enums_and_huge_numbers() -> None:
    class Sku(str, enum.Enum):
        KETTLE = "KETTLE"

    with sutler.Engine.open("memory:") as engine:
        engine.add_channel("stall", Channel(Present()))
        engine.on_hand(Sku.KETTLE, 5)
        engine.step()
        assert engine.item("KETTLE") is not None
        with pytest.raises(ValueError, match="quantity is an int of"):
            engine.on_hand("A", 10**5000)
    with pytest.raises(ValueError, match="speed"):
        sutler.sandbox(speed=10**400)
    with pytest.raises(TypeError, match="payload is NoneType"):
        sutler.normalize("walmart", None)  # type: ignore[arg-type]
