//! From the model to what crosses. Nothing is decided here.

use crate::types::{self as to, Exact, Instant};
use sutler::{
    changes, command, model,
    order::{self as whole},
    policy::{Judged, Verdict},
};

pub(crate) fn money(money: &model::Money) -> to::Money {
    to::Money { amount: Exact(money.amount.to_string()), currency: money.currency.as_str().to_owned() }
}

fn charge(charge: &model::Charge) -> to::Charge {
    to::Charge {
        kind: charge.kind.as_str().into(),
        name: charge.name.clone(),
        amount: money(&charge.amount),
        tax: charge.tax.as_ref().map(money),
    }
}

pub(crate) fn line(line: &model::Line) -> to::Line {
    let package = |one: &model::LinePackage| to::LinePackage {
        tracking: one.tracking.clone(),
        carrier: one.carrier.clone(),
        quantity: one.quantity,
    };
    to::Line {
        line_id: line.line_id.to_string(),
        sku: line.sku.as_ref().map(ToString::to_string),
        title: line.title.clone(),
        ordered: line.ordered,
        cancelled: line.cancelled,
        shipped: line.shipped,
        delivered: line.delivered,
        cancel_requested: line.cancel_requested(),
        charges: line.charges.iter().map(charge).collect(),
        packages: line.packages.iter().map(package).collect(),
    }
}

pub(crate) fn address(address: &model::Address) -> to::Address {
    to::Address {
        name: address.name.clone(),
        line1: address.line1.clone(),
        line2: address.line2.clone(),
        city: address.city.clone(),
        region: address.region.clone(),
        postal_code: address.postal_code.clone(),
        country: address.country.clone(),
        phone: address.phone.clone(),
        email: address.email.clone(),
        name_state: address.states.name.as_str().into(),
        lines_state: address.states.lines.as_str().into(),
        phone_state: address.states.phone.as_str().into(),
        email_state: address.states.email.as_str().into(),
    }
}

pub(crate) fn hold(hold: &model::Hold) -> to::Hold {
    to::Hold { reason: hold.reason.code().into_owned(), detail: hold.detail.clone(), why: hold.why() }
}

pub(crate) fn proof(judged: &Judged) -> to::Proof {
    let (verdict, reason, proof) = match &judged.verdict {
        Verdict::Pass(proof) => ("pass", None, proof),
        Verdict::Hold(reason, proof) => ("hold", Some(reason), proof),
        Verdict::Refuse(reason, proof) => ("refuse", Some(reason), proof),
        Verdict::Abstain(proof) => ("abstain", None, proof),
    };
    to::Proof {
        rule: judged.rule.to_string(),
        verdict: verdict.into(),
        reason: reason.map(|reason| reason.code().into_owned()),
        code: proof.code.to_string(),
        value: proof.value.clone(),
    }
}

pub(crate) fn order(state: &model::OrderState, due_at: Option<sutler::Timestamp>) -> to::Order {
    let facts = &*state.facts;
    let exception = |one: &model::Exception| to::Exception {
        code: one.code.clone(),
        about: one.about.clone(),
        detail: one.detail.clone(),
        since: one.since.into(),
    };
    to::Order {
        channel: state.channel.to_string(),
        channel_order_id: state.channel_order_id.to_string(),
        phase: state.phase().as_str().into(),
        why: state.why(),
        placed_at: state.placed_at().into(),
        due_at: due_at.map(Instant::from),
        fulfilled_by: facts.fulfilled_by.as_str().into(),
        total: facts.total.as_ref().map(money),
        acknowledged: state.is_acknowledged(),
        method: facts.method.clone(),
        lines: facts.lines.iter().map(line).collect(),
        holds: state.holds.iter().map(hold).collect(),
        exceptions: state.exceptions.iter().map(exception).collect(),
    }
}

fn deadline(one: &model::Deadline) -> to::Deadline {
    to::Deadline {
        kind: one.kind.as_str().to_owned(),
        due: one.due.into(),
        target: one.target.map(Instant::from),
        alarm_at: one.alarm_at.into(),
        estimated: one.estimated,
        consequence: one.consequence.clone(),
    }
}

pub(crate) fn command(command: &command::Command) -> to::Command {
    to::Command {
        name: command.key.to_string(),
        verb: command.key.verb.as_str().to_owned(),
        state: command.state.as_str().into(),
        attempt: command.attempt,
        intended_at: command.intended_at.into(),
        latest_safe: command.latest_safe.into(),
        why: command.why.clone(),
    }
}

