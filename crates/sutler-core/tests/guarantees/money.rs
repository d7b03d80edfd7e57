//! G29, G30: the channel's numbers are facts, sums are exact, currencies do not mix.

use crate::told::{at, money};
use proptest::{collection::vec, prelude::*};
use rust_decimal::Decimal;
use std::num::NonZeroU32;
use sutler_core::{
    ErrorKind,
    decide::decide_order,
    hold::HoldReason,
    money::{Currency, Money},
    open::Open,
    order::{Charge, ChargeKind, Line, OrderFacts, OrderSnapshot},
    policy::Policy,
    rule::{NoStock, Verdict},
};

fn cents(amount: i64) -> Money {
    Money { amount: Decimal::new(amount, 2), currency: Currency::USD }
}

/// What `totals_add_up` says about lines with these charges and this total.
fn verdict(charges: &[(Money, Option<Money>)], total: Option<Money>, cancelled: u32) -> Verdict {
    let mut facts = OrderFacts::unknown();
    let mut line = Line::new("1".into(), Some("S".into()), 3);
    line.cancelled = cancelled;
    let charge = |(amount, tax): &(Money, Option<Money>)| Charge {
        kind: Open::Known(ChargeKind::Product),
        name: String::new(),
        amount: *amount,
        tax: *tax,
    };
    line.charges = charges.iter().map(charge).collect();
    facts.lines = vec![line];
    facts.total = total;
    let snapshot = OrderSnapshot { channel: "us".into(), channel_order_id: "1".into(), facts, ship_to: None };
    let decided = decide_order(&Policy::standard(), &snapshot, &NoStock, at(0));
    let judged = decided.judged.iter().find(|judged| judged.rule.as_str() == "totals_add_up").cloned();
    judged.expect("a standard rule").verdict
}

fn code(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Pass(proof) | Verdict::Abstain(proof) => &proof.code,
        Verdict::Hold(HoldReason::TotalsDoNotAddUp, proof) => &proof.code,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn g29_totals_may_differ_by_one_minor_unit_per_charge_and_no_more(
        charges in vec((-500i64..5_000, proptest::option::of(0i64..500)), 1..6),
        off in -12i64..12,
    ) {
        let count = charges.len() as i64;
        let sum: i64 = charges.iter().map(|(amount, tax)| amount + tax.unwrap_or(0)).sum();
        let charges: Vec<_> = charges.iter().map(|(amount, tax)| (cents(*amount), tax.map(cents))).collect();
        let said = verdict(&charges, Some(cents(sum + off)), 0);
        let wanted = match off {
            0 => "totals.add_up",
            _ if off.abs() <= count => "totals.add_up_but_for_rounding",
            _ => "totals.differ",
        };
        prop_assert_eq!(code(&said), wanted);
        prop_assert_eq!(matches!(said, Verdict::Hold(..)), off.abs() > count);
        let untold = verdict(&charges, None, 0);
        prop_assert_eq!(code(&untold), "totals.no_total");
        // The channel zeroes charges of cancelled units at its own time.
        let partly = verdict(&charges, Some(cents(sum + off)), 1);
        prop_assert!(!matches!(partly, Verdict::Hold(..)));
    }

    #[test]
    fn g29_splits_are_exact_and_even(amount in money(), fine in 0i64..1_000_000, parts in 1u32..50) {
        let amount = Money { amount: amount.amount + Decimal::new(fine, 6), ..amount };
        let split = amount.split(NonZeroU32::new(parts).expect("at least one"));
        prop_assert_eq!(split.len(), parts as usize);
        let mut sum = Money::zero(amount.currency);
        for part in &split {
            sum = sum.plus(*part).expect("one currency");
        }
        prop_assert_eq!(sum, amount);
        let (least, most) = (split.iter().map(|m| m.amount).min(), split.iter().map(|m| m.amount).max());
        let spread = most.expect("one") - least.expect("one");
        prop_assert!(spread <= amount.currency.minor_unit(), "{:?}", split);
    }

    #[test]
    fn g30_adding_two_currencies_is_an_error_and_one_is_exact(a in money(), b in money()) {
        match a.plus(b) {
            Ok(sum) => {
                prop_assert_eq!((sum.currency, sum.amount), (a.currency, a.amount + b.amount));
                prop_assert_eq!(a.currency, b.currency);
            }
            Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::Invalid);
                prop_assert_ne!(a.currency, b.currency);
            }
        }
    }

    #[test]
    fn g29_text_is_read_digit_for_digit(whole in 0u64..1_000_000_000_000, tail in "[0-9]{0,12}", minus in any::<bool>()) {
        let point = if tail.is_empty() { "" } else { "." };
        let text = format!("{}{whole}{point}{tail}", if minus { "-" } else { "" });
        let read = Money::parse(&text, Currency::USD).expect("a decimal");
        let shown = read.amount.to_string();
        prop_assert_eq!(shown.trim_start_matches('-'), text.trim_start_matches('-'));
    }

    #[test]
    fn g29_no_text_is_rounded_in_silence(text in "-?[0-9]{0,32}\\.?[0-9]{0,32}(e-?[0-9]{1,3})?") {
        if let Ok(read) = Money::parse(&text, Currency::USD) {
            let digits = |text: &str| text.bytes().filter(|b| (b'1'..=b'9').contains(b)).count();
            let mantissa = text.split('e').next().unwrap_or_default();
            prop_assert_eq!(digits(&read.amount.to_string()), digits(mantissa), "{} became {}", text, read);
            let _ = read.minor_units();
        }
    }
}

#[test]
fn g29_mixed_currencies_and_amounts_too_large_hold() {
    let yen = Money { amount: Decimal::ONE, currency: Currency::parse("JPY").expect("a code") };
    assert_eq!(code(&verdict(&[(cents(100), Some(yen))], Some(cents(100)), 0)), "totals.mixed_currencies");
    assert_eq!(code(&verdict(&[(cents(100), None)], Some(yen), 0)), "totals.mixed_currencies");
    let most = Money { amount: Decimal::MAX, currency: Currency::USD };
    assert_eq!(code(&verdict(&[(most, Some(most))], Some(cents(1)), 0)), "totals.too_large");
    let least = Money { amount: Decimal::MIN, currency: Currency::USD };
    assert_eq!(code(&verdict(&[(most, None)], Some(least), 0)), "totals.too_large");
    assert_eq!((most.minor_units(), least.minor_units()), (i64::MAX, i64::MIN));
    assert_eq!(most.plus(most).expect_err("too large").kind(), ErrorKind::Invalid);
}
