//! G9: everything that is stored comes back as it was, through postcard and through JSON.

use crate::told::{at, fresh, observation, text};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use sutler_core::{
    budget::{Bucket, Rate},
    command::{
        Accept, Acknowledge, Act, Cancel, CancelReason, Command, CommandKey, ConfirmPackages,
        ConfirmShipment, Event, MoveLevel, Promise, SetLevel, State,
    },
    hold::{Hold, HoldReason},
    id::{OrderKey, Seq},
    journal::{Decided, Entry, JournalRow, Step},
    judge::Opinion,
    money::{Currency, Money},
    open::Open,
    order::{CancelWish, ChargeKind, FulfilledBy, LineQuantity, ShipmentReport},
    rule::{Judged, Proof, Verdict},
    stock::Listing,
};

/// Through both formats and back. The text form tells apart what compares equal.
fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> Result<(), TestCaseError> {
    let bytes = postcard::to_stdvec(value).expect("postcard");
    let back: T = postcard::from_bytes(&bytes).expect("postcard again");
    prop_assert_eq!(format!("{:?}", &back), format!("{:?}", value));
    prop_assert_eq!(&back, value);
    prop_assert_eq!(postcard::to_stdvec(&back).expect("postcard"), bytes);
    let json = serde_json::to_string(value).expect("JSON");
    let back: T = serde_json::from_str(&json).expect("JSON again");
    prop_assert_eq!(format!("{:?}", &back), format!("{:?}", value));
    prop_assert_eq!(&back, value);
    Ok(())
}

fn report() -> impl Strategy<Value = ShipmentReport> {
    (any::<u32>(), text(), text(), proptest::option::of(text()), 0i64..9, any::<u32>()).prop_map(
        |(package, carrier, tracking, tracking_url, seconds, quantity)| ShipmentReport {
            package,
            carrier,
            tracking,
            tracking_url,
            shipped_at: at(seconds),
            lines: vec![LineQuantity { line_id: "1".into(), quantity }],
        },
    )
}

