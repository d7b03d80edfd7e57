//! The rows of reports: tabs between columns, a line for every item.

use super::order::{Item, Order};
use super::order_json::decimal;
use crate::clock::{DAY, Ms};
use crate::json::iso;

/// The reports there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// All orders, also Amazon's, by their last update; nothing that identifies buyers.
    AllOrders,
    /// The seller's orders, from when they could be shipped, with where to ship them.
    Shipping,
    Returns,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::AllOrders, Kind::Shipping, Kind::Returns];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::AllOrders => "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL",
            Kind::Shipping => "GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING",
            Kind::Returns => "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE",
        }
    }

    pub(crate) fn of(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(crate) fn known() -> String {
        Kind::ALL.map(Kind::name).join(", ")
    }

    /// Whether it identifies buyers.
    pub(crate) fn restricted(self) -> bool {
        self == Kind::Shipping
    }
}

/// A return the buyer asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Return {
    pub(crate) id: String,
    pub(crate) order: u32,
    /// The item's place in the order.
    pub(crate) item: usize,
    pub(crate) units: u32,
    pub(crate) asked: Ms,
    pub(crate) reason: String,
}

/// A return arrives three days after it was asked for, and is done the day after: the money is given back with it.
const ON_THE_WAY: Ms = 3 * DAY;
const LOOKED_AT: Ms = DAY;

/// An order becomes part of the shipping report up to half an hour after it could be shipped.
const SHIPPING_DELAY: Ms = 30 * 60 * 1000;

/// The text of a report with the orders it names; without text when there is nothing to report.
pub(crate) fn rows(
    orders: &[Order],
    returns: &[Return],
    kind: Kind,
    window: (Ms, Ms),
    now: Ms,
    role: bool,
) -> (Option<String>, Vec<u32>) {
    let (mut out, mut named) = (Sheet::new(header(kind)), Vec::new());
    let within = |at: Ms| window.0 <= at && at <= window.1;
    if kind == Kind::Returns {
        for back in returns.iter().filter(|back| within(back.asked)) {
            let Some(order) = orders.get(back.order as usize) else { continue };
            let Some(item) = order.standing.items.get(back.item) else { continue };
            named.push(order.index);
            out.row(&return_row(order, item, back, now));
        }
    } else {
        for order in orders.iter().filter(|order| order.placed <= now && order.visible <= now) {
            let wanted = match kind {
                Kind::AllOrders => within(order.standing.modified),
                _ => {
                    order.sellers()
                        && !order.standing.pending
                        && within(order.paid)
                        && order.paid + SHIPPING_DELAY <= now
                        && order.standing.status() != "CANCELLED"
                }
            };
            if !wanted {
                continue;
            }
            named.push(order.index);
            for (place, item) in order.standing.items.iter().enumerate() {
                if kind == Kind::AllOrders {
                    out.row(&general_row(order, item, place));
                } else {
                    out.row(&shipping_row(order, item, role));
                }
            }
        }
    }
    (out.text(), named)
}

struct Sheet {
    text: String,
    rows: usize,
}

impl Sheet {
    fn new(columns: &[&str]) -> Sheet {
        Sheet { text: format!("{}\r\n", columns.join("\t")), rows: 0 }
    }

    fn row(&mut self, cells: &[String]) {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace(['\t', '\r', '\n'], " ")).collect();
        self.text.push_str(&cells.join("\t"));
        self.text.push_str("\r\n");
        self.rows += 1;
    }

    fn text(self) -> Option<String> {
        (self.rows > 0).then_some(self.text)
    }
}

fn header(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::AllOrders => &[
            "amazon-order-id",
            "merchant-order-id",
            "purchase-date",
            "last-updated-date",
            "order-status",
            "fulfillment-channel",
            "sales-channel",
            "order-channel",
            "ship-service-level",
            "product-name",
            "sku",
            "asin",
            "item-status",
            "quantity",
            "currency",
            "item-price",
            "item-tax",
            "shipping-price",
            "shipping-tax",
            "ship-city",
            "ship-state",
            "ship-postal-code",
            "ship-country",
            "promotion-ids",
            "is-business-order",
        ],
        Kind::Shipping => &[
            "order-id",
            "order-item-id",
            "purchase-date",
            "payments-date",
            "buyer-email",
            "buyer-name",
            "buyer-phone-number",
            "sku",
            "product-name",
            "quantity-purchased",
            "currency",
            "item-price",
            "item-tax",
            "shipping-price",
            "shipping-tax",
            "ship-service-level",
            "recipient-name",
            "ship-address-1",
            "ship-address-2",
            "ship-address-3",
            "ship-city",
            "ship-state",
            "ship-postal-code",
            "ship-country",
            "ship-phone-number",
        ],
        Kind::Returns => &[
            "Order ID",
            "Order date",
            "Return request date",
            "Return request status",
            "Amazon RMA ID",
            "Merchant RMA ID",
            "Label type",
            "Label cost",
            "Currency code",
            "Return carrier",
            "Tracking ID",
            "Label to be paid by",
            "A-to-Z Claim",
            "Is prime",
            "ASIN",
            "Merchant SKU",
            "Item Name",
            "Return quantity",
            "Return Reason",
            "In policy",
            "Return type",
            "Resolution",
            "Invoice number",
            "Return delivery date",
            "Order Amount",
            "Order quantity",
            "SafeT Action reason",
            "SafeT claim id",
            "SafeT claim state",
            "SafeT claim creation time",
            "SafeT claim reimbursement amount",
            "Refunded Amount",
        ],
    }
}

