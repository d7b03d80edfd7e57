//! Walmart orders as JSON, for benches that need no marketplace: every member that production sends, two lines, about 3 KB.

use serde_json::{Value, json};

const PLACED: u64 = 1_760_000_000_000;

/// Order `number` as the marketplace writes it; the same number is always the same text.
pub fn order(number: u64) -> String {
    let placed = PLACED + number * 250_000;
    let lines: Vec<Value> = (1..=2).map(|line| order_line(number, line, placed)).collect();
    let total: f64 = (1..=2).map(|line| cents(number, line) as f64 * 1.08 / 100.0).sum();
    json!({
        "purchaseOrderId": id(number),
        "customerOrderId": format!("2000{number:011}"),
        "customerEmailId": format!("{:032X}@relay.walmart.com", u128::from(number + 1) * 0x0123_4567_89AB_CDEF),
        "orderType": "REGULAR",
        "originalCustomerOrderID": null,
        "orderDate": placed,
        "buyerId": format!("b{number:08x}-7a1c-4f0e-9d55-{number:012x}"),
        "mart": "walmart.com",
        "isGuest": false,
        "shippingInfo": {
            "phone": format!("{}", 2_000_000_000 + number * 7_919 % 7_999_999_999),
            "estimatedDeliveryDate": placed + 432_000_000,
            "estimatedShipDate": placed + 172_800_000,
            "methodCode": "Standard",
            "postalAddress": {
                "name": "Ada Example", "address1": format!("{} Prospect Avenue", 1 + number % 9_999),
                "address2": null, "city": "Columbus", "state": "OH", "postalCode": "43215", "country": "USA",
                "addressType": "RESIDENTIAL",
            },
        },
        "orderLines": { "orderLine": lines },
        "paymentTypes": ["CREDITCARD"],
        "orderSummary": {
            "totalAmount": { "currencyAmount": (total * 100.0).round() / 100.0, "currencyUnit": "USD" },
            "orderSubTotals": [],
        },
        "shipNode": { "type": "SellerFulfilled", "name": "Main Warehouse", "id": "10000000001" },
    })
    .to_string()
}

/// The id of order `number`.
pub fn id(number: u64) -> String {
    format!("{}", 1_796_277_000_000 + number)
}

fn cents(number: u64, line: u64) -> u64 {
    499 + (number * 31 + line * 977) % 9_500
}

fn order_line(number: u64, line: u64, placed: u64) -> Value {
    let cents = cents(number, line);
    let units = (1 + (number + line) % 3).to_string();
    json!({
        "lineNumber": line.to_string(),
        "item": {
            "productName": "Stainless Steel Water Bottle 32 oz", "sku": sku(number, line),
            "imageUrl": format!("https://i5.walmartimages.com/asr/{:016x}.jpeg", number * 0x9E37_79B9),
            "weight": { "value": "1.25", "unit": "LB" }, "condition": "New",
        },
        "charges": { "charge": [{
            "chargeType": "PRODUCT", "chargeName": "ItemPrice",
            "chargeAmount": { "currency": "USD", "amount": cents as f64 / 100.0 },
            "tax": { "taxName": "Tax1", "taxAmount": { "currency": "USD", "amount": (cents * 8 / 100) as f64 / 100.0 } },
        }]},
        "orderLineQuantity": { "unitOfMeasurement": "EACH", "amount": units },
        "statusDate": placed,
        "orderLineStatuses": { "orderLineStatus": [{
            "status": "Created", "subSellerId": null,
            "statusQuantity": { "unitOfMeasurement": "EACH", "amount": units },
            "cancellationReason": null, "trackingInfo": null, "returnCenterAddress": null,
        }]},
        "refund": null, "originalCarrierMethod": null, "referenceLineId": format!("{}", 700_000 + number % 5_000),
        "fulfillment": {
            "fulfillmentOption": "S2H", "shipMethod": "STANDARD", "storeId": null,
            "pickUpDateTime": placed + 432_000_000, "pickUpBy": null, "shippingProgramType": null,
        },
        "serialNumbers": [], "intentToCancel": null, "configId": null, "sellerOrderId": null,
    })
}

/// The SKU of a line.
pub fn sku(number: u64, line: u64) -> String {
    format!("SKU-{:05}", (number * 31 + line * 17) % 5_000)
}
