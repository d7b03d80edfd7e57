//! Lateness is four facts, told by the journal: lives of orders, generated and by hand, with what must be said of them.

use crate::told::at;
use proptest::{option, prelude::*};
use sutler_core::{
    Timestamp,
    command::{Acknowledge, Act, Cancel, CancelReason, Command, CommandKey, ConfirmShipment, Event},
    deadline::DeadlinePolicy,
    id::{ChannelId, ChannelOrderId, OrderKey, Seq},
    journal::{Entry, JournalRow, Step},
    lateness::{Lateness, Punctuality, lateness},
    observation::{Coverage, Observation},
    order::{Line, LinePackage, LineQuantity, OrderFacts, ShipmentReport},
    state::OrderState,
};

const HOUR: i64 = 3_600;
const UNITS: u32 = 2;

/// How an order came to be cancelled, all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cancelled {
    ByUs(CancelReason),
    Shown(&'static str),
}

/// One order's life, in seconds from the beginning of time.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    pub placed: i64,
    pub ship_by: Option<i64>,
    pub deliver_by: Option<i64>,
    /// Our acknowledgment: sent, answered.
    pub acknowledged: Option<(i64, i64)>,
    /// A package: handed over, its confirmation sent, answered.
    pub confirmed: Option<(i64, i64, i64)>,
    /// A read that shows it shipped by others, with or without tracking.
    pub shown: Option<(i64, bool)>,
    /// A read that shows it delivered.
    pub delivered: Option<i64>,
    pub cancelled: Option<(i64, Cancelled)>,
}

/// An order with everything that was written of it.
pub(crate) struct Lived {
    pub state: OrderState,
    pub commands: Vec<Command>,
    pub history: Vec<JournalRow>,
}

impl Life {
    fn plain(placed: i64) -> Life {
        Life {
            placed,
            ship_by: None,
            deliver_by: None,
            acknowledged: None,
            confirmed: None,
            shown: None,
            delivered: None,
            cancelled: None,
        }
    }

    fn told(&self, asked: i64, change: impl FnOnce(&mut Line)) -> Entry {
        let mut facts = OrderFacts::unknown();
        facts.placed_at = Some(at(self.placed));
        (facts.ship_by, facts.deliver_by) = (self.ship_by.map(at), self.deliver_by.map(at));
        let mut line = Line::new("1".into(), Some("A".into()), UNITS);
        change(&mut line);
        facts.lines = vec![line];
        Entry::Observed(Box::new(Observation {
            asked_at: at(asked),
            coverage: Coverage::ALL,
            facts: facts.into(),
        }))
    }

    /// Its journal, written a second after each question was asked.
    pub(crate) fn live(&self) -> Lived {
        let mut entries = vec![(self.placed + 11, self.told(self.placed + 10, |_| {}))];
        let mut by_us = |sent: i64, answered: i64, act: Act| {
            let key = CommandKey { verb: act.verb(), subject: "1".into(), ordinal: 1 };
            let step = |event| Entry::Stepped { key: key.clone(), step: Box::new(Step::new(event, 1, "")) };
            let intent = Command::intend(key.clone(), act, at(sent), at(sent));
            entries.push((sent, Entry::Intended(Box::new(intent))));
            entries.push((sent, step(Event::Send)));
            entries.push((answered, step(Event::Done)));
        };
        let lines = vec![LineQuantity { line_id: "1".into(), quantity: UNITS }];
        if let Some((sent, answered)) = self.acknowledged {
            by_us(sent, answered, Act::Acknowledge(Acknowledge {}));
        }
        if let Some((at_, Cancelled::ByUs(reason))) = self.cancelled {
            by_us(at_, at_ + 1, Act::Cancel(Cancel { lines: lines.clone(), reason }));
        }
        if let Some((handed, sent, answered)) = self.confirmed {
            let report = ShipmentReport {
                package: 1,
                carrier: "UPS".into(),
                tracking: "1Z".into(),
                tracking_url: None,
                shipped_at: at(handed),
                lines,
            };
            let act = ConfirmShipment { report: report.clone(), method: None, override_cancel: false };
            by_us(sent, answered, Act::ConfirmShipment(act));
            entries.push((sent.min(handed), Entry::Reported(Box::new(report))));
        }
        let ship = |line: &mut Line, tracked: bool| {
            line.shipped = UNITS;
            let tracking = if tracked { "1Z".into() } else { String::new() };
            line.packages = vec![LinePackage { tracking, carrier: "UPS".into(), quantity: UNITS }];
        };
        if let Some((asked, tracked)) = self.shown {
            entries.push((asked + 1, self.told(asked, |line| ship(line, tracked))));
        }
        if let Some(asked) = self.delivered {
            let entry = self.told(asked, |line| {
                ship(line, true);
                line.delivered = UNITS;
            });
            entries.push((asked + 1, entry));
        }
        if let Some((asked, Cancelled::Shown(reason))) = self.cancelled {
            let entry = self.told(asked, |line| {
                line.cancelled = UNITS;
                line.cancel_reason = Some(reason.into());
            });
            entries.push((asked + 1, entry));
        }
        entries.sort_by_key(|(at, _)| *at);
        let first = at(self.placed + 11);
        let mut lived = Lived {
            state: OrderState::new(ChannelId::new("us"), ChannelOrderId::new("1"), first),
            commands: Vec::new(),
            history: Vec::new(),
        };
        for (seq, (when, entry)) in entries.into_iter().enumerate() {
            lived.state.apply(&mut lived.commands, at(when), &entry).expect("a life");
            lived.history.push(JournalRow {
                seq: Seq(seq as i64 + 1),
                prev: Seq(seq as i64),
                order: Some(OrderKey(1)),
                channel: None,
                at: at(when),
                entry,
            });
        }
        lived
    }

