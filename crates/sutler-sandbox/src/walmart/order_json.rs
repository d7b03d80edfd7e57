//! Orders in Walmart's JSON: amounts are numbers, quantities are strings, instants are epoch milliseconds.

use super::order::{Carrier, Line, Order, Package};
use crate::clock::Ms;
use crate::dice::{Dice, Roll};
use crate::json::{amount, integer, number, put, quote, text, uncomma};

/// What one rendering may distort; a draw per answer, since production is not even consistent with itself.
#[derive(Clone, Copy)]
struct Looseness {
    on: bool,
    dice: Dice,
}

impl Looseness {
    /// Whether the `nth` optional field is bent in this answer.
    fn bends(self, nth: u64) -> bool {
        self.on && self.dice.nth(nth).below(Roll::LooseShape, 3) == 0
    }
}

/// Appends the order as of `now`. `fresh` shows the standing itself (the answer of a write), else lagging reads may
/// show an older one.
pub(crate) fn order(out: &mut String, order: &Order, now: Ms, node_id: &str, dice: Dice, fresh: bool) {
    let standing = if fresh { &order.standing } else { order.shown(now) };
    let loose = Looseness { on: order.loose, dice: dice.nth(u64::from(order.index)) };
    out.push('{');
    text(out, "purchaseOrderId", &order.id);
    put(out, format_args!("\"customerOrderId\":\"{}\",", order.customer_order));
    if loose.bends(1) {
        out.push_str("\"customerEmailId\":null,");
    } else if now < order.email_ready {
        out.push_str("\"customerEmailId\":\"nocxemail@walmartone.com\",");
    } else {
        let email = order.email;
        put(
            out,
            format_args!(
                "\"customerEmailId\":\"{email:016X}{:016X}@relay.walmart.com\",",
                email.rotate_left(29)
            ),
        );
    }
    text(out, "orderType", if order.unknown_text { "SUBSCRIBE_AND_SAVE" } else { "REGULAR" });
    number(out, "orderDate", order.placed);
    out.push_str("\"shippingInfo\":{");
    shipping(out, order, standing.touched && order.masked, loose);
    out.push_str("},\"orderLines\":{\"orderLine\":[");
    for line in &standing.lines {
        order_line(out, order, line, standing.cancel_asked, loose);
        out.push(',');
    }
    uncomma(out);
    out.push_str("]},");
    let (charges, taxes) = standing.lines.iter().fold((0, 0), |(charges, taxes), line| {
        (charges + line.product_cents + line.shipping_cents, taxes + line.product_tax_cents)
    });
    let shipping: i64 = standing.lines.iter().map(|line| line.shipping_cents).sum();
    out.push_str("\"paymentTypes\":[\"CREDITCARD\"],\"orderSummary\":{\"totalAmount\":");
    money(out, charges + taxes);
    out.push_str(",\"orderSubTotals\":[");
    for (kind, cents) in [("PRODUCT", charges - shipping), ("SHIPPING", shipping), ("TAX", taxes)] {
        put(out, format_args!("{{\"subTotalType\":\"{kind}\",\"totalAmount\":"));
        money(out, cents);
        out.push_str("},");
    }
    uncomma(out);
    put(out, format_args!("]}},\"shipNode\":{{\"type\":\"{}\",", order.fulfilled_by.node_type()));
    text(out, "name", "Main warehouse");
    text(out, "id", node_id);
    uncomma(out);
    out.push_str("}}");
}

fn shipping(out: &mut String, order: &Order, masked: bool, loose: Looseness) {
    if loose.bends(2) {
        out.push_str("\"phone\":null,");
    } else if masked {
        out.push_str("\"phone\":\"0000000000\",");
    } else {
        put(out, format_args!("\"phone\":\"{}\",", order.phone));
    }
    if !loose.bends(3) {
        number(out, "estimatedDeliveryDate", order.deliver_by);
    }
    number(out, "estimatedShipDate", order.ship_by);
    text(out, "methodCode", order.method);
    out.push_str("\"postalAddress\":{");
    let address = &order.address;
    text(out, "name", &address.name);
    text(out, "address1", &address.address1);
    match &address.address2 {
        Some(second) => text(out, "address2", second),
        None if loose.bends(4) => out.push_str("\"address2\":null,"),
        None => {}
    }
    text(out, "city", &address.city);
    text(out, "state", &address.state);
    text(out, "postalCode", &address.postal_code);
    text(out, "country", "USA");
    text(out, "addressType", if order.unknown_text { "PARCEL_LOCKER" } else { "RESIDENTIAL" });
    uncomma(out);
    out.push('}');
}

