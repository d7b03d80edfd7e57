"""A small marketplace in this process, and a channel of our own that speaks to it."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import sutler
from sutler import Repeat

SECRET = b"what both sides know"
ORIGIN = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)
PRICE = Decimal("12.50")
ADDRESS = sutler.Address(
    "Ann Lee", "1 Main St", "", "Springfield", "IL", "62701", "US", "", "",
    sutler.PartState.FULL, sutler.PartState.FULL, sutler.PartState.ABSENT, sutler.PartState.ABSENT,
)


def usd(amount: Decimal) -> sutler.Money:
    return sutler.Money(amount, "USD")


@dataclass
class Item:
    sku: str
    units: int
    taken: bool = False
    cancelled: int = 0
    wish: bool = False
    parcels: dict[str, tuple[str, int]] = field(default_factory=dict)

    def shipped(self) -> int:
        return sum(units for _, units in self.parcels.values())

    def open(self) -> int:
        return self.units - self.cancelled - self.shipped()


@dataclass
class Order:
    number: str
    placed_at: datetime
    changed_at: datetime
    items: dict[str, Item]
    theirs: bool
    sent_back_at: datetime | None = None


class Refused(Exception):
    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


def signed(path: str, body: bytes) -> str:
    return hmac.digest(SECRET, path.encode() + b"\n" + body, "sha256").hex()


class Market:
    """What the other side knows. It answers by instants of its own clock, which only `pass_time` moves."""

    def __init__(self) -> None:
        self.now = ORIGIN
        self.orders: dict[str, Order] = {}
        self.levels = dict.fromkeys(("MUG", "PLATE", "BOWL"), 100)
        self.acknowledged: dict[str, int] = {}
        self.requests = 0
        self.fate = "answered"

    def sell(self, sale: sutler.Sale) -> str:
        number = f"T-{1000 + len(self.orders)}"
        items = {"1": Item(sale.sku, sale.units)}
        if sale.second_sku is not None:
            items["2"] = Item(sale.second_sku, sale.units)
        for item in items.values():
            self.levels[item.sku] -= item.units
        self.orders[number] = Order(number, self.now, self.now, items, sale.shipped_by_marketplace)
        return number

    def send_back(self, number: str) -> None:
        if self.orders[number].items["1"].shipped() == 0:
            raise sutler.InvalidError(f"nothing of {number} was shipped")
        self.orders[number].sent_back_at = self.now

    def push(self, number: str) -> sutler.PushRequest:
        """What tells that something of an order is new, signed."""
        body = json.dumps({"id": f"push of {number}", "order": number}).encode()
        return sutler.PushRequest("POST", "/hooks/stall", (("X-Signature", signed("/hooks/stall", body)),), body)

    def known(self, number: str | None) -> Order:
        order = self.orders.get(number or "")
        if order is None:
            raise Refused("unknown_order", f"order {number} is not known")
        if order.theirs:
            raise Refused("not_yours", f"order {number} is shipped by the marketplace")
        return order

    def does(self, command: sutler.ChannelCommand) -> str:
        if command.verb == "set_level":
            if command.sku not in self.levels:
                raise Refused("unknown_sku", f"{command.sku} is not listed")
            self.levels[command.sku] = command.level or 0
            return f"{command.sku} is at {command.level}"
        order = self.known(command.channel_order_id)
        order.changed_at = self.now
        if command.verb == "acknowledge":
            if not all(item.taken for item in order.items.values()):
                self.acknowledged[order.number] = self.acknowledged.get(order.number, 0) + 1
            for item in order.items.values():
                item.taken = True
            return "taken"
        parts = [(order.items[part.line_id], part.quantity) for part in command.lines]
        if any(units > item.open() for item, units in parts):
            raise Refused("too_many", "more than is open")
        for item, units in parts:
            if command.verb == "cancel":
                item.cancelled += units
                item.wish = False
            else:
                before = item.parcels.get(command.tracking or "", ("", 0))[1]
                item.parcels[command.tracking or ""] = (command.carrier or "", before + units)
        return command.verb


class Channel:
    """The seller's side, as somebody would write it for a marketplace that sutler does not know."""

    profile = sutler.ChannelProfile(
        seller="me",
        marketplace="stall",
        verbs=(
            sutler.VerbProfile("acknowledge", Repeat.REPEATABLE, probe=sutler.ProbeTrust.CONCLUSIVE),
            sutler.VerbProfile(
                "confirm_shipment", Repeat.GUARDED, repeat_partial=Repeat.ONCE, probe=sutler.ProbeTrust.CONCLUSIVE
            ),
            sutler.VerbProfile("cancel", Repeat.GUARDED, repeat_partial=Repeat.ONCE, probe=sutler.ProbeTrust.CONCLUSIVE),
            sutler.VerbProfile("set_level", Repeat.REPEATABLE),
        ),
        level_lag=timedelta(),
        takes_pushes=True,
        returns=sutler.ReturnsProfile(timedelta(days=30)),
    )

    def __init__(self, market: Market, key: str = "good") -> None:
        self.market = market
        self.key = key

    def call(self) -> None:
        self.market.requests += 1
        if self.key != "good":
            raise sutler.UnauthorizedError("the key is not known", op="stall", applied="no")

    def check(self) -> sutler.Found:
        self.call()
        return sutler.Found(seller="me", now=self.market.now)

    def shown(self, order: Order) -> sutler.ShownOrder:
        lines = [
            sutler.ShownLine(
                line_id, item.units, sku=item.sku, acknowledged=item.units if item.taken else 0,
                cancelled=item.cancelled, shipped=item.shipped(), cancel_requested=item.wish,
                charges=(sutler.Charge(sutler.ChargeKind.PRODUCT, "", usd(PRICE * item.units), None),),
                packages=tuple(
                    sutler.LinePackage(tracking, carrier, units)
                    for tracking, (carrier, units) in item.parcels.items()
                ),
            )
            for line_id, item in order.items.items()
        ]
        return sutler.ShownOrder(
            order.number, tuple(lines), placed_at=order.placed_at, ship_to=ADDRESS,
            fulfilled_by=sutler.FulfilledBy.MARKETPLACE if order.theirs else sutler.FulfilledBy.SELLER,
            total=usd(sum((PRICE * item.units for item in order.items.values()), Decimal(0))),
        )

    async def pull(self, request: sutler.PullRequest) -> sutler.ShownPage:
        self.call()
        within = [
            order for order in self.market.orders.values()
            if request.since <= order.placed_at <= request.until or request.since <= order.changed_at <= request.until
        ]
        at = int(request.cursor or 0)
        following = str(at + 2) if at + 2 < len(within) else None
        return sutler.ShownPage(tuple(map(self.shown, within[at : at + 2])), following, total=len(within))

    def fetch(self, order_id: str) -> sutler.ShownOrder | None:
        self.call()
        order = self.market.orders.get(order_id)
        return None if order is None else self.shown(order)

    def perform(self, commands: tuple[sutler.ChannelCommand, ...]) -> list[sutler.Receipt]:
        fate, self.market.fate = self.market.fate, "answered"
        if fate == "lost_before":
            raise sutler.TimeoutError("no answer came", op="stall.perform")
        self.call()
        receipts = []
        for command in commands:
            try:
                receipts.append(sutler.Receipt(sutler.ReceiptKind.DONE, why=self.market.does(command)))
            except Refused as error:
                receipts.append(sutler.Receipt(sutler.ReceiptKind.REFUSED, code=error.code, why=str(error)))
        if fate == "lost_after":
            raise ConnectionResetError("no answer came")
        return receipts

    async def levels(self, skus: tuple[str, ...]) -> list[sutler.Level]:
        self.call()
        return [sutler.Level(sku, self.market.levels.get(sku)) for sku in skus]


    def receive(self, push: sutler.PushRequest) -> sutler.PushOutcome:
        signature = {name.lower(): value for name, value in push.headers}.get("x-signature", "")
        if not hmac.compare_digest(signature, signed(push.path, push.body)):
            return sutler.PushOutcome(sutler.PushKind.REFUSED, why="the signature is not of this path and body")
        told = json.loads(push.body)
        return sutler.PushOutcome(sutler.PushKind.TOLD, id=told["id"], orders=(told["order"],))

    async def pull_returns(self, request: sutler.PullRequest) -> sutler.ReturnsPage:
        self.call()
        returns = [
            sutler.ShownReturn(
                channel_order_id=order.number, id=f"R-{order.number}", stage=sutler.ReturnStage.ANNOUNCED, status="asked",
                lines=(sutler.ReturnedUnits(line_id="1", quantity=order.items["1"].shipped(), back=0, reason="chipped"),),
                opened_at=order.sent_back_at,
            )
            for order in self.market.orders.values()
            if order.sent_back_at is not None and request.since <= order.sent_back_at <= request.until
        ]
        return sutler.ReturnsPage(tuple(returns))


