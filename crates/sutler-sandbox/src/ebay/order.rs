//! One order, and what has happened to its units and its money. No requests, no wire format here.

use super::settings::Settings;
use crate::clock::{DAY, Ms};
use crate::dice::Roll;
use crate::plan::{Address, Defect, FulfilledBy, PlannedOrder};
use crate::standard::{dice_of, good_address};

/// The e-mail address of a buyer is shown for this long.
pub(crate) const EMAIL_LIFE: Ms = 14 * DAY;
/// Name, street and telephone for this long.
pub(crate) const NAME_LIFE: Ms = 90 * DAY;

/// Units that left together under one tracking number, as one call told it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Package {
    /// (line, units)
    pub(crate) lines: Vec<(String, u32)>,
    /// Empty when none was given.
    pub(crate) tracking: String,
    pub(crate) carrier: String,
    pub(crate) shipped: Ms,
    /// The tracking number, or `999` without one.
    pub(crate) id: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) sku: String,
    pub(crate) ordered: u32,
    pub(crate) cost_cents: i64,
    pub(crate) shipping_cents: i64,
    pub(crate) tax_cents: i64,
    pub(crate) ship_by: Ms,
    /// Units told of as shipped. Nothing stops a seller from telling twice.
    pub(crate) shipped: u32,
    pub(crate) refunded_cents: i64,
}

impl Line {
    pub(crate) fn status(&self) -> &'static str {
        match self.shipped {
            0 => "NOT_STARTED",
            units if units < self.ordered => "IN_PROGRESS",
            _ => "FULFILLED",
        }
    }

    /// What the buyer paid for it, without the tax eBay keeps.
    pub(crate) fn total_cents(&self) -> i64 {
        self.cost_cents + self.shipping_cents
    }
}

/// Who began a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Initiator {
    Buyer,
    Seller,
}

/// How far a cancellation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CancelStage {
    /// The buyer's wish waits for the seller.
    Asked,
    /// Granted; the money is on its way back.
    Refunding,
    /// Done.
    Closed,
    /// The seller said no, or nothing for three days.
    Rejected,
}

/// A cancellation of the whole order; there is no other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cancellation {
    pub(crate) id: String,
    pub(crate) by: Initiator,
    pub(crate) reason: String,
    pub(crate) stage: CancelStage,
    pub(crate) asked: Ms,
    pub(crate) closed: Option<Ms>,
}

/// Money on its way back, or back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refund {
    pub(crate) id: String,
    /// (line, cents); empty for one of the whole order.
    pub(crate) lines: Vec<(String, i64)>,
    pub(crate) cents: i64,
    pub(crate) at: Ms,
    pub(crate) pending: bool,
}

/// What a buyer sends back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Return {
    pub(crate) id: String,
    pub(crate) line: String,
    pub(crate) opened: Ms,
    pub(crate) open: bool,
}

/// The part of an order that changes; reads that lag are shown an older one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Standing {
    pub(crate) lines: Vec<Line>,
    pub(crate) packages: Vec<Package>,
    pub(crate) cancellations: Vec<Cancellation>,
    pub(crate) refunds: Vec<Refund>,
    pub(crate) returns: Vec<Return>,
    pub(crate) paid: Option<Ms>,
    pub(crate) modified: Ms,
    /// Whether any status ever changed: from then on the buyer may be hidden early.
    pub(crate) touched: bool,
    /// Whether the buyer had their account deleted.
    pub(crate) erased: bool,
}

impl Standing {
    pub(crate) fn cancelled(&self) -> bool {
        self.cancellations.iter().any(|one| matches!(one.stage, CancelStage::Refunding | CancelStage::Closed))
    }

    /// The buyer's wish that waits for an answer.
    pub(crate) fn asked(&self) -> bool {
        self.cancellations.iter().any(|one| one.stage == CancelStage::Asked)
    }