fn goods(item: &Item) -> i64 {
    item.unit_cents.saturating_mul(i64::from(item.ordered))
}

fn general_row(order: &Order, item: &Item, place: usize) -> Vec<String> {
    let standing = &order.standing;
    let item_status = match (item.open, standing.shipped_units(place)) {
        (0, 0) => "Cancelled",
        (0, _) => "Shipped",
        _ => "Unshipped",
    };
    let money = |cents: i64| if standing.pending { String::new() } else { decimal(cents) };
    let business = order.programs.iter().any(|program| program == "AMAZON_BUSINESS");
    [
        order.id.as_str(),
        standing.alias.as_deref().unwrap_or(""),
        &iso(order.placed),
        &iso(standing.modified),
        standing.old_status(),
        if order.sellers() { "Merchant" } else { "Amazon" },
        "Amazon.com",
        "",
        order.level,
        &format!("Item {}", item.sku),
        &item.sku,
        &item.asin,
        item_status,
        &item.ordered.to_string(),
        "USD",
        &money(goods(item)),
        &money(item.tax_cents),
        &money(item.shipping_cents),
        "",
        &order.address.city,
        &order.address.state,
        &order.address.postal_code,
        "US",
        "",
        if business { "true" } else { "false" },
    ]
    .map(str::to_owned)
    .to_vec()
}

fn shipping_row(order: &Order, item: &Item, role: bool) -> Vec<String> {
    let address = &order.address;
    let personal = |text: &str| if role { text.to_owned() } else { String::new() };
    vec![
        order.id.clone(),
        item.id.clone(),
        iso(order.placed),
        iso(order.paid),
        personal(&format!("{:016x}@marketplace.amazon.com", order.email)),
        personal(&address.name),
        personal(&order.phone.to_string()),
        item.sku.clone(),
        format!("Item {}", item.sku),
        item.ordered.to_string(),
        "USD".into(),
        decimal(goods(item)),
        decimal(item.tax_cents),
        decimal(item.shipping_cents),
        String::new(),
        order.level.to_owned(),
        personal(&address.name),
        personal(&address.address1),
        personal(address.address2.as_deref().unwrap_or("")),
        String::new(),
        address.city.clone(),
        address.state.clone(),
        personal(&address.postal_code),
        "US".into(),
        if order.masked { String::new() } else { personal(&order.phone.to_string()) },
    ]
}

fn return_row(order: &Order, item: &Item, back: &Return, now: Ms) -> Vec<String> {
    let day = |at: Ms| {
        chrono::DateTime::from_timestamp_millis(at)
            .map(|at| at.format("%d-%b-%Y").to_string())
            .unwrap_or_default()
    };
    let yes = |is: bool| if is { "Y" } else { "N" };
    let arrived = back.asked + ON_THE_WAY;
    let done = now >= arrived + LOOKED_AT;
    let worth = item.unit_cents.saturating_mul(i64::from(back.units));
    [
        order.id.as_str(),
        &day(order.placed),
        &day(back.asked),
        if done { "Completed" } else { "Approved" },
        &back.id,
        "",
        "AmazonUnPaidLabel",
        "",
        "USD",
        "USPS",
        &format!("92{:020}", back.order),
        "Customer",
        "N",
        yes(order.programs.iter().any(|program| program == "PRIME")),
        &item.asin,
        &item.sku,
        &format!("Item {}", item.sku),
        &back.units.to_string(),
        &back.reason,
        yes(back.asked <= order.placed + 37 * DAY),
        "C-Returns",
        "StandardRefund",
        "",
        &if now >= arrived { day(arrived) } else { String::new() },
        &decimal(goods(item)),
        &item.ordered.to_string(),
        "",
        "",
        "",
        "",
        "",
        &if done { decimal(worth) } else { String::new() },
    ]
    .map(str::to_owned)
    .to_vec()
}
