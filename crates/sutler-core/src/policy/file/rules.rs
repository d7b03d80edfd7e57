//! The `[[rule]]` tables of a policy file.

use super::read::{Section, suggestion};
use crate::{
    error::{Error, ErrorKind, Result},
    money::Currency,
    rule::{
        Rule,
        address::{AddressDeliverable, Treat},
        builtin::{
            self, BuyerCancel, ChannelReady, Limit, PayloadUnderstood, SkuMapped, StockCoversEveryLine,
            TotalWithinLimits, TotalsAddUp,
        },
    },
};
use rust_decimal::Decimal;
use std::{str::FromStr, sync::Arc};

const TREATS: [(&str, Treat); 2] = [("allow", Treat::Allow), ("hold", Treat::Hold)];

/// The rules of a file in its order, then the standard ones it does not name.
pub(super) fn read(root: &Section<'_>) -> Result<Vec<Arc<dyn Rule>>> {
    let mut named: Vec<(&str, usize)> = Vec::new();
    let mut rules: Vec<Arc<dyn Rule>> = Vec::new();
    for section in root.sections("rule", "[[rule]] with a name")? {
        let Some(name) = section.text("name")? else {
            return Err(section.wrong("name", "missing", &format!("one of {}", builtin::NAMES.join(", "))));
        };
        if !builtin::NAMES.contains(&name) {
            return Err(section.wrong("name", "not a built-in rule", &suggestion(name, builtin::NAMES)));
        }
        let line = section.line();
        if let Some((_, first)) = named.iter().find(|(known, _)| *known == name) {
            return Err(Error::new(ErrorKind::Config, "policy.file").message(format!(
                "line {line}: rule {name:?} is given twice, first on line {first}; one table with all its parameters is right"
            )));
        }
        named.push((name, line));
        let section = section.called(format!("rule {name:?}"));
        let rule = one(&section, name)?;
        if section.boolean("enabled")?.unwrap_or(true) {
            rules.push(rule);
        }
    }
    let unnamed = |rule: &Arc<dyn Rule>| !named.iter().any(|(name, _)| *name == rule.id().as_str());
    rules.extend(builtin::standard().into_iter().filter(unnamed));
    Ok(rules)
}

fn one(section: &Section<'_>, name: &str) -> Result<Arc<dyn Rule>> {
    match name {
        AddressDeliverable::NAME => address(section),
        TotalWithinLimits::NAME => limits(section),
        plain => {
            section.only(&["name", "enabled"])?;
            Ok(match plain {
                PayloadUnderstood::NAME => Arc::new(PayloadUnderstood::default()),
                ChannelReady::NAME => Arc::new(ChannelReady::default()),
                BuyerCancel::NAME => Arc::new(BuyerCancel::default()),
                SkuMapped::NAME => Arc::new(SkuMapped::default()),
                StockCoversEveryLine::NAME => Arc::new(StockCoversEveryLine::default()),
                TotalsAddUp::NAME => Arc::new(TotalsAddUp::default()),
                _ => {
                    return Err(section.wrong(
                        "name",
                        "not a built-in rule",
                        &suggestion(name, builtin::NAMES),
                    ));
                }
            })
        }
    }
}

fn address(section: &Section<'_>) -> Result<Arc<dyn Rule>> {
    section.only(&[
        "name",
        "enabled",
        "po_box",
        "military",
        "name_missing",
        "placeholder",
        "masked",
        "region_mismatch",
        "withheld",
        "also_check",
        "elsewhere",
    ])?;
    let mut rule = AddressDeliverable::default();
    for (key, treat) in [
        ("po_box", &mut rule.po_box),
        ("military", &mut rule.military),
        ("name_missing", &mut rule.name_missing),
        ("placeholder", &mut rule.placeholder),
        ("masked", &mut rule.masked),
        ("region_mismatch", &mut rule.region_mismatch),
        ("withheld", &mut rule.withheld),
        ("elsewhere", &mut rule.elsewhere),
    ] {
        if let Some(told) = section.choice(key, &TREATS)? {
            *treat = told;
        }
    }
    let alpha2 = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    if let Some(countries) =
        section.texts("also_check", "a list of ISO 3166-1 codes such as [\"MX\"]", alpha2)?
    {
        rule.also_check = countries;
    }
    Ok(Arc::new(rule))
}

fn limits(section: &Section<'_>) -> Result<Arc<dyn Rule>> {
    const RIGHT: &str = "limits = [{ currency = \"USD\", max = \"5000.00\" }]";
    section.only(&["name", "enabled", "limits"])?;
    let mut limits: Vec<Limit> = Vec::new();
    for one in section.sections("limits", RIGHT)? {
        one.only(&["currency", "min", "max"])?;
        let currency = match one.text("currency")?.map(Currency::parse) {
            Some(Ok(currency)) => currency,
            Some(Err(_)) => {
                return Err(one.wrong("currency", "no ISO 4217 code", "three capital letters such as USD"));
            }
            None => return Err(one.wrong("currency", "missing", RIGHT)),
        };
        let (min, max) = (amount(&one, "min")?, amount(&one, "max")?);
        if min.is_none() && max.is_none() {
            return Err(one.wrong("max", "missing, and min too", RIGHT));
        }
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            return Err(one.wrong("min", &format!("more than max, which is {max}"), "a min of at most max"));
        }
        if limits.iter().any(|known| known.currency == currency) {
            return Err(one.wrong("currency", "limited twice", "one limit for each currency"));
        }
        limits.push(Limit { currency, min, max });
    }
    if limits.is_empty() {
        return Err(section.wrong("limits", "empty or missing", RIGHT));
    }
    Ok(Arc::new(TotalWithinLimits::new(limits)))
}

/// An amount in quotes: TOML's own numbers with a point are floats, and no amount ever passes through one.
fn amount(section: &Section<'_>, key: &str) -> Result<Option<Decimal>> {
    let right = "an amount in quotes such as \"5000.00\", at least 0,";
    let text = section.text(key).map_err(|_| section.wrong(key, "not a text", right))?;
    let Some(text) = text else { return Ok(None) };
    match Decimal::from_str(text).ok().filter(|amount| !amount.is_sign_negative()) {
        Some(amount) => Ok(Some(amount)),
        None => Err(section.wrong(key, "not an amount", right)),
    }
}
