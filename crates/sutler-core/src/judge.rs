//! What judges said of orders: the pure side of the port [`Judge`](crate::ports::Judge). Their answers are journalled, and a
//! decision reads them as it reads rules.

use crate::{
    hold::HoldReason,
    id::RuleId,
    order::OrderFacts,
    ports::store::Digest,
    rule::{Proof, Verdict},
    state::OrderState,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What a judge said of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Which judge.
    pub rule: RuleId,
    /// The judge's version.
    pub version: String,
    /// Its answer.
    pub verdict: Verdict,
    /// A keyed digest of what it looked at. Once that is otherwise, it is asked anew.
    pub of: Digest,
}

/// The facts a judge's answer depends on: all but what becomes of the units later, which would ask it anew with every step
/// of an order. The address is judged by itself, where it is looked at.
pub fn matters(facts: &OrderFacts) -> OrderFacts {
    let mut facts = facts.clone();
    facts.address = Default::default();
    for line in &mut facts.lines {
        (line.acknowledged, line.shipped, line.delivered, line.refunded) = (0, 0, 0, 0);
        line.other_statuses.clear();
        line.packages.clear();
    }
    facts
}

/// One judge, asked about an order as it stands now.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Which judge.
    pub rule: &'a RuleId,
    /// Its version.
    pub version: &'a str,
    /// The digest of what there is to look at.
    pub of: &'a Digest,
    /// When the order is decided without an answer.
    pub by: Timestamp,
    /// What counts then.
    pub otherwise: &'a Verdict,
}

/// How far a judge is with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// This counts.
    Says(Verdict),
    /// The order waits for its answer, undecided.
    Waits,
}

impl Question<'_> {
    /// Has it answered for what there is to look at now?
    pub fn is_answered(&self, order: &OrderState) -> bool {
        self.last(order).is_some_and(|last| self.is_answered_by(last))
    }

    /// What counts now.
    ///
    /// An answer to what there is to look at counts. Without one, an earlier no stands until it is taken back, and what an
    /// accepted order was accepted by stands too: a question is no reason to stop it. Any other order waits until `by`: one
    /// that was never decided stays so, unless a person released the wait. From then on the default counts.
    pub fn standing(&self, order: &OrderState, now: Timestamp) -> Standing {
        let last = self.last(order);
        let stands =
            |opinion: &&Opinion| self.is_answered_by(opinion) || is_no(&opinion.verdict) && !order.accepted;
        if let Some(opinion) = last.filter(stands) {
            return Standing::Says(opinion.verdict.clone());
        }
        if order.accepted {
            let said = order.judged.iter().find(|judged| judged.rule == *self.rule);
            let not_asked = || Verdict::Abstain(Proof::code("judge.not_asked"));
            return Standing::Says(said.map_or_else(not_asked, |judged| judged.verdict.clone()));
        }
        if now >= self.by {
            return Standing::Says(self.otherwise.clone());
        }
        let reason = HoldReason::Unanswered(self.rule.clone());
        if order.decided || order.released.contains(&reason) {
            return Standing::Says(Verdict::Hold(reason, Proof::code("judge.asked")));
        }
        Standing::Waits
    }

    fn last<'o>(&self, order: &'o OrderState) -> Option<&'o Opinion> {
        order.opinions.iter().find(|opinion| opinion.rule == *self.rule)
    }

    fn is_answered_by(&self, opinion: &Opinion) -> bool {
        opinion.version == self.version && opinion.of == *self.of
    }
}

