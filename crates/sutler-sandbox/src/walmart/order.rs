//! One purchase order and what has happened to its units. No requests, no wire format here.

use super::settings::Settings;
use crate::clock::{DAY, Ms};
use crate::dice::Roll;
use crate::plan::{Address, Defect, FulfilledBy, PlannedOrder};
use crate::standard::{dice_of, good_address};

/// A line not shipped is cancelled this long after the estimated ship date (`deadlines`: 4 calendar days since
/// 2023-06-06, and the clock runs from the instant, not the date).
pub(crate) const AUTO_CANCEL_AFTER: Ms = 4 * DAY;

/// Units that left together under one tracking number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Package {
    pub(crate) units: u32,
    pub(crate) tracking: String,
    pub(crate) carrier: Carrier,
    pub(crate) url: Option<String>,
    pub(crate) shipped: Ms,
    pub(crate) delivered: bool,
}

/// A carrier by its name in the enumeration, or by any other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Carrier {
    Listed(&'static str),
    Other(String),
}

/// Units that will not come. The reason is absent when Walmart cancelled by itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cancelled {
    pub(crate) units: u32,
    pub(crate) reason: Option<&'static str>,
}

/// Money of one charge of a line that was given back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Given {
    /// Of the shipping; otherwise of the product.
    pub(crate) shipping: bool,
    pub(crate) cents: i64,
    pub(crate) tax_cents: i64,
    pub(crate) reason: &'static str,
    pub(crate) comment: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) number: u32,
    pub(crate) sku: String,
    pub(crate) ordered: u32,
    pub(crate) product_cents: i64,
    pub(crate) product_tax_cents: i64,
    pub(crate) shipping_cents: i64,
    /// Units neither shipped nor cancelled.
    pub(crate) open: u32,
    pub(crate) acknowledged: bool,
    pub(crate) packages: Vec<Package>,
    pub(crate) cancelled: Vec<Cancelled>,
    pub(crate) given: Vec<Given>,
    pub(crate) status_at: Ms,
}

impl Line {
    pub(crate) fn cancelled_units(&self) -> u32 {
        self.cancelled.iter().map(|c| c.units).sum()
    }

    /// Cents and cents of tax not given back yet, of the product and of the shipping.
    pub(crate) fn left(&self) -> [(i64, i64); 2] {
        let charged = [(self.product_cents, self.product_tax_cents), (self.shipping_cents, 0)];
        let mut left = charged;
        for given in &self.given {
            let (cents, tax) = &mut left[usize::from(given.shipping)];
            (*cents, *tax) = (*cents - given.cents, *tax - given.tax_cents);
        }
        left
    }

    /// Whether any unit of the line is in the status of that name.
    pub(crate) fn is_in(&self, status: &str) -> bool {
        match status {
            "Created" => self.open > 0 && !self.acknowledged,
            "Acknowledged" => self.open > 0 && self.acknowledged,
            "Shipped" => self.packages.iter().any(|p| !p.delivered),
            "Delivered" => self.packages.iter().any(|p| p.delivered),
            "Cancelled" => !self.cancelled.is_empty(),
            _ => false,
        }
    }

    pub(crate) fn cancel(&mut self, at: Ms, units: u32, reason: Option<&'static str>) {
        self.open -= units.min(self.open);
        self.cancelled.push(Cancelled { units, reason });
        self.status_at = at;
    }
}

/// The part of an order that changes; reads that lag are shown an older one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Standing {
    pub(crate) lines: Vec<Line>,
    pub(crate) modified: Ms,
    pub(crate) cancel_asked: bool,
    /// Whether any status ever changed: from then on the phone may be masked.
    pub(crate) touched: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    pub(crate) index: u32,
    pub(crate) id: String,
    pub(crate) customer_order: u64,
    pub(crate) email: u64,
    /// Until then the e-mail address is Walmart's placeholder.
    pub(crate) email_ready: Ms,
    pub(crate) phone: u64,
    pub(crate) placed: Ms,
    /// From then on lists and reads by id show it.
    pub(crate) visible: Ms,
    pub(crate) ship_by: Ms,
    pub(crate) deliver_by: Ms,
    pub(crate) method: &'static str,
    pub(crate) fulfilled_by: FulfilledBy,
    pub(crate) address: Address,
    pub(crate) defect: Defect,
    pub(crate) cancel_request_at: Option<Ms>,
    pub(crate) masked: bool,
    pub(crate) loose: bool,
    pub(crate) unknown_text: bool,
    /// Whether an answer that named it was delivered.
    pub(crate) seen: bool,
    pub(crate) standing: Standing,
    /// What lagging reads show, and until when.
    pub(crate) shadow: Option<Box<(Standing, Ms)>>,
}

