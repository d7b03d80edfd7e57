//! Who we are, what we may do, and when a call is not made.

use super::{
    Sale, Subject,
    case::{Case, wrong},
};
use crate::bench::at_once;
use std::collections::BTreeSet;
use sutler_core::{
    channel::{Batch, CallCx, StreamKind, Window},
    error::{ErrorKind, Result, Retry},
    push::{PushOutcome, PushRequest, Told},
    time::Duration,
};

/// # Errors
/// The channel's.
pub fn a_check_tells_who_we_are(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let standing = at_once(case.channel().check(&case.cx()))?;
    assert!(standing.seller.as_ref().is_none_or(|seller| seller == case.channel().seller()), "{standing:?}");
    assert_eq!(standing.missing, Vec::<String>::new());
    assert!(standing.clock_offset_ms.abs() < 2_000, "one clock runs both: {standing:?}");
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g26_a_strangers_credential_is_proven_dead(subject: &dyn Subject) -> Result<()> {
    let case = Case::stranger(subject)?;
    let error = at_once(case.channel().check(&case.cx())).expect_err("nobody knows this credential");
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Unauthorized, Retry::Never), "{error}");
    Ok(())
}

/// # Errors
/// The channel's.
pub fn a_call_whose_time_is_over_sends_nothing(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let requests = case.effects().requests;
    let over = CallCx { deadline: case.now() - Duration::seconds(1), write_by: None };
    let window = Window { from: case.now() - Duration::hours(1), to: case.now() };
    for stream in case.streams() {
        let from = sutler_core::channel::PullFrom { stream: stream.id, window, cursor: None };
        let error = at_once(case.channel().pull(&over, &from)).expect_err("its time is over");
        assert_eq!(error.applied(), sutler_core::Applied::No, "{error}");
    }
    assert_eq!(case.effects().requests, requests);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g18_a_write_does_not_leave_once_the_lease_may_be_anothers(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(1)?;
    let command = case.ship(&order, 1, 1);
    let late = CallCx { deadline: case.now() + Duration::hours(1), write_by: Some(case.now()) };
    let error = at_once(case.channel().perform(&late, &Batch { commands: &[command] }))
        .expect_err("it must have left before");
    assert_eq!(error.applied(), sutler_core::Applied::No, "{error}");
    assert!(case.effects().ship.is_empty());
    Ok(())
}

/// # Errors
/// The channel's.
pub fn every_budget_that_is_named_is_declared(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let capabilities = case.channel().capabilities();
    let mut named = vec![
        capabilities.pull_budget.clone(),
        capabilities.fetch_budget.clone(),
        capabilities.level_budget.clone(),
        capabilities.settle_budget.clone(),
    ];
    for spec in &capabilities.verbs {
        named.push(spec.budget.clone());
        named.extend(spec.batch_budget.clone());
    }
    for scope in named {
        let rate = case.budgets().rate(&scope);
        assert!(rate.is_some_and(|rate| rate.per_second > 0.0 && rate.capacity >= 1.0), "{scope}: {rate:?}");
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn every_verb_is_declared_once_and_within_its_own_bounds(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let verbs = &case.channel().capabilities().verbs;
    let names: BTreeSet<_> = verbs.iter().map(|spec| spec.verb.as_str()).collect();
    assert_eq!(names.len(), verbs.len(), "{names:?}");
    for spec in verbs {
        let name = spec.verb.as_str();
        assert!(spec.batch_max >= 1 && spec.batch_from <= spec.batch_max.max(spec.batch_from), "{name}");
        assert!(!spec.call_timeout.is_zero(), "{name} may take no time at all");
        assert!(spec.apply_max >= Duration::zero() && spec.batch_apply_max >= Duration::zero(), "{name}");
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn streams_are_declared_once_and_show_what_was_placed(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let streams = &case.channel().capabilities().streams;
    let names: BTreeSet<_> = streams.iter().map(|stream| stream.id.as_str()).collect();
    assert_eq!(names.len(), streams.len(), "{names:?}");
    let placed = case.streams().into_iter().any(|stream| stream.kind != StreamKind::Changed);
    assert!(placed, "no stream shows what was placed");
    for stream in streams {
        assert!(stream.horizon > Duration::zero(), "{}", stream.id);
        assert!(
            stream.stands_for.as_ref().is_none_or(|other| names.contains(other.as_str())),
            "{}",
            stream.id
        );
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g11_an_authentic_push_tells_of_its_order(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.sell(Sale::of(1, super::SKUS[0]))?;
    // Of a marketplace that pushes nothing here there is nothing to believe.
    let Some(push) = case.push(&order) else { return Ok(()) };
    let pushes = case.channel().pushes().ok_or_else(|| wrong("what is pushed is not taken".into()))?;
    let tells = |request: &PushRequest| match at_once(pushes.receive(case.now(), request)) {
        PushOutcome::Told { told, .. } => told,
        _ => Vec::new(),
    };
    let told = tells(&push);
    assert!(
        told.iter().any(|told| matches!(told, Told::Order { order: of, .. } if *of == order)),
        "{told:?}"
    );
    let mut body = push.body.to_vec();
    body.push(b' ');
    let longer = PushRequest { body: body.into(), ..push.clone() };
    let elsewhere = PushRequest { target: format!("{}?x", push.target), ..push.clone() };
    let bare = PushRequest { headers: Vec::new(), ..push };
    for forged in [longer, elsewhere, bare] {
        assert_eq!(tells(&forged), [], "{forged:?}");
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g11_a_forged_push_tells_nothing(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let Some(pushes) = case.channel().pushes() else { return Ok(()) };
    for (method, body) in [("POST", "{}"), ("POST", ""), ("POST", "{\"order\":1}"), ("GET", "")] {
        let request = PushRequest {
            method: method.into(),
            target: "/hooks".into(),
            headers: vec![("authorization".into(), "Basic bm9ib2R5Og==".into())],
            body: body.into(),
        };
        let outcome = at_once(pushes.receive(case.now(), &request));
        let told = matches!(&outcome, PushOutcome::Told { told, .. } if !told.is_empty());
        assert!(!told, "{method} {body}: {outcome:?}");
    }
    Ok(())
}
