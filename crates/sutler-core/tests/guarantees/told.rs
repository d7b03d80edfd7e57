//! Generated tellings: few lines, few instants and small numbers, so that ties and contradictions are frequent.

use proptest::{collection::vec, option, prelude::*};
use rust_decimal::Decimal;
use sutler_core::{
    Timestamp,
    address::{AddressStates, PartState, Place},
    id::{ChannelId, ChannelOrderId, LineId, Sku},
    money::{Currency, Money},
    observation::{Coverage, Group, Observation},
    open::Open,
    order::{
        Alias, CancelWish, Charge, ChargeKind, FulfilledBy, Line, LinePackage, OrderFacts, OtherStatus,
        Unmapped,
    },
    state::OrderState,
    time::from_millis,
};

/// The moment everything here happens around.
pub(crate) fn at(seconds: i64) -> Timestamp {
    from_millis(1_700_000_000_000 + seconds * 1_000)
}

/// One of a few instants.
pub(crate) fn instant() -> impl Strategy<Value = Timestamp> {
    (0..6i64).prop_map(at)
}

/// Any text at all.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-c]{1,2}",
        "\\PC{0,6}",
        Just("seller".to_owned()),
        Just("\\seller".to_owned())
    ]
}

/// An amount in a currency, with any number of digits behind the point.
pub(crate) fn money() -> impl Strategy<Value = Money> {
    let currency = prop_oneof![9 => Just(Currency::USD), 1 => Just(Currency::parse("JPY").expect("a code"))];
    (-500i64..5_000, 0u32..4, currency)
        .prop_map(|(number, scale, currency)| Money { amount: Decimal::new(number, scale), currency })
}

pub(crate) fn charge() -> impl Strategy<Value = Charge> {
    let kind = prop_oneof![
        Just(Open::Known(ChargeKind::Product)),
        Just(Open::Known(ChargeKind::Shipping)),
        text().prop_map(Open::Other)
    ];
    (kind, text(), money(), option::of(money())).prop_map(|(kind, name, amount, tax)| Charge {
        kind,
        name,
        amount,
        tax,
    })
}

fn package() -> impl Strategy<Value = LinePackage> {
    ("[a-b]{0,1}", "[u-v]{1}", 0u32..4).prop_map(|(tracking, carrier, quantity)| LinePackage {
        tracking,
        carrier,
        quantity,
    })
}

fn wish() -> impl Strategy<Value = CancelWish> {
    prop_oneof![
        Just(CancelWish::None),
        Just(CancelWish::Open),
        (0i64..3).prop_map(|hours| CancelWish::Until(at(hours))),
    ]
}

/// One of three ids, or a stand-in for a line whose id is not known.
fn line_id() -> impl Strategy<Value = LineId> {
    prop_oneof![
        4 => (1u32..4).prop_map(|id| LineId::from(id.to_string())),
        1 => "[S-T]{1}".prop_map(|sku| LineId::provisional(&sku)),
    ]
}

/// One line with one of a few ids.
pub(crate) fn line() -> impl Strategy<Value = Line> {
    let counters = (0u32..6, 0u32..6, 0u32..4, 0u32..6, 0u32..6, 0u32..3);
    let other = vec((text(), 0u32..3).prop_map(|(status, quantity)| OtherStatus { status, quantity }), 0..2);
    (
        (line_id(), option::of("[S-U]{1}"), text(), counters),
        (wish(), option::of(text()), other, vec(charge(), 0..3), vec(package(), 0..3)),
    )
        .prop_map(
            |((id, sku, title, counters), (cancel_wish, cancel_reason, other, charges, packages))| {
                let (ordered, acknowledged, cancelled, shipped, delivered, refunded) = counters;
                Line {
                    line_id: id,
                    sku: sku.map(Sku::from),
                    title,
                    ordered,
                    acknowledged,
                    cancelled,
                    shipped,
                    delivered,
                    refunded,
                    cancel_wish,
                    cancel_reason,
                    other_statuses: other,
                    charges,
                    packages,
                }
            },
        )
}

fn part() -> impl Strategy<Value = PartState> {
    prop_oneof![
        Just(PartState::Absent),
        Just(PartState::Pending),
        Just(PartState::Masked),
        Just(PartState::Full),
        Just(PartState::Erased)
    ]
}

/// Facts as one telling gives them.
pub(crate) fn facts() -> impl Strategy<Value = OrderFacts> {
    let fulfilled_by = prop_oneof![
        4 => Just(Open::Known(FulfilledBy::Seller)),
        1 => Just(Open::Known(FulfilledBy::Marketplace)),
        1 => text().prop_map(Open::Other)
    ];
    let aliases = vec((text(), text()).prop_map(|(role, value)| Alias { role, value }), 0..2);
    let unmapped = vec((text(), text()).prop_map(|(field, detail)| Unmapped { field, detail }), 0..2);
    let header = (option::of(instant()), fulfilled_by, aliases, option::of(text()), option::of(text()));
    let place = ("[a-b]{0,1}", "[a-b]{0,1}", "[a-b]{0,1}").prop_map(|(city, region, country)| Place {
        city,
        region,
        country,
    });
    let states = (part(), part(), part(), part()).prop_map(|(name, lines, phone, email)| AddressStates {
        name,
        lines,
        phone,
        email,
    });
    let rest = (option::of(money()), option::of(instant()), option::of(instant()), place, states);
    (header, rest, vec(line(), 0..4), unmapped).prop_map(|(header, rest, lines, unmapped)| {
        let (placed_at, fulfilled_by, aliases, method, ship_node) = header;
        let (total, ship_by, deliver_by, place, address) = rest;
        OrderFacts {
            placed_at,
            fulfilled_by,
            aliases,
            method,
            ship_node,
            total,
            ship_by,
            deliver_by,
            place,
            address,
            lines,
            not_ready: total.map_or_else(|| Some("PENDING".to_owned()), |_| None),
            unmapped,
        }
    })
}

/// What a call covers: often all, else anything.
pub(crate) fn coverage() -> impl Strategy<Value = Coverage> {
    const GROUPS: [Group; 6] =
        [Group::Header, Group::Lines, Group::Statuses, Group::Totals, Group::ShipTo, Group::CancelRequests];
    let some = any::<[bool; 6]>().prop_map(|covers| {
        let named = GROUPS.into_iter().zip(covers).filter(|(_, covers)| *covers);
        named.fold(Coverage::NONE, |sum, (group, _)| sum.with(group))
    });
    prop_oneof![Just(Coverage::ALL), some]
}

/// One telling.
pub(crate) fn observation() -> impl Strategy<Value = Observation> {
    (instant(), coverage(), facts()).prop_map(|(asked_at, coverage, facts)| Observation {
        asked_at,
        coverage,
        facts: facts.into(),
    })
}

/// An order nobody has told anything about.
pub(crate) fn fresh() -> OrderState {
    OrderState::new(ChannelId::new("us"), ChannelOrderId::new("1"), at(0))
}
