# Written by `cargo xtask gen` from bindings/boundary; edit it there.
"""What the engine gives and takes: frozen values that compare by their contents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from . import _base


class Phase(str):
    """Where an order is.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    NEW: ClassVar[Phase]
    """Read and not judged yet."""
    HELD: ClassVar[Phase]
    """It waits; `holds` says for what."""
    OPEN: ClassVar[Phase]
    """Accepted: to be shipped."""
    PARTLY_SHIPPED: ClassVar[Phase]
    """Some units have left."""
    SHIPPED: ClassVar[Phase]
    """All that was not cancelled has left."""
    DELIVERED: ClassVar[Phase]
    """All that left has arrived."""
    CANCELLED: ClassVar[Phase]
    """Nothing of it is left."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"new", "held", "open", "partly_shipped", "shipped", "delivered", "cancelled"}

    def __repr__(self) -> str:
        return f"Phase({str(self)!r})"


Phase.NEW = Phase("new")
Phase.HELD = Phase("held")
Phase.OPEN = Phase("open")
Phase.PARTLY_SHIPPED = Phase("partly_shipped")
Phase.SHIPPED = Phase("shipped")
Phase.DELIVERED = Phase("delivered")
Phase.CANCELLED = Phase("cancelled")


class FulfilledBy(str):
    """Who ships an order.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    SELLER: ClassVar[FulfilledBy]
    """The seller, from a location of its own."""
    MARKETPLACE: ClassVar[FulfilledBy]
    """The marketplace's own warehouse (WFS, FBA): read, never written."""
    THIRD_PARTY: ClassVar[FulfilledBy]
    """A third party the marketplace instructs: read, never written."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"seller", "marketplace", "third_party"}

    def __repr__(self) -> str:
        return f"FulfilledBy({str(self)!r})"


FulfilledBy.SELLER = FulfilledBy("seller")
FulfilledBy.MARKETPLACE = FulfilledBy("marketplace")
FulfilledBy.THIRD_PARTY = FulfilledBy("third_party")


class ChargeKind(str):
    """What an amount is for.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    PRODUCT: ClassVar[ChargeKind]
    """The goods."""
    SHIPPING: ClassVar[ChargeKind]
    """Delivery."""
    DISCOUNT: ClassVar[ChargeKind]
    """A reduction, negative."""
    FEE: ClassVar[ChargeKind]
    """Anything the channel adds."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"product", "shipping", "discount", "fee"}

    def __repr__(self) -> str:
        return f"ChargeKind({str(self)!r})"


ChargeKind.PRODUCT = ChargeKind("product")
ChargeKind.SHIPPING = ChargeKind("shipping")
ChargeKind.DISCOUNT = ChargeKind("discount")
ChargeKind.FEE = ChargeKind("fee")


class PartState(str):
    """How good a part of an address is.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    ABSENT: ClassVar[PartState]
    """Not given."""
    FULL: ClassVar[PartState]
    """As the buyer wrote it."""
    MASKED: ClassVar[PartState]
    """A part of it is hidden."""
    PENDING: ClassVar[PartState]
    """The channel will give it later."""
    WITHHELD: ClassVar[PartState]
    """Our rights do not cover it."""
    EXPIRED: ClassVar[PartState]
    """The channel does not show it any more."""
    ERASED: ClassVar[PartState]
    """Erased here."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"absent", "full", "masked", "pending", "withheld", "expired", "erased"}

    def __repr__(self) -> str:
        return f"PartState({str(self)!r})"


PartState.ABSENT = PartState("absent")
PartState.FULL = PartState("full")
PartState.MASKED = PartState("masked")
PartState.PENDING = PartState("pending")
PartState.WITHHELD = PartState("withheld")
PartState.EXPIRED = PartState("expired")
PartState.ERASED = PartState("erased")


class VerdictKind(str):
    """What a rule says of an order.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    PASS: ClassVar[VerdictKind]
    """Nothing against it."""
    HOLD: ClassVar[VerdictKind]
    """It must wait."""
    REFUSE: ClassVar[VerdictKind]
    """It must not be taken; a person cancels."""
    ABSTAIN: ClassVar[VerdictKind]
    """The rule has nothing to say about it."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"pass", "hold", "refuse", "abstain"}

    def __repr__(self) -> str:
        return f"VerdictKind({str(self)!r})"


VerdictKind.PASS = VerdictKind("pass")
VerdictKind.HOLD = VerdictKind("hold")
VerdictKind.REFUSE = VerdictKind("refuse")
VerdictKind.ABSTAIN = VerdictKind("abstain")


class CommandState(str):
    """Where a command stands.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    INTENDED: ClassVar[CommandState]
    """Not sent yet."""
    SENT: ClassVar[CommandState]
    """On its way; its answer is awaited."""
    ACCEPTED: ClassVar[CommandState]
    """The marketplace works on it."""
    IN_DOUBT: ClassVar[CommandState]
    """Nobody knows whether it took effect; it is asked after."""
    CONFIRMED: ClassVar[CommandState]
    """It took effect."""
    REFUSED: ClassVar[CommandState]
    """The marketplace refused it."""
    REDIRECTED: ClassVar[CommandState]
    """It is done by another way."""
    UNRESOLVED: ClassVar[CommandState]
    """Only a person can tell whether it took effect: `resolve`."""
    VOID: ClassVar[CommandState]
    """It lost its point before it left."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"intended", "sent", "accepted", "in_doubt", "confirmed", "refused", "redirected", "unresolved", "void"}

    def __repr__(self) -> str:
        return f"CommandState({str(self)!r})"


CommandState.INTENDED = CommandState("intended")
CommandState.SENT = CommandState("sent")
CommandState.ACCEPTED = CommandState("accepted")
CommandState.IN_DOUBT = CommandState("in_doubt")
CommandState.CONFIRMED = CommandState("confirmed")
CommandState.REFUSED = CommandState("refused")
CommandState.REDIRECTED = CommandState("redirected")
CommandState.UNRESOLVED = CommandState("unresolved")
CommandState.VOID = CommandState("void")


class ReturnStage(str):
    """How far a return is.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    ANNOUNCED: ClassVar[ReturnStage]
    """The buyer wants to send it back, or has sent it."""
    CONFIRMED: ClassVar[ReturnStage]
    """The goods arrived."""
    CLOSED: ClassVar[ReturnStage]
    """Over: refunded or replaced, with or without goods that came back."""
    VOIDED: ClassVar[ReturnStage]
    """Taken back by the buyer, or refused."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"announced", "confirmed", "closed", "voided"}

    def __repr__(self) -> str:
        return f"ReturnStage({str(self)!r})"


ReturnStage.ANNOUNCED = ReturnStage("announced")
ReturnStage.CONFIRMED = ReturnStage("confirmed")
ReturnStage.CLOSED = ReturnStage("closed")
ReturnStage.VOIDED = ReturnStage("voided")


class CancelReason(str):
    """Why a line is cancelled.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    BUYER_ASKED: ClassVar[CancelReason]
    """The buyer asked, and the channel shows it."""
    OUT_OF_STOCK: ClassVar[CancelReason]
    """We have none. Walmart sets the SKU's level to zero."""
    PRICING_ERROR: ClassVar[CancelReason]
    """The price was wrong."""
    FRAUD: ClassVar[CancelReason]
    """Confirmed fraud."""
    ADDRESS_NOT_SERVICEABLE: ClassVar[CancelReason]
    """The address cannot be served."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"buyer_asked", "out_of_stock", "pricing_error", "fraud", "address_not_serviceable"}

    def __repr__(self) -> str:
        return f"CancelReason({str(self)!r})"


CancelReason.BUYER_ASKED = CancelReason("buyer_asked")
CancelReason.OUT_OF_STOCK = CancelReason("out_of_stock")
CancelReason.PRICING_ERROR = CancelReason("pricing_error")
CancelReason.FRAUD = CancelReason("fraud")
CancelReason.ADDRESS_NOT_SERVICEABLE = CancelReason("address_not_serviceable")


class Outcome(str):
    """What a person says of an unresolved command.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    HAPPENED: ClassVar[Outcome]
    """It took effect."""
    AGAIN: ClassVar[Outcome]
    """It did not; do it again."""
    DROP: ClassVar[Outcome]
    """It did not; leave it."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"happened", "again", "drop"}

    def __repr__(self) -> str:
        return f"Outcome({str(self)!r})"


Outcome.HAPPENED = Outcome("happened")
Outcome.AGAIN = Outcome("again")
Outcome.DROP = Outcome("drop")


class RefundReason(str):
    """Why money is given back.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    RETURNED: ClassVar[RefundReason]
    """The buyer returned the goods."""
    NOT_RECEIVED: ClassVar[RefundReason]
    """The parcel did not arrive."""
    NOT_AS_DESCRIBED: ClassVar[RefundReason]
    """The goods were damaged, defective or not as described."""
    SELLER_CANCELLED: ClassVar[RefundReason]
    """We cancelled after payment."""
    ADJUSTMENT: ClassVar[RefundReason]
    """A courtesy, or an agreed part of the price."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"returned", "not_received", "not_as_described", "seller_cancelled", "adjustment"}

    def __repr__(self) -> str:
        return f"RefundReason({str(self)!r})"


RefundReason.RETURNED = RefundReason("returned")
RefundReason.NOT_RECEIVED = RefundReason("not_received")
RefundReason.NOT_AS_DESCRIBED = RefundReason("not_as_described")
RefundReason.SELLER_CANCELLED = RefundReason("seller_cancelled")
RefundReason.ADJUSTMENT = RefundReason("adjustment")


class Sort(str):
    """The order of a list.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    NEWEST: ClassVar[Sort]
    """Newest placed first."""
    OLDEST: ClassVar[Sort]
    """Oldest placed first."""
    DUE: ClassVar[Sort]
    """Next deadline first; orders without one are left out."""
    AMOUNT: ClassVar[Sort]
    """Largest total first; orders without one last."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"newest", "oldest", "due", "amount"}

    def __repr__(self) -> str:
        return f"Sort({str(self)!r})"


Sort.NEWEST = Sort("newest")
Sort.OLDEST = Sort("oldest")
Sort.DUE = Sort("due")
Sort.AMOUNT = Sort("amount")


class Acknowledgment(str):
    """What taking an order means at a channel.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    REQUIRED: ClassVar[Acknowledgment]
    """The channel must be told, order by order."""
    LOCAL: ClassVar[Acknowledgment]
    """The channel has no such step; taking it is our own note."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"required", "local"}

    def __repr__(self) -> str:
        return f"Acknowledgment({str(self)!r})"


Acknowledgment.REQUIRED = Acknowledgment("required")
Acknowledgment.LOCAL = Acknowledgment("local")


class CancelUnit(str):
    """What one cancellation covers.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    UNITS: ClassVar[CancelUnit]
    """Some units of some lines."""
    LINES: ClassVar[CancelUnit]
    """Whole lines."""
    ORDER: ClassVar[CancelUnit]
    """The whole order, before anything of it left."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"units", "lines", "order"}

    def __repr__(self) -> str:
        return f"CancelUnit({str(self)!r})"


CancelUnit.UNITS = CancelUnit("units")
CancelUnit.LINES = CancelUnit("lines")
CancelUnit.ORDER = CancelUnit("order")


class StreamKind(str):
    """Which orders a stream shows.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    CREATED: ClassVar[StreamKind]
    """Orders placed in a window."""
    CHANGED: ClassVar[StreamKind]
    """Orders changed in a window, whenever they were placed."""
    PLACED_OR_CHANGED: ClassVar[StreamKind]
    """Both: the only stream a channel needs."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"created", "changed", "placed_or_changed"}

    def __repr__(self) -> str:
        return f"StreamKind({str(self)!r})"


StreamKind.CREATED = StreamKind("created")
StreamKind.CHANGED = StreamKind("changed")
StreamKind.PLACED_OR_CHANGED = StreamKind("placed_or_changed")


class Repeat(str):
    """May a verb be sent again when nobody knows whether it happened?

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    REPEATABLE: ClassVar[Repeat]
    """Sending again changes nothing."""
    GUARDED: ClassVar[Repeat]
    """The other side refuses the second one."""
    ONCE: ClassVar[Repeat]
    """A second one acts again."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"repeatable", "guarded", "once"}

    def __repr__(self) -> str:
        return f"Repeat({str(self)!r})"


Repeat.REPEATABLE = Repeat("repeatable")
Repeat.GUARDED = Repeat("guarded")
Repeat.ONCE = Repeat("once")


class ProbeTrust(str):
    """Can it be seen whether a verb happened?

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    CONCLUSIVE: ClassVar[ProbeTrust]
    """A yes and a no can both be trusted."""
    POSITIVE_ONLY: ClassVar[ProbeTrust]
    """Only a yes can."""
    NONE: ClassVar[ProbeTrust]
    """Neither."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"conclusive", "positive_only", "none"}

    def __repr__(self) -> str:
        return f"ProbeTrust({str(self)!r})"


ProbeTrust.CONCLUSIVE = ProbeTrust("conclusive")
ProbeTrust.POSITIVE_ONLY = ProbeTrust("positive_only")
ProbeTrust.NONE = ProbeTrust("none")


class ReceiptKind(str):
    """What a channel answered to a command. No answer is an exception.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    DONE: ClassVar[ReceiptKind]
    """It took effect, or had already, with our values."""
    ACCEPTED: ClassVar[ReceiptKind]
    """It will be worked on; `handle` is asked after with `settle`."""
    REFUSED: ClassVar[ReceiptKind]
    """No; `code` and `why` say why."""
    NOT_APPLIED: ClassVar[ReceiptKind]
    """Surely not applied; it may be tried again, not before `after`."""
    REDIRECTED: ClassVar[ReceiptKind]
    """Not by this way; `why` says by which."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"done", "accepted", "refused", "not_applied", "redirected"}

    def __repr__(self) -> str:
        return f"ReceiptKind({str(self)!r})"


ReceiptKind.DONE = ReceiptKind("done")
ReceiptKind.ACCEPTED = ReceiptKind("accepted")
ReceiptKind.REFUSED = ReceiptKind("refused")
ReceiptKind.NOT_APPLIED = ReceiptKind("not_applied")
ReceiptKind.REDIRECTED = ReceiptKind("redirected")


class SettledKind(str):
    """What became of accepted work.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    NOT_YET: ClassVar[SettledKind]
    """Still worked on."""
    RECEIPTS: ClassVar[SettledKind]
    """Done: one receipt for each command, in their order."""
    LOST: ClassVar[SettledKind]
    """The channel does not know the handle; `why` says more."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"not_yet", "receipts", "lost"}

    def __repr__(self) -> str:
        return f"SettledKind({str(self)!r})"


SettledKind.NOT_YET = SettledKind("not_yet")
SettledKind.RECEIPTS = SettledKind("receipts")
SettledKind.LOST = SettledKind("lost")


class PushKind(str):
    """What a push turned out to be.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    TOLD: ClassVar[PushKind]
    """Authentic: what it tells is durable before it is answered."""
    ANSWER: ClassVar[PushKind]
    """A question about us (a challenge): only the reply is wanted."""
    REFUSED: ClassVar[PushKind]
    """Not authentic, or not readable: nothing of it is believed; `why` says why."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"told", "answer", "refused"}

    def __repr__(self) -> str:
        return f"PushKind({str(self)!r})"


PushKind.TOLD = PushKind("told")
PushKind.ANSWER = PushKind("answer")
PushKind.REFUSED = PushKind("refused")


class Fate(str):
    """What becomes of the next write of a channel under test.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    ANSWERED: ClassVar[Fate]
    """It is done and answered."""
    LOST_BEFORE: ClassVar[Fate]
    """It never arrives."""
    LOST_AFTER: ClassVar[Fate]
    """It is done, and its answer is lost."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"answered", "lost_before", "lost_after"}

    def __repr__(self) -> str:
        return f"Fate({str(self)!r})"


Fate.ANSWERED = Fate("answered")
Fate.LOST_BEFORE = Fate("lost_before")
Fate.LOST_AFTER = Fate("lost_after")


class ErrorKind(str):
    """What went wrong, by who must act.

    A text this version does not know is kept as it is; `is_known` tells.
    """

    __slots__ = ()

    INVALID: ClassVar[ErrorKind]
    """An argument, a payload or a policy is wrong; the caller must change it."""
    CONFIG: ClassVar[ErrorKind]
    """A configuration is wrong or contradicts itself; found before any call."""
    NOT_FOUND: ClassVar[ErrorKind]
    """The thing named does not exist, or is not visible to this seller."""
    CONFLICT: ClassVar[ErrorKind]
    """Something else holds what was asked for: a lock, an open command, another value."""
    UNAUTHORIZED: ClassVar[ErrorKind]
    """The marketplace refused the credential; only a person can renew it."""
    FORBIDDEN: ClassVar[ErrorKind]
    """The credential is good but lacks the right to do this."""
    RATE_LIMITED: ClassVar[ErrorKind]
    """Too many requests; wait as told."""
    TIMEOUT: ClassVar[ErrorKind]
    """The other side did not answer in time."""
    NETWORK: ClassVar[ErrorKind]
    """No connection, or it broke."""
    REMOTE: ClassVar[ErrorKind]
    """The other side failed, or answered what cannot be read."""
    REFUSED: ClassVar[ErrorKind]
    """The marketplace understood and refused."""
    PROTOCOL: ClassVar[ErrorKind]
    """The marketplace's answer breaks its own rules."""
    STORE: ClassVar[ErrorKind]
    """The store cannot read or write: disk full, read-only, damaged."""
    NEWER_SCHEMA: ClassVar[ErrorKind]
    """The store was written by a newer version."""
    CLOSED: ClassVar[ErrorKind]
    """The engine is closed, or lost its lease."""

    @property
    def is_known(self) -> bool:
        """Does this version know it?"""
        return str(self) in {"invalid", "config", "not_found", "conflict", "unauthorized", "forbidden", "rate_limited", "timeout", "network", "remote", "refused", "protocol", "store", "newer_schema", "closed"}

    def __repr__(self) -> str:
        return f"ErrorKind({str(self)!r})"