    fn judged(&self, now: i64) -> Lateness {
        let lived = self.live();
        lateness(&DeadlinePolicy::walmart_us(), &lived.state, &lived.history, at(now))
            .expect("a whole history")
    }
}

/// Any life whose steps follow each other.
pub(crate) fn life() -> impl Strategy<Value = Life> {
    let reason = prop_oneof![
        Just(Cancelled::ByUs(CancelReason::OutOfStock)),
        Just(Cancelled::ByUs(CancelReason::BuyerAsked)),
        Just(Cancelled::Shown("CUSTOMER_REQUESTED_SELLER_TO_CANCEL")),
        Just(Cancelled::Shown("SELLER_CANCEL_PRICING_ERROR")),
        Just(Cancelled::Shown("something else")),
    ];
    let days = |days: i64| 100..days * 24 * HOUR;
    let spans =
        (0i64..40 * 24, option::of(days(4)), option::of(days(8)), option::of((100i64..8 * HOUR, 1i64..HOUR)));
    let ends = prop_oneof![
        2 => Just((true, None)),
        1 => Just((false, None)),
        1 => (100i64..4 * 24 * HOUR, reason).prop_map(|cancelled| (false, Some(cancelled))),
    ];
    (spans, ends, (days(5), 0i64..HOUR, 1i64..HOUR), (any::<bool>(), any::<bool>(), option::of(days(9))))
        .prop_map(
            |(
                (placed, ship_by, deliver_by, acknowledged),
                (ships, cancelled),
                (handed, wait, answer),
                (ours, tracked, delivered),
            )| {
                let placed = placed * HOUR;
                let then = |span: i64| placed + span;
                let confirmed = (ships && ours).then_some((
                    then(handed),
                    then(handed + wait),
                    then(handed + wait + answer),
                ));
                let shown = (ships && !ours).then_some((then(handed), tracked));
                // Nothing is delivered before it is known to have left.
                let left = handed + wait + answer;
                let delivered = delivered.filter(|_| ships).map(|span| then(span.max(left + 10)));
                Life {
                    placed,
                    ship_by: ship_by.map(then),
                    deliver_by: deliver_by.map(then),
                    acknowledged: acknowledged.map(|(sent, answer)| (then(sent), then(sent + answer))),
                    confirmed,
                    shown,
                    delivered,
                    cancelled: cancelled.map(|(span, how)| (then(span), how)),
                }
            },
        )
}

