//! Budgets by the names the engine knows them by, made once so that no call formats a string.

use crate::call::Call;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use sutler_core::{
    budget::{Budgets, Rate},
    error::{Error, ErrorKind, Result},
    time::Timestamp,
};

/// The full name of a budget that belongs to one seller: `walmart/acknowledge@SELLER`.
pub fn seller_scope(marketplace: &str, budget: &str, seller: &str) -> String {
    format!("{marketplace}/{budget}@{seller}")
}

/// One budget of a connector.
#[derive(Debug)]
pub struct Scope {
    budget: &'static str,
    name: Arc<str>,
    rate: Rate,
    in_flight: AtomicU32,
}

impl Scope {
    /// The budget that calls name `budget`, known to the engine as `name`, with its published or configured rate.
    pub fn new(budget: &'static str, name: impl Into<Arc<str>>, rate: Rate) -> Scope {
        Scope { budget, name: name.into(), rate, in_flight: AtomicU32::new(0) }
    }

    /// Its full name.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Requests that were handed over and have no answer yet.
    pub fn in_flight(&self) -> u32 {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Counts one request until the guard is dropped, so also when a time-out drops the call.
    pub(crate) fn depart(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(self)
    }
}

/// One request on its way.
#[derive(Debug)]
pub(crate) struct InFlight<'a>(&'a Scope);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The budgets of one channel.
#[derive(Debug)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// A table of budgets; a later row of the same short name replaces an earlier one, as configuration replaces what is
    /// published.
    pub fn new(rows: impl IntoIterator<Item = Scope>) -> Scopes {
        let mut table: Vec<Scope> = Vec::new();
        for row in rows {
            match table.binary_search_by(|known| known.budget.cmp(row.budget)) {
                Ok(at) => table[at] = row,
                Err(at) => table.insert(at, row),
            }
        }
        Scopes(table)
    }

    /// A table of budgets that all belong to one seller, from (short name, rate).
    pub fn of_seller(
        marketplace: &str,
        seller: &str,
        rates: impl IntoIterator<Item = (&'static str, Rate)>,
    ) -> Scopes {
        Scopes::new(
            rates
                .into_iter()
                .map(|(budget, rate)| Scope::new(budget, seller_scope(marketplace, budget, seller), rate)),
        )
    }

    /// Makes every budget known to the engine.
    pub fn declare(&self, budgets: &Budgets, now: Timestamp) {
        for scope in &self.0 {
            budgets.declare(&scope.name, scope.rate, now);
        }
    }

    /// The budget that calls name `budget`.
    pub fn find(&self, budget: &str) -> Option<&Scope> {
        self.0.binary_search_by(|known| known.budget.cmp(budget)).ok().and_then(|at| self.0.get(at))
    }

    /// The budget of a call.
    ///
    /// # Errors
    /// `Config` when the table of calls names a budget that is not declared here.
    pub fn of(&self, call: &Call) -> Result<&Scope> {
        self.find(call.budget).ok_or_else(|| {
            let known: Vec<&str> = self.0.iter().map(|scope| scope.budget).collect();
            Error::new(ErrorKind::Config, call.op).message(format!(
                "the call spends from the budget {:?}, which is not declared; declared are {}",
                call.budget,
                known.join(", ")
            ))
        })
    }

    /// Checks a whole table of calls, so that a budget nobody declared is found in a test and not in a call.
    ///
    /// # Errors
    /// As [`Scopes::of`], for the first such call.
    pub fn cover(&self, calls: &[Call]) -> Result<()> {
        calls.iter().try_for_each(|call| self.of(call).map(drop))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes() -> Scopes {
        Scopes::of_seller(
            "walmart",
            "S1",
            [
                ("ship", Rate::per_minute(60)),
                ("acknowledge", Rate::per_minute(60)),
                ("ship", Rate::per_minute(5)),
            ],
        )
    }

    #[test]
    fn a_scope_is_found_by_its_short_name_and_a_later_row_wins() {
        let scopes = scopes();
        assert_eq!(scopes.find("acknowledge").map(|s| &**s.name()), Some("walmart/acknowledge@S1"));
        assert_eq!(scopes.find("ship").map(|s| s.rate), Some(Rate::per_minute(5)));
        assert!(scopes.find("shi").is_none());
    }

    #[test]
    fn a_call_without_a_declared_budget_is_a_configuration_error_that_names_it() {
        let table = [Call::write("walmart.orders.ship", "ship"), Call::read("walmart.orders.pull", "pull")];
        assert!(scopes().cover(&table[..1]).is_ok());
        let error = scopes().cover(&table).map_err(|e| (e.kind(), e.to_string()));
        let (kind, text) = error.expect_err("pull is not declared");
        assert_eq!(kind, ErrorKind::Config);
        assert!(text.starts_with("walmart.orders.pull: ") && text.contains("\"pull\""), "{text}");
    }

    #[test]
    fn what_is_in_flight_is_counted_until_the_guard_drops() {
        let scopes = scopes();
        let ship = scopes.find("ship").expect("declared above");
        let (one, two) = (ship.depart(), ship.depart());
        assert_eq!(ship.in_flight(), 2);
        drop(one);
        assert_eq!(ship.in_flight(), 1);
        drop(two);
        assert_eq!(ship.in_flight(), 0);
    }
}
