//! What we were told, with what the telling was able to show, and how tellings fold into facts.

use crate::{
    address::PartState,
    order::{Line, LinePackage, OrderFacts},
    time::{Timestamp, millis},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A group of fields that a call shows together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Placed at, aliases, method, node, deadlines, who fulfils.
    Header,
    /// Lines, their SKUs and ordered quantities, charges.
    Lines,
    /// Counters and packages of lines.
    Statuses,
    /// The order's total.
    Totals,
    /// Address and its states.
    ShipTo,
    /// Whether the buyer asked to cancel.
    CancelRequests,
}

/// The groups one call shows. Outside them an empty value means nothing; inside, it is knowledge.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Coverage(u8);

impl Coverage {
    /// Everything.
    pub const ALL: Coverage = Coverage(0b11_1111);
    /// Nothing.
    pub const NONE: Coverage = Coverage(0);

    /// This and `group`.
    pub const fn with(self, group: Group) -> Coverage {
        Coverage(self.0 | 1 << group as u8)
    }
    /// This without `group`.
    pub const fn without(self, group: Group) -> Coverage {
        Coverage(self.0 & !(1 << group as u8))
    }
    /// Does it show `group`?
    pub const fn covers(self, group: Group) -> bool {
        self.0 & 1 << group as u8 != 0
    }
}

impl fmt::Debug for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Group::*;
        f.debug_set()
            .entries(
                [Header, Lines, Statuses, Totals, ShipTo, CancelRequests]
                    .into_iter()
                    .filter(|g| self.covers(*g)),
            )
            .finish()
    }
}

/// One telling of an order, personal data left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// When the request that brought it was *sent*, marketplace time: what orders tellings among each other.
    #[serde(with = "millis")]
    pub asked_at: Timestamp,
    /// What the call was able to show.
    pub coverage: Coverage,
    /// What it showed.
    pub facts: OrderFacts,
}

/// For each group, when the telling that we believe was asked. Part of the stored order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Believed {
    #[serde(with = "millis")]
    header: Timestamp,
    #[serde(with = "millis")]
    lines: Timestamp,
    #[serde(with = "millis")]
    totals: Timestamp,
    #[serde(with = "millis")]
    cancel_requests: Timestamp,
}

impl Default for Believed {
    fn default() -> Self {
        let never = Timestamp::MIN_UTC.max(crate::time::from_millis(i64::MIN / 1_000_000));
        Believed { header: never, lines: never, totals: never, cancel_requests: never }
    }
}

impl OrderFacts {
    /// Facts of an order of which nothing has been told.
    pub fn unknown() -> Self {
        OrderFacts {
            placed_at: None,
            fulfilled_by: crate::open::Open::Known(crate::order::FulfilledBy::Seller),
            aliases: Vec::new(),
            method: None,
            ship_node: None,
            total: None,
            ship_by: None,
            deliver_by: None,
            place: Default::default(),
            address: Default::default(),
            lines: Vec::new(),
            unmapped: Vec::new(),
        }
    }

    /// Folds one telling in. Any permutation and duplication of the same tellings gives the same facts (G10): counters
    /// are maxima (a marketplace never un-ships or un-cancels), other groups belong to the telling asked last, ties to
    /// the greater value.
    pub fn fold(&mut self, believed: &mut Believed, seen: &Observation) {
        let (told, at) = (&seen.facts, seen.asked_at);
        if seen.coverage.covers(Group::Header)
            && newer(at, believed.header, || header_rank(told) > header_rank(self))
        {
            believed.header = at;
            self.placed_at = told.placed_at;
            self.fulfilled_by = told.fulfilled_by.clone();
            self.aliases.clone_from(&told.aliases);
            self.method.clone_from(&told.method);
            self.ship_node.clone_from(&told.ship_node);
            self.ship_by = told.ship_by;
            self.deliver_by = told.deliver_by;
            self.unmapped.clone_from(&told.unmapped);
        }
        if seen.coverage.covers(Group::Totals)
            && newer(at, believed.totals, || rank(&told.total) > rank(&self.total))
        {
            believed.totals = at;
            self.total = told.total;
        }
        if seen.coverage.covers(Group::ShipTo) {
            self.fold_address(told);
        }
        let newer_lines = seen.coverage.covers(Group::Lines) && at > believed.lines;
        let older_lines = seen.coverage.covers(Group::Lines) && at < believed.lines;
        if newer_lines {
            believed.lines = at;
        }
        let requests = seen.coverage.covers(Group::CancelRequests).then_some((at, believed.cancel_requests));
        for line in &told.lines {
            let ours = match self.lines.binary_search_by(|l| l.line_id.cmp(&line.line_id)) {
                Ok(found) => &mut self.lines[found],
                Err(place) => {
                    self.lines.insert(place, Line::new(line.line_id.clone(), line.sku.clone(), 0));
                    &mut self.lines[place]
                }
            };
            if seen.coverage.covers(Group::Lines) {
                fold_content(ours, line, newer_lines, older_lines);
            }
            if seen.coverage.covers(Group::Statuses) {
                fold_counters(ours, line);
            }
            if let Some((at, before)) = requests {
                ours.cancel_requested = match at.cmp(&before) {
                    std::cmp::Ordering::Greater => line.cancel_requested,
                    std::cmp::Ordering::Equal => ours.cancel_requested | line.cancel_requested,
                    std::cmp::Ordering::Less => ours.cancel_requested,
                };
            }
        }
        if seen.coverage.covers(Group::CancelRequests) {
            believed.cancel_requests = believed.cancel_requests.max(at);
        }
    }

