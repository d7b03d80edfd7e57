"""The ERP: its tables, and what people do in it. It knows nothing of marketplaces."""

from __future__ import annotations

from datetime import datetime, timezone

from sqlalchemy import DateTime, Engine, ForeignKey, TypeDecorator, UniqueConstraint, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Instant(TypeDecorator[datetime]):
    """An instant. SQLite keeps no time zone, so it is kept in UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> datetime | None:
        return value and value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: object) -> datetime | None:
        return value and value.replace(tzinfo=timezone.utc)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: Instant}


class Product(Base):
    """What lies on the shelf, and when it was last counted."""

    __tablename__ = "products"

    sku: Mapped[str] = mapped_column(primary_key=True)
    on_hand: Mapped[int]
    counted_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    """The bridge's: `counted_at` of the count that was published."""


class SalesOrder(Base):
    """An order of any channel."""

    __tablename__ = "sales_orders"
    __table_args__ = (UniqueConstraint("channel", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    number: Mapped[str]
    placed_at: Mapped[datetime]
    phase: Mapped[str]
    ours_to_ship: Mapped[bool]
    recipient: Mapped[str]
    town: Mapped[str]
    lines: Mapped[list[OrderLine]] = relationship(cascade="all, delete-orphan")
    shipments: Mapped[list[Shipment]] = relationship(back_populates="order")


class OrderLine(Base):
    """Units of one SKU. Lines are known by the channel's id of them."""

    __tablename__ = "order_lines"

    order_id: Mapped[int] = mapped_column(ForeignKey("sales_orders.id"), primary_key=True)
    line_id: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str | None]
    units: Mapped[int]


class Shipment(Base):
    """A package that was handed to a carrier."""

    __tablename__ = "shipments"

    order_id: Mapped[int] = mapped_column(ForeignKey("sales_orders.id"), primary_key=True)
    package: Mapped[int] = mapped_column(primary_key=True)
    carrier: Mapped[str]
    tracking: Mapped[str]
    shipped_at: Mapped[datetime]
    ticket: Mapped[int | None]
    """The bridge's: the ticket it was reported under."""
    refused: Mapped[str | None]
    """The bridge's: why the report was refused, for a person to see."""
    order: Mapped[SalesOrder] = relationship(back_populates="shipments")


class BridgeState(Base):
    """How far the bridge followed what changes at the marketplaces."""

    __tablename__ = "bridge_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]


def open_erp(path: str) -> Engine:
    erp = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
    Base.metadata.create_all(erp)
    return erp


def ship(session: Session, order: SalesOrder, at: datetime) -> None:
    """Hands all of an order over in one package, and takes it from the shelf."""
    tracking = "1Z" + order.number.replace("-", "")
    session.add(Shipment(order=order, package=1, carrier="UPS", tracking=tracking, shipped_at=at))
    for line in order.lines:
        product = session.get_one(Product, line.sku)
        product.on_hand, product.counted_at = product.on_hand - line.units, at