fn is_no(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Hold(..) | Verdict::Refuse(..))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        journal::{Decided, Entry},
        order::Line,
        rule::Judged,
        time::from_millis,
    };

    const OF: Digest = [1; 16];
    const OTHER: Digest = [2; 16];

    fn order() -> OrderState {
        OrderState::new("us".into(), "1".into(), from_millis(0))
    }

    fn apply(order: &mut OrderState, entry: Entry) {
        order.apply(&mut Vec::new(), from_millis(1), &entry).expect("it applies");
    }

    fn said(order: &mut OrderState, version: &str, verdict: Verdict, of: Digest) {
        let opinion = Opinion { rule: "fraud".into(), version: version.into(), verdict, of };
        apply(order, Entry::Judged(Box::new(opinion)));
    }

    fn decided(order: &mut OrderState, accept: bool, verdict: Verdict) {
        let judged = vec![Judged { rule: "fraud".into(), verdict }].into();
        apply(order, Entry::Decided(Box::new(Decided { accept, holds: Vec::new(), judged })));
    }

    fn standing(order: &OrderState, of: &Digest, now: i64) -> Standing {
        let rule = "fraud".into();
        let question =
            Question { rule: &rule, version: "2", of, by: from_millis(10), otherwise: &otherwise() };
        question.standing(order, from_millis(now))
    }

    fn yes() -> Verdict {
        Verdict::Pass(Proof::code("fraud.low"))
    }

    fn no() -> Verdict {
        Verdict::Hold(HoldReason::Rule("fraud".into()), Proof::code("fraud.high"))
    }

    fn otherwise() -> Verdict {
        Verdict::Refuse(HoldReason::Unanswered("fraud".into()), Proof::code("judge.no_answer_in_time"))
    }

    fn asked() -> Verdict {
        Verdict::Hold(HoldReason::Unanswered("fraud".into()), Proof::code("judge.asked"))
    }

    #[test]
    fn an_undecided_order_waits_until_it_is_answered_or_its_time_is_up() {
        let mut order = order();
        assert_eq!(standing(&order, &OF, 9), Standing::Waits);
        assert_eq!(standing(&order, &OF, 10), Standing::Says(otherwise()));
        said(&mut order, "1", yes(), OF);
        assert_eq!(standing(&order, &OF, 9), Standing::Waits, "another version said so");
        said(&mut order, "2", yes(), OTHER);
        assert_eq!(standing(&order, &OF, 9), Standing::Waits, "of something else");
        said(&mut order, "2", yes(), OF);
        assert_eq!(order.opinions.len(), 1);
        for now in [9, 10] {
            assert_eq!(standing(&order, &OF, now), Standing::Says(yes()));
        }
    }

    #[test]
    fn a_no_stands_until_it_is_taken_back_and_a_yes_does_not() {
        let mut order = order();
        said(&mut order, "2", no(), OTHER);
        for now in [9, 10] {
            assert_eq!(standing(&order, &OF, now), Standing::Says(no()));
        }
        said(&mut order, "2", yes(), OTHER);
        decided(&mut order, false, yes());
        assert_eq!(standing(&order, &OF, 9), Standing::Says(asked()), "held for something else meanwhile");
        assert_eq!(standing(&order, &OF, 10), Standing::Says(otherwise()));
    }

    #[test]
    fn a_question_alone_does_not_stop_an_accepted_order() {
        let mut order = order();
        decided(&mut order, true, yes());
        for now in [9, 10] {
            assert_eq!(standing(&order, &OF, now), Standing::Says(yes()));
        }
        apply(
            &mut order,
            Entry::Decided(Box::new(Decided { accept: true, holds: Vec::new(), judged: Default::default() })),
        );
        let not_asked = Verdict::Abstain(Proof::code("judge.not_asked"));
        assert_eq!(standing(&order, &OF, 10), Standing::Says(not_asked), "it came before the judge did");
        said(&mut order, "2", no(), OF);
        assert_eq!(standing(&order, &OF, 10), Standing::Says(no()), "an answer does");
    }

    #[test]
    fn who_will_not_wait_releases_the_wait() {
        let mut order = order();
        apply(
            &mut order,
            Entry::Released { reason: HoldReason::Unanswered("fraud".into()), by: "ann".into() },
        );
        assert_eq!(standing(&order, &OF, 9), Standing::Says(asked()));
    }

    #[test]
    fn what_becomes_of_the_units_is_no_new_question() {
        let mut facts = OrderFacts::unknown();
        facts.lines.push(Line::new("1".into(), Some("MUG".into()), 2));
        let before = matters(&facts);
        (facts.lines[0].acknowledged, facts.lines[0].shipped) = (2, 1);
        assert_eq!(matters(&facts), before);
        facts.lines[0].cancelled = 1;
        assert_ne!(matters(&facts), before);
    }
}