    fn fold_address(&mut self, told: &OrderFacts) {
        let keep = |ours: PartState, theirs: PartState| ours.max(theirs);
        // The place follows the better copy; between equally good ones the greater text, so that order does not matter.
        let (ours, theirs) = (self.address.lines, told.address.lines);
        let key = |p: &crate::address::Place| (p.country.clone(), p.region.clone(), p.city.clone());
        if theirs > ours || (theirs == ours && key(&told.place) > key(&self.place)) {
            self.place = told.place.clone();
        }
        self.address.name = keep(self.address.name, told.address.name);
        self.address.lines = keep(ours, theirs);
        self.address.phone = keep(self.address.phone, told.address.phone);
        self.address.email = keep(self.address.email, told.address.email);
    }
}

fn newer(at: Timestamp, before: Timestamp, greater: impl FnOnce() -> bool) -> bool {
    at > before || (at == before && greater())
}

fn rank(total: &Option<crate::money::Money>) -> Option<(rust_decimal::Decimal, crate::money::Currency)> {
    total.map(|money| (money.amount, money.currency))
}

fn header_rank(facts: &OrderFacts) -> impl Ord {
    (
        facts.placed_at,
        facts.fulfilled_by.as_str().to_owned(),
        facts.ship_by,
        facts.deliver_by,
        facts.method.clone(),
        facts.ship_node.clone(),
        facts.aliases.clone(),
        facts.unmapped.clone(),
    )
}

fn fold_content(ours: &mut Line, told: &Line, newer: bool, older: bool) {
    ours.ordered = ours.ordered.max(told.ordered);
    if older {
        return;
    }
    let content =
        |l: &Line| (l.sku.clone(), l.title.clone(), l.other_statuses.clone(), format!("{:?}", l.charges));
    if newer || content(told) > content(ours) {
        ours.sku.clone_from(&told.sku);
        ours.title.clone_from(&told.title);
        ours.charges.clone_from(&told.charges);
        ours.other_statuses.clone_from(&told.other_statuses);
    }
}

fn fold_counters(ours: &mut Line, told: &Line) {
    ours.acknowledged = ours.acknowledged.max(told.acknowledged);
    ours.cancelled = ours.cancelled.max(told.cancelled);
    ours.shipped = ours.shipped.max(told.shipped);
    ours.delivered = ours.delivered.max(told.delivered);
    ours.refunded = ours.refunded.max(told.refunded);
    ours.cancel_reason = ours.cancel_reason.take().max(told.cancel_reason.clone());
    for package in &told.packages {
        fold_package(&mut ours.packages, package);
    }
    // A channel that shows more done than ordered has told us of units we had not seen.
    ours.ordered = ours.ordered.max(ours.shipped + ours.cancelled);
}

fn fold_package(ours: &mut Vec<LinePackage>, told: &LinePackage) {
    match ours.binary_search_by(|p| (&p.tracking, &p.carrier).cmp(&(&told.tracking, &told.carrier))) {
        Ok(found) => ours[found].quantity = ours[found].quantity.max(told.quantity),
        Err(place) => ours.insert(place, told.clone()),
    }
}