class Stand:
    """Both, as the suite wants them."""

    def __init__(self, who: str) -> None:
        self.market = Market()
        self.channel = Channel(self.market, "good" if who == "seller" else "bad")

    def now(self) -> datetime:
        return self.market.now

    def pass_time(self, span: timedelta) -> None:
        self.market.now += span

    def sell(self, sale: sutler.Sale) -> str:
        return self.market.sell(sale)

    def ask_to_cancel(self, order_id: str) -> None:
        for item in self.market.orders[order_id].items.values():
            item.wish = item.open() > 0

    def send_back(self, order_id: str) -> None:
        self.market.send_back(order_id)

    def push(self, order_id: str) -> sutler.PushRequest:
        return self.market.push(order_id)

    def effects(self) -> sutler.TestEffects:
        orders = self.market.orders
        items = [(f"{number}/{line}", item) for number in orders for line, item in orders[number].items.items()]
        return sutler.TestEffects(
            acknowledged=self.market.acknowledged,
            shipped={key: item.shipped() for key, item in items if item.shipped()},
            packages={f"{key}/{n}": units for key, item in items for n, (_, units) in item.parcels.items()},
            cancelled={key: item.cancelled for key, item in items if item.cancelled},
            refunded={},
            levels=self.market.levels,
            requests=self.market.requests,
        )

    def fate(self, fate: sutler.Fate) -> None:
        self.market.fate = str(fate)