/// What must be said of something due at `due` that happened between two instants, or has not.
fn said(due: i64, happened: Option<(i64, i64)>, now: i64) -> Punctuality {
    match happened {
        Some((_, to)) if to <= due => Punctuality::InTime,
        Some((from, _)) if from > due => Punctuality::Late,
        Some(_) => Punctuality::Unknown,
        None if now > due => Punctuality::Late,
        None => Punctuality::Pending,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn lateness_is_what_the_instants_say(life in life()) {
        let now = life.placed + 40 * 24 * HOUR;
        let late = life.judged(now);
        if life.cancelled.is_some() {
            prop_assert_eq!((late.confirmed, late.handed_over, late.delivered), (Punctuality::NotAsked, Punctuality::NotAsked, Punctuality::NotAsked));
            return Ok(());
        }
        let ship = life.ship_by.unwrap_or(life.placed + 10 * HOUR);
        let seen = |asked: i64| ((asked - HOUR).max(life.placed + 10), asked + 1);
        let confirmed = life.confirmed.map(|(_, sent, answered)| (sent, answered));
        prop_assert_eq!(late.confirmed, said(ship, confirmed.or(life.shown.map(|(asked, _)| seen(asked))), now));
        match (life.confirmed, life.shown) {
            (Some((handed, ..)), _) => prop_assert_eq!(late.handed_over, said(ship, Some((handed, handed)), now)),
            (None, Some((asked, _))) if asked < ship => prop_assert_eq!(late.handed_over, Punctuality::InTime),
            (None, Some(_)) => prop_assert_eq!(late.handed_over, Punctuality::Unknown),
            (None, None) => prop_assert_eq!(late.handed_over, Punctuality::Late),
        }
        match (life.deliver_by, life.delivered) {
            (None, _) => prop_assert_eq!(late.delivered, Punctuality::NotAsked),
            (Some(due), Some(asked)) => {
                let looked = life.shown.map_or(life.placed + 10, |(asked, _)| asked);
                prop_assert_eq!(late.delivered, said(due, Some(((asked - HOUR).max(looked), asked + 1)), now));
            }
            // Nobody has looked since it was due.
            (Some(due), None) if life.shown.is_none_or(|(asked, _)| asked <= due) => {
                prop_assert_eq!(late.delivered, Punctuality::Unknown)
            }
            (Some(_), None) => prop_assert_eq!(late.delivered, Punctuality::Late),
        }
    }
}

#[test]
fn each_of_the_four_is_late_alone() {
    let day = 24 * HOUR;
    let good = Life {
        ship_by: Some(2 * day),
        deliver_by: Some(5 * day),
        acknowledged: Some((4 * HOUR - 20, 4 * HOUR)),
        confirmed: Some((2 * day, 2 * day - 20, 2 * day)),
        delivered: Some(5 * day - 1),
        ..Life::plain(0)
    };
    use Punctuality::{InTime, Late, NotAsked, Pending, Unknown};
    let told = |life: &Life| life.judged(6 * day).each().map(|(_, one)| one);
    assert_eq!(told(&good), [InTime; 4]);
    let late = Life { acknowledged: Some((4 * HOUR + 1, 4 * HOUR + 2)), ..good.clone() };
    assert_eq!(told(&late), [Late, InTime, InTime, InTime]);
    // Sent in time, answered after: nobody knows when it took effect.
    let unclear = Life { acknowledged: Some((4 * HOUR, 4 * HOUR + 2)), ..good.clone() };
    assert_eq!(told(&unclear), [Unknown, InTime, InTime, InTime]);
    let late = Life { confirmed: Some((2 * day, 2 * day + 1, 2 * day + 2)), ..good.clone() };
    assert_eq!(told(&late), [InTime, Late, InTime, InTime]);
    let late = Life { confirmed: Some((2 * day + 1, 2 * day - 9, 2 * day)), ..good.clone() };
    assert_eq!(told(&late), [InTime, InTime, Late, InTime]);
    let late = Life { delivered: Some(5 * day + HOUR + 1), ..good.clone() };
    assert_eq!(told(&late), [InTime, InTime, InTime, Late]);
    assert_eq!(
        Life { ship_by: Some(day), ..Life::plain(0) }.judged(HOUR).each().map(|(_, one)| one),
        [Pending, Pending, Pending, NotAsked]
    );
}

#[test]
fn what_others_ship_has_no_lateness_of_ours() {
    let mut lived = Life::plain(0).live();
    std::sync::Arc::make_mut(&mut lived.state.facts).fulfilled_by =
        sutler_core::open::Open::Known(sutler_core::order::FulfilledBy::Marketplace);
    let policy = DeadlinePolicy::walmart_us();
    let now: Timestamp = at(100 * HOUR);
    let late = lateness(&policy, &lived.state, &lived.history, now).expect("a whole history");
    assert_eq!(late.each().map(|(_, one)| one), [Punctuality::NotAsked; 4]);
}
