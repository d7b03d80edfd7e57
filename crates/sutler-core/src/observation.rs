//! What we were told, with what the telling was able to show, and how tellings fold into facts.

use crate::{
    address::Place,
    id::LineId,
    money::Money,
    order::{Line, LinePackage, OrderFacts},
    time::{Timestamp, millis},
};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// A group of fields that a call shows together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Placed at, aliases, method, node, deadlines, who fulfils, whether it may be shipped.
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
    pub facts: Arc<OrderFacts>,
}

/// For each group, when the telling that we believe was asked. Part of the stored order.
///
/// Groups of lines are kept for each line: a telling that shows one line says nothing about the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Believed {
    #[serde(with = "millis")]
    header: Timestamp,
    #[serde(with = "millis")]
    totals: Timestamp,
    #[serde(with = "millis")]
    ship_to: Timestamp,
    lines: Vec<LineBelieved>,
}

/// The same for one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct LineBelieved {
    line: LineId,
    #[serde(with = "millis")]
    content: Timestamp,
    #[serde(with = "millis")]
    statuses: Timestamp,
    #[serde(with = "millis")]
    cancel_requests: Timestamp,
}

/// Earlier than any telling: some centuries before the first marketplace.
fn never() -> Timestamp {
    crate::time::from_millis(i64::MIN / 1_000_000)
}

impl Default for Believed {
    fn default() -> Self {
        Believed { header: never(), totals: never(), ship_to: never(), lines: Vec::new() }
    }
}

impl Believed {
    /// When the telling was asked whose street, city and region we hold. A copy of the address from an earlier one may
    /// fill gaps ([`crate::address::Address::fill`]) and must not overwrite.
    pub fn ship_to_asked_at(&self) -> Timestamp {
        self.ship_to
    }

    /// Was the content of a line told by its own id?
    fn knows_lines(&self) -> bool {
        self.lines.iter().any(|known| !known.line.is_provisional() && known.content > never())
    }

    fn line(&mut self, id: &LineId) -> &mut LineBelieved {
        let place = match self.lines.binary_search_by(|l| l.line.cmp(id)) {
            Ok(found) => found,
            Err(place) => {
                let (content, statuses, cancel_requests) = (never(), never(), never());
                self.lines
                    .insert(place, LineBelieved { line: id.clone(), content, statuses, cancel_requests });
                place
            }
        };
        &mut self.lines[place]
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
            not_ready: None,
            unmapped: Vec::new(),
        }
    }

    /// Folds one telling in. Any permutation and duplication of the same tellings gives the same facts (G10): counters
    /// are maxima (a marketplace never un-ships or un-cancels), other groups belong to the telling asked last, ties to
    /// the greater value. Lines are told one by one: a line that a later telling does not show keeps what was told of it.
    /// [Provisional](LineId::provisional) lines stand only until the content of one real line is told.
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
            self.not_ready.clone_from(&told.not_ready);
            self.unmapped.clone_from(&told.unmapped);
        }
        if seen.coverage.covers(Group::Totals)
            && newer(at, believed.totals, || total_rank(&told.total) > total_rank(&self.total))
        {
            believed.totals = at;
            self.total = told.total;
        }
        if seen.coverage.covers(Group::ShipTo) {
            self.fold_address(&mut believed.ship_to, told, at);
        }
        let of_lines = [Group::Lines, Group::Statuses, Group::CancelRequests];
        if of_lines.into_iter().any(|group| seen.coverage.covers(group)) {
            let settled = believed.knows_lines();
            for line in told.lines.iter().filter(|line| !(settled && line.line_id.is_provisional())) {
                let ours = match self.lines.binary_search_by(|l| l.line_id.cmp(&line.line_id)) {
                    Ok(found) => &mut self.lines[found],
                    Err(place) => {
                        // Without its SKU: that is content, and this telling may not cover content.
                        self.lines.insert(place, Line::new(line.line_id.clone(), None, 0));
                        &mut self.lines[place]
                    }
                };
                fold_line(ours, believed.line(&line.line_id), line, seen);
            }
            if !settled && believed.knows_lines() {
                self.lines.retain(|line| !line.line_id.is_provisional());
                believed.lines.retain(|known| !known.line.is_provisional());
            }
        }
    }

    fn fold_address(&mut self, believed: &mut Timestamp, told: &OrderFacts, at: Timestamp) {
        let (ours, theirs) = (self.address.lines, told.address.lines);
        // The place follows the better copy, between equally good ones the one asked later: a buyer's amendment.
        let later = || newer(at, *believed, || place_rank(&told.place) > place_rank(&self.place));
        if theirs > ours || (theirs == ours && later()) {
            self.place = told.place.clone();
            *believed = at;
        }
        self.address.name = self.address.name.max(told.address.name);
        self.address.lines = ours.max(theirs);
        self.address.phone = self.address.phone.max(told.address.phone);
        self.address.email = self.address.email.max(told.address.email);
    }
}

fn newer(at: Timestamp, before: Timestamp, greater: impl FnOnce() -> bool) -> bool {
    at > before || (at == before && greater())
}

// What breaks a tie must tell any two values apart, or which came first would show: hence the scale of an amount, and
// the text forms of values that have no order of their own.

fn total_rank(total: &Option<Money>) -> impl Ord {
    total.map(|money| (money.amount, money.amount.scale(), money.currency))
}

fn place_rank(place: &Place) -> impl Ord + '_ {
    (&place.country, &place.region, &place.city)
}

fn header_rank(facts: &OrderFacts) -> impl Ord + '_ {
    (
        facts.placed_at,
        &facts.fulfilled_by,
        facts.ship_by,
        facts.deliver_by,
        &facts.method,
        &facts.ship_node,
        &facts.aliases,
        &facts.not_ready,
        &facts.unmapped,
    )
}

fn content_rank(line: &Line) -> impl Ord + '_ {
    (&line.sku, &line.title, format!("{:?}", line.charges))
}

fn fold_line(ours: &mut Line, believed: &mut LineBelieved, told: &Line, seen: &Observation) {
    let at = seen.asked_at;
    if seen.coverage.covers(Group::Lines) {
        ours.ordered = ours.ordered.max(told.ordered);
        if newer(at, believed.content, || content_rank(told) > content_rank(ours)) {
            believed.content = at;
            ours.sku.clone_from(&told.sku);
            ours.title.clone_from(&told.title);
            ours.charges.clone_from(&told.charges);
        }
    }
    if seen.coverage.covers(Group::Statuses) {
        fold_counters(ours, told);
        if newer(at, believed.statuses, || told.other_statuses > ours.other_statuses) {
            believed.statuses = at;
            ours.other_statuses.clone_from(&told.other_statuses);
        }
    }
    if seen.coverage.covers(Group::CancelRequests)
        && newer(at, believed.cancel_requests, || told.cancel_wish > ours.cancel_wish)
    {
        believed.cancel_requests = at;
        ours.cancel_wish = told.cancel_wish;
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
    // One telling that shows more done than ordered has told us of units we had not seen. Two tellings have not: units
    // that were shown as cancelled and later as shipped are the same units.
    ours.ordered = ours.ordered.max(told.shipped.saturating_add(told.cancelled));
}

fn fold_package(ours: &mut Vec<LinePackage>, told: &LinePackage) {
    match ours.binary_search_by(|p| (&p.tracking, &p.carrier).cmp(&(&told.tracking, &told.carrier))) {
        Ok(found) => ours[found].quantity = ours[found].quantity.max(told.quantity),
        Err(place) => ours.insert(place, told.clone()),
    }
}
