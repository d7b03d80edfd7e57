//! What listings offer: read, set, read back.

use super::{SKUS, Sale, Subject, case::Case};
use crate::bench::at_once;
use sutler_core::{
    channel::{LevelRead, Receipt},
    command::Verb,
    error::Result,
    id::Sku,
    time::Duration,
};

/// The levels of some SKUs, once a read shows what is.
fn levels(case: &Case, skus: &[&str]) -> Result<Vec<Option<i64>>> {
    let Some(stock) = case.channel().stock() else { return Ok(Vec::new()) };
    if let LevelRead::Lagging(lag) = case.channel().capabilities().levels {
        case.pass(lag + Duration::seconds(1));
    }
    let skus: Vec<Sku> = skus.iter().map(|sku| (*sku).into()).collect();
    let answers = at_once(stock.levels(&case.cx(), &skus))?;
    assert_eq!(answers.iter().map(|answer| &answer.sku).collect::<Vec<_>>(), skus.iter().collect::<Vec<_>>());
    answers.into_iter().map(|answer| answer.level).collect()
}

fn reads(case: &Case) -> bool {
    case.channel().capabilities().levels != LevelRead::None
}

/// # Errors
/// The channel's.
pub fn levels_are_read_or_said_to_be_unreadable(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    assert_eq!(case.channel().stock().is_some(), reads(&case), "what is declared is there");
    if reads(&case) {
        assert_eq!(levels(&case, &SKUS)?, [Some(100); 3]);
        assert_eq!(levels(&case, &[])?, [], "nothing asked, nothing answered");
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn a_sku_nobody_lists_has_no_level(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    if reads(&case) {
        assert_eq!(levels(&case, &["NOBODYS", SKUS[0]])?, [None, Some(100)]);
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g16_a_level_that_was_set_is_read_back(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    assert_eq!(case.spec(Verb::SetLevel).is_some(), reads(&case), "what is set can be read back (G16)");
    for level in [7, 0] {
        case.done(&case.set(SKUS[0], level))?;
        assert_eq!(case.effects().stock.get(SKUS[0]).copied(), Some(i64::from(level)));
        assert_eq!(levels(&case, &[SKUS[0], SKUS[1]])?, [Some(i64::from(level)), Some(100)]);
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn the_last_level_wins(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    for level in [9, 4, 6] {
        case.done(&case.set(SKUS[0], level))?;
    }
    assert_eq!(levels(&case, &[SKUS[0]])?, [Some(6)]);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn a_sale_lowers_the_level(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    case.sell(Sale::of(3, SKUS[1]))?;
    assert_eq!(levels(&case, &[SKUS[1]])?, [Some(97)]);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn a_sku_nobody_lists_is_not_set(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    case.not_done(&case.set("NOBODYS", 5));
    assert!(!case.effects().stock.contains_key("NOBODYS"));
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g08_of_several_levels_one_fails_alone(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let Some(spec) = case.spec(Verb::SetLevel) else { return Ok(()) };
    let sets = [case.set(SKUS[0], 5), case.set("NOBODYS", 5), case.set(SKUS[2], 6)];
    if spec.batch_max < sets.len() {
        assert!(case.send(&sets).is_err(), "more than the channel takes at once");
        return Ok(());
    }
    let receipts = case.answers(&sets)?;
    let done: Vec<bool> = receipts.iter().map(|receipt| matches!(receipt, Receipt::Done { .. })).collect();
    assert_eq!(done, [true, false, true], "{receipts:?}");
    case.pass(spec.apply_max.max(Duration::minutes(5)));
    assert_eq!(levels(&case, &SKUS)?, [Some(5), Some(100), Some(6)]);
    Ok(())
}
