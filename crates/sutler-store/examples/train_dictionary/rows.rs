//! Rows of ours: an order, what was observed of it, and what was decided, as the store encodes them.

use crate::{CITIES, Dice, WORDS};
use std::sync::Arc;
use sutler_core::{
    address::{AddressStates, PartState, Place},
    hold::{Hold, HoldReason},
    journal::{Decided, Entry},
    money::{Currency, Money},
    observation::{Coverage, Observation},
    open::Open,
    order::{Alias, Charge, ChargeKind, FulfilledBy, Line, LinePackage, OrderFacts},
    rule::{Judged, Proof, Verdict},
    state::OrderState,
    time::from_millis,
};

type Failure = Box<dyn std::error::Error>;

const PASSED: &[(&str, &str)] = &[
    ("payload_understood", "payload.understood"),
    ("buyer_cancel", "cancel.not_asked"),
    ("sku_mapped", "sku.all_mapped"),
    ("stock_covers_every_line", "stock.covers"),
    ("address_deliverable", "address.deliverable"),
    ("totals_add_up", "totals.add_up"),
    ("total_within_limits", "total.within_limits"),
];

pub(crate) fn samples(seed: u64) -> Result<Vec<Vec<u8>>, Failure> {
    let dice = &mut Dice(seed ^ 0xa5a5);
    let asked = from_millis(1_760_000_000_000 + dice.below(60_000_000_000) as i64);
    let facts = facts(dice, asked)?;
    let observed = Entry::Observed(Box::new(Observation {
        asked_at: asked,
        coverage: Coverage::ALL,
        facts: facts.into(),
    }));
    let decided = Entry::Decided(Box::new(decision(dice)));
    let id = (1_000_000_000_000 + dice.below(900_000_000_000)).to_string();
    let mut state =
        OrderState::new(dice.of(&["us", "walmart", "walmart-us"]).into(), id.as_str().into(), asked);
    state.key.0 = dice.below(1_000_000) as i64;
    state.version.0 = dice.below(5_000_000) as i64;
    let mut all = Vec::new();
    for entry in [observed, decided] {
        state.apply(&mut Vec::new(), asked, &entry)?;
        all.push(postcard::to_stdvec(&entry)?);
    }
    // The order is written most often: as decided, as sent and as confirmed.
    all.push(postcard::to_stdvec(&state)?);
    state.acknowledged_at = Some(asked);
    all.push(postcard::to_stdvec(&state)?);
    Ok(all)
}

fn facts(dice: &mut Dice, asked: sutler_core::Timestamp) -> Result<OrderFacts, Failure> {
    let mut facts = OrderFacts::unknown();
    let later = |hours: i64| Some(asked + sutler_core::time::Duration::hours(hours));
    (facts.placed_at, facts.ship_by, facts.deliver_by) = (later(-1), later(48), later(120));
    facts.fulfilled_by =
        Open::Known(dice.of(&[FulfilledBy::Seller, FulfilledBy::Seller, FulfilledBy::Marketplace]));
    let customer = (2_000_000_000_000 + dice.below(900_000_000_000)).to_string();
    facts.aliases = vec![Alias { role: "customer_order_id".into(), value: customer }];
    facts.method = Some(dice.of(&["Standard", "Standard", "Expedited", "Value"]).into());
    facts.ship_node = Some((10_000_000_000 + dice.below(999_999_999)).to_string());
    let (city, region, _) = dice.of(CITIES);
    facts.place = Place { city: city.into(), region: region.into(), country: "US".into() };
    let full = PartState::Full;
    let phone = dice.of(&[full, PartState::Masked]);
    facts.address = AddressStates { name: full, lines: full, phone, email: full };
    facts.total = Some(money(dice, 30_000)?);
    for number in 1..=1 + dice.below(3) {
        let sku = format!("{}-{:05}", dice.of(&["SKU", "ITM", "AB"]), dice.below(99_999));
        let mut line = Line::new(
            number.to_string().as_str().into(),
            Some(sku.as_str().into()),
            1 + dice.below(3) as u32,
        );
        line.title = format!("{} {} {}", dice.of(WORDS), dice.of(WORDS), dice.of(WORDS));
        line.charges.push(charge(dice, ChargeKind::Product, "ItemPrice", 20_000)?);
        if dice.below(3) == 0 {
            line.charges.push(charge(dice, ChargeKind::Shipping, "Shipping", 1_500)?);
        }
        match dice.below(6) {
            0 => {
                line.shipped = line.ordered;
                let tracking = (9_400_000_000_000_000 + dice.below(99_999_999_999)).to_string();
                let carrier = dice.of(&["UPS", "USPS", "FedEx"]).into();
                line.packages.push(LinePackage { tracking, carrier, quantity: line.ordered });
            }
            1 => line.acknowledged = line.ordered,
            _ => {}
        }
        facts.lines.push(line);
    }
    Ok(facts)
}

fn charge(dice: &mut Dice, kind: ChargeKind, name: &str, cents: u64) -> Result<Charge, Failure> {
    let (amount, tax) = (money(dice, cents)?, money(dice, cents / 10)?);
    Ok(Charge { kind: Open::Known(kind), name: name.into(), amount, tax: (dice.below(4) > 0).then_some(tax) })
}

fn money(dice: &mut Dice, cents: u64) -> Result<Money, Failure> {
    Ok(Money::parse(&dice.cents(cents), Currency::USD)?)
}

fn decision(dice: &mut Dice) -> Decided {
    let short = dice.below(12) == 0;
    let judged = PASSED.iter().take(6 + dice.below(2) as usize).map(|(rule, code)| {
        let verdict = match (short, *rule) {
            (true, "stock_covers_every_line") => Verdict::Hold(
                HoldReason::ShortOfStock,
                Proof::value("stock.short", "needs 3 of SKU-00017, 1 left"),
            ),
            _ => Verdict::Pass(Proof::code(code)),
        };
        Judged { rule: (*rule).into(), verdict }
    });
    let hold = Hold { reason: HoldReason::ShortOfStock, detail: "needs 3 of SKU-00017, 1 left".into() };
    Decided {
        accept: !short,
        holds: if short { vec![hold] } else { Vec::new() },
        judged: Arc::new(judged.collect()),
    }
}
