//! What a channel says of itself, as the engine reads it.

use crate::types::{ChannelProfile, ProbeTrust, RateLimit, Repeat as Said, StreamProfile, VerbProfile};
use std::{collections::BTreeSet, sync::Arc};
use sutler::{
    Error, ErrorKind, Result, Timestamp,
    channel::{
        Acknowledgment, CancelUnit, Capabilities, LevelRead, ProbeKind, Repeat, ReturnsSpec, ShipUnit,
        StockWrite, StreamKind, StreamSpec, VerbSpec,
    },
    command::Verb,
    model::{ChannelId, Duration},
    ports::{Budgets, Rate},
};

/// Calls that are no verbs.
const READS: [&str; 5] = ["pull", "fetch", "levels", "settle", "returns"];

fn config(id: &ChannelId, message: String) -> Error {
    Error::new(ErrorKind::Config, format!("channels.{id}.profile")).message(message)
}

fn one_of<T: Copy>(id: &ChannelId, field: &str, text: &str, known: &[(&str, T)]) -> Result<T> {
    let found = known.iter().find(|(name, _)| *name == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        config(id, format!("{field} {text:?} is not known; one of {} is right", names.join(", ")))
    })
}

fn scope(profile: &ChannelProfile, calls: &str) -> Arc<str> {
    format!("{}/{calls}@{}", profile.marketplace, profile.seller).into()
}

fn span(span: Option<crate::types::Span>, otherwise: Duration) -> Duration {
    span.map_or(otherwise, |span| Duration::milliseconds(span.0.max(0)))
}

fn repeat(id: &ChannelId, said: &Said) -> Result<Repeat> {
    let known = [("repeatable", Repeat::Repeatable), ("guarded", Repeat::Guarded), ("once", Repeat::Once)];
    one_of(id, "repeat", &said.0, &known)
}

fn verb(id: &ChannelId, profile: &ChannelProfile, said: &VerbProfile) -> Result<VerbSpec> {
    let known: Vec<(&str, Verb)> = Verb::ALL.iter().map(|(verb, name)| (*name, *verb)).collect();
    let verb = one_of(id, "verb", &said.verb, &known)?;
    let none = ProbeTrust::from("none");
    let probe = match said.probe.as_ref().unwrap_or(&none).0.as_str() {
        "conclusive" => ProbeKind::Conclusive { after: span(said.lag, Duration::zero()) },
        "positive_only" => ProbeKind::PositiveOnly,
        "none" => ProbeKind::None,
        other => {
            return Err(config(
                id,
                format!("probe {other:?} is not known; one of conclusive, positive_only, none is right"),
            ));
        }
    };
    let whole = repeat(id, &said.repeat)?;
    let apply_max = span(said.apply_max, Duration::minutes(1));
    let batch_max = said.batch_max.unwrap_or(1).max(1) as usize;
    Ok(VerbSpec {
        verb,
        repeat: whole,
        repeat_partial: said.repeat_partial.as_ref().map_or(Ok(whole), |said| repeat(id, said))?,
        probe,
        budget: scope(profile, verb.as_str()),
        batch_budget: None,
        call_timeout: std::time::Duration::from_millis(
            said.call_timeout.map_or(30_000, |t| t.0.max(1) as u64),
        ),
        apply_max,
        batch_apply_max: apply_max,
        answer_means_applied: said.answer_means_applied.unwrap_or(true),
        batch_max,
        batch_from: 2.min(batch_max),
    })
}

fn stream(id: &ChannelId, said: &StreamProfile) -> Result<StreamSpec> {
    let known = [
        ("created", StreamKind::Created),
        ("changed", StreamKind::Changed),
        ("placed_or_changed", StreamKind::PlacedOrChanged),
    ];
    Ok(StreamSpec {
        id: said.id.as_str().into(),
        kind: one_of(id, "stream kind", &said.kind.0, &known)?,
        horizon: Duration::milliseconds(said.horizon.0.max(0)),
        stands_for: None,
        budget: None,
    })
}