fn order_line(out: &mut String, order: &Order, line: &Line, cancel_asked: bool, loose: Looseness) {
    let loose = Looseness { dice: loose.dice.nth(100 + u64::from(line.number)), ..loose };
    put(out, format_args!("{{\"lineNumber\":\"{}\",\"item\":{{\"productName\":", line.number));
    quote(out, &line.sku);
    out.push(',');
    text(out, "sku", &line.sku);
    out.push_str("\"condition\":\"New\"},\"charges\":{\"charge\":");
    // A single charge sometimes comes without its array.
    let bare = line.shipping_cents == 0 && loose.bends(5);
    out.push_str(if bare { "" } else { "[" });
    charge(out, "PRODUCT", "ItemPrice", line.product_cents, Some(line.product_tax_cents), loose);
    if line.shipping_cents > 0 {
        out.push(',');
        charge(out, "SHIPPING", "Shipping", line.shipping_cents, None, loose);
    }
    out.push_str(if bare { "" } else { "]" });
    out.push_str("},\"orderLineQuantity\":");
    quantity(out, line.ordered);
    if loose.bends(6) {
        out.push_str(",\"statusDate\":null,");
    } else {
        out.push(',');
        number(out, "statusDate", line.status_at);
    }
    out.push_str("\"orderLineStatuses\":{\"orderLineStatus\":");
    statuses(out, order, line, loose);
    out.push_str("},");
    if !line.given.is_empty() {
        refund(out, line);
    } else if loose.bends(7) {
        out.push_str("\"refund\":null,");
    }
    out.push_str("\"fulfillment\":{\"fulfillmentOption\":\"S2H\",");
    let ship_method = match order.method {
        _ if order.unknown_text => "DRONE",
        "Value" => "VALUE",
        "Express" => "EXPEDITED",
        "OneDay" => "ONE_DAY",
        _ => "STANDARD",
    };
    text(out, "shipMethod", ship_method);
    number(out, "pickUpDateTime", order.deliver_by);
    uncomma(out);
    out.push('}');
    if cancel_asked {
        // The real value was never seen in public; the specification says no more than "string".
        out.push_str(",\"intentToCancel\":\"TRUE\"");
    }
    out.push('}');
}

fn charge(out: &mut String, kind: &str, name: &str, cents: i64, tax: Option<i64>, loose: Looseness) {
    put(out, format_args!("{{\"chargeType\":\"{kind}\",\"chargeName\":\"{name}\",\"chargeAmount\":"));
    priced(out, cents);
    match tax {
        Some(tax) => {
            out.push_str(",\"tax\":{\"taxName\":\"Tax1\",\"taxAmount\":");
            priced(out, tax);
            out.push('}');
        }
        None if loose.bends(8) => out.push_str(",\"tax\":null"),
        None => {}
    }
    out.push('}');
}

/// All refunds of the line as one; the comment is that of the last.
fn refund(out: &mut String, line: &Line) {
    out.push_str("\"refund\":{");
    text(out, "refundComments", line.given.last().map_or("", |given| &given.comment));
    out.push_str("\"refundCharges\":{\"refundCharge\":[");
    for given in &line.given {
        put(out, format_args!("{{\"refundReason\":\"{}\",\"charge\":", given.reason));
        let (kind, name) = if given.shipping { ("SHIPPING", "Shipping") } else { ("PRODUCT", "ItemPrice") };
        let tax = (given.tax_cents > 0).then_some(-given.tax_cents);
        let exact = Looseness { on: false, dice: Dice::new(0, 0, 0) };
        charge(out, kind, name, -given.cents, tax, exact);
        out.push_str("},");
    }
    uncomma(out);
    out.push_str("]}},");
}

fn statuses(out: &mut String, order: &Order, line: &Line, loose: Looseness) {
    let entries = usize::from(line.open > 0) + line.packages.len() + line.cancelled.len();
    // A single status sometimes comes without its array.
    let bare = entries == 1 && loose.bends(9);
    out.push_str(if bare { "" } else { "[" });
    if line.open > 0 {
        status(out, if line.acknowledged { "Acknowledged" } else { "Created" }, line.open);
        if loose.bends(10) {
            out.push_str(",\"cancellationReason\":null,\"trackingInfo\":null");
        }
        out.push_str("},");
    }
    for package in &line.packages {
        status(out, if package.delivered { "Delivered" } else { "Shipped" }, package.units);
        tracking(out, order, package);
        out.push_str("},");
    }
    for cancelled in &line.cancelled {
        status(out, "Cancelled", cancelled.units);
        if let Some(reason) = cancelled.reason {
            put(out, format_args!(",\"cancellationReason\":\"{reason}\""));
        }
        out.push_str("},");
    }
    uncomma(out);
    out.push_str(if bare { "" } else { "]" });
}

fn status(out: &mut String, name: &str, units: u32) {
    put(out, format_args!("{{\"status\":\"{name}\",\"statusQuantity\":"));
    quantity(out, units);
}

fn tracking(out: &mut String, order: &Order, package: &Package) {
    out.push_str(",\"trackingInfo\":{");
    number(out, "shipDateTime", package.shipped);
    out.push_str("\"carrierName\":{");
    match &package.carrier {
        Carrier::Listed(name) => text(out, "carrier", name),
        Carrier::Other(name) => text(out, "otherCarrier", name),
    }
    uncomma(out);
    out.push_str("},");
    text(out, "methodCode", order.method);
    text(out, "trackingNumber", &package.tracking);
    if let Some(url) = &package.url {
        text(out, "trackingURL", url);
    }
    uncomma(out);
    out.push('}');
}

fn quantity(out: &mut String, units: u32) {
    out.push_str("{\"unitOfMeasurement\":\"EACH\",\"amount\":\"");
    integer(out, i64::from(units));
    out.push_str("\"}");
}

fn priced(out: &mut String, cents: i64) {
    out.push_str("{\"currency\":\"USD\",\"amount\":");
    amount(out, cents);
    out.push('}');
}

fn money(out: &mut String, cents: i64) {
    out.push_str("{\"currencyAmount\":");
    amount(out, cents);
    out.push_str(",\"currencyUnit\":\"USD\"}");
}
