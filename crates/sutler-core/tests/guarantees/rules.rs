//! G19, G31: rules are pure, in the order given, each with its proof; what a person released stays released.

use crate::told::{at, facts, fresh, line, observation, text};
use proptest::{collection::vec, prelude::*};
use std::collections::BTreeMap;
use sutler_core::{
    address::{Address, AddressStates, PartState},
    decide::{DecideCx, decide},
    hold::HoldReason,
    id::{RuleId, Sku},
    journal::{Decided, Entry},
    money::Currency,
    open::Open,
    order::{OrderFacts, OrderView},
    policy::Policy,
    rule::{
        Judged, Proof, Rule, RuleCx, Verdict,
        builtin::{Limit, TotalWithinLimits},
    },
    state::OrderState,
    stock::Item,
};

type Stock = BTreeMap<Sku, Item>;

fn stock() -> impl Strategy<Value = Stock> {
    vec(("[S-U]{1}", proptest::option::of(0i64..8), 0i64..4), 0..4).prop_map(|items| {
        let item = |(sku, counted, allocated): (String, Option<i64>, i64)| {
            let mut item = Item::new(Sku::from(sku));
            (item.counted, item.allocated) = (counted, allocated);
            (item.sku.clone(), item)
        };
        items.into_iter().map(item).collect()
    })
}

fn address() -> impl Strategy<Value = Option<Address>> {
    let part = || {
        prop_oneof![
            Just(String::new()),
            Just("***".to_owned()),
            Just("NY".into()),
            Just("10001".into()),
            "\\PC{0,8}"
        ]
    };
    let states = AddressStates { name: PartState::Full, lines: PartState::Full, ..AddressStates::default() };
    proptest::option::of(
        (part(), part(), part(), part(), part(), prop_oneof![Just("US"), Just("CA"), Just("FR")]).prop_map(
            move |(name, line1, city, region, postal_code, country)| Address {
                name,
                line1,
                city,
                region,
                postal_code,
                country: country.into(),
                states,
                ..Address::default()
            },
        ),
    )
}

fn policy() -> Policy {
    let limit = Limit { currency: Currency::USD, min: None, max: Some(100.into()) };
    let limits = TotalWithinLimits::new(vec![limit]);
    Policy::standard().with_rule(std::sync::Arc::new(limits)).expect("not a standard rule")
}

struct Case<'a> {
    facts: &'a OrderFacts,
    ship_to: Option<&'a Address>,
    stock: &'a Stock,
    demand: &'a [(Sku, i64)],
    own: &'a [(Sku, i64)],
}

impl Case<'_> {
    fn cx(&self) -> RuleCx<'_> {
        RuleCx {
            order: OrderView {
                channel: CHANNEL.get_or_init(|| "us".into()),
                channel_order_id: ORDER.get_or_init(|| "1".into()),
                facts: self.facts,
                ship_to: self.ship_to,
            },
            own: self.own,
            demand: self.demand,
            stock: self.stock,
            now: at(0),
        }
    }

    fn decide(&self, policy: &Policy, released: &[HoldReason]) -> Decided {
        decide(policy, &DecideCx { rule: self.cx(), released })
    }
}

static CHANNEL: std::sync::OnceLock<sutler_core::id::ChannelId> = std::sync::OnceLock::new();
static ORDER: std::sync::OnceLock<sutler_core::id::ChannelOrderId> = std::sync::OnceLock::new();

fn demand_of(facts: &OrderFacts) -> Vec<(Sku, i64)> {
    let mut state = fresh();
    state.facts = facts.clone().into();
    state.demand()
}