pub(super) fn capabilities(id: &ChannelId, profile: &ChannelProfile) -> Result<Capabilities> {
    for (field, value) in [("seller", &profile.seller), ("marketplace", &profile.marketplace)] {
        if value.is_empty() {
            return Err(config(id, format!("{field} is empty; its name is right")));
        }
    }
    let verbs: Vec<VerbSpec> =
        profile.verbs.iter().map(|said| verb(id, profile, said)).collect::<Result<_>>()?;
    let mut named = BTreeSet::new();
    if let Some(twice) = verbs.iter().find(|spec| !named.insert(spec.verb.as_str())) {
        return Err(config(id, format!("verb {:?} is there twice; once is right", twice.verb.as_str())));
    }
    let acknowledgment = profile.acknowledgment.as_ref().map_or("required", |said| &said.0);
    let known = [("required", Acknowledgment::Required), ("local", Acknowledgment::Local)];
    let acknowledgment = one_of(id, "acknowledgment", acknowledgment, &known)?;
    if (acknowledgment == Acknowledgment::Required) != named.contains("acknowledge") {
        let message =
            "acknowledgment \"required\" and the verb \"acknowledge\" go together; both or neither is right";
        return Err(config(id, message.into()));
    }
    let unit = profile.cancel_unit.as_ref().map_or("units", |said| &said.0);
    let units = [("units", CancelUnit::Units), ("lines", CancelUnit::Lines), ("order", CancelUnit::Order)];
    let answers = profile.answers_cancel_requests.unwrap_or(false);
    if answers != named.contains("answer_cancel") {
        let message =
            "answers_cancel_requests and the verb \"answer_cancel\" go together; both or neither is right";
        return Err(config(id, message.into()));
    }
    let streams = match &profile.streams {
        Some(said) => said.iter().map(|said| stream(id, said)).collect::<Result<_>>()?,
        None => vec![StreamSpec {
            id: "orders".into(),
            kind: StreamKind::PlacedOrChanged,
            horizon: Duration::days(30),
            stands_for: None,
            budget: None,
        }],
    };
    for limit in profile.rates.iter().flatten() {
        check(id, limit)?;
    }
    if profile.level_lag.is_some() && !named.contains("set_level") {
        return Err(config(
            id,
            "level_lag is said, and there is no verb set_level; levels are read where they are written"
                .into(),
        ));
    }
    Ok(Capabilities {
        marketplace: profile.marketplace.clone().into(),
        acknowledgment,
        cancel_unit: one_of(id, "cancel_unit", unit, &units)?,
        ship_unit: ShipUnit::Package,
        answers_cancel_requests: answers,
        revisions_per_day: None,
        verbs,
        streams,
        visibility_delay: span(profile.visibility_delay, Duration::zero()),
        pull_budget: scope(profile, "pull"),
        fetch_budget: scope(profile, "fetch"),
        level_budget: scope(profile, "levels"),
        settle_budget: scope(profile, "settle"),
        levels: profile
            .level_lag
            .map_or(LevelRead::None, |lag| LevelRead::Lagging(Duration::milliseconds(lag.0.max(0)))),
        stock_write: StockWrite::Absolute,
        out_of_stock_zeroes: false,
    })
}

/// How its returns are read, if it tells of any.
pub(super) fn returns(profile: &ChannelProfile) -> ReturnsSpec {
    let said = profile.returns.as_ref();
    ReturnsSpec {
        stream: "returns".into(),
        horizon: span(said.map(|said| said.horizon), Duration::days(30)),
        overlap: span(said.and_then(|said| said.overlap), Duration::zero()),
        every: span(said.and_then(|said| said.every), Duration::hours(1)).max(Duration::minutes(1)),
        budget: scope(profile, "returns"),
    }
}

fn check(id: &ChannelId, limit: &RateLimit) -> Result<()> {
    let verbs = Verb::ALL.iter().map(|(_, name)| *name);
    let known: Vec<(&str, ())> = READS.into_iter().chain(verbs).chain(["*"]).map(|name| (name, ())).collect();
    one_of(id, "rates: calls", &limit.calls, &known)?;
    if !(limit.per_second > 0.0 && limit.burst >= 1.0) {
        let message = format!(
            "rate of {:?} is {} a second, {} at once; more than none a second and at least one at once is right",
            limit.calls, limit.per_second, limit.burst
        );
        return Err(config(id, message));
    }
    Ok(())
}

/// Declares the rates of all its calls.
pub(super) fn declare(
    capabilities: &Capabilities,
    profile: &ChannelProfile,
    budgets: &Budgets,
    now: Timestamp,
) {
    let verbs = capabilities.verbs.iter().map(|spec| spec.verb.as_str());
    for calls in READS.into_iter().chain(verbs) {
        let limits = profile.rates.iter().flatten();
        let said =
            limits.clone().find(|limit| limit.calls == calls).or(limits.clone().find(|l| l.calls == "*"));
        let rate = said.map_or(Rate { capacity: 10.0, per_second: 5.0 }, |limit| Rate {
            capacity: limit.burst,
            per_second: limit.per_second,
        });
        budgets.declare(&scope(profile, calls), rate, now);
    }
}