impl Order {
    /// Fills in by seed what the plan leaves open.
    pub(crate) fn place(settings: &Settings, index: u32, planned: &PlannedOrder) -> Order {
        let dice = dice_of(settings.seed, u64::from(index));
        let faults = &settings.faults;
        let placed = planned.placed_at.timestamp_millis();
        // Midnight of the US East coast or so, two days on: real estimated ship dates end on 03:00–07:00 UTC.
        let ship_by =
            planned.ship_by.map_or((placed / DAY + 2) * DAY + 5 * 3_600_000, |at| at.timestamp_millis());
        let late = dice.chance(Roll::Late, faults.late_visible);
        let late_by = if late {
            dice.between(Roll::LateVisibleBy, 1, i64::from(faults.late_visible_max_s) * 1000)
        } else {
            0
        };
        let method = match dice.below(Roll::Shape, 10) {
            0..=4 => "Standard",
            5..=7 => "Value",
            8 => "Express",
            _ => "OneDay",
        };
        let acknowledged = planned.fulfilled_by != FulfilledBy::Seller;
        // Lines "4", "6", "9" are normal: one order in four has gaps in its numbers.
        let gap = if dice.below(Roll::Gap, 4) == 0 { 2 } else { 1 };
        let lines = planned.lines.iter().enumerate().map(|(at, line)| {
            let product_cents = line.unit_cents.saturating_mul(i64::from(line.quantity));
            let shipping_cents = if at == 0 && dice.below(Roll::Price, 3) == 0 { 599 } else { 0 };
            Line {
                number: at as u32 * gap + gap,
                sku: line.sku.clone(),
                ordered: line.quantity,
                product_cents,
                product_tax_cents: product_cents / 100 * 8 + (product_cents % 100 * 8 + 50) / 100,
                shipping_cents,
                open: line.quantity,
                acknowledged,
                packages: Vec::new(),
                cancelled: Vec::new(),
                given: Vec::new(),
                status_at: placed,
            }
        });
        let standing =
            Standing { lines: lines.collect(), modified: placed, cancel_asked: false, touched: acknowledged };
        Order {
            index,
            id: planned.id.clone().unwrap_or_else(|| {
                // Fifteen digits, as seen in 2026; the stride exceeds the noise, so no two are equal.
                let noise = dice.below(Roll::Number, 900_000_000);
                format!("{}", 108_000_000_000_000 + u64::from(index) * 1_000_000_007 + noise)
            }),
            customer_order: 200_000_000_000_000 + dice.nth(9).below(Roll::Number, 99_999_999_999_999),
            email: dice.draw(Roll::Email),
            email_ready: if dice.below(Roll::Email, 20) == 0 { placed + 600_000 } else { placed },
            phone: 2_015_550_100 + dice.below(Roll::Person, 7_000_000_000),
            placed,
            visible: placed + late_by,
            ship_by,
            deliver_by: (ship_by / DAY + 3) * DAY + 19 * 3_600_000,
            method,
            fulfilled_by: planned.fulfilled_by,
            address: planned.address.clone().unwrap_or_else(|| good_address(dice)),
            defect: planned.defect,
            cancel_request_at: planned.cancel_request_at.map(|at| at.timestamp_millis()),
            masked: dice.chance(Roll::Masked, faults.masked),
            loose: dice.chance(Roll::Loose, faults.loose),
            unknown_text: dice.chance(Roll::Unknown, faults.unknown_text),
            seen: false,
            standing,
            shadow: None,
        }
    }

    pub(crate) fn sellers(&self) -> bool {
        self.fulfilled_by == FulfilledBy::Seller
    }

    /// What a read at `now` shows.
    pub(crate) fn shown(&self, now: Ms) -> &Standing {
        match &self.shadow {
            Some(old) if now < old.1 => &old.0,
            _ => &self.standing,
        }
    }

    /// Keeps the present standing for reads until `until`. A shadow still in force stays: replacing it would hide a
    /// change for longer than the lag allows.
    pub(crate) fn keep_shadow(&mut self, now: Ms, until: Ms) {
        if self.shadow.as_ref().is_none_or(|old| old.1 <= now) {
            self.shadow = Some(Box::new((self.standing.clone(), until)));
        }
    }

    pub(crate) fn line_mut(&mut self, number: u32) -> Option<&mut Line> {
        self.standing.lines.iter_mut().find(|line| line.number == number)
    }

    pub(crate) fn changed(&mut self, at: Ms) {
        self.standing.modified = at;
        self.standing.touched = true;
    }
}
