//! One order and what has happened to its units. No requests, no wire format here.

use super::settings::Settings;
use crate::clock::{DAY, Ms};
use crate::dice::Roll;
use crate::plan::{Address, Defect, FulfilledBy, PlannedOrder};
use crate::standard::{dice_of, good_address};

const HOUR: Ms = 3_600_000;

/// Seller-fulfilled units not confirmed are cancelled this long after the latest ship date (Seller Central's help page
/// G201722390: seven days after the expected ship date).
pub(crate) const AUTO_CANCEL_AFTER: Ms = 7 * DAY;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) sku: String,
    pub(crate) asin: String,
    pub(crate) ordered: u32,
    pub(crate) unit_cents: i64,
    pub(crate) shipping_cents: i64,
    pub(crate) tax_cents: i64,
    /// Units neither in a package nor cancelled.
    pub(crate) open: u32,
    pub(crate) cancelled: Option<Cancelled>,
}

/// Units that will not come, and by whom.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cancelled {
    pub(crate) units: u32,
    pub(crate) by: &'static str,
    pub(crate) reason: String,
}

/// Units that left together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Package {
    pub(crate) reference: String,
    pub(crate) created: Ms,
    pub(crate) carrier: String,
    pub(crate) service: Option<String>,
    pub(crate) tracking: String,
    pub(crate) shipped: Ms,
    /// By their places among the order's items.
    pub(crate) items: Vec<(usize, u32)>,
    /// The label was bought from Amazon, who knows all about it.
    pub(crate) amazon_label: bool,
}

/// The part of an order that changes; reads that lag are shown an older one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Standing {
    pub(crate) items: Vec<Item>,
    pub(crate) packages: Vec<Package>,
    pub(crate) modified: Ms,
    pub(crate) cancel_asked: bool,
    /// The payment has not gone through.
    pub(crate) pending: bool,
    /// The seller's own number, as an acknowledgement feed gave it.
    pub(crate) alias: Option<String>,
}

impl Standing {
    pub(crate) fn open(&self) -> u32 {
        self.items.iter().map(|item| item.open).sum()
    }

    pub(crate) fn status(&self) -> &'static str {
        let shipped = !self.packages.is_empty();
        match (self.pending, self.open()) {
            (true, 1..) => "PENDING",
            (_, 0) if shipped => "SHIPPED",
            (_, 0) => "CANCELLED",
            (_, _) if shipped => "PARTIALLY_SHIPPED",
            _ => "UNSHIPPED",
        }
    }

    /// The older spelling, which notifications and reports keep.
    pub(crate) fn old_status(&self) -> &'static str {
        match self.status() {
            "PENDING" => "Pending",
            "SHIPPED" => "Shipped",
            "CANCELLED" => "Canceled",
            "PARTIALLY_SHIPPED" => "PartiallyShipped",
            _ => "Unshipped",
        }
    }

    pub(crate) fn shipped_units(&self, place: usize) -> u32 {
        let items = self.packages.iter().flat_map(|package| &package.items);
        items.filter(|(item, _)| *item == place).map(|(_, units)| units).sum()
    }

    /// Cancels what is open of an item; returns how many units that were.
    pub(crate) fn cancel(&mut self, place: usize, by: &'static str, reason: &str) -> u32 {
        let Some(item) = self.items.get_mut(place) else { return 0 };
        let units = std::mem::take(&mut item.open);
        if units > 0 {
            let before = item.cancelled.as_ref().map_or(0, |c| c.units);
            item.cancelled = Some(Cancelled { units: before + units, by, reason: reason.to_owned() });
        }
        units
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    pub(crate) index: u32,
    pub(crate) id: String,
    pub(crate) email: u64,
    pub(crate) phone: u64,
    pub(crate) placed: Ms,
    /// From then on lists and reads by id show it.
    pub(crate) visible: Ms,
    pub(crate) paid: Ms,
    pub(crate) ship_from: Ms,
    pub(crate) ship_by: Ms,
    pub(crate) level: &'static str,
    pub(crate) programs: Vec<String>,
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
        let dice = dice_of(settings.order_seed(), u64::from(index));
        let faults = &settings.faults;
        let placed = planned.placed_at.timestamp_millis();
        let paid = planned.paid_at.map_or(placed, |at| at.timestamp_millis().max(placed));
        // Midnight of the US West coast, two days on.
        let ship_by =
            planned.ship_by.map_or((placed / DAY + 3) * DAY + 7 * HOUR - 1000, |at| at.timestamp_millis());
        let late = dice.chance(Roll::Late, faults.late_visible);
        let late_by = if late {
            dice.between(Roll::LateVisibleBy, 1, i64::from(faults.late_visible_max_s) * 1000)
        } else {
            0
        };
        let level = match dice.below(Roll::Shape, 10) {
            0..=6 => "STANDARD",
            7 | 8 => "EXPEDITED",
            _ => "SECOND_DAY",
        };
        let number = dice.below(Roll::Number, 10_000_000);
        let items = planned.lines.iter().enumerate().map(|(at, line)| {
            let cents = line.unit_cents.saturating_mul(i64::from(line.quantity));
            Item {
                // Fourteen digits, no two of them equal.
                id: format!(
                    "{}",
                    20_000_000_000_000 + i64::from(index) * 1_000_003 + number as i64 / 100 + at as i64
                ),
                sku: line.sku.clone(),
                asin: format!("B0{:08X}", crate::dice::identity(&[&line.sku]) & 0xffff_ffff),
                ordered: line.quantity,
                unit_cents: line.unit_cents,
                shipping_cents: if at == 0 && dice.below(Roll::Price, 3) == 0 { 599 } else { 0 },
                tax_cents: cents / 100 * 8 + (cents % 100 * 8 + 50) / 100,
                open: line.quantity,
                cancelled: None,
            }
        });
        let standing = Standing {
            items: items.collect(),
            packages: Vec::new(),
            modified: placed,
            cancel_asked: false,
            pending: paid > placed,
            alias: None,
        };
        Order {
            index,
            id: planned
                .id
                .clone()
                .unwrap_or_else(|| format!("11{}-{:07}-{number:07}", index % 5 + 1, index + 1_000_000)),
            email: dice.draw(Roll::Email),
            phone: 2_015_550_100 + dice.below(Roll::Person, 7_000_000_000),
            placed,
            visible: placed + late_by,
            paid,
            ship_from: (placed / DAY + 1) * DAY + 7 * HOUR,
            ship_by,
            level,
            programs: planned.programs.clone(),
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

    pub(crate) fn deliver_by(&self) -> (Ms, Ms) {
        let day = self.ship_by / DAY;
        ((day + 2) * DAY + 7 * HOUR, (day + 6) * DAY + 7 * HOUR - 1000)
    }

    /// What a read at `now` shows.
    pub(crate) fn shown(&self, now: Ms) -> &Standing {
        match &self.shadow {
            Some(old) if now < old.1 => &old.0,
            _ => &self.standing,
        }
    }

    /// Keeps the present standing for reads until `now + lag`. A shadow still in force stays: replacing it would hide a
    /// change for longer than the lag allows.
    pub(crate) fn keep_shadow(&mut self, now: Ms, lag: Ms) {
        if lag > 0 && self.shadow.as_ref().is_none_or(|old| old.1 <= now) {
            self.shadow = Some(Box::new((self.standing.clone(), now + lag)));
        }
    }

    pub(crate) fn place_of(&self, item: &str) -> Option<usize> {
        self.standing.items.iter().position(|i| i.id == item)
    }
}