ErrorKind.INVALID = ErrorKind("invalid")
ErrorKind.CONFIG = ErrorKind("config")
ErrorKind.NOT_FOUND = ErrorKind("not_found")
ErrorKind.CONFLICT = ErrorKind("conflict")
ErrorKind.UNAUTHORIZED = ErrorKind("unauthorized")
ErrorKind.FORBIDDEN = ErrorKind("forbidden")
ErrorKind.RATE_LIMITED = ErrorKind("rate_limited")
ErrorKind.TIMEOUT = ErrorKind("timeout")
ErrorKind.NETWORK = ErrorKind("network")
ErrorKind.REMOTE = ErrorKind("remote")
ErrorKind.REFUSED = ErrorKind("refused")
ErrorKind.PROTOCOL = ErrorKind("protocol")
ErrorKind.STORE = ErrorKind("store")
ErrorKind.NEWER_SCHEMA = ErrorKind("newer_schema")
ErrorKind.CLOSED = ErrorKind("closed")


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount with its currency."""

    amount: Decimal
    """The amount, exact."""
    currency: str
    """ISO 4217."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "amount": _base.exact("Money.amount", self.amount),
            "currency": _base.text("Money.currency", self.currency),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> Money:
        return Money(
            Decimal(raw["amount"]),
            raw["currency"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "amount": self.amount,
            "currency": self.currency,
        }


@dataclass(frozen=True, slots=True)
class Charge:
    """One amount of a line, for all its units."""

    kind: ChargeKind
    """What it is for."""
    name: str
    """The channel's own name for it; empty when it has none."""
    amount: Money
    """The amount of the line, without tax."""
    tax: Money | None = None
    """Tax on it; none where the channel gives none."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "kind": _base.text("Charge.kind", self.kind),
            "name": _base.text("Charge.name", self.name),
            "amount": _base.record("Charge.amount", self.amount, Money),
            "tax": None if self.tax is None else _base.record("Charge.tax", self.tax, Money),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> Charge:
        return Charge(
            ChargeKind(raw["kind"]),
            raw["name"],
            Money._read(raw["amount"]),
            None if raw["tax"] is None else Money._read(raw["tax"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "kind": self.kind,
            "name": self.name,
            "amount": self.amount.to_dict(),
            "tax": None if self.tax is None else self.tax.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class LinePackage:
    """Units of a line that left in one package, as the channel shows them."""

    tracking: str
    """The carrier's number; empty where the channel shows none."""
    carrier: str
    """The channel's carrier text, verbatim."""
    quantity: int
    """Units."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "tracking": _base.text("LinePackage.tracking", self.tracking),
            "carrier": _base.text("LinePackage.carrier", self.carrier),
            "quantity": _base.count("LinePackage.quantity", self.quantity),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> LinePackage:
        return LinePackage(
            raw["tracking"],
            raw["carrier"],
            raw["quantity"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "tracking": self.tracking,
            "carrier": self.carrier,
            "quantity": self.quantity,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order: units of one SKU and what became of them."""

    line_id: str
    """The channel's line id."""
    sku: str | None
    """The SKU; none when the channel's payload had none."""
    title: str
    """Product name; may be empty."""
    ordered: int
    """Units bought."""
    cancelled: int
    """Units the channel shows as cancelled."""
    shipped: int
    """Units the channel shows as shipped or further."""
    delivered: int
    """Units the channel shows as delivered; part of `shipped`."""
    cancel_requested: bool
    """The buyer asks to cancel it."""
    charges: tuple[Charge, ...]
    """Amounts, for all units."""
    packages: tuple[LinePackage, ...]
    """What left in which package, as the channel shows it."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Line:
        return Line(
            raw["line_id"],
            raw["sku"],
            raw["title"],
            raw["ordered"],
            raw["cancelled"],
            raw["shipped"],
            raw["delivered"],
            raw["cancel_requested"],
            tuple([Charge._read(one) for one in raw["charges"]]),
            tuple([LinePackage._read(one) for one in raw["packages"]]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "line_id": self.line_id,
            "sku": self.sku,
            "title": self.title,
            "ordered": self.ordered,
            "cancelled": self.cancelled,
            "shipped": self.shipped,
            "delivered": self.delivered,
            "cancel_requested": self.cancel_requested,
            "charges": [one.to_dict() for one in self.charges],
            "packages": [one.to_dict() for one in self.packages],
        }


@dataclass(frozen=True, slots=True)
class Address:
    """Where a package goes and whom to ask about it. Empty texts are not given; the states say why."""

    name: str
    """Addressee."""
    line1: str
    """Street line 1."""
    line2: str
    """Street line 2."""
    city: str
    """City or town."""
    region: str
    """State, province or region, as the channel wrote it."""
    postal_code: str
    """ZIP or postal code."""
    country: str
    """ISO 3166-1 alpha-2 where the channel's code is known, else the channel's text."""
    phone: str
    """Telephone."""
    email: str
    """E-mail, usually a relay."""
    name_state: PartState
    """How good the name is."""
    lines_state: PartState
    """How good street, city, region and postal code are."""
    phone_state: PartState
    """How good the telephone is."""
    email_state: PartState
    """How good the e-mail address is."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "name": _base.text("Address.name", self.name),
            "line1": _base.text("Address.line1", self.line1),
            "line2": _base.text("Address.line2", self.line2),
            "city": _base.text("Address.city", self.city),
            "region": _base.text("Address.region", self.region),
            "postal_code": _base.text("Address.postal_code", self.postal_code),
            "country": _base.text("Address.country", self.country),
            "phone": _base.text("Address.phone", self.phone),
            "email": _base.text("Address.email", self.email),
            "name_state": _base.text("Address.name_state", self.name_state),
            "lines_state": _base.text("Address.lines_state", self.lines_state),
            "phone_state": _base.text("Address.phone_state", self.phone_state),
            "email_state": _base.text("Address.email_state", self.email_state),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> Address:
        return Address(
            raw["name"],
            raw["line1"],
            raw["line2"],
            raw["city"],
            raw["region"],
            raw["postal_code"],
            raw["country"],
            raw["phone"],
            raw["email"],
            PartState(raw["name_state"]),
            PartState(raw["lines_state"]),
            PartState(raw["phone_state"]),
            PartState(raw["email_state"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "name": self.name,
            "line1": self.line1,
            "line2": self.line2,
            "city": self.city,
            "region": self.region,
            "postal_code": self.postal_code,
            "country": self.country,
            "phone": self.phone,
            "email": self.email,
            "name_state": self.name_state,
            "lines_state": self.lines_state,
            "phone_state": self.phone_state,
            "email_state": self.email_state,
        }


@dataclass(frozen=True, slots=True)
class Hold:
    """One reason an order waits, with what makes it true. No personal data."""

    reason: str
    """The stable code (`short_of_stock`); of a rule of your own `rule:NAME`."""
    detail: str
    """What makes it true, in words."""
    why: str
    """One sentence for a person."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Hold:
        return Hold(
            raw["reason"],
            raw["detail"],
            raw["why"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "reason": self.reason,
            "detail": self.detail,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Exception:
    """What a person should see of an order."""

    code: str
    """`refused`, `unresolved`, `conflict` or `shipped_after_cancel`."""
    about: str
    """The command or line it is about."""
    detail: str
    """What is wrong, in words."""
    since: datetime
    """Since when."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Exception:
        return Exception(
            raw["code"],
            raw["about"],
            raw["detail"],
            _base.instant_of(raw["since"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "code": self.code,
            "about": self.about,
            "detail": self.detail,
            "since": self.since,
        }


@dataclass(frozen=True, slots=True)
class Proof:
    """What one rule said of an order, with its proof."""

    rule: str
    """Which rule."""
    verdict: VerdictKind
    """What it said."""
    reason: str | None
    """Why it is held or refused; none where it is not."""
    code: str
    """The stable code of the proof (`stock.covers`)."""
    value: str
    """The value that decided, in words; empty when the code says it all."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Proof:
        return Proof(
            raw["rule"],
            VerdictKind(raw["verdict"]),
            raw["reason"],
            raw["code"],
            raw["value"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "rule": self.rule,
            "verdict": self.verdict,
            "reason": self.reason,
            "code": self.code,
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of an order's life."""

    seq: int
    """Its position in the journal."""
    at: datetime
    """When it was written, marketplace time."""
    kind: str
    """The stable name of its kind."""
    words: str
    """What happened, in one sentence without personal data."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Moment:
        return Moment(
            raw["seq"],
            _base.instant_of(raw["at"]),
            raw["kind"],
            raw["words"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "seq": self.seq,
            "at": self.at,
            "kind": self.kind,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class Command:
    """Something intended for an order, and what became of it."""

    name: str
    """Its name: `verb subject #ordinal`. `resolve` takes it."""
    verb: str
    """What it does (`acknowledge`, `confirm_shipment`, `cancel`, `refund`, `set_level`)."""
    state: CommandState
    """Where it stands."""
    attempt: int
    """How often it was sent."""
    intended_at: datetime
    """When it was intended."""
    latest_safe: datetime
    """By when it should have left."""
    why: str
    """Evidence or reason of the last step, in words."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Command:
        return Command(
            raw["name"],
            raw["verb"],
            CommandState(raw["state"]),
            raw["attempt"],
            _base.instant_of(raw["intended_at"]),
            _base.instant_of(raw["latest_safe"]),
            raw["why"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "name": self.name,
            "verb": self.verb,
            "state": self.state,
            "attempt": self.attempt,
            "intended_at": self.intended_at,
            "latest_safe": self.latest_safe,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that must have happened by an instant."""

    kind: str
    """What (`acknowledge`, `ship`, `deliver`, …)."""
    due: datetime
    """By when."""
    target: datetime | None
    """Our own aim, where there is one."""
    alarm_at: datetime
    """When a person should hear of it."""
    estimated: bool
    """Reckoned here; not an instant of the channel's own."""
    consequence: str
    """What follows if not, in words."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Deadline:
        return Deadline(
            raw["kind"],
            _base.instant_of(raw["due"]),
            None if raw["target"] is None else _base.instant_of(raw["target"]),
            _base.instant_of(raw["alarm_at"]),
            raw["estimated"],
            raw["consequence"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "kind": self.kind,
            "due": self.due,
            "target": self.target,
            "alarm_at": self.alarm_at,
            "estimated": self.estimated,
            "consequence": self.consequence,
        }


@dataclass(frozen=True, slots=True)
class ReturnedUnits:
    """Units of one line in a return."""

    quantity: int
    """Units the buyer sends back."""
    back: int
    """Of these, units that arrived."""
    reason: str
    """Why, in the channel's words."""
    line_id: str | None = None
    """Which line, where the channel says."""
    sku: str | None = None
    """The SKU, where the channel says."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "quantity": _base.count("ReturnedUnits.quantity", self.quantity),
            "back": _base.count("ReturnedUnits.back", self.back),
            "reason": _base.text("ReturnedUnits.reason", self.reason),
            "line_id": None if self.line_id is None else _base.text("ReturnedUnits.line_id", self.line_id),
            "sku": None if self.sku is None else _base.text("ReturnedUnits.sku", self.sku),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> ReturnedUnits:
        return ReturnedUnits(
            raw["quantity"],
            raw["back"],
            raw["reason"],
            raw["line_id"],
            raw["sku"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "quantity": self.quantity,
            "back": self.back,
            "reason": self.reason,
            "line_id": self.line_id,
            "sku": self.sku,
        }


@dataclass(frozen=True, slots=True)
class Return:
    """What a buyer sends back of an order."""

    id: str
    """The channel's id of it."""
    stage: ReturnStage
    """How far it is."""
    status: str
    """The same in the channel's words."""
    opened_at: datetime | None
    """When the buyer asked for it."""
    refund: str | None
    """What of the money, in the channel's words, where it says."""
    lines: tuple[ReturnedUnits, ...]
    """What is sent back."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Return:
        return Return(
            raw["id"],
            ReturnStage(raw["stage"]),
            raw["status"],
            None if raw["opened_at"] is None else _base.instant_of(raw["opened_at"]),
            raw["refund"],
            tuple([ReturnedUnits._read(one) for one in raw["lines"]]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "id": self.id,
            "stage": self.stage,
            "status": self.status,
            "opened_at": self.opened_at,
            "refund": self.refund,
            "lines": [one.to_dict() for one in self.lines],
        }


@dataclass(frozen=True, slots=True)
class Order:
    """An order, as it is stored."""

    channel: str
    """The channel it came by."""
    channel_order_id: str
    """The channel's id of it."""
    phase: Phase
    """Where it is."""
    why: str
    """Why it stands where it stands, in one sentence."""
    placed_at: datetime
    """When it was placed."""
    due_at: datetime | None
    """Its next deadline, if any."""
    fulfilled_by: FulfilledBy
    """Who ships it."""
    total: Money | None
    """Its total, if the channel gives one."""
    acknowledged: bool
    """Has the channel our acknowledgment?"""
    method: str | None
    """The shipping method the buyer chose, in the channel's words."""
    lines: tuple[Line, ...]
    """Its lines."""
    holds: tuple[Hold, ...]
    """Why it waits."""
    exceptions: tuple[Exception, ...]
    """What a person should see."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Order:
        return Order(
            raw["channel"],
            raw["channel_order_id"],
            Phase(raw["phase"]),
            raw["why"],
            _base.instant_of(raw["placed_at"]),
            None if raw["due_at"] is None else _base.instant_of(raw["due_at"]),
            FulfilledBy(raw["fulfilled_by"]),
            None if raw["total"] is None else Money._read(raw["total"]),
            raw["acknowledged"],
            raw["method"],
            tuple([Line._read(one) for one in raw["lines"]]),
            tuple([Hold._read(one) for one in raw["holds"]]),
            tuple([Exception._read(one) for one in raw["exceptions"]]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "channel": self.channel,
            "channel_order_id": self.channel_order_id,
            "phase": self.phase,
            "why": self.why,
            "placed_at": self.placed_at,
            "due_at": self.due_at,
            "fulfilled_by": self.fulfilled_by,
            "total": None if self.total is None else self.total.to_dict(),
            "acknowledged": self.acknowledged,
            "method": self.method,
            "lines": [one.to_dict() for one in self.lines],
            "holds": [one.to_dict() for one in self.holds],
            "exceptions": [one.to_dict() for one in self.exceptions],
        }


@dataclass(frozen=True, slots=True)
class OrderPage:
    """A page of orders."""

    orders: tuple[Order, ...]
    """Its orders."""
    next: str | None
    """Where to go on; none at the end."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> OrderPage:
        return OrderPage(
            tuple([Order._read(one) for one in raw["orders"]]),
            raw["next"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "orders": [one.to_dict() for one in self.orders],
            "next": self.next,
        }


@dataclass(frozen=True, slots=True)
class WholeOrder:
    """An order with its address, proofs, commands, deadlines and history."""

    order: Order
    """The order."""
    ship_to: Address | None
    """Where it goes; none where nothing is stored of it."""
    proofs: tuple[Proof, ...]
    """What each rule said last."""
    commands: tuple[Command, ...]
    """What was intended for it."""
    deadlines: tuple[Deadline, ...]
    """What must have happened by when."""
    returns: tuple[Return, ...]
    """What the buyer sends back."""
    timeline: tuple[Moment, ...]
    """Everything that ever happened to it, oldest first."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> WholeOrder:
        return WholeOrder(
            Order._read(raw["order"]),
            None if raw["ship_to"] is None else Address._read(raw["ship_to"]),
            tuple([Proof._read(one) for one in raw["proofs"]]),
            tuple([Command._read(one) for one in raw["commands"]]),
            tuple([Deadline._read(one) for one in raw["deadlines"]]),
            tuple([Return._read(one) for one in raw["returns"]]),
            tuple([Moment._read(one) for one in raw["timeline"]]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "order": self.order.to_dict(),
            "ship_to": None if self.ship_to is None else self.ship_to.to_dict(),
            "proofs": [one.to_dict() for one in self.proofs],
            "commands": [one.to_dict() for one in self.commands],
            "deadlines": [one.to_dict() for one in self.deadlines],
            "returns": [one.to_dict() for one in self.returns],
            "timeline": [one.to_dict() for one in self.timeline],
        }


@dataclass(frozen=True, slots=True)
class Change:
    """One change, in commit order: nothing below its position can still appear."""

    seq: int
    """Its position: ask for what comes after it next time."""
    at: datetime
    """When it was written, marketplace time."""
    channel: str | None
    """The channel it is about, if one."""
    channel_order_id: str | None
    """The order it is about, if one."""
    phase: Phase | None
    """Where that order stands now, which may be later than this change."""
    kind: str
    """The stable name of its kind."""
    words: str
    """What happened, in one sentence without personal data."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Change:
        return Change(
            raw["seq"],
            _base.instant_of(raw["at"]),
            raw["channel"],
            raw["channel_order_id"],
            None if raw["phase"] is None else Phase(raw["phase"]),
            raw["kind"],
            raw["words"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "seq": self.seq,
            "at": self.at,
            "channel": self.channel,
            "channel_order_id": self.channel_order_id,
            "phase": self.phase,
            "kind": self.kind,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class LineQuantity:
    """Units of one line."""

    line_id: str
    """The channel's line id."""
    quantity: int
    """How many units."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "line_id": _base.text("LineQuantity.line_id", self.line_id),
            "quantity": _base.count("LineQuantity.quantity", self.quantity),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> LineQuantity:
        return LineQuantity(
            raw["line_id"],
            raw["quantity"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "line_id": self.line_id,
            "quantity": self.quantity,
        }


@dataclass(frozen=True, slots=True)
class RefundPart:
    """Money of one charge of one line, to be given back."""

    line_id: str
    """Which line."""
    charge: ChargeKind
    """Of which charge of it."""
    amount: Money
    """How much, positive, without tax."""
    tax: Money | None = None
    """The tax on it that goes back with it."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "line_id": _base.text("RefundPart.line_id", self.line_id),
            "charge": _base.text("RefundPart.charge", self.charge),
            "amount": _base.record("RefundPart.amount", self.amount, Money),
            "tax": None if self.tax is None else _base.record("RefundPart.tax", self.tax, Money),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> RefundPart:
        return RefundPart(
            raw["line_id"],
            ChargeKind(raw["charge"]),
            Money._read(raw["amount"]),
            None if raw["tax"] is None else Money._read(raw["tax"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "line_id": self.line_id,
            "charge": self.charge,
            "amount": self.amount.to_dict(),
            "tax": None if self.tax is None else self.tax.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Stepped:
    """What one step came to."""

    done: int
    """Pieces of work done."""
    next_at: datetime | None
    """When the next is due; none when nothing is until something comes in."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Stepped:
        return Stepped(
            raw["done"],
            None if raw["next_at"] is None else _base.instant_of(raw["next_at"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "done": self.done,
            "next_at": self.next_at,
        }


@dataclass(frozen=True, slots=True)
class Ticket:
    """Something asked of the engine. It is durable; an engine that runs takes it."""

    id: int
    """Its position in the intake: `ticket` tells what became of it."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Ticket:
        return Ticket(
            raw["id"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "id": self.id,
        }


@dataclass(frozen=True, slots=True)
class TicketOutcome:
    """What became of something asked."""

    state: str
    """`waiting`, `done` or `refused`."""
    words: str
    """What was done, or why not; empty while it waits."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> TicketOutcome:
        return TicketOutcome(
            raw["state"],
            raw["words"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "state": self.state,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class Budget:
    """A rate limit and what it was used for."""

    scope: str
    """Its scope (`walmart/acknowledge@SELLER`)."""
    taken: int
    """Requests let go."""
    refused: int
    """Refusals (429)."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Budget:
        return Budget(
            raw["scope"],
            raw["taken"],
            raw["refused"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "scope": self.scope,
            "taken": self.taken,
            "refused": self.refused,
        }


@dataclass(frozen=True, slots=True)
class JudgeHealth:
    """How a rule of your own is doing with the orders of a channel."""

    rule: str
    """Which rule."""
    waiting: int
    """Orders about which it has not answered yet."""
    failures: int
    """Questions in a row it did not answer."""
    last_error: str | None
    """Why it did not answer last, in words."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> JudgeHealth:
        return JudgeHealth(
            raw["rule"],
            raw["waiting"],
            raw["failures"],
            raw["last_error"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "rule": self.rule,
            "waiting": self.waiting,
            "failures": self.failures,
            "last_error": self.last_error,
        }


@dataclass(frozen=True, slots=True)
class Health:
    """How a channel is doing."""

    channel: str
    """Which."""
    complete_to: datetime | None
    """Everything the marketplace could show up to this instant is stored. None before the first complete pull."""
    token: str
    """`good`, `unknown` or `reauthorization_needed`."""
    waiting: int
    """Commands intended and not yet sent."""
    doubts: int
    """Commands of which nobody knows whether they happened."""
    unresolved: int
    """Commands only a person can settle."""
    pending: int
    """Commands the marketplace accepted and has not finished."""
    deadlines_at_risk: int
    """Open orders whose next deadline is past or near."""
    last_error: str | None
    """The last error, in words."""
    last_error_at: datetime | None
    """When it was met."""
    ended: str | None
    """Why the channel was given up, if it was."""
    next_pull_at: datetime | None
    """When the next pull begins."""
    pulls: int
    """Complete pulls since the start."""
    missing_rights: tuple[str, ...]
    """Rights the credential lacks."""
    budgets: tuple[Budget, ...]
    """Rate limits."""
    rules: tuple[JudgeHealth, ...]
    """Rules of your own, in the order they were added."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Health:
        return Health(
            raw["channel"],
            None if raw["complete_to"] is None else _base.instant_of(raw["complete_to"]),
            raw["token"],
            raw["waiting"],
            raw["doubts"],
            raw["unresolved"],
            raw["pending"],
            raw["deadlines_at_risk"],
            raw["last_error"],
            None if raw["last_error_at"] is None else _base.instant_of(raw["last_error_at"]),
            raw["ended"],
            None if raw["next_pull_at"] is None else _base.instant_of(raw["next_pull_at"]),
            raw["pulls"],
            tuple(raw["missing_rights"]),
            tuple([Budget._read(one) for one in raw["budgets"]]),
            tuple([JudgeHealth._read(one) for one in raw["rules"]]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "channel": self.channel,
            "complete_to": self.complete_to,
            "token": self.token,
            "waiting": self.waiting,
            "doubts": self.doubts,
            "unresolved": self.unresolved,
            "pending": self.pending,
            "deadlines_at_risk": self.deadlines_at_risk,
            "last_error": self.last_error,
            "last_error_at": self.last_error_at,
            "ended": self.ended,
            "next_pull_at": self.next_pull_at,
            "pulls": self.pulls,
            "missing_rights": list(self.missing_rights),
            "budgets": [one.to_dict() for one in self.budgets],
            "rules": [one.to_dict() for one in self.rules],
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """Who a channel's credential belongs to and what it may do."""

    channel: str
    """Which channel."""
    seller: str | None
    """The seller, where the marketplace tells it."""
    missing: tuple[str, ...]
    """Rights the credential lacks."""
    clock_offset: timedelta
    """Marketplace time less ours."""
    error: str | None
    """What is wrong; none where nothing is."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Standing:
        return Standing(
            raw["channel"],
            raw["seller"],
            tuple(raw["missing"]),
            _base.span_of(raw["clock_offset"]),
            raw["error"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "channel": self.channel,
            "seller": self.seller,
            "missing": list(self.missing),
            "clock_offset": self.clock_offset,
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class Item:
    """What is physically there of a SKU, and who wants it."""

    sku: str
    """Which."""
    counted: int | None
    """The last count; none where nobody counted it."""
    as_of: datetime
    """When it was counted."""
    demand: int
    """Units that open orders want."""
    allocated: int
    """Units promised to accepted orders; part of `demand`."""
    available: int
    """Units nobody wants yet; may be negative."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Item:
        return Item(
            raw["sku"],
            raw["counted"],
            _base.instant_of(raw["as_of"]),
            raw["demand"],
            raw["allocated"],
            raw["available"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "sku": self.sku,
            "counted": self.counted,
            "as_of": self.as_of,
            "demand": self.demand,
            "allocated": self.allocated,
            "available": self.available,
        }


@dataclass(frozen=True, slots=True)
class PhaseTotal:
    """How many orders stand where on one channel."""

    channel: str
    """Which channel."""
    phase: Phase
    """Where."""
    orders: int
    """How many."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> PhaseTotal:
        return PhaseTotal(
            raw["channel"],
            Phase(raw["phase"]),
            raw["orders"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "channel": self.channel,
            "phase": self.phase,
            "orders": self.orders,
        }


@dataclass(frozen=True, slots=True)
class PushReply:
    """What to answer a marketplace that sent a push."""

    status: int
    """The HTTP status."""
    body: str
    """The body."""
    content_type: str | None = None
    """The content type of the body, if there is one."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "status": _base.count("PushReply.status", self.status),
            "body": _base.text("PushReply.body", self.body),
            "content_type": None if self.content_type is None else _base.text("PushReply.content_type", self.content_type),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> PushReply:
        return PushReply(
            raw["status"],
            raw["body"],
            raw["content_type"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "status": self.status,
            "body": self.body,
            "content_type": self.content_type,
        }


@dataclass(frozen=True, slots=True)
class Metric:
    """One seller metric over its window."""

    measure: str
    """What is measured."""
    since: datetime
    """From when on orders are counted."""
    counted: int
    """Orders that count."""
    missed: int
    """Of these, missed."""
    misses_left: int | None
    """How many more may be missed; none where nothing is known of a threshold."""
    broken: bool
    """Is it broken?"""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Metric:
        return Metric(
            raw["measure"],
            _base.instant_of(raw["since"]),
            raw["counted"],
            raw["missed"],
            raw["misses_left"],
            raw["broken"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "measure": self.measure,
            "since": self.since,
            "counted": self.counted,
            "missed": self.missed,
            "misses_left": self.misses_left,
            "broken": self.broken,
        }


@dataclass(frozen=True, slots=True)
class WalmartSettings:
    """Where a marketplace is reached, and by whom. What a local one gives, `add_channel` takes."""

    seller: str
    """The seller id."""
    client_id: str
    """The client id of the developer portal."""
    client_secret: str = field(repr=False)
    """The secret that goes with it."""
    environment: str | None = None
    """`production`, `sandbox` or `local`; production unless said."""
    base_url: str | None = None
    """Another scheme and host, without a path."""
    token_url: str | None = None
    """Another token endpoint, with its path."""
    ship_node: str | None = None
    """The ship node stock is kept at, for sellers with more than one."""
    backfill: timedelta | None = None
    """How far back the first reads reach; 179 days unless said."""
    call_timeout: timedelta | None = None
    """The longest one call may take; 30 seconds unless said."""
    rate_factor: float | None = None
    """Multiplies every published rate; 1 unless said."""
    push_password: str | None = field(default=None, repr=False)
    """User name and password of a subscription to pushes, as `user:password`."""
    push_hmac: str | None = field(default=None, repr=False)
    """Name of the header and secret of an HMAC subscription to pushes, as `header:secret`."""
    pace: Pace | None = None
    """The time a local marketplace runs by."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "seller": _base.text("WalmartSettings.seller", self.seller),
            "client_id": _base.text("WalmartSettings.client_id", self.client_id),
            "client_secret": _base.secret("WalmartSettings.client_secret", self.client_secret),
            "environment": None if self.environment is None else _base.text("WalmartSettings.environment", self.environment),
            "base_url": None if self.base_url is None else _base.text("WalmartSettings.base_url", self.base_url),
            "token_url": None if self.token_url is None else _base.text("WalmartSettings.token_url", self.token_url),
            "ship_node": None if self.ship_node is None else _base.text("WalmartSettings.ship_node", self.ship_node),
            "backfill": None if self.backfill is None else _base.span("WalmartSettings.backfill", self.backfill),
            "call_timeout": None if self.call_timeout is None else _base.span("WalmartSettings.call_timeout", self.call_timeout),
            "rate_factor": None if self.rate_factor is None else _base.real("WalmartSettings.rate_factor", self.rate_factor),
            "push_password": None if self.push_password is None else _base.secret("WalmartSettings.push_password", self.push_password),
            "push_hmac": None if self.push_hmac is None else _base.secret("WalmartSettings.push_hmac", self.push_hmac),
            "pace": None if self.pace is None else _base.record("WalmartSettings.pace", self.pace, Pace),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> WalmartSettings:
        return WalmartSettings(
            raw["seller"],
            raw["client_id"],
            raw["client_secret"],
            raw["environment"],
            raw["base_url"],
            raw["token_url"],
            raw["ship_node"],
            None if raw["backfill"] is None else _base.span_of(raw["backfill"]),
            None if raw["call_timeout"] is None else _base.span_of(raw["call_timeout"]),
            raw["rate_factor"],
            None if raw["push_password"] is None else raw["push_password"],
            None if raw["push_hmac"] is None else raw["push_hmac"],
            None if raw["pace"] is None else Pace._read(raw["pace"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "seller": self.seller,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "environment": self.environment,
            "base_url": self.base_url,
            "token_url": self.token_url,
            "ship_node": self.ship_node,
            "backfill": self.backfill,
            "call_timeout": self.call_timeout,
            "rate_factor": self.rate_factor,
            "push_password": self.push_password,
            "push_hmac": self.push_hmac,
            "pace": None if self.pace is None else self.pace.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class AmazonSettings:
    """An Amazon seller account (Selling Partner API)."""

    seller: str
    """The seller (merchant) id."""
    client_id: str
    """The application's client id."""
    client_secret: str = field(repr=False)
    """The application's client secret."""
    refresh_token: str = field(repr=False)
    """The refresh token of the seller's authorization."""
    region: str | None = None
    """`na`, `eu` or `fe`; `na` unless said."""
    marketplaces: tuple[str, ...] | None = None
    """Marketplace ids; that of the United States unless said."""
    environment: str | None = None
    """`production`, `sandbox` or `local`; production unless said."""
    base_url: str | None = None
    """Another scheme and host, without a path."""
    token_url: str | None = None
    """Another token endpoint, with its path."""
    backfill: timedelta | None = None
    """How far back the first reads reach."""
    call_timeout: timedelta | None = None
    """The longest one call may take; 30 seconds unless said."""
    rate_factor: float | None = None
    """Multiplies every published rate; 1 unless said."""
    pace: Pace | None = None
    """The time a local marketplace runs by."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "seller": _base.text("AmazonSettings.seller", self.seller),
            "client_id": _base.text("AmazonSettings.client_id", self.client_id),
            "client_secret": _base.secret("AmazonSettings.client_secret", self.client_secret),
            "refresh_token": _base.secret("AmazonSettings.refresh_token", self.refresh_token),
            "region": None if self.region is None else _base.text("AmazonSettings.region", self.region),
            "marketplaces": None if self.marketplaces is None else [_base.text("AmazonSettings.marketplaces", one) for one in _base.many("AmazonSettings.marketplaces", self.marketplaces)],
            "environment": None if self.environment is None else _base.text("AmazonSettings.environment", self.environment),
            "base_url": None if self.base_url is None else _base.text("AmazonSettings.base_url", self.base_url),
            "token_url": None if self.token_url is None else _base.text("AmazonSettings.token_url", self.token_url),
            "backfill": None if self.backfill is None else _base.span("AmazonSettings.backfill", self.backfill),
            "call_timeout": None if self.call_timeout is None else _base.span("AmazonSettings.call_timeout", self.call_timeout),
            "rate_factor": None if self.rate_factor is None else _base.real("AmazonSettings.rate_factor", self.rate_factor),
            "pace": None if self.pace is None else _base.record("AmazonSettings.pace", self.pace, Pace),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> AmazonSettings:
        return AmazonSettings(
            raw["seller"],
            raw["client_id"],
            raw["client_secret"],
            raw["refresh_token"],
            raw["region"],
            None if raw["marketplaces"] is None else tuple(raw["marketplaces"]),
            raw["environment"],
            raw["base_url"],
            raw["token_url"],
            None if raw["backfill"] is None else _base.span_of(raw["backfill"]),
            None if raw["call_timeout"] is None else _base.span_of(raw["call_timeout"]),
            raw["rate_factor"],
            None if raw["pace"] is None else Pace._read(raw["pace"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "seller": self.seller,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
            "region": self.region,
            "marketplaces": None if self.marketplaces is None else list(self.marketplaces),
            "environment": self.environment,
            "base_url": self.base_url,
            "token_url": self.token_url,
            "backfill": self.backfill,
            "call_timeout": self.call_timeout,
            "rate_factor": self.rate_factor,
            "pace": None if self.pace is None else self.pace.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class EbaySettings:
    """An eBay seller account (Sell APIs)."""

    seller: str
    """The seller's user name."""
    client_id: str
    """The application's client id."""
    client_secret: str = field(repr=False)
    """The application's client secret."""
    refresh_token: str = field(repr=False)
    """The refresh token of the seller's consent."""
    marketplace: str | None = None
    """The site (`EBAY_US`); that of the United States unless said."""
    environment: str | None = None
    """`production`, `sandbox` or `local`; production unless said."""
    base_url: str | None = None
    """Another scheme and host, without a path."""
    token_url: str | None = None
    """Another token endpoint, with its path."""
    backfill: timedelta | None = None
    """How far back the first reads reach."""
    call_timeout: timedelta | None = None
    """The longest one call may take; 30 seconds unless said."""
    rate_factor: float | None = None
    """Multiplies every published rate; 1 unless said."""
    notification_endpoint: str | None = None
    """The endpoint notifications come to."""
    verification_token: str | None = field(default=None, repr=False)
    """The verification token of that endpoint."""
    pace: Pace | None = None
    """The time a local marketplace runs by."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "seller": _base.text("EbaySettings.seller", self.seller),
            "client_id": _base.text("EbaySettings.client_id", self.client_id),
            "client_secret": _base.secret("EbaySettings.client_secret", self.client_secret),
            "refresh_token": _base.secret("EbaySettings.refresh_token", self.refresh_token),
            "marketplace": None if self.marketplace is None else _base.text("EbaySettings.marketplace", self.marketplace),
            "environment": None if self.environment is None else _base.text("EbaySettings.environment", self.environment),
            "base_url": None if self.base_url is None else _base.text("EbaySettings.base_url", self.base_url),
            "token_url": None if self.token_url is None else _base.text("EbaySettings.token_url", self.token_url),
            "backfill": None if self.backfill is None else _base.span("EbaySettings.backfill", self.backfill),
            "call_timeout": None if self.call_timeout is None else _base.span("EbaySettings.call_timeout", self.call_timeout),
            "rate_factor": None if self.rate_factor is None else _base.real("EbaySettings.rate_factor", self.rate_factor),
            "notification_endpoint": None if self.notification_endpoint is None else _base.text("EbaySettings.notification_endpoint", self.notification_endpoint),
            "verification_token": None if self.verification_token is None else _base.secret("EbaySettings.verification_token", self.verification_token),
            "pace": None if self.pace is None else _base.record("EbaySettings.pace", self.pace, Pace),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> EbaySettings:
        return EbaySettings(
            raw["seller"],
            raw["client_id"],
            raw["client_secret"],
            raw["refresh_token"],
            raw["marketplace"],
            raw["environment"],
            raw["base_url"],
            raw["token_url"],
            None if raw["backfill"] is None else _base.span_of(raw["backfill"]),
            None if raw["call_timeout"] is None else _base.span_of(raw["call_timeout"]),
            raw["rate_factor"],
            raw["notification_endpoint"],
            None if raw["verification_token"] is None else raw["verification_token"],
            None if raw["pace"] is None else Pace._read(raw["pace"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "seller": self.seller,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
            "marketplace": self.marketplace,
            "environment": self.environment,
            "base_url": self.base_url,
            "token_url": self.token_url,
            "backfill": self.backfill,
            "call_timeout": self.call_timeout,
            "rate_factor": self.rate_factor,
            "notification_endpoint": self.notification_endpoint,
            "verification_token": self.verification_token,
            "pace": None if self.pace is None else self.pace.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Pace:
    """The time of a local marketplace."""

    origin: datetime
    """Marketplace time at `started`."""
    started: datetime
    """Wall time at which it was `origin`."""
    speed: float
    """Marketplace seconds in a second of the wall."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "origin": _base.instant("Pace.origin", self.origin),
            "started": _base.instant("Pace.started", self.started),
            "speed": _base.real("Pace.speed", self.speed),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> Pace:
        return Pace(
            _base.instant_of(raw["origin"]),
            _base.instant_of(raw["started"]),
            raw["speed"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "origin": self.origin,
            "started": self.started,
            "speed": self.speed,
        }


@dataclass(frozen=True, slots=True)
class Market:
    """A running local marketplace."""

    marketplace: str
    """`walmart`, `amazon` or `ebay`."""
    base_url: str
    """What stands in for the marketplace's scheme and host."""
    token_url: str
    """Where tokens are asked for."""
    seller: str
    """The seller's id."""
    client_id: str
    """The client id it accepts."""
    client_secret: str
    """The secret that goes with it."""
    refresh_token: str | None
    """The refresh token it accepts, where it has one."""
    on_hand: Mapping[str, int]
    """What is on hand, by SKU, counted at `pace.origin`."""
    pace: Pace
    """The time it runs by."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Market:
        return Market(
            raw["marketplace"],
            raw["base_url"],
            raw["token_url"],
            raw["seller"],
            raw["client_id"],
            raw["client_secret"],
            raw["refresh_token"],
            raw["on_hand"],
            Pace._read(raw["pace"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "marketplace": self.marketplace,
            "base_url": self.base_url,
            "token_url": self.token_url,
            "seller": self.seller,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
            "on_hand": dict(self.on_hand),
            "pace": self.pace.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Effects:
    """What took effect at a local marketplace so far."""

    acknowledged: Mapping[str, int]
    """Orders acknowledged, each with how often."""
    requests: int
    """Requests answered."""
    too_many: int
    """Requests refused as too many."""
    reoffered_after_seen: int
    """Units offered again after their sale had been seen."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Effects:
        return Effects(
            raw["acknowledged"],
            raw["requests"],
            raw["too_many"],
            raw["reoffered_after_seen"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "acknowledged": dict(self.acknowledged),
            "requests": self.requests,
            "too_many": self.too_many,
            "reoffered_after_seen": self.reoffered_after_seen,
        }


@dataclass(frozen=True, slots=True)
class AskedOrder:
    """What a rule of your own is asked: all it may look at."""

    channel: str
    """The channel it came by."""
    channel_order_id: str
    """The channel's id of it."""
    placed_at: datetime | None
    """When it was placed."""
    fulfilled_by: FulfilledBy
    """Who ships it."""
    total: Money | None
    """Its total, if the channel gives one."""
    method: str | None
    """The shipping method the buyer chose, in the channel's words."""
    lines: tuple[Line, ...]
    """Its lines."""
    ship_to: Address | None
    """Where it goes; none where it was erased."""
    items: tuple[Item, ...]
    """What is there of its SKUs."""
    now: datetime
    """Marketplace time."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> AskedOrder:
        return AskedOrder(
            raw["channel"],
            raw["channel_order_id"],
            None if raw["placed_at"] is None else _base.instant_of(raw["placed_at"]),
            FulfilledBy(raw["fulfilled_by"]),
            None if raw["total"] is None else Money._read(raw["total"]),
            raw["method"],
            tuple([Line._read(one) for one in raw["lines"]]),
            None if raw["ship_to"] is None else Address._read(raw["ship_to"]),
            tuple([Item._read(one) for one in raw["items"]]),
            _base.instant_of(raw["now"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "channel": self.channel,
            "channel_order_id": self.channel_order_id,
            "placed_at": self.placed_at,
            "fulfilled_by": self.fulfilled_by,
            "total": None if self.total is None else self.total.to_dict(),
            "method": self.method,
            "lines": [one.to_dict() for one in self.lines],
            "ship_to": None if self.ship_to is None else self.ship_to.to_dict(),
            "items": [one.to_dict() for one in self.items],
            "now": self.now,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule of your own answers."""

    verdict: VerdictKind
    """What it says."""
    code: str
    """A stable code of its proof (`vip.buyer`), without personal data."""
    value: str
    """The value that decided, in words, without personal data; may be empty."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "verdict": _base.text("Verdict.verdict", self.verdict),
            "code": _base.text("Verdict.code", self.code),
            "value": _base.text("Verdict.value", self.value),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> Verdict:
        return Verdict(
            VerdictKind(raw["verdict"]),
            raw["code"],
            raw["value"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "verdict": self.verdict,
            "code": self.code,
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision came to."""

    accept: bool
    """May it be taken?"""
    holds: tuple[Hold, ...]
    """Why it waits."""
    proofs: tuple[Proof, ...]
    """What each rule said."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Decision:
        return Decision(
            raw["accept"],
            tuple([Hold._read(one) for one in raw["holds"]]),
            tuple([Proof._read(one) for one in raw["proofs"]]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "accept": self.accept,
            "holds": [one.to_dict() for one in self.holds],
            "proofs": [one.to_dict() for one in self.proofs],
        }


@dataclass(frozen=True, slots=True)
class NormalOrder:
    """An order as a payload shows it."""

    channel_order_id: str
    """The channel's id of it."""
    placed_at: datetime | None
    """When it was placed; none where the payload does not say."""
    fulfilled_by: FulfilledBy
    """Who ships it."""
    total: Money | None
    """Its total, if the payload gives one."""
    lines: tuple[Line, ...]
    """Its lines."""
    ship_to: Address
    """Where it goes."""
    unmapped: tuple[str, ...]
    """What could not be mapped: field and what is wrong with it."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> NormalOrder:
        return NormalOrder(
            raw["channel_order_id"],
            None if raw["placed_at"] is None else _base.instant_of(raw["placed_at"]),
            FulfilledBy(raw["fulfilled_by"]),
            None if raw["total"] is None else Money._read(raw["total"]),
            tuple([Line._read(one) for one in raw["lines"]]),
            Address._read(raw["ship_to"]),
            tuple(raw["unmapped"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "channel_order_id": self.channel_order_id,
            "placed_at": self.placed_at,
            "fulfilled_by": self.fulfilled_by,
            "total": None if self.total is None else self.total.to_dict(),
            "lines": [one.to_dict() for one in self.lines],
            "ship_to": self.ship_to.to_dict(),
            "unmapped": list(self.unmapped),
        }


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How fast a channel may be called."""

    calls: str
    """`pull`, `fetch`, `levels`, `settle`, `returns` or a verb; all that no other entry names, when it is `*`."""
    per_second: float
    """Calls a second that come back."""
    burst: float
    """Calls that may be made at once."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "calls": _base.text("RateLimit.calls", self.calls),
            "per_second": _base.real("RateLimit.per_second", self.per_second),
            "burst": _base.real("RateLimit.burst", self.burst),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> RateLimit:
        return RateLimit(
            raw["calls"],
            raw["per_second"],
            raw["burst"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "calls": self.calls,
            "per_second": self.per_second,
            "burst": self.burst,
        }


@dataclass(frozen=True, slots=True)
class StreamProfile:
    """One way of reading orders in windows of time."""

    id: str
    """Its name."""
    kind: StreamKind
    """What it shows."""
    horizon: timedelta
    """How far back the first window reaches."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "id": _base.text("StreamProfile.id", self.id),
            "kind": _base.text("StreamProfile.kind", self.kind),
            "horizon": _base.span("StreamProfile.horizon", self.horizon),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> StreamProfile:
        return StreamProfile(
            raw["id"],
            StreamKind(raw["kind"]),
            _base.span_of(raw["horizon"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "id": self.id,
            "kind": self.kind,
            "horizon": self.horizon,
        }


@dataclass(frozen=True, slots=True)
class VerbProfile:
    """How a channel declares one write."""

    verb: str
    """`acknowledge`, `confirm_shipment`, `cancel`, `set_level`, `refund` or `answer_cancel`."""
    repeat: Repeat
    """May it be repeated?"""
    repeat_partial: Repeat | None = None
    """The repeat of a part of a line's units, where it differs."""
    probe: ProbeTrust | None = None
    """Can it be seen by reading the order whether it happened? Units shipped, cancelled or acknowledged are compared, before
    and after. `none` unless said.
    """
    lag: timedelta | None = None
    """How long the read side may lag behind a write; none unless said."""
    call_timeout: timedelta | None = None
    """The longest a call may take, real time; 30 seconds unless said."""
    apply_max: timedelta | None = None
    """The longest a call may still take effect after it was given up; a minute unless said. Nothing is sent again before."""
    answer_means_applied: bool | None = None
    """Does `done` mean that it took effect already? Yes unless said."""
    batch_max: int | None = None
    """Commands that may travel in one call; one unless said."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "verb": _base.text("VerbProfile.verb", self.verb),
            "repeat": _base.text("VerbProfile.repeat", self.repeat),
            "repeat_partial": None if self.repeat_partial is None else _base.text("VerbProfile.repeat_partial", self.repeat_partial),
            "probe": None if self.probe is None else _base.text("VerbProfile.probe", self.probe),
            "lag": None if self.lag is None else _base.span("VerbProfile.lag", self.lag),
            "call_timeout": None if self.call_timeout is None else _base.span("VerbProfile.call_timeout", self.call_timeout),
            "apply_max": None if self.apply_max is None else _base.span("VerbProfile.apply_max", self.apply_max),
            "answer_means_applied": None if self.answer_means_applied is None else _base.truth("VerbProfile.answer_means_applied", self.answer_means_applied),
            "batch_max": None if self.batch_max is None else _base.count("VerbProfile.batch_max", self.batch_max),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> VerbProfile:
        return VerbProfile(
            raw["verb"],
            Repeat(raw["repeat"]),
            None if raw["repeat_partial"] is None else Repeat(raw["repeat_partial"]),
            None if raw["probe"] is None else ProbeTrust(raw["probe"]),
            None if raw["lag"] is None else _base.span_of(raw["lag"]),
            None if raw["call_timeout"] is None else _base.span_of(raw["call_timeout"]),
            None if raw["apply_max"] is None else _base.span_of(raw["apply_max"]),
            raw["answer_means_applied"],
            raw["batch_max"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "verb": self.verb,
            "repeat": self.repeat,
            "repeat_partial": self.repeat_partial,
            "probe": self.probe,
            "lag": self.lag,
            "call_timeout": self.call_timeout,
            "apply_max": self.apply_max,
            "answer_means_applied": self.answer_means_applied,
            "batch_max": self.batch_max,
        }


@dataclass(frozen=True, slots=True)
class ReturnsProfile:
    """How a channel of your own tells of returns."""

    horizon: timedelta
    """How far back the first window reaches."""
    overlap: timedelta | None = None
    """How long before the last read every later window begins: as long as a return may be invisible, or change without the
    window showing it. None unless said.
    """
    every: timedelta | None = None
    """From the end of one read to the next; an hour unless said."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "horizon": _base.span("ReturnsProfile.horizon", self.horizon),
            "overlap": None if self.overlap is None else _base.span("ReturnsProfile.overlap", self.overlap),
            "every": None if self.every is None else _base.span("ReturnsProfile.every", self.every),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> ReturnsProfile:
        return ReturnsProfile(
            _base.span_of(raw["horizon"]),
            None if raw["overlap"] is None else _base.span_of(raw["overlap"]),
            None if raw["every"] is None else _base.span_of(raw["every"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "horizon": self.horizon,
            "overlap": self.overlap,
            "every": self.every,
        }


@dataclass(frozen=True, slots=True)
class ChannelProfile:
    """What a channel of your own says of itself. What it does not say is the plainest there is."""

    seller: str
    """The seller it is configured for."""
    marketplace: str
    """The marketplace's name; it is in the scopes of its rate limits."""
    verbs: tuple[VerbProfile, ...]
    """What it can write. A verb that is not here is never sent."""
    acknowledgment: Acknowledgment | None = None
    """What taking an order means; `required` unless said."""
    cancel_unit: CancelUnit | None = None
    """What one cancellation covers; `units` unless said."""
    answers_cancel_requests: bool | None = None
    """Does it wait for an answer to a buyer's wish to cancel? No unless said."""
    streams: tuple[StreamProfile, ...] | None = None
    """How orders are read; one stream `orders` of the last 30 days that shows what was placed or changed, unless said."""
    visibility_delay: timedelta | None = None
    """How long an order may be invisible after it was placed; none unless said."""
    rates: tuple[RateLimit, ...] | None = None
    """How fast it may be called; five calls a second of each kind, ten at once, unless said."""
    level_lag: timedelta | None = None
    """Levels can be read by `levels`, and show what was at most this long ago. None: they cannot be read."""
    takes_pushes: bool | None = None
    """Does it take pushes, by `receive`? No unless said."""
    returns: ReturnsProfile | None = None
    """Returns are read by `pull_returns`. None: it tells of none."""
    pace: Pace | None = None
    """The time it runs by, where it is a local marketplace's."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "seller": _base.text("ChannelProfile.seller", self.seller),
            "marketplace": _base.text("ChannelProfile.marketplace", self.marketplace),
            "verbs": [_base.record("ChannelProfile.verbs", one, VerbProfile) for one in _base.many("ChannelProfile.verbs", self.verbs)],
            "acknowledgment": None if self.acknowledgment is None else _base.text("ChannelProfile.acknowledgment", self.acknowledgment),
            "cancel_unit": None if self.cancel_unit is None else _base.text("ChannelProfile.cancel_unit", self.cancel_unit),
            "answers_cancel_requests": None if self.answers_cancel_requests is None else _base.truth("ChannelProfile.answers_cancel_requests", self.answers_cancel_requests),
            "streams": None if self.streams is None else [_base.record("ChannelProfile.streams", one, StreamProfile) for one in _base.many("ChannelProfile.streams", self.streams)],
            "visibility_delay": None if self.visibility_delay is None else _base.span("ChannelProfile.visibility_delay", self.visibility_delay),
            "rates": None if self.rates is None else [_base.record("ChannelProfile.rates", one, RateLimit) for one in _base.many("ChannelProfile.rates", self.rates)],
            "level_lag": None if self.level_lag is None else _base.span("ChannelProfile.level_lag", self.level_lag),
            "takes_pushes": None if self.takes_pushes is None else _base.truth("ChannelProfile.takes_pushes", self.takes_pushes),
            "returns": None if self.returns is None else _base.record("ChannelProfile.returns", self.returns, ReturnsProfile),
            "pace": None if self.pace is None else _base.record("ChannelProfile.pace", self.pace, Pace),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> ChannelProfile:
        return ChannelProfile(
            raw["seller"],
            raw["marketplace"],
            tuple([VerbProfile._read(one) for one in raw["verbs"]]),
            None if raw["acknowledgment"] is None else Acknowledgment(raw["acknowledgment"]),
            None if raw["cancel_unit"] is None else CancelUnit(raw["cancel_unit"]),
            raw["answers_cancel_requests"],
            None if raw["streams"] is None else tuple([StreamProfile._read(one) for one in raw["streams"]]),
            None if raw["visibility_delay"] is None else _base.span_of(raw["visibility_delay"]),
            None if raw["rates"] is None else tuple([RateLimit._read(one) for one in raw["rates"]]),
            None if raw["level_lag"] is None else _base.span_of(raw["level_lag"]),
            raw["takes_pushes"],
            None if raw["returns"] is None else ReturnsProfile._read(raw["returns"]),
            None if raw["pace"] is None else Pace._read(raw["pace"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "seller": self.seller,
            "marketplace": self.marketplace,
            "verbs": [one.to_dict() for one in self.verbs],
            "acknowledgment": self.acknowledgment,
            "cancel_unit": self.cancel_unit,
            "answers_cancel_requests": self.answers_cancel_requests,
            "streams": None if self.streams is None else [one.to_dict() for one in self.streams],
            "visibility_delay": self.visibility_delay,
            "rates": None if self.rates is None else [one.to_dict() for one in self.rates],
            "level_lag": self.level_lag,
            "takes_pushes": self.takes_pushes,
            "returns": None if self.returns is None else self.returns.to_dict(),
            "pace": None if self.pace is None else self.pace.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line as a channel of your own shows it."""

    line_id: str
    """The channel's line id."""
    ordered: int
    """Units bought."""
    sku: str | None = None
    """The SKU; none where the channel gives none."""
    title: str | None = None
    """Product name."""
    acknowledged: int | None = None
    """Units the channel shows as acknowledged or further."""
    cancelled: int | None = None
    """Units the channel shows as cancelled."""
    shipped: int | None = None
    """Units the channel shows as shipped or further."""
    delivered: int | None = None
    """Units the channel shows as delivered; part of `shipped`."""
    refunded: int | None = None
    """Units the channel shows as refunded; part of `shipped`."""
    cancel_requested: bool | None = None
    """Does the buyer ask to cancel it?"""
    charges: tuple[Charge, ...] | None = None
    """Amounts, for all units."""
    packages: tuple[LinePackage, ...] | None = None
    """What left in which package."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "line_id": _base.text("ShownLine.line_id", self.line_id),
            "ordered": _base.count("ShownLine.ordered", self.ordered),
            "sku": None if self.sku is None else _base.text("ShownLine.sku", self.sku),
            "title": None if self.title is None else _base.text("ShownLine.title", self.title),
            "acknowledged": None if self.acknowledged is None else _base.count("ShownLine.acknowledged", self.acknowledged),
            "cancelled": None if self.cancelled is None else _base.count("ShownLine.cancelled", self.cancelled),
            "shipped": None if self.shipped is None else _base.count("ShownLine.shipped", self.shipped),
            "delivered": None if self.delivered is None else _base.count("ShownLine.delivered", self.delivered),
            "refunded": None if self.refunded is None else _base.count("ShownLine.refunded", self.refunded),
            "cancel_requested": None if self.cancel_requested is None else _base.truth("ShownLine.cancel_requested", self.cancel_requested),
            "charges": None if self.charges is None else [_base.record("ShownLine.charges", one, Charge) for one in _base.many("ShownLine.charges", self.charges)],
            "packages": None if self.packages is None else [_base.record("ShownLine.packages", one, LinePackage) for one in _base.many("ShownLine.packages", self.packages)],
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> ShownLine:
        return ShownLine(
            raw["line_id"],
            raw["ordered"],
            raw["sku"],
            raw["title"],
            raw["acknowledged"],
            raw["cancelled"],
            raw["shipped"],
            raw["delivered"],
            raw["refunded"],
            raw["cancel_requested"],
            None if raw["charges"] is None else tuple([Charge._read(one) for one in raw["charges"]]),
            None if raw["packages"] is None else tuple([LinePackage._read(one) for one in raw["packages"]]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "line_id": self.line_id,
            "ordered": self.ordered,
            "sku": self.sku,
            "title": self.title,
            "acknowledged": self.acknowledged,
            "cancelled": self.cancelled,
            "shipped": self.shipped,
            "delivered": self.delivered,
            "refunded": self.refunded,
            "cancel_requested": self.cancel_requested,
            "charges": None if self.charges is None else [one.to_dict() for one in self.charges],
            "packages": None if self.packages is None else [one.to_dict() for one in self.packages],
        }


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """One order as a channel of your own shows it."""

    channel_order_id: str
    """The channel's id of it."""
    lines: tuple[ShownLine, ...]
    """Its lines."""
    placed_at: datetime | None = None
    """When it was placed."""
    fulfilled_by: FulfilledBy | None = None
    """Who ships it; the seller unless said."""
    total: Money | None = None
    """Its total."""
    method: str | None = None
    """The shipping method the buyer chose, in the channel's words."""
    ship_by: datetime | None = None
    """Ship by, as the channel says."""
    deliver_by: datetime | None = None
    """Deliver by, as the channel says."""
    ship_to: Address | None = None
    """Where it goes."""
    not_ready: str | None = None
    """Why it must not be shipped yet, in the channel's word; its demand counts."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "channel_order_id": _base.text("ShownOrder.channel_order_id", self.channel_order_id),
            "lines": [_base.record("ShownOrder.lines", one, ShownLine) for one in _base.many("ShownOrder.lines", self.lines)],
            "placed_at": None if self.placed_at is None else _base.instant("ShownOrder.placed_at", self.placed_at),
            "fulfilled_by": None if self.fulfilled_by is None else _base.text("ShownOrder.fulfilled_by", self.fulfilled_by),
            "total": None if self.total is None else _base.record("ShownOrder.total", self.total, Money),
            "method": None if self.method is None else _base.text("ShownOrder.method", self.method),
            "ship_by": None if self.ship_by is None else _base.instant("ShownOrder.ship_by", self.ship_by),
            "deliver_by": None if self.deliver_by is None else _base.instant("ShownOrder.deliver_by", self.deliver_by),
            "ship_to": None if self.ship_to is None else _base.record("ShownOrder.ship_to", self.ship_to, Address),
            "not_ready": None if self.not_ready is None else _base.text("ShownOrder.not_ready", self.not_ready),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> ShownOrder:
        return ShownOrder(
            raw["channel_order_id"],
            tuple([ShownLine._read(one) for one in raw["lines"]]),
            None if raw["placed_at"] is None else _base.instant_of(raw["placed_at"]),
            None if raw["fulfilled_by"] is None else FulfilledBy(raw["fulfilled_by"]),
            None if raw["total"] is None else Money._read(raw["total"]),
            raw["method"],
            None if raw["ship_by"] is None else _base.instant_of(raw["ship_by"]),
            None if raw["deliver_by"] is None else _base.instant_of(raw["deliver_by"]),
            None if raw["ship_to"] is None else Address._read(raw["ship_to"]),
            raw["not_ready"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "channel_order_id": self.channel_order_id,
            "lines": [one.to_dict() for one in self.lines],
            "placed_at": self.placed_at,
            "fulfilled_by": self.fulfilled_by,
            "total": None if self.total is None else self.total.to_dict(),
            "method": self.method,
            "ship_by": self.ship_by,
            "deliver_by": self.deliver_by,
            "ship_to": None if self.ship_to is None else self.ship_to.to_dict(),
            "not_ready": self.not_ready,
        }


@dataclass(frozen=True, slots=True)
class PullRequest:
    """Which orders a channel is asked for."""

    stream: str
    """The stream."""
    since: datetime
    """The window's first instant, by the channel's clock."""
    until: datetime
    """The window's last instant."""
    cursor: str | None
    """Where the last page ended: what `next` of it was."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> PullRequest:
        return PullRequest(
            raw["stream"],
            _base.instant_of(raw["since"]),
            _base.instant_of(raw["until"]),
            raw["cursor"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "stream": self.stream,
            "since": self.since,
            "until": self.until,
            "cursor": self.cursor,
        }


@dataclass(frozen=True, slots=True)
class ShownPage:
    """One page of orders, as a channel of your own shows them."""

    orders: tuple[ShownOrder, ...]
    """Its orders."""
    next: str | None = None
    """Where to go on; none at the end of the window."""
    total: int | None = None
    """How many orders the window holds, where the channel says."""
    too_many: bool | None = None
    """Does the window hold more than the channel pages through? Then it is split, and nothing of this page is taken."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "orders": [_base.record("ShownPage.orders", one, ShownOrder) for one in _base.many("ShownPage.orders", self.orders)],
            "next": None if self.next is None else _base.text("ShownPage.next", self.next),
            "total": None if self.total is None else _base.count("ShownPage.total", self.total),
            "too_many": None if self.too_many is None else _base.truth("ShownPage.too_many", self.too_many),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> ShownPage:
        return ShownPage(
            tuple([ShownOrder._read(one) for one in raw["orders"]]),
            raw["next"],
            raw["total"],
            raw["too_many"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "orders": [one.to_dict() for one in self.orders],
            "next": self.next,
            "total": self.total,
            "too_many": self.too_many,
        }


@dataclass(frozen=True, slots=True)
class ChannelCommand:
    """One thing to be done at a channel of your own. Fields of other verbs are none."""

    name: str
    """Its name, the same in every attempt: what to make the call idempotent by."""
    verb: str
    """What to do (`acknowledge`, `confirm_shipment`, `cancel`, `set_level`, `refund`, `answer_cancel`)."""
    channel_order_id: str | None
    """The order it is about."""
    attempt: int
    """How often it was sent before."""
    write_by: datetime | None
    """It must not leave at or after this instant: another engine may have the store then. Look again before you write if
    you waited.
    """
    lines: tuple[LineQuantity, ...]
    """Units to ship or cancel, by line."""
    package: int | None
    """Number of the package within the order."""
    carrier: str | None
    """The carrier, by its usual name."""
    tracking: str | None
    """The carrier's number."""
    tracking_url: str | None
    """Where the buyer can follow it."""
    shipped_at: datetime | None
    """When it was handed over."""
    method: str | None
    """The order's shipping method, in the channel's words."""
    reason: str | None
    """Why it is cancelled or refunded."""
    grant: bool | None
    """Is the buyer's wish to cancel granted?"""
    parts: tuple[RefundPart, ...]
    """Money to give back."""
    sku: str | None
    """The SKU whose level is set."""
    level: int | None
    """The level to set."""

    @staticmethod
    def _read(raw: dict[str, Any]) -> ChannelCommand:
        return ChannelCommand(
            raw["name"],
            raw["verb"],
            raw["channel_order_id"],
            raw["attempt"],
            None if raw["write_by"] is None else _base.instant_of(raw["write_by"]),
            tuple([LineQuantity._read(one) for one in raw["lines"]]),
            raw["package"],
            raw["carrier"],
            raw["tracking"],
            raw["tracking_url"],
            None if raw["shipped_at"] is None else _base.instant_of(raw["shipped_at"]),
            raw["method"],
            raw["reason"],
            raw["grant"],
            tuple([RefundPart._read(one) for one in raw["parts"]]),
            raw["sku"],
            raw["level"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "name": self.name,
            "verb": self.verb,
            "channel_order_id": self.channel_order_id,
            "attempt": self.attempt,
            "write_by": self.write_by,
            "lines": [one.to_dict() for one in self.lines],
            "package": self.package,
            "carrier": self.carrier,
            "tracking": self.tracking,
            "tracking_url": self.tracking_url,
            "shipped_at": self.shipped_at,
            "method": self.method,
            "reason": self.reason,
            "grant": self.grant,
            "parts": [one.to_dict() for one in self.parts],
            "sku": self.sku,
            "level": self.level,
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """A channel's answer to a command."""

    kind: ReceiptKind
    """What it answered."""
    why: str | None = None
    """Evidence or reason, in words without personal data."""
    code: str | None = None
    """The channel's code of a refusal."""
    handle: str | None = None
    """What accepted work is asked after with."""
    after: timedelta | None = None
    """How long to wait before another try."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "kind": _base.text("Receipt.kind", self.kind),
            "why": None if self.why is None else _base.text("Receipt.why", self.why),
            "code": None if self.code is None else _base.text("Receipt.code", self.code),
            "handle": None if self.handle is None else _base.text("Receipt.handle", self.handle),
            "after": None if self.after is None else _base.span("Receipt.after", self.after),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> Receipt:
        return Receipt(
            ReceiptKind(raw["kind"]),
            raw["why"],
            raw["code"],
            raw["handle"],
            None if raw["after"] is None else _base.span_of(raw["after"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "kind": self.kind,
            "why": self.why,
            "code": self.code,
            "handle": self.handle,
            "after": self.after,
        }


@dataclass(frozen=True, slots=True)
class SettledWork:
    """What became of accepted work."""

    kind: SettledKind
    """How far it is."""
    receipts: tuple[Receipt, ...] | None = None
    """One for each command, when it is done."""
    why: str | None = None
    """In words, when it is lost."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "kind": _base.text("SettledWork.kind", self.kind),
            "receipts": None if self.receipts is None else [_base.record("SettledWork.receipts", one, Receipt) for one in _base.many("SettledWork.receipts", self.receipts)],
            "why": None if self.why is None else _base.text("SettledWork.why", self.why),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> SettledWork:
        return SettledWork(
            SettledKind(raw["kind"]),
            None if raw["receipts"] is None else tuple([Receipt._read(one) for one in raw["receipts"]]),
            raw["why"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "kind": self.kind,
            "receipts": None if self.receipts is None else [one.to_dict() for one in self.receipts],
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class PushRequest:
    """One push, as it arrived: signatures cover its bytes."""

    method: str
    """`GET` or `POST`."""
    path: str
    """Path and query."""
    headers: tuple[tuple[str, ...], ...]
    """Names in any case, with their values."""
    body: bytes
    """The body."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "method": _base.text("PushRequest.method", self.method),
            "path": _base.text("PushRequest.path", self.path),
            "headers": [[_base.text("PushRequest.headers", one) for one in _base.many("PushRequest.headers", one)] for one in _base.many("PushRequest.headers", self.headers)],
            "body": _base.octets("PushRequest.body", self.body),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> PushRequest:
        return PushRequest(
            raw["method"],
            raw["path"],
            tuple([tuple(one) for one in raw["headers"]]),
            _base.bytes_of(raw["body"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "method": self.method,
            "path": self.path,
            "headers": list(self.headers),
            "body": self.body,
        }


@dataclass(frozen=True, slots=True)
class PushOutcome:
    """What a channel of your own finds a push to be. It is never the truth, and changes nothing by itself: what it tells of is
    read again.
    """

    kind: PushKind
    """What it turned out to be."""
    id: str | None = None
    """The push's own id, where it tells something; the same one again tells nothing new."""
    orders: tuple[str, ...] | None = None
    """Orders of which something is new."""
    finished: tuple[str, ...] | None = None
    """Handles of accepted work that is finished: it is asked after at once."""
    erase_buyer: tuple[str, ...] | None = None
    """The names of a buyer who closed the account: what is personal of all their orders is erased."""
    revoked: bool | None = None
    """Did the seller withdraw our authorization? No unless said."""
    reply: PushReply | None = None
    """What to answer; a status of 204 (`told`), 200 (`answer`) or 401 (`refused`) without a body unless said."""
    why: str | None = None
    """Why it is refused, without anything of its content."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "kind": _base.text("PushOutcome.kind", self.kind),
            "id": None if self.id is None else _base.text("PushOutcome.id", self.id),
            "orders": None if self.orders is None else [_base.text("PushOutcome.orders", one) for one in _base.many("PushOutcome.orders", self.orders)],
            "finished": None if self.finished is None else [_base.text("PushOutcome.finished", one) for one in _base.many("PushOutcome.finished", self.finished)],
            "erase_buyer": None if self.erase_buyer is None else [_base.text("PushOutcome.erase_buyer", one) for one in _base.many("PushOutcome.erase_buyer", self.erase_buyer)],
            "revoked": None if self.revoked is None else _base.truth("PushOutcome.revoked", self.revoked),
            "reply": None if self.reply is None else _base.record("PushOutcome.reply", self.reply, PushReply),
            "why": None if self.why is None else _base.text("PushOutcome.why", self.why),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> PushOutcome:
        return PushOutcome(
            PushKind(raw["kind"]),
            raw["id"],
            None if raw["orders"] is None else tuple(raw["orders"]),
            None if raw["finished"] is None else tuple(raw["finished"]),
            None if raw["erase_buyer"] is None else tuple(raw["erase_buyer"]),
            raw["revoked"],
            None if raw["reply"] is None else PushReply._read(raw["reply"]),
            raw["why"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "kind": self.kind,
            "id": self.id,
            "orders": None if self.orders is None else list(self.orders),
            "finished": None if self.finished is None else list(self.finished),
            "erase_buyer": None if self.erase_buyer is None else list(self.erase_buyer),
            "revoked": self.revoked,
            "reply": None if self.reply is None else self.reply.to_dict(),
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class ShownReturn:
    """One return as a channel of your own shows it."""

    channel_order_id: str
    """The order it is of."""
    id: str
    """The channel's id of it."""
    stage: ReturnStage
    """How far it is."""
    status: str
    """The same in the channel's words."""
    lines: tuple[ReturnedUnits, ...]
    """What is sent back."""
    opened_at: datetime | None = None
    """When the buyer asked for it."""
    changed_at: datetime | None = None
    """When it last changed."""
    refund: str | None = None
    """What of the money, in the channel's words, where it says."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "channel_order_id": _base.text("ShownReturn.channel_order_id", self.channel_order_id),
            "id": _base.text("ShownReturn.id", self.id),
            "stage": _base.text("ShownReturn.stage", self.stage),
            "status": _base.text("ShownReturn.status", self.status),
            "lines": [_base.record("ShownReturn.lines", one, ReturnedUnits) for one in _base.many("ShownReturn.lines", self.lines)],
            "opened_at": None if self.opened_at is None else _base.instant("ShownReturn.opened_at", self.opened_at),
            "changed_at": None if self.changed_at is None else _base.instant("ShownReturn.changed_at", self.changed_at),
            "refund": None if self.refund is None else _base.text("ShownReturn.refund", self.refund),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> ShownReturn:
        return ShownReturn(
            raw["channel_order_id"],
            raw["id"],
            ReturnStage(raw["stage"]),
            raw["status"],
            tuple([ReturnedUnits._read(one) for one in raw["lines"]]),
            None if raw["opened_at"] is None else _base.instant_of(raw["opened_at"]),
            None if raw["changed_at"] is None else _base.instant_of(raw["changed_at"]),
            raw["refund"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "channel_order_id": self.channel_order_id,
            "id": self.id,
            "stage": self.stage,
            "status": self.status,
            "lines": [one.to_dict() for one in self.lines],
            "opened_at": self.opened_at,
            "changed_at": self.changed_at,
            "refund": self.refund,
        }


@dataclass(frozen=True, slots=True)
class ReturnsPage:
    """One page of returns."""

    returns: tuple[ShownReturn, ...]
    """Its returns."""
    next: str | None = None
    """Where to go on; none at the end of the window."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "returns": [_base.record("ReturnsPage.returns", one, ShownReturn) for one in _base.many("ReturnsPage.returns", self.returns)],
            "next": None if self.next is None else _base.text("ReturnsPage.next", self.next),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> ReturnsPage:
        return ReturnsPage(
            tuple([ShownReturn._read(one) for one in raw["returns"]]),
            raw["next"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "returns": [one.to_dict() for one in self.returns],
            "next": self.next,
        }


@dataclass(frozen=True, slots=True)
class Level:
    """The level of a listing."""

    sku: str
    """Which SKU."""
    level: int | None = None
    """Units offered; none when the channel does not know the SKU."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "sku": _base.text("Level.sku", self.sku),
            "level": None if self.level is None else _base.whole("Level.level", self.level),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> Level:
        return Level(
            raw["sku"],
            raw["level"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "sku": self.sku,
            "level": self.level,
        }


@dataclass(frozen=True, slots=True)
class Found:
    """Who a channel's credential belongs to, as a channel of your own finds it."""

    seller: str | None = None
    """The seller, where the channel tells it."""
    missing: tuple[str, ...] | None = None
    """Rights the credential lacks."""
    now: datetime | None = None
    """The channel's time, to be held against ours."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "seller": None if self.seller is None else _base.text("Found.seller", self.seller),
            "missing": None if self.missing is None else [_base.text("Found.missing", one) for one in _base.many("Found.missing", self.missing)],
            "now": None if self.now is None else _base.instant("Found.now", self.now),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> Found:
        return Found(
            raw["seller"],
            None if raw["missing"] is None else tuple(raw["missing"]),
            None if raw["now"] is None else _base.instant_of(raw["now"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "seller": self.seller,
            "missing": None if self.missing is None else list(self.missing),
            "now": self.now,
        }


@dataclass(frozen=True, slots=True)
class Sale:
    """What a buyer buys at a marketplace under test."""

    sku: str
    """Which SKU: `MUG`, `PLATE` or `BOWL`, of each of which a hundred are listed."""
    units: int
    """How many."""
    second_sku: str | None
    """As many of another, on a second line."""
    shipped_by_marketplace: bool
    """Does the marketplace ship it?"""

    @staticmethod
    def _read(raw: dict[str, Any]) -> Sale:
        return Sale(
            raw["sku"],
            raw["units"],
            raw["second_sku"],
            raw["shipped_by_marketplace"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "sku": self.sku,
            "units": self.units,
            "second_sku": self.second_sku,
            "shipped_by_marketplace": self.shipped_by_marketplace,
        }


@dataclass(frozen=True, slots=True)
class TestEffects:
    """What took effect at a marketplace under test."""

    acknowledged: Mapping[str, int]
    """Order → how often an acknowledgment changed it; a repeated one that changes nothing is not counted."""
    shipped: Mapping[str, int]
    """`order/line` → units shipped."""
    packages: Mapping[str, int]
    """`order/line/tracking` → units shipped under that number."""
    cancelled: Mapping[str, int]
    """`order/line` → units cancelled by calls."""
    refunded: Mapping[str, int]
    """`order/line` → cents given back by calls."""
    levels: Mapping[str, int]
    """SKU → the level the listing offers now."""
    requests: int
    """Requests that arrived."""

    def __post_init__(self) -> None:
        self._write()

    def _write(self) -> dict[str, Any]:
        return {
            "acknowledged": self.acknowledged,
            "shipped": self.shipped,
            "packages": self.packages,
            "cancelled": self.cancelled,
            "refunded": self.refunded,
            "levels": self.levels,
            "requests": _base.count("TestEffects.requests", self.requests),
        }

    @staticmethod
    def _read(raw: dict[str, Any]) -> TestEffects:
        return TestEffects(
            raw["acknowledged"],
            raw["shipped"],
            raw["packages"],
            raw["cancelled"],
            raw["refunded"],
            raw["levels"],
            raw["requests"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; amounts stay `Decimal`, instants `datetime`."""
        return {
            "acknowledged": dict(self.acknowledged),
            "shipped": dict(self.shipped),
            "packages": dict(self.packages),
            "cancelled": dict(self.cancelled),
            "refunded": dict(self.refunded),
            "levels": dict(self.levels),
            "requests": self.requests,
        }


__all__ = [
    "Acknowledgment",
    "Address",
    "AmazonSettings",
    "AskedOrder",
    "Budget",
    "CancelReason",
    "CancelUnit",
    "Change",
    "ChannelCommand",
    "ChannelProfile",
    "Charge",
    "ChargeKind",
    "Command",
    "CommandState",
    "Deadline",
    "Decision",
    "EbaySettings",
    "Effects",
    "ErrorKind",
    "Exception",
    "Fate",
    "Found",
    "FulfilledBy",
    "Health",
    "Hold",
    "Item",
    "JudgeHealth",
    "Level",
    "Line",
    "LinePackage",
    "LineQuantity",
    "Market",
    "Metric",
    "Moment",
    "Money",
    "NormalOrder",
    "Order",
    "OrderPage",
    "Outcome",
    "Pace",
    "PartState",
    "Phase",
    "PhaseTotal",
    "ProbeTrust",
    "Proof",
    "PullRequest",
    "PushKind",
    "PushOutcome",
    "PushReply",
    "PushRequest",
    "RateLimit",
    "Receipt",
    "ReceiptKind",
    "RefundPart",
    "RefundReason",
    "Repeat",
    "Return",
    "ReturnStage",
    "ReturnedUnits",
    "ReturnsPage",
    "ReturnsProfile",
    "Sale",
    "SettledKind",
    "SettledWork",
    "ShownLine",
    "ShownOrder",
    "ShownPage",
    "ShownReturn",
    "Sort",
    "Standing",
    "Stepped",
    "StreamKind",
    "StreamProfile",
    "TestEffects",
    "Ticket",
    "TicketOutcome",
    "VerbProfile",
    "Verdict",
    "VerdictKind",
    "WalmartSettings",
    "WholeOrder",
]
