//! G22: refunds are bounded per charge, line and order.

use proptest::{collection::vec, prelude::*};
use rust_decimal::Decimal;
use sutler_core::{
    command::{Refund, RefundPart, RefundReason},
    money::{Currency, Money},
    open::Open,
    order::{Charge, ChargeKind, Line, OrderFacts},
    refund::check,
};

fn usd(cents: i64) -> Money {
    Money { amount: Decimal::new(cents, 2), currency: Currency::USD }
}

fn charge(kind: ChargeKind, cents: i64, tax: i64) -> Charge {
    Charge { kind: Open::Known(kind), name: String::new(), amount: usd(cents), tax: Some(usd(tax)) }
}

fn order(prices: &[(i64, i64, i64)]) -> OrderFacts {
    let mut facts = OrderFacts::unknown();
    let mut total = 0;
    for (at, (price, tax, discount)) in prices.iter().enumerate() {
        let mut line = Line::new(format!("{at}").as_str().into(), None, 1);
        line.charges =
            vec![charge(ChargeKind::Product, *price, *tax), charge(ChargeKind::Discount, -discount, 0)];
        total += price + tax - discount;
        facts.lines.push(line);
    }
    facts.total = Some(usd(total));
    facts
}

fn part(line: usize, cents: i64, tax: i64) -> RefundPart {
    RefundPart {
        line_id: format!("{line}").as_str().into(),
        charge: Open::Known(ChargeKind::Product),
        amount: usd(cents),
        tax: Some(usd(tax)),
    }
}

fn refund(parts: Vec<RefundPart>) -> Refund {
    Refund { refund: 1, parts, reason: RefundReason::Returned, via: None }
}

proptest! {
    /// Whatever is asked, in whatever order: what passes never sums to more than was charged.
    #[test]
    fn g22_refunds_that_pass_never_sum_to_more_than_was_charged(
        prices in vec((1..5_000i64, 0..500i64, 0..300i64), 1..4),
        asked in vec(vec((0..4usize, -50..4_000i64, -10..400i64), 0..4), 1..12),
    ) {
        let prices: Vec<_> = prices.into_iter().map(|(p, t, d)| (p, t, d.min(p))).collect();
        let facts = order(&prices);
        let mut granted: Vec<Refund> = Vec::new();
        for parts in asked {
            let wanted = refund(parts.into_iter().map(|(line, cents, tax)| part(line, cents, tax)).collect());
            let earlier: Vec<&Refund> = granted.iter().collect();
            if check(&facts, &earlier, &wanted).is_ok() {
                granted.push(wanted);
            }
        }
        let mut whole = Decimal::ZERO;
        for (at, (price, tax, discount)) in prices.iter().enumerate() {
            let of_line = || granted.iter().flat_map(|r| &r.parts).filter(|p| p.line_id.as_str() == at.to_string());
            let amount: Decimal = of_line().map(|p| p.amount.amount).sum();
            let back: Decimal = of_line().filter_map(|p| p.tax).map(|tax| tax.amount).sum();
            prop_assert!(amount <= Decimal::new(*price, 2) && back <= Decimal::new(*tax, 2));
            prop_assert!(amount + back <= Decimal::new(price + tax - discount, 2));
            whole += amount + back;
        }
        prop_assert!(whole <= facts.total.expect("given above").amount);
    }

    /// The whole of what was charged can be given back, in any number of pieces.
    #[test]
    fn g22_everything_that_was_charged_can_be_given_back(price in 2..5_000i64, tax in 0..500i64, cut in 1..100i64) {
        let facts = order(&[(price, tax, 0)]);
        let first = refund(vec![part(0, cut.min(price - 1), 0)]);
        check(&facts, &[], &first).expect("a part");
        let rest = refund(vec![part(0, price - cut.min(price - 1), tax)]);
        check(&facts, &[&first], &rest).expect("the rest");
        let error = check(&facts, &[&first, &rest], &refund(vec![part(0, 1, 0)])).expect_err("nothing is left");
        prop_assert!(error.text().contains("0.00"), "{}", error);
    }
}

#[test]
fn g22_what_is_wrong_with_a_refund_is_named() {
    let facts = order(&[(1_000, 100, 0)]);
    let says =
        |parts: Vec<RefundPart>| check(&facts, &[], &refund(parts)).expect_err("it is wrong").to_string();
    assert!(says(vec![part(7, 1, 0)]).contains("no line 7; the lines are 0"));
    assert!(says(vec![part(0, -5, 0)]).contains("a positive amount is right"));
    assert!(says(vec![part(0, 1_001, 0)]).contains("more than the 10.00 USD left of 10.00 USD"));
    assert!(says(vec![part(0, 1, 0), part(0, 2, 0)]).contains("stands twice"));
    let euro = RefundPart {
        amount: Money { amount: Decimal::ONE, currency: Currency::parse("EUR").expect("ISO") },
        ..part(0, 1, 0)
    };
    assert!(says(vec![euro]).contains("cannot add EUR to USD"));
    let shipping = RefundPart { charge: Open::Known(ChargeKind::Shipping), ..part(0, 1, 0) };
    assert!(says(vec![shipping]).contains("has no charge shipping; it has product, discount"));
}