fn act() -> impl Strategy<Value = Act> {
    let lines = vec![LineQuantity { line_id: "4".into(), quantity: 2 }];
    let reasons: Vec<CancelReason> = CancelReason::ALL.iter().map(|(reason, _)| *reason).collect();
    prop_oneof![
        Just(Act::Acknowledge(Acknowledge {})),
        (report(), proptest::option::of(text()), any::<bool>()).prop_map(
            |(report, method, override_cancel)| {
                Act::ConfirmShipment(ConfirmShipment { report, method, override_cancel })
            }
        ),
        proptest::sample::select(reasons)
            .prop_map(move |reason| Act::Cancel(Cancel { lines: lines.clone(), reason })),
        (text(), any::<u32>()).prop_map(|(sku, level)| Act::SetLevel(SetLevel { sku: sku.into(), level })),
        (text(), any::<i64>(), any::<u32>()).prop_map(|(sku, from, level)| Act::MoveLevel(MoveLevel {
            sku: sku.into(),
            from,
            level
        })),
        (proptest::collection::vec(report(), 0..3), any::<bool>()).prop_map(|(packages, override_cancel)| {
            Act::ConfirmPackages(ConfirmPackages::new(packages, None, override_cancel))
        }),
        (text(), any::<u32>(), 0i64..9, 0i64..99_999).prop_map(|(line, of, seconds, cents)| {
            let amount = Money { amount: rust_decimal::Decimal::new(cents, 2), currency: Currency::USD };
            let (line_id, ship_by) = (line.as_str().into(), at(seconds));
            Act::Accept(Accept { lines: vec![Promise { line_id, quantity: 1, ship_by, amount, of }] })
        }),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    let states: Vec<State> = State::ALL.iter().map(|(state, _)| *state).collect();
    (act(), text(), any::<u32>(), proptest::sample::select(states), proptest::option::of(0i64..9)).prop_map(
        |(act, subject, number, state, seconds)| {
            let key = CommandKey { verb: act.verb(), subject: subject.clone(), ordinal: number };
            let mut command = Command::intend(key, act, at(0), at(60));
            (command.state, command.attempt, command.epoch) = (state, number, u64::from(number));
            (command.sent_at, command.quiet_until) = (seconds.map(at), seconds.map(at));
            (command.before, command.order) = (seconds.map(|_| number), seconds.map(OrderKey));
            (command.handle, command.why) = (seconds.map(|_| subject.clone()), subject);
            command
        },
    )
}

fn reason() -> impl Strategy<Value = HoldReason> {
    prop_oneof![
        Just(HoldReason::UnmappedSku),
        Just(HoldReason::ShortOfStock),
        Just(HoldReason::BadAddress),
        Just(HoldReason::BuyerAskedToCancel),
        Just(HoldReason::TotalOutOfLimits),
        Just(HoldReason::Unmapped),
        Just(HoldReason::TotalsDoNotAddUp),
        text().prop_map(|rule| HoldReason::Rule(rule.into())),
        text().prop_map(|rule| HoldReason::Unanswered(rule.into())),
    ]
}

fn decided() -> impl Strategy<Value = Decided> {
    (reason(), text(), text(), any::<bool>()).prop_map(|(reason, detail, rule, accept)| {
        let proof = Proof::value("stock.short", detail.clone());
        let verdicts = [
            Verdict::Pass(Proof::code("stock.covers")),
            Verdict::Hold(reason.clone(), proof.clone()),
            Verdict::Refuse(reason.clone(), proof.clone()),
            Verdict::Abstain(proof),
        ];
        let judged = verdicts.map(|verdict| Judged { rule: rule.clone().into(), verdict }).to_vec().into();
        Decided { accept, holds: vec![Hold { reason, detail }], judged }
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    let events: Vec<Event> = Event::ALL.iter().map(|(event, _)| *event).collect();
    let step = (proptest::sample::select(events), text(), proptest::option::of(0i64..9), command());
    prop_oneof![
        observation().prop_map(|seen| Entry::Observed(Box::new(seen))),
        decided().prop_map(|decided| Entry::Decided(Box::new(decided))),
        command().prop_map(|command| Entry::Intended(Box::new(command))),
        step.prop_map(|(event, why, seconds, command)| {
            let mut step = Step::new(event, 7, why);
            (step.quiet_until, step.not_before) = (seconds.map(at), seconds.map(at));
            (step.before, step.handle) = (seconds.map(|_| 3), command.handle.clone());
            Entry::Stepped { key: command.key, step: Box::new(step) }
        }),
        report().prop_map(|report| Entry::Reported(Box::new(report))),
        (reason(), text()).prop_map(|(reason, by)| Entry::Released { reason, by }),
        (text(), text(), reason(), any::<[u8; 16]>()).prop_map(|(rule, version, reason, of)| {
            let verdict = Verdict::Hold(reason, Proof::value("fraud.score", version.clone()));
            Entry::Judged(Box::new(Opinion { rule: rule.into(), version, verdict, of }))
        }),
        (text(), any::<i64>()).prop_map(|(sku, quantity)| Entry::Counted {
            sku: sku.into(),
            quantity,
            as_of: at(3)
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn g09_every_journal_entry_comes_back(entry in entry(), order in proptest::option::of(any::<i64>())) {
        let channel = order.map(|_| "us".into());
        let row = JournalRow { seq: Seq(9), prev: Seq(4), order: order.map(OrderKey), channel, at: at(1), entry };
        comes_back(&row)?;
    }

    #[test]
    fn g09_a_stored_order_comes_back(entries in proptest::collection::vec(entry(), 0..6)) {
        let (mut state, mut commands) = (fresh(), Vec::new());
        for entry in &entries {
            let _ = state.apply(&mut commands, at(2), entry);
        }
        comes_back(&state)?;
        comes_back(&commands)?;
    }

    #[test]
    fn g09_unknown_texts_come_back_byte_for_byte(word in "\\PC*") {
        let open = Open::<FulfilledBy>::from_text(&word);
        prop_assert_eq!(open.as_str(), &word);
        comes_back(&open)?;
        comes_back(&Open::<ChargeKind>::Other(word.clone()))?;
        comes_back(&Open::<FulfilledBy>::Other(word))?;
    }

    #[test]
    fn reasons_are_read_back_from_their_codes(reason in reason()) {
        prop_assert_eq!(HoldReason::from_code(&reason.code()), Some(reason));
    }
}

#[test]
fn g09_a_channels_text_that_looks_like_ours_stays_the_channels() {
    for word in ["seller", "marketplace", "third_party", "\\seller", "\\", "\\\\"] {
        let open = Open::<FulfilledBy>::Other(word.into());
        comes_back(&open).expect("the same");
        assert_eq!(open.as_str(), word);
        assert_eq!(open.known(), None);
    }
    let json = serde_json::to_string(&Open::Known(FulfilledBy::Seller)).expect("JSON");
    assert_eq!(json, "\"seller\"");
}

#[test]
fn buckets_and_listings_come_back() {
    let mut bucket = Bucket::full(Rate::per_minute(60), at(0));
    bucket.take(at(1));
    bucket.refused(at(2), Some(at(9)));
    comes_back(&bucket).expect("a bucket");
    let mut listing = Listing::new("S".into());
    listing.set(5, at(1), at(2));
    comes_back(&listing).expect("a listing");
}

#[test]
fn a_wish_to_cancel_that_was_stored_as_yes_or_no_is_read_as_it_was_meant() {
    for (asked, wish) in [(false, CancelWish::None), (true, CancelWish::Open)] {
        let before = postcard::to_stdvec(&asked).expect("postcard");
        assert_eq!(postcard::from_bytes::<CancelWish>(&before).expect("postcard again"), wish);
        assert_eq!(postcard::to_stdvec(&wish).expect("postcard"), before);
    }
}
