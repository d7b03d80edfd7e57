//! What calls are given, as the model has it: texts that name something, units and money.

use crate::{error::wrong, types::*};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sutler::{
    Error, Result,
    command::{self, CommandKey, Verb},
    model::{self, Currency, HoldReason, Open},
    orders,
};

pub(crate) fn units(part: LineQuantity) -> model::LineQuantity {
    model::LineQuantity { line_id: part.line_id.as_str().into(), quantity: part.quantity }
}

/// A push as a host has it.
pub(crate) fn request_of(op: &'static str, push: PushRequest) -> Result<sutler::push::PushRequest> {
    let body = STANDARD.decode(push.body.0);
    let body = body.map_err(|_| wrong(op, "the body is not base64; bytes are right"))?;
    let pair = |header: Vec<String>| match <[String; 2]>::try_from(header) {
        Ok([name, value]) => Ok((name, value)),
        Err(_) => Err(wrong(op, "a header is no pair; name and value are right")),
    };
    let headers = push.headers.into_iter().map(pair).collect::<Result<_>>()?;
    Ok(sutler::push::PushRequest { method: push.method, target: push.path, headers, body: body.into() })
}

/// A number of the host's own, counted from one; one unless said.
pub(crate) fn from_one(call: &str, argument: &str, said: Option<u32>) -> Result<u32> {
    match said {
        Some(0) => Err(wrong(format!("engine.{call}"), format!("{argument} is 0; 1 or more is right"))),
        said => Ok(said.unwrap_or(1)),
    }
}

pub(crate) fn names<T>(all: &[(T, &'static str)]) -> String {
    all.iter().map(|(_, text)| *text).collect::<Vec<_>>().join(", ")
}

pub(crate) fn unknown(call: &str, argument: &str, value: &str, right: &str) -> Error {
    wrong(format!("engine.{call}"), format!("{argument} {value:?} is not known; one of {right} is right"))
}

pub(crate) fn phase_of(phase: &Phase) -> Result<model::Phase> {
    let known = model::Phase::ALL.iter().find(|(_, text)| *text == phase.0);
    known
        .map(|(phase, _)| *phase)
        .ok_or_else(|| unknown("orders", "phase", &phase.0, &names(model::Phase::ALL)))
}

pub(crate) fn sort_of(sort: &Sort) -> Result<orders::Sort> {
    Ok(match sort.0.as_str() {
        "newest" => orders::Sort::PlacedDescending,
        "oldest" => orders::Sort::PlacedAscending,
        "due" => orders::Sort::Due,
        "amount" => orders::Sort::AmountDescending,
        other => return Err(unknown("orders", "sort", other, "newest, oldest, due, amount")),
    })
}

pub(crate) fn reason_of(call: &str, code: &str) -> Result<HoldReason> {
    HoldReason::from_code(code)
        .ok_or_else(|| unknown(call, "reason", code, "the codes that holds show, or rule:NAME"))
}

pub(crate) fn key_of(text: &str) -> Result<CommandKey> {
    let read = || {
        let (verb, rest) = text.trim().split_once(' ')?;
        let (subject, ordinal) = rest.rsplit_once(" #")?;
        let verb = Verb::from_text(verb)?;
        Some(CommandKey { verb, subject: subject.to_owned(), ordinal: ordinal.parse().ok()? })
    };
    read().ok_or_else(|| unknown("resolve", "command", text, "the names that an order's commands show"))
}

pub(crate) fn money_of(call: &str, money: &Money) -> Result<model::Money> {
    let currency = Currency::parse(&money.currency)?;
    model::Money::parse(&money.amount.0, currency)
        .map_err(|error| wrong(format!("engine.{call}"), format!("amount {:?}: {error}", money.amount.0)))
}

pub(crate) fn part_of(part: RefundPart) -> Result<command::RefundPart> {
    Ok(command::RefundPart {
        line_id: part.line_id.as_str().into(),
        charge: Open::from_text(&part.charge.0),
        amount: money_of("refund", &part.amount)?,
        tax: part.tax.as_ref().map(|tax| money_of("refund", tax)).transpose()?,
    })
}
