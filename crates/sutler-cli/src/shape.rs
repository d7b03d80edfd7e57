//! Orders as JSON: the one shape `normalize` and `orders` print.

use chrono::SecondsFormat;
use serde_json::{Value, json};
use sutler::{
    Timestamp,
    model::{Address, Charge, Line, Metric, Money, OrderFacts},
    order::WholeOrder,
    orders::Listed,
    policy::Verdict,
};

/// RFC 3339 in UTC.
pub(crate) fn instant(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

pub(crate) fn instants(at: Option<Timestamp>) -> Option<String> {
    at.map(instant)
}

pub(crate) fn money(money: &Money) -> Value {
    json!({"amount": money.amount.to_string(), "currency": money.currency.as_str()})
}

fn charge(charge: &Charge) -> Value {
    json!({
        "kind": charge.kind.as_str(),
        "amount": charge.amount.amount.to_string(),
        "currency": charge.amount.currency.as_str(),
        "tax": charge.tax.map(|tax| tax.amount.to_string()),
    })
}

/// One metric: the numbers it is made of, and how it stands against its threshold.
pub(crate) fn metric(metric: &Metric) -> Value {
    json!({
        "measure": metric.measure.as_str(),
        "from": instant(metric.from),
        "counted": metric.counted(),
        "missed": metric.missed,
        "undecided": metric.undecided,
        "missed_per_mille_max": metric.missed_per_mille_max,
        "misses_left": metric.misses_left(),
        "broken": metric.is_broken(),
        "policy": metric.policy,
        "source": metric.source,
    })
}

/// A line with its amounts, which are of the line and not of one unit.
pub(crate) fn line(line: &Line) -> Value {
    json!({
        "line_id": line.line_id.as_str(),
        "sku": line.sku.as_ref().map(|sku| sku.as_str()),
        "ordered": line.ordered,
        "cancelled": line.cancelled,
        "shipped": line.shipped,
        "charges": line.charges.iter().map(charge).collect::<Vec<_>>(),
    })
}

pub(crate) fn address(address: &Address) -> Value {
    json!({
        "name": address.name,
        "line1": address.line1,
        "line2": address.line2,
        "city": address.city,
        "region": address.region,
        "postal_code": address.postal_code,
        "country": address.country,
        "phone": address.phone,
        "email": address.email,
        "states": {
            "name": address.states.name.as_str(),
            "lines": address.states.lines.as_str(),
            "phone": address.states.phone.as_str(),
            "email": address.states.email.as_str(),
        },
    })
}

/// The part of an order that both a fresh read and a stored one have.
pub(crate) fn facts(id: &str, facts: &OrderFacts, ship_to: Option<&Address>, holds: Vec<Value>) -> Value {
    json!({
        "channel_order_id": id,
        "placed_at": instants(facts.placed_at),
        "fulfilled_by": facts.fulfilled_by.as_str(),
        "ship_to": ship_to.map(address),
        "lines": facts.lines.iter().map(line).collect::<Vec<_>>(),
        "total": facts.total.as_ref().map(money),
        "holds": holds,
    })
}

/// One order of a list.
pub(crate) fn listed(order: &Listed) -> Value {
    json!({
        "channel": order.channel.as_str(),
        "channel_order_id": order.channel_order_id.as_str(),
        "phase": order.phase.as_str(),
        "placed_at": instant(order.placed_at),
        "due_at": instants(order.due_at),
        "total": order.total.as_ref().map(money),
        "acknowledged": order.acknowledged,
        "lines": order.lines,
        "holds": order.holds.iter().map(hold).collect::<Vec<_>>(),
        "exceptions": order.exceptions.iter().map(|e| json!({"code": e.code, "about": e.about, "detail": e.detail})).collect::<Vec<_>>(),
        "why": order.why(),
    })
}

fn hold(hold: &sutler::model::Hold) -> Value {
    json!({"reason": hold.reason.code(), "detail": hold.detail, "why": hold.why()})
}

/// Everything about one order.
pub(crate) fn whole(order: &WholeOrder) -> Value {
    let state = order.state();
    let holds = order.holds().iter().map(hold).collect();
    let mut value = facts(state.channel_order_id.as_str(), &state.facts, order.ship_to(), holds);
    let proofs = order.proofs().iter().map(|judged| {
        let verdict = match judged.verdict {
            Verdict::Pass(_) => "pass",
            Verdict::Hold(..) => "hold",
            Verdict::Refuse(..) => "refuse",
            Verdict::Abstain(_) => "abstain",
        };
        json!({"rule": judged.rule.as_str(), "verdict": verdict, "why": judged.why()})
    });
    let commands = order.commands().iter().map(|command| {
        json!({
            "key": command.key.to_string(),
            "verb": command.key.verb.as_str(),
            "state": command.state.as_str(),
            "attempt": command.attempt,
            "intended_at": instant(command.intended_at),
            "sent_at": instants(command.sent_at),
            "why": command.why,
        })
    });
    let deadlines = order.deadlines.iter().map(|deadline| {
        json!({
            "kind": deadline.kind.as_str(),
            "due": instant(deadline.due),
            "target": instants(deadline.target),
            "alarm_at": instant(deadline.alarm_at),
            "estimated": deadline.estimated,
            "consequence": deadline.consequence,
        })
    });
    let late = order.lateness.each().map(|(name, one)| (name.to_owned(), json!(one.as_str())));
    let packages = state.reports.values().map(|report| {
        json!({
            "package": report.package,
            "carrier": report.carrier,
            "tracking": report.tracking,
            "shipped_at": instant(report.shipped_at),
            "lines": report.lines.iter().map(|part| json!({"line_id": part.line_id.as_str(), "quantity": part.quantity})).collect::<Vec<_>>(),
        })
    });
    let timeline = order.timeline().into_iter().map(|moment| {
        json!({"seq": moment.seq.0, "at": instant(moment.at), "kind": moment.kind, "words": moment.words})
    });
    let more = json!({
        "channel": state.channel.as_str(),
        "phase": order.phase().as_str(),
        "why": order.why(),
        "first_seen_at": instant(state.first_seen_at),
        "acknowledged_at": instants(state.acknowledged_at),
        "exceptions": state.exceptions.iter().map(|e| json!({"code": e.code, "about": e.about, "detail": e.detail, "since": instant(e.since)})).collect::<Vec<_>>(),
        "proofs": proofs.collect::<Vec<_>>(),
        "commands": commands.collect::<Vec<_>>(),
        "deadlines": deadlines.collect::<Vec<_>>(),
        "lateness": Value::Object(late.into_iter().collect()),
        "packages": packages.collect::<Vec<_>>(),
        "returns": state.returns.iter().map(|seen| returned(&seen.told)).collect::<Vec<_>>(),
        "timeline": timeline.collect::<Vec<_>>(),
    });
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}

/// One return.
fn returned(one: &sutler::model::Return) -> Value {
    let lines = one.lines.iter().map(|part| {
        json!({
            "line_id": part.line_id.as_ref().map(|id| id.as_str()),
            "sku": part.sku.as_ref().map(|sku| sku.as_str()),
            "quantity": part.quantity,
            "back": part.back,
            "reason": part.reason,
        })
    });
    json!({
        "id": one.id,
        "stage": one.stage.as_str(),
        "status": one.status,
        "opened_at": instants(one.opened_at),
        "changed_at": instants(one.changed_at),
        "refund": one.refund,
        "lines": lines.collect::<Vec<_>>(),
    })
}

/// What a push tells.
pub(crate) fn told(told: &sutler::push::Told) -> Value {
    use sutler::push::Told;
    match told {
        Told::Order { order, due } => {
            json!({"order": order.as_str(), "due": due.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))})
        }
        Told::Finished(handle) => json!({"finished": handle}),
        Told::EraseBuyer(names) => json!({"erase_buyer": names.len()}),
        Told::Revoked => json!({"revoked": true}),
        _ => json!({}),
    }
}
