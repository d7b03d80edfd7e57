//! An order as the Fulfillment API writes it.

use serde_json::{Map, Value, json};

use super::order::{CancelStage, EMAIL_LIFE, Initiator, Line, NAME_LIFE, Order, Standing};
use super::settings::Settings;
use crate::clock::{DAY, Ms};
use crate::dice::{Dice, Roll};
use crate::json::iso;

/// Which of the two reads an order is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    /// `getOrders`, which never shows cancel requests and tax numbers.
    List,
    /// `getOrder`, which does.
    One,
}

/// Cents as eBay writes them: a text with one or two decimals.
pub(crate) fn money(cents: i64) -> Value {
    let sign = if cents < 0 { "-" } else { "" };
    let (whole, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    let value = if rest % 10 == 0 {
        format!("{sign}{whole}.{}", rest / 10)
    } else {
        format!("{sign}{whole}.{rest:02}")
    };
    json!({"value": value, "currency": "USD"})
}

/// The number of a SKU's listing: twelve digits, the same in every world.
pub(crate) fn listing_id(sku: &str) -> String {
    format!("11{:010}", crate::dice::identity(&["listing", sku]) % 10_000_000_000)
}

pub(crate) fn order(order: &Order, settings: &Settings, now: Ms, read: Read, dice: Dice) -> Value {
    let shown = order.shown(now);
    let total = shown.total_cents();
    // What the seller gets has eBay's fees taken off already; the buyer paid the total.
    let fee = total * 13 / 100 + 40;
    let tax: i64 = shown.lines.iter().map(|line| line.tax_cents).sum();
    let delivery: i64 = shown.lines.iter().map(|line| line.shipping_cents).sum();
    let lines: Vec<Value> =
        shown.lines.iter().map(|line| line_value(order, shown, line, settings, dice)).collect();
    let mut value = json!({
        "orderId": order.id,
        // In every real answer, in no specification.
        "legacyOrderId": order.id,
        "salesRecordReference": order.record.to_string(),
        "creationDate": iso(order.placed),
        "lastModifiedDate": iso(shown.modified),
        "orderFulfillmentStatus": shown.status(),
        "orderPaymentStatus": shown.payment(),
        "sellerId": settings.seller,
        "buyer": buyer(order, shown, now),
        "cancelStatus": cancel_status(shown, read),
        "ebayCollectAndRemitTax": tax > 0,
        "fulfillmentHrefs": shown.packages.iter().map(|package| format!(
            "https://api.ebay.com/sell/fulfillment/v1/order/{}/shipping_fulfillment/{}", order.id, package.id
        )).collect::<Vec<_>>(),
        "fulfillmentStartInstructions": [instructions(order, shown, now, dice)],
        "lineItems": lines,
        "pricingSummary": {
            "priceSubtotal": money(total - delivery),
            "deliveryCost": money(delivery),
            "total": money(total),
        },
        "paymentSummary": {
            "totalDueSeller": money(total - fee - shown.refunded_cents()),
            "payments": [{
                "paymentMethod": if order.unknown_text { "EBAY_CREDIT_LINE" } else { "EBAY" },
                "paymentReferenceId": format!("PAY-{}", order.id),
                "paymentDate": iso(order.pays),
                "amount": money(total - fee),
                "paymentStatus": if shown.paid.is_some() { "PAID" } else { "PENDING" },
            }],
            "refunds": shown.refunds.iter().map(|refund| json!({
                "refundId": refund.id,
                "refundReferenceId": format!("R-{}", refund.id),
                "refundDate": iso(refund.at),
                "amount": money(refund.cents - refund.cents * 13 / 100),
                "refundStatus": if refund.pending { "PENDING" } else { "REFUNDED" },
            })).collect::<Vec<_>>(),
        },
        "totalFeeBasisAmount": money(total + tax),
        "totalMarketplaceFee": money(fee),
    });
    if let Some(members) = value.as_object_mut() {
        let program = program(order);
        if !program.is_empty() {
            members.insert("program".into(), program.into());
        }
    }
    value
}

fn line_value(order: &Order, shown: &Standing, line: &Line, settings: &Settings, dice: Dice) -> Value {
    let mut value = json!({
        "lineItemId": line.id,
        "legacyItemId": listing_id(&line.sku),
        "sku": line.sku,
        "title": format!("Goods {}", line.sku),
        "quantity": line.ordered,
        "lineItemCost": money(line.cost_cents),
        "total": money(line.total_cents()),
        "deliveryCost": {"shippingCost": money(line.shipping_cents)},
        "soldFormat": if order.unknown_text { "LIVE_SHOW" } else { "FIXED_PRICE" },
        "listingMarketplaceId": settings.marketplace,
        "purchaseMarketplaceId": settings.marketplace,
        "lineItemFulfillmentStatus": line.status(),
        "lineItemFulfillmentInstructions": {
            "minEstimatedDeliveryDate": iso(line.ship_by + 2 * DAY),
            "maxEstimatedDeliveryDate": iso(line.ship_by + 5 * DAY),
            "shipByDate": iso(line.ship_by),
            "guaranteedDelivery": false,
        },
        "ebayCollectAndRemitTaxes": [{
            "taxType": "STATE_SALES_TAX",
            "amount": money(line.tax_cents),
            "collectionMethod": "NET",
        }],
        "properties": {"buyerProtection": true},
        "itemLocation": {"location": "Syracuse, New York", "countryCode": "US", "postalCode": "132**"},
    });
    let Some(members) = value.as_object_mut() else { return value };
    let bare = order.loose && dice.below(Roll::LooseShape, 2) == 0;
    let refunds: Vec<Value> = shown
        .refunds
        .iter()
        .flat_map(|refund| {
            let of_line = refund.lines.iter().filter(|(id, _)| *id == line.id);
            of_line.map(|(_, cents)| {
                json!({"refundId": refund.id, "refundReferenceId": format!("R-{}", refund.id),
                       "refundDate": iso(refund.at), "amount": money(*cents)})
            })
        })
        .collect();
    // "Always returned", says the specification; real lines lack them.
    if !bare {
        members.insert("appliedPromotions".into(), json!([]));
        members.insert("taxes".into(), json!([]));
    }
    if !(bare && refunds.is_empty()) {
        members.insert("refunds".into(), refunds.into());
    }
    value
}

fn buyer(order: &Order, shown: &Standing, now: Ms) -> Value {
    let address = &order.address;
    let mut value = json!({
        "username": order.buyer,
        "taxAddress": {
            "stateOrProvince": address.state, "postalCode": address.postal_code, "countryCode": "US",
        },
    });
    if let Some(members) = value.as_object_mut()
        && named(order, shown, now)
    {
        members.insert("buyerRegistrationAddress".into(), json!({"fullName": address.name}));
    }
    value
}

/// Whether the buyer is still named.
fn named(order: &Order, shown: &Standing, now: Ms) -> bool {
    !(shown.erased || (order.masked && shown.touched) || now - order.placed > NAME_LIFE)
}

/// Whether reads of an order leave out what others show, before its time.
pub(crate) fn hidden_early(order: &Order, now: Ms) -> bool {
    order.masked && order.shown(now).touched
}

fn cancel_status(shown: &Standing, read: Read) -> Value {
    let last = shown.cancellations.last();
    let state = match last.map(|one| one.stage) {
        Some(CancelStage::Asked | CancelStage::Refunding) => "IN_PROGRESS",
        Some(CancelStage::Closed) => "CANCELED",
        Some(CancelStage::Rejected) | None => "NONE_REQUESTED",
    };
    let requests: Vec<Value> = match read {
        Read::List => Vec::new(),
        Read::One => shown
            .cancellations
            .iter()
            .map(|one| {
                let mut request = json!({
                    "cancelRequestId": one.id,
                    "cancelInitiator": if one.by == Initiator::Buyer { "Buyer" } else { "Seller" },
                    "cancelReason": one.reason,
                    "cancelRequestedDate": iso(one.asked),
                    "cancelRequestState": match one.stage {
                        CancelStage::Asked | CancelStage::Refunding => "REQUESTED",
                        CancelStage::Closed => "COMPLETED",
                        CancelStage::Rejected => "REJECTED",
                    },
                });
                if let (Some(closed), Some(members)) = (one.closed, request.as_object_mut()) {
                    members.insert("cancelCompletedDate".into(), iso(closed).into());
                }
                request
            })
            .collect(),
    };
    let mut value = json!({"cancelState": state, "cancelRequests": requests});
    if let (Some(closed), "CANCELED") = (last.and_then(|one| one.closed), state)
        && let Some(members) = value.as_object_mut()
    {
        members.insert("cancelledDate".into(), iso(closed).into());
    }
    value
}

/// The one element of `fulfillmentStartInstructions`: how the goods are to travel, and where to.
fn instructions(order: &Order, shown: &Standing, now: Ms, dice: Dice) -> Value {
    let ship_by = shown.lines.iter().map(|line| line.ship_by).min().unwrap_or(order.placed);
    let mut value = json!({
        "minEstimatedDeliveryDate": iso(ship_by + 2 * DAY),
        "maxEstimatedDeliveryDate": iso(ship_by + 5 * DAY),
    });
    let Some(members) = value.as_object_mut() else { return value };
    if !order.sellers() {
        members.insert("fulfillmentInstructionsType".into(), "FULFILLED_BY_EBAY".into());
        return value;
    }
    members.insert("fulfillmentInstructionsType".into(), "SHIP_TO".into());
    // "Only if true", says the specification; real answers have false as well.
    if !(order.loose && dice.below(Roll::LooseShape, 3) == 0) {
        let hub = is_international(order);
        members.insert("ebaySupportedFulfillment".into(), hub.into());
    }
    let address = &order.address;
    let mut place = json!({
        "city": address.city, "stateOrProvince": address.state, "postalCode": address.postal_code,
        "countryCode": "US",
    });
    let mut ship_to = Map::new();
    let named = named(order, shown, now);
    if let Some(place) = place.as_object_mut().filter(|_| named) {
        place.insert("addressLine1".into(), address.address1.as_str().into());
        if let Some(second) = &address.address2 {
            place.insert("addressLine2".into(), second.as_str().into());
        }
    }
    let mut step = json!({"shippingCarrierCode": "USPS", "shippingServiceCode": order.service});
    let Some(step_members) = step.as_object_mut() else { return value };
    if is_international(order) {
        // The hub is where the parcel goes; the buyer's own place is for customs only, and the reference for the label.
        members.insert(
            "finalDestinationAddress".into(),
            json!({
                "addressLine1": "12 Rue du Chapeau", "city": "Montréal", "stateOrProvince": "QC",
                "postalCode": "H2Y 1C6", "countryCode": "CA",
            }),
        );
        step_members.insert(
            "shipToReferenceId".into(),
            format!("Reference #{:010}", order.email % 10_000_000_000).into(),
        );
    }
    if named {
        ship_to.insert("fullName".into(), address.name.as_str().into());
        let phone = if order.loose && dice.below(Roll::LooseShape, 4) == 1 {
            json!({})
        } else {
            json!({"phoneNumber": order.phone.to_string()})
        };
        ship_to.insert("primaryPhone".into(), phone);
        if now - order.placed <= EMAIL_LIFE {
            ship_to.insert("email".into(), format!("{:016x}@members.ebay.com", order.email).into());
        }
    }
    ship_to.insert("contactAddress".into(), place);
    step_members.insert("shipTo".into(), ship_to.into());
    members.insert("shippingStep".into(), step);
    value
}

fn is_international(order: &Order) -> bool {
    order.is_in("EBAY_INTERNATIONAL_SHIPPING") || is_global(order, 0)
}

/// Whether the line at that place goes through the Global Shipping Program.
pub(crate) fn is_global(order: &Order, place: usize) -> bool {
    order.is_in("GLOBAL_SHIPPING") || (place == 0 && order.is_in("GLOBAL_SHIPPING_FIRST_LINE"))
}

fn program(order: &Order) -> Map<String, Value> {
    let mut program = Map::new();
    if !order.sellers() {
        program.insert("fulfillmentProgram".into(), json!({"fulfilledBy": "EBAY"}));
    }
    if order.is_in("EBAY_INTERNATIONAL_SHIPPING") {
        program.insert("ebayInternationalShipping".into(), json!({"returnsManagedBy": "EBAY"}));
    }
    if order.is_in("AUTHENTICITY_GUARANTEE") {
        program.insert("authenticityVerification".into(), json!({"status": "PENDING"}));
    }
    program
}