fn proof(judged: &Judged) -> &Proof {
    match &judged.verdict {
        Verdict::Pass(p) | Verdict::Abstain(p) | Verdict::Hold(_, p) | Verdict::Refuse(_, p) => p,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn g31_deciding_is_pure_ordered_and_proven(facts in facts(), stock in stock(), ship_to in address()) {
        let demand = demand_of(&facts);
        let case = Case { facts: &facts, ship_to: ship_to.as_ref(), stock: &stock, demand: &demand, own: &[] };
        let policy = policy();
        let decided = case.decide(&policy, &[]);
        prop_assert_eq!(&decided, &case.decide(&policy, &[]), "the same context gives the same decision");
        let asked: Vec<RuleId> = policy.rules.iter().map(|rule| rule.id().clone()).collect();
        let answered: Vec<RuleId> = decided.judged.iter().map(|judged| judged.rule.clone()).collect();
        prop_assert_eq!(asked, answered);
        prop_assert_eq!(decided.accept, decided.holds.is_empty());
        for judged in decided.judged.iter() {
            let proof = proof(judged);
            prop_assert!(proof.code.contains('.') && !judged.why().is_empty(), "{:?}", judged);
            // What is in order costs no text.
            if matches!(judged.verdict, Verdict::Pass(_) | Verdict::Abstain(_)) {
                prop_assert!(proof.value.is_empty() && matches!(proof.code, std::borrow::Cow::Borrowed(_)));
            }
        }
        // Each rule asked alone says the same: none sees what another said.
        for (rule, judged) in policy.rules.iter().zip(decided.judged.iter()) {
            prop_assert_eq!(&rule.judge(&case.cx()), &judged.verdict);
        }
    }

    #[test]
    fn g31_another_order_of_rules_changes_nothing_but_the_order(facts in facts(), stock in stock(), ship_to in address()) {
        let demand = demand_of(&facts);
        let case = Case { facts: &facts, ship_to: ship_to.as_ref(), stock: &stock, demand: &demand, own: &[] };
        let (straight, mut reversed) = (policy(), policy());
        reversed.rules.reverse();
        let (a, b) = (case.decide(&straight, &[]), case.decide(&reversed, &[]));
        let sorted = |mut all: Vec<_>| { all.sort(); all };
        prop_assert_eq!(a.accept, b.accept);
        prop_assert_eq!(sorted(a.holds), sorted(b.holds));
    }

    #[test]
    fn g31_what_a_person_released_stays_released_and_nothing_else_is(
        facts in facts(), stock in stock(), ship_to in address(), tellings in vec(observation(), 0..4),
    ) {
        let policy = policy();
        let mut state: OrderState = fresh();
        state.facts = facts.into();
        let mut commands = Vec::new();
        let decide = |state: &OrderState| {
            let demand = state.demand();
            Case { facts: &state.facts, ship_to: ship_to.as_ref(), stock: &stock, demand: &demand, own: &[] }
                .decide(&policy, &state.released)
        };
        let before = decide(&state);
        let Some(hold) = before.holds.first().cloned() else { return Ok(()) };
        let release = Entry::Released { reason: hold.reason.clone(), by: "ada".into() };
        state.apply(&mut commands, at(0), &release).expect("a release applies");
        let after = decide(&state);
        let left: Vec<_> = before.holds.iter().filter(|h| h.reason != hold.reason).cloned().collect();
        prop_assert_eq!(&after.holds, &left);
        prop_assert_eq!(&after.judged, &before.judged, "a rule is heard and overruled, not silenced");
        for told in tellings {
            state.apply(&mut commands, at(1), &Entry::Observed(Box::new(told))).expect("applies");
            prop_assert!(decide(&state).holds.iter().all(|h| h.reason != hold.reason));
        }
    }

    #[test]
    fn g12_stock_covers_exactly_what_is_left_with_what_the_order_holds(
        mut facts in facts(), stock in stock(), mut first in line(),
        own in vec(("[S-U]{1}", 0i64..8), 0..4),
    ) {
        // At least one line with open units, or there is little to be covered.
        (first.cancelled, first.shipped) = (0, 0);
        facts.lines.push(first);
        let demand = demand_of(&facts);
        let own: BTreeMap<Sku, i64> = own.into_iter().map(|(sku, units)| (Sku::from(sku), units)).collect();
        let own: Vec<(Sku, i64)> = own.into_iter().collect();
        let case = Case { facts: &facts, ship_to: None, stock: &stock, demand: &demand, own: &own };
        let decided = case.decide(&policy(), &[]);
        let short = |(sku, units): &&(Sku, i64)| {
            let held = own.iter().find(|(held, _)| held == sku).map_or(0, |(_, units)| *units);
            stock.get(sku).filter(|item| item.is_mapped()).is_some_and(|item| item.unallocated() + held < *units)
        };
        let lacking: Vec<_> = demand.iter().filter(short).collect();
        let held = decided.holds.iter().find(|hold| hold.reason == HoldReason::ShortOfStock);
        prop_assert_eq!(held.is_some(), facts.is_sellers() && !lacking.is_empty());
        if let Some(hold) = held {
            for (sku, units) in lacking {
                prop_assert!(hold.detail.contains(&format!("needs {units} of {sku}, ")), "{}", hold.detail);
            }
        }
        let unmapped = facts.lines.iter().any(|line| {
            line.open() > 0 && !line.sku.as_ref().is_some_and(|sku| stock.get(sku).is_some_and(Item::is_mapped))
        });
        let said = decided.holds.iter().any(|hold| hold.reason == HoldReason::UnmappedSku);
        prop_assert_eq!(said, facts.is_sellers() && unmapped);
    }

    #[test]
    fn g19_a_wish_to_cancel_what_is_open_is_never_accepted(tellings in vec(observation(), 1..5), stock in stock()) {
        let (mut state, mut commands) = (fresh(), Vec::new());
        for told in tellings {
            state.apply(&mut commands, at(0), &Entry::Observed(Box::new(told))).expect("applies");
            let demand = state.demand();
            let case = Case { facts: &state.facts, ship_to: None, stock: &stock, demand: &demand, own: &[] };
            let decided = case.decide(&policy(), &state.released);
            let held = decided.holds.iter().any(|hold| hold.reason == HoldReason::BuyerAskedToCancel);
            prop_assert_eq!(held, state.facts.is_sellers() && state.facts.cancel_requested());
            prop_assert!(!held || !decided.accept);
            let decided = Entry::Decided(Box::new(decided));
            state.apply(&mut commands, at(0), &decided).expect("applies");
            prop_assert!(!held || !state.accepted);
        }
    }

    #[test]
    fn no_builtin_speaks_about_orders_that_others_fulfil(
        mut facts in facts(), stock in stock(), ship_to in address(), word in text(),
    ) {
        facts.fulfilled_by = Open::Other(word);
        let case = Case { facts: &facts, ship_to: ship_to.as_ref(), stock: &stock, demand: &[], own: &[] };
        for judged in case.decide(&policy(), &[]).judged.iter() {
            prop_assert!(matches!(judged.verdict, Verdict::Abstain(_)), "{:?}", judged);
        }
    }

    #[test]
    fn total_limits_hold_exactly_what_is_outside(facts in facts()) {
        let rule = TotalWithinLimits::new(vec![Limit {
            currency: Currency::USD,
            min: Some(1.into()),
            max: Some(30.into()),
        }]);
        let stock = Stock::new();
        let case = Case { facts: &facts, ship_to: None, stock: &stock, demand: &[], own: &[] };
        let verdict = rule.judge(&case.cx());
        if let (true, Some(total)) = (facts.is_sellers(), facts.total) {
            let outside = total.amount < 1.into() || total.amount > 30.into();
            match verdict {
                Verdict::Hold(HoldReason::TotalOutOfLimits, _) => prop_assert!(outside && total.currency == Currency::USD),
                Verdict::Pass(_) => prop_assert!(!outside && total.currency == Currency::USD),
                Verdict::Abstain(_) => prop_assert!(total.currency != Currency::USD),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}

/// What an order holds already counts for it, so that asking again does not take an allocation away.
#[test]
fn g12_an_order_is_not_short_of_what_it_holds_itself() {
    let mut facts = OrderFacts::unknown();
    facts.lines = vec![sutler_core::order::Line::new("1".into(), Some("S".into()), 3)];
    let mut item = Item::new("S".into());
    (item.counted, item.allocated) = (Some(4), 3);
    let stock: Stock = [(item.sku.clone(), item)].into();
    let demand = demand_of(&facts);
    let short = |own: &[(Sku, i64)]| {
        let case = Case { facts: &facts, ship_to: None, stock: &stock, demand: &demand, own };
        let held =
            case.decide(&policy(), &[]).holds.into_iter().find(|h| h.reason == HoldReason::ShortOfStock);
        held.map(|hold| hold.detail)
    };
    assert_eq!(short(&[("S".into(), 3)]), None);
    assert_eq!(short(&[("R".into(), 3)]).as_deref(), Some("short: needs 3 of S, 1 left"));
}