fn returned(one: &model::Return) -> to::Return {
    let units = |part: &model::ReturnedUnits| to::ReturnedUnits {
        line_id: part.line_id.as_ref().map(ToString::to_string),
        sku: part.sku.as_ref().map(ToString::to_string),
        quantity: part.quantity,
        back: part.back,
        reason: part.reason.clone(),
    };
    to::Return {
        id: one.id.clone(),
        stage: one.stage.as_str().into(),
        status: one.status.clone(),
        opened_at: one.opened_at.map(Instant::from),
        refund: one.refund.clone(),
        lines: one.lines.iter().map(units).collect(),
    }
}

pub(crate) fn whole(one: &whole::WholeOrder) -> to::WholeOrder {
    let moment = |moment: whole::Moment| to::Moment {
        seq: moment.seq.0,
        at: moment.at.into(),
        kind: moment.kind.to_owned(),
        words: moment.words,
    };
    let next = one.deadlines.iter().map(|deadline| deadline.due).min();
    to::WholeOrder {
        order: order(one.state(), next),
        ship_to: one.ship_to().map(address),
        proofs: one.proofs().iter().map(proof).collect(),
        commands: one.commands().iter().map(command).collect(),
        deadlines: one.deadlines.iter().map(deadline).collect(),
        returns: one.returns().map(returned).collect(),
        timeline: one.timeline().into_iter().map(moment).collect(),
    }
}

pub(crate) fn change(change: &changes::Change) -> to::Change {
    to::Change {
        seq: change.seq.0,
        at: change.at.into(),
        channel: change.channel.as_ref().map(ToString::to_string),
        channel_order_id: change.channel_order_id.as_ref().map(ToString::to_string),
        phase: change.phase.map(|phase| phase.as_str().into()),
        kind: change.kind().to_owned(),
        words: change.words(),
    }
}

pub(crate) fn health(one: &sutler::Health) -> to::Health {
    use sutler::engine::TokenState;
    let token = match one.token {
        TokenState::Unknown => "unknown",
        TokenState::Good => "good",
        TokenState::ReauthorizationNeeded(_) => "reauthorization_needed",
    };
    let budget = |of: &sutler::ports::BudgetUse| to::Budget {
        scope: of.scope.clone(),
        taken: of.taken,
        refused: of.refused,
    };
    let judge = |of: &sutler::engine::JudgeHealth| to::JudgeHealth {
        rule: of.judge.to_string(),
        waiting: of.waiting,
        failures: u64::from(of.failures),
        last_error: of.last_error.as_ref().map(|(_, what)| what.clone()),
    };
    to::Health {
        channel: one.channel.to_string(),
        complete_to: one.complete_to.map(Instant::from),
        token: token.to_owned(),
        waiting: one.waiting,
        doubts: one.doubts,
        unresolved: one.unresolved,
        pending: one.pending,
        deadlines_at_risk: one.deadlines_at_risk,
        last_error: one.last_error.as_ref().map(|(_, what)| what.clone()),
        last_error_at: one.last_error.as_ref().map(|(at, _)| (*at).into()),
        ended: one.ended.clone(),
        next_pull_at: one.next_pull_at.map(Instant::from),
        pulls: one.pulls,
        missing_rights: one.missing_rights.clone(),
        budgets: one.budgets.iter().map(budget).collect(),
        rules: one.judges.iter().map(judge).collect(),
    }
}

pub(crate) fn item(item: &model::Item) -> to::Item {
    to::Item {
        sku: item.sku.to_string(),
        counted: item.counted,
        as_of: item.as_of.into(),
        demand: item.demand,
        allocated: item.allocated,
        available: item.available(),
    }
}

pub(crate) fn metric(metric: &model::Metric) -> to::Metric {
    to::Metric {
        measure: metric.measure.as_str().to_owned(),
        since: metric.from.into(),
        counted: metric.counted(),
        missed: metric.missed,
        misses_left: metric.misses_left(),
        broken: metric.is_broken(),
    }
}

pub(crate) fn normal(one: &model::ChannelOrder) -> to::NormalOrder {
    to::NormalOrder {
        channel_order_id: one.channel_order_id.to_string(),
        placed_at: one.facts.placed_at.map(Instant::from),
        fulfilled_by: one.facts.fulfilled_by.as_str().into(),
        total: one.facts.total.as_ref().map(money),
        lines: one.facts.lines.iter().map(line).collect(),
        ship_to: address(&one.ship_to),
        unmapped: one.facts.unmapped.iter().map(|u| format!("{}: {}", u.field, u.detail)).collect(),
    }
}
