"""Keeps an ERP and its marketplaces in step, both ways: orders in, stock and shipments out.

    pip install sutler sqlalchemy && python bridge.py erp.db orders.db channels.json

It may be killed at any moment and started again: nothing is lost, and nothing is done twice.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from datetime import datetime, timedelta
from typing import Any

import sutler
from erp import BridgeState, OrderLine, Product, SalesOrder, Shipment, open_erp
from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session

AT_ONCE = 200
"""Changes, products or shipments that one transaction takes."""


def orders_in(engine: sutler.Engine, erp: Engine) -> None:
    """Writes every order that changed, and in the same transaction how far it followed."""
    with Session(erp) as session, session.begin():
        state = session.get(BridgeState, 1) or BridgeState(id=1, position=0)
        changes = engine.changes(state.position, limit=AT_ONCE)
        if not changes:
            return
        for channel, number in dict.fromkeys((change.channel, change.channel_order_id) for change in changes):
            if channel and number:
                write(session, engine.order(channel, number))
        state.position = changes[-1].seq
        session.add(state)


def write(session: Session, whole: sutler.WholeOrder) -> None:
    """Writes one order as it stands now, whether the ERP knows it already or not."""
    order, ship_to = whole.order, whole.ship_to
    named = select(SalesOrder).filter_by(channel=order.channel, number=order.channel_order_id)
    row = session.scalar(named) or SalesOrder(channel=order.channel, number=order.channel_order_id)
    row.placed_at, row.phase = order.placed_at, order.phase
    row.ours_to_ship = order.fulfilled_by == sutler.FulfilledBy.SELLER
    row.recipient, row.town = (ship_to.name, ship_to.city) if ship_to else ("", "")
    known = {line.line_id: line for line in row.lines}
    row.lines = [known.get(line.line_id) or OrderLine(line_id=line.line_id) for line in order.lines]
    for kept, line in zip(row.lines, order.lines):
        kept.sku, kept.units = line.sku, line.ordered - line.cancelled
    session.add(row)


def stock_out(engine: sutler.Engine, erp: Engine) -> None:
    """Publishes every count that is newer than the one published. The same count again changes nothing."""
    newer = or_(Product.published_at.is_(None), Product.published_at < Product.counted_at)
    with Session(erp) as session, session.begin():
        for product in session.scalars(select(Product).where(newer).limit(AT_ONCE)):
            engine.on_hand(product.sku, product.on_hand, as_of=product.counted_at)
            product.published_at = product.counted_at


def shipments_out(engine: sutler.Engine, erp: Engine) -> None:
    """Reports every package that was handed over. The same package again changes nothing."""
    with Session(erp) as session, session.begin():
        for package in session.scalars(select(Shipment).where(Shipment.ticket.is_(None)).limit(AT_ONCE)):
            order = package.order
            ticket = engine.report_shipment(
                order.channel,
                order.number,
                package.carrier,
                package.tracking,
                package=package.package,
                shipped_at=package.shipped_at,
            )
            package.ticket = ticket.id


def refusals_in(engine: sutler.Engine, erp: Engine) -> None:
    """Notes on a package why its report was refused: the order was cancelled meanwhile, for one."""
    with Session(erp) as session, session.begin():
        unheard = select(Shipment).join(SalesOrder).where(SalesOrder.phase == sutler.Phase.OPEN)
        for package in session.scalars(unheard.where(Shipment.refused.is_(None)).limit(AT_ONCE)):
            if package.ticket is not None:
                outcome = engine.ticket(package.ticket)
                package.refused = outcome.words if outcome.state == "refused" else None


def channel_of(settings: dict[str, Any]) -> sutler.Channel:
    """A channel, as the file of channels says: its marketplace, and what `sutler.Walmart` and the others take."""
    kinds: dict[str, type[sutler.Channel]] = {
        "walmart": sutler.Walmart,
        "amazon": sutler.Amazon,
        "ebay": sutler.Ebay,
    }
    settings = dict(settings)
    if pace := settings.pop("pace", None):  # a local marketplace keeps a time of its own
        origin, started = (datetime.fromisoformat(pace[instant]) for instant in ("origin", "started"))
        settings["pace"] = sutler.Pace(origin, started, pace["speed"])
    if seconds := settings.pop("call_timeout", None):
        settings["call_timeout"] = timedelta(seconds=seconds)
    return kinds[settings.pop("marketplace")](**settings)


def main(erp_path: str, store: str, channels: str) -> None:
    # An end that is asked for closes the engine on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    erp = open_erp(erp_path)
    with sutler.Engine.open(store) as engine, open(channels) as file:
        for name, settings in json.load(file).items():
            engine.add_channel(name, channel_of(settings))
        print("the bridge runs", flush=True)
        while True:
            engine.step()
            orders_in(engine, erp)
            shipments_out(engine, erp)
            stock_out(engine, erp)
            refusals_in(engine, erp)
            time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
