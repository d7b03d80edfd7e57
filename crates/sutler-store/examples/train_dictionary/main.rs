//! Makes the dictionaries that the store compresses with: `cargo run --release --example train_dictionary dict 2` writes
//! `dict/payloads-2.zdict` and `dict/rows-2.zdict`.
//!
//! Run once for each version ever shipped, never in a running store: files keep a dictionary's number, so the bytes of a
//! shipped one never change. The samples are made up: payloads from the field names of Walmart's published order schema
//! (Marketplace Orders API), rows from our own types. No buyer's data can hide in them.

mod rows;

use std::fmt::Write;
use zstd::dict::from_samples;

const SIZE: usize = 16 << 10;
const SAMPLES: u64 = 4_000;

const NAMES: &[&str] =
    &["Ann", "Ben", "Chloe", "David", "Erin", "Frank", "Grace", "Hugo", "Ines", "Jack", "Kim", "Leo"];
const STREETS: &[&str] =
    &["Main St", "Oak Ave", "2nd St", "Park Rd", "Maple Dr", "Elm Ct", "Hill Ln", "Lake Blvd"];
pub(crate) const CITIES: &[(&str, &str, u64)] = &[
    ("Columbus", "OH", 43_004),
    ("Austin", "TX", 73_301),
    ("Miami", "FL", 33_101),
    ("Denver", "CO", 80_201),
    ("Seattle", "WA", 98_101),
    ("Chicago", "IL", 60_601),
    ("Phoenix", "AZ", 85_001),
    ("Atlanta", "GA", 30_301),
];
pub(crate) const WORDS: &[&str] = &[
    "Steel",
    "Cotton",
    "Large",
    "Blue",
    "Pack of 2",
    "Kitchen",
    "Garden",
    "Lamp",
    "Shirt",
    "Bottle",
    "Set",
    "Kids",
];

/// A small generator (splitmix64): the same samples on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    pub(crate) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }

    pub(crate) fn cents(&mut self, end: u64) -> String {
        let cents = self.below(end);
        if cents.is_multiple_of(10) {
            format!("{}.{}", cents / 100, cents % 100 / 10)
        } else {
            format!("{}.{:02}", cents / 100, cents % 100)
        }
    }
}

fn order(seed: u64) -> Result<String, std::fmt::Error> {
    let dice = &mut Dice(seed);
    let mut out = String::new();
    let placed = 1_760_000_000_000 + dice.below(60_000_000_000);
    let (city, state, zip) = dice.of(CITIES);
    write!(
        out,
        r#"{{"purchaseOrderId":"{}","customerOrderId":"{}","customerEmailId":"{:032X}@relay.walmart.com","orderType":"REGULAR","originalCustomerOrderID":null,"orderDate":{placed},"buyerId":"{:08x}-{:04x}-{:04x}-{:04x}-{:012x}","mart":"walmart.com","isGuest":false,"shippingInfo":{{"phone":"{}","estimatedDeliveryDate":{},"estimatedShipDate":{},"methodCode":"{}","postalAddress":{{"name":"{} {}","address1":"{} {}","address2":{},"city":"{city}","state":"{state}","postalCode":"{}","country":"USA","addressType":"RESIDENTIAL"}}}},"orderLines":{{"orderLine":["#,
        1_000_000_000_000 + dice.below(900_000_000_000),
        2_000_000_000_000 + dice.below(900_000_000_000),
        u128::from(dice.below(u64::MAX)) << 64 | u128::from(dice.below(u64::MAX)),
        dice.below(1 << 32),
        dice.below(1 << 16),
        dice.below(1 << 16),
        dice.below(1 << 16),
        dice.below(1 << 48),
        2_000_000_000 + dice.below(7_999_999_999),
        placed + 432_000_000,
        placed + 172_800_000,
        dice.of(&["Standard", "Standard", "Standard", "Expedited", "Value", "OneDay"]),
        dice.of(NAMES),
        dice.of(NAMES),
        1 + dice.below(9_999),
        dice.of(STREETS),
        dice.of(&["null", "null", "\"Apt 2\"", "\"Unit 14\""]),
        zip + dice.below(80),
    )?;
    for number in 1..=1 + dice.below(3) {
        if number > 1 {
            out.push(',');
        }
        line(&mut out, dice, number, placed)?;
    }
    write!(
        out,
        r#"]}},"paymentTypes":["CREDITCARD"],"orderSummary":{{"totalAmount":{{"currencyAmount":{},"currencyUnit":"USD"}},"orderSubTotals":[]}},"pickupPersons":null,"shipNode":{{"type":"{}","name":"Warehouse","id":"{}"}}}}"#,
        dice.cents(30_000),
        dice.of(&["SellerFulfilled", "SellerFulfilled", "WFSFulfilled", "3PLFulfilled"]),
        10_000_000_000 + dice.below(999_999_999),
    )?;
    Ok(out)
}