    pub(crate) fn status(&self) -> &'static str {
        let all = |status| self.lines.iter().all(|line| line.status() == status);
        if all("FULFILLED") {
            "FULFILLED"
        } else if all("NOT_STARTED") {
            "NOT_STARTED"
        } else {
            "IN_PROGRESS"
        }
    }

    pub(crate) fn total_cents(&self) -> i64 {
        self.lines.iter().map(Line::total_cents).sum()
    }

    /// What was or is being given back.
    pub(crate) fn refunded_cents(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.cents).sum()
    }

    pub(crate) fn payment(&self) -> &'static str {
        let back: i64 = self.refunds.iter().filter(|refund| !refund.pending).map(|refund| refund.cents).sum();
        match (self.paid, back) {
            (None, _) => "PENDING",
            (Some(_), 0) => "PAID",
            (Some(_), back) if back < self.total_cents() => "PARTIALLY_REFUNDED",
            _ => "FULLY_REFUNDED",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    pub(crate) index: u32,
    pub(crate) id: String,
    pub(crate) record: u32,
    pub(crate) buyer: String,
    pub(crate) email: u64,
    pub(crate) phone: u64,
    pub(crate) placed: Ms,
    /// When the payment goes through.
    pub(crate) pays: Ms,
    /// From then on lists and reads by id show it.
    pub(crate) visible: Ms,
    pub(crate) service: &'static str,
    pub(crate) fulfilled_by: FulfilledBy,
    pub(crate) programs: Vec<String>,
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
        let pays = planned.paid_at.map_or(placed, |at| at.timestamp_millis().max(placed));
        let late_by = if dice.chance(Roll::Late, faults.late_visible) {
            dice.between(Roll::LateVisibleBy, 1, i64::from(faults.late_visible_max_s) * 1000)
        } else {
            0
        };
        // Real ones end a second before a local midnight: 04:59:59, 06:59:59, 21:59:59 UTC.
        let ship_by = planned
            .ship_by
            .map_or((placed / DAY + 3) * DAY + 7 * 3_600_000 - 1000, |at| at.timestamp_millis());
        let lines = planned.lines.iter().enumerate().map(|(at, line)| {
            let dice = dice.nth(100 + at as u64);
            let cost_cents = line.unit_cents.saturating_mul(i64::from(line.quantity));
            // The deadline is each line's own: another item may take a day longer to make ready.
            let later = if at > 0 && dice.below(Roll::Gap, 3) == 0 { DAY } else { 0 };
            Line {
                id: format!("{}", 10_000_000_000_000 + u64::from(index) * 1_000 + at as u64 + 1),
                sku: line.sku.clone(),
                ordered: line.quantity,
                cost_cents,
                shipping_cents: if at == 0 && dice.below(Roll::Price, 3) == 0 { 599 } else { 0 },
                tax_cents: cost_cents / 100 * 8 + (cost_cents % 100 * 8 + 50) / 100,
                ship_by: ship_by + later,
                shipped: 0,
                refunded_cents: 0,
            }
        });
        let standing = Standing {
            lines: lines.collect(),
            packages: Vec::new(),
            cancellations: Vec::new(),
            refunds: Vec::new(),
            returns: Vec::new(),
            paid: (pays <= placed).then_some(placed),
            modified: placed,
            touched: false,
            erased: false,
        };
        Order {
            index,
            id: planned.id.clone().unwrap_or_else(|| {
                // `NN-NNNNN-NNNNN`; the stride is prime to the count of numbers, so no two are equal.
                let number = (u64::from(index) * 7_919 + settings.seed % 10_007) % 10_000_000_000;
                format!("{:02}-{:05}-{:05}", 10 + index % 17, number / 100_000, number % 100_000)
            }),
            record: 1_000 + index,
            buyer: format!("buyer_{:08x}", dice.draw(Roll::Email) as u32),
            email: dice.draw(Roll::Email),
            phone: 2_015_550_100 + dice.below(Roll::Person, 7_000_000_000),
            placed,
            pays,
            visible: pays.max(placed + late_by),
            service: match dice.below(Roll::Shape, 10) {
                0..=5 => "USPSGround",
                6..=8 => "ShippingMethodStandard",
                _ => "USPSPriority",
            },
            fulfilled_by: planned.fulfilled_by,
            programs: planned.programs.clone(),
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

    pub(crate) fn is_in(&self, program: &str) -> bool {
        self.programs.iter().any(|name| name == program)
    }

    /// What a read at `now` shows.
    pub(crate) fn shown(&self, now: Ms) -> &Standing {
        match &self.shadow {
            Some(old) if now < old.1 => &old.0,
            _ => &self.standing,
        }
    }

    /// Keeps the present standing for reads until `lag` from now. A shadow still in force stays: replacing it would hide a
    /// change for longer than the lag allows.
    pub(crate) fn keep_shadow(&mut self, now: Ms, lag: Ms) {
        if lag > 0 && self.shadow.as_ref().is_none_or(|old| old.1 <= now) {
            self.shadow = Some(Box::new((self.standing.clone(), now + lag)));
        }
    }

    pub(crate) fn changed(&mut self, at: Ms) {
        self.standing.modified = at;
        self.standing.touched = true;
    }
}