fn line(out: &mut String, dice: &mut Dice, number: u64, placed: u64) -> std::fmt::Result {
    let quantity = 1 + dice.below(4);
    write!(
        out,
        r#"{{"lineNumber":"{number}","item":{{"productName":"{} {} {}","sku":"{}-{:05}","imageUrl":"https://i5.walmartimages.com/asr/{:016x}.jpeg","weight":{{"value":"{}","unit":"LB"}},"condition":"New"}},"charges":{{"charge":[{{"chargeType":"PRODUCT","chargeName":"ItemPrice","chargeAmount":{{"currency":"USD","amount":{}}},"tax":{{"taxName":"Tax1","taxAmount":{{"currency":"USD","amount":{}}}}}}}"#,
        dice.of(WORDS),
        dice.of(WORDS),
        dice.of(WORDS),
        dice.of(&["SKU", "ITM", "AB"]),
        dice.below(99_999),
        dice.below(u64::MAX),
        dice.of(&["0.5", "1.0", "2.25", "1.25"]),
        dice.cents(20_000),
        dice.cents(2_000),
    )?;
    if dice.below(3) == 0 {
        write!(
            out,
            r#",{{"chargeType":"SHIPPING","chargeName":"Shipping","chargeAmount":{{"currency":"USD","amount":{}}},"tax":null}}"#,
            dice.cents(1_500),
        )?;
    }
    let status = dice.of(&["Created", "Created", "Acknowledged", "Shipped", "Delivered", "Cancelled"]);
    let (cancelled, tracking) = match status {
        "Cancelled" => (
            dice.of(&["\"CUSTOMER_REQUESTED_SELLER_TO_CANCEL\"", "\"SELLER_CANCEL_OUT_OF_STOCK\""]),
            "null".into(),
        ),
        "Shipped" | "Delivered" => (
            "null",
            format!(
                r#"{{"shipDateTime":{},"carrierName":{{"otherCarrier":null,"carrier":"{}"}},"methodCode":"Standard","carrierMethodCode":null,"trackingNumber":"{}","trackingURL":"https://www.walmart.com/tracking?tracking_id={}"}}"#,
                placed + dice.below(90_000_000),
                dice.of(&["UPS", "USPS", "FedEx", "OnTrac"]),
                9_400_000_000_000_000 + dice.below(99_999_999_999),
                dice.below(99_999_999_999),
            ),
        ),
        _ => ("null", "null".into()),
    };
    write!(
        out,
        r#"]}},"orderLineQuantity":{{"unitOfMeasurement":"EACH","amount":"{quantity}"}},"statusDate":{placed},"orderLineStatuses":{{"orderLineStatus":[{{"status":"{status}","subSellerId":null,"statusQuantity":{{"unitOfMeasurement":"EACH","amount":"{quantity}"}},"cancellationReason":{cancelled},"trackingInfo":{tracking},"returnCenterAddress":null}}]}},"refund":null,"originalCarrierMethod":null,"referenceLineId":"{}","fulfillment":{{"fulfillmentOption":"{}","shipMethod":"{}","storeId":null,"pickUpDateTime":{},"pickUpBy":null,"shippingProgramType":{}}},"serialNumbers":[],"intentToCancel":null,"configId":null,"sellerOrderId":null}}"#,
        700_000 + dice.below(9_999_999),
        dice.of(&["S2H", "DELIVERY"]),
        dice.of(&["STANDARD", "EXPEDITED", "VALUE"]),
        placed + 432_000_000,
        dice.of(&["null", "null", "\"TWO_DAY\""]),
    )
}

fn train(
    path: &str,
    sample: impl Fn(u64) -> Result<Vec<Vec<u8>>, Box<dyn std::error::Error>>,
) -> Result<(), Box<dyn std::error::Error>> {
    let samples = (0..SAMPLES).map(&sample).collect::<Result<Vec<_>, _>>()?.concat();
    let dictionary = from_samples(&samples, SIZE)?;
    let mut packer = zstd::bulk::Compressor::with_dictionary(1, &dictionary)?;
    let unseen = (SAMPLES..SAMPLES + 500).map(&sample).collect::<Result<Vec<_>, _>>()?.concat();
    let (mut plain, mut packed) = (0, 0);
    for sample in &unseen {
        plain += sample.len();
        packed += packer.compress(sample)?.len();
    }
    std::fs::write(path, &dictionary)?;
    let each = unseen.len();
    println!(
        "{path}: {} bytes; unseen samples of {} bytes become {}",
        dictionary.len(),
        plain / each,
        packed / each
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(folder), Some(number)) = (args.next(), args.next()) else {
        return Err("name the folder to write to, and the number of the dictionaries: dict 2".into());
    };
    train(&format!("{folder}/payloads-{number}.zdict"), |seed| Ok(vec![order(seed)?.into_bytes()]))?;
    train(&format!("{folder}/rows-{number}.zdict"), rows::samples)
}
