//! Levels through the Inventory API: offers of a SKU, the body of a bulk update, and what became of each row.

use serde::{Deserialize, Serialize};
use sutler_core::{
    channel::Receipt,
    command::SetLevel,
    error::{Error, ErrorKind, Result},
};

/// `GET /sell/inventory/v1/offer?sku=`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Offers {
    #[serde(default)]
    offers: Vec<Offer>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Offer {
    offer_id: String,
    status: String,
    available_quantity: Option<i64>,
}

impl Offers {
    /// The ids of published offers: only those can be changed in bulk.
    pub(crate) fn published(&self) -> Vec<String> {
        self.live().map(|offer| offer.offer_id.clone()).collect()
    }

    /// The least that a published offer holds.
    pub(crate) fn available(&self) -> Option<i64> {
        self.live().filter_map(|offer| offer.available_quantity).min()
    }

    fn live(&self) -> impl Iterator<Item = &Offer> {
        self.offers.iter().filter(|offer| offer.status == "PUBLISHED" && !offer.offer_id.is_empty())
    }
}

/// `GET /sell/inventory/v1/inventory_item/{sku}`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Item {
    #[serde(default)]
    availability: Availability,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Availability {
    ship_to_location_availability: ShipTo,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ShipTo {
    quantity: Option<i64>,
}

impl Item {
    pub(crate) fn quantity(&self) -> Option<i64> {
        self.availability.ship_to_location_availability.quantity
    }
}

#[derive(Serialize)]
struct Bulk<'a> {
    requests: Vec<Row<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    sku: &'a str,
    ship_to_location_availability: Quantity,
    offers: Vec<OfferRow<'a>>,
}

#[derive(Serialize)]
struct Quantity {
    quantity: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfferRow<'a> {
    offer_id: &'a str,
    available_quantity: u32,
}

/// The body of `POST …/bulk_update_price_quantity`: the item's quantity and that of each of its offers, which together say
/// what sells.
pub(crate) fn bulk(op: &'static str, rows: &[(&SetLevel, &[String])]) -> Result<Vec<u8>> {
    let requests = rows
        .iter()
        .map(|(set, offers)| Row {
            sku: set.sku.as_str(),
            ship_to_location_availability: Quantity { quantity: set.level },
            offers: offers
                .iter()
                .map(|id| OfferRow { offer_id: id, available_quantity: set.level })
                .collect(),
        })
        .collect();
    serde_json::to_vec(&Bulk { requests }).map_err(|error| {
        Error::new(ErrorKind::Invalid, op).message("the body cannot be written as JSON").with_source(error)
    })
}

/// 200 when all rows went, 207 when some did; the rows say which.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct BulkAnswer {
    #[serde(default)]
    responses: Vec<Outcome>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Outcome {
    sku: String,
    offer_id: String,
    status_code: u16,
    errors: Vec<RowError>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RowError {
    error_id: u64,
    category: String,
    message: String,
    long_message: String,
}

/// What became of one SKU: its own row and those of its offers; one that is not named at all may have happened or not.
pub(crate) fn outcome(set: &SetLevel, offers: &[String], answer: &BulkAnswer) -> Receipt {
    let rows: Vec<&Outcome> = answer
        .responses
        .iter()
        .filter(|row| row.sku == set.sku.as_str() || (row.sku.is_empty() && offers.contains(&row.offer_id)))
        .collect();
    if rows.is_empty() {
        let why = format!("the answer says nothing of SKU {}", set.sku);
        return Receipt::Refused { code: "not_in_answer".into(), why };
    }
    let failed = rows.iter().find(|row| !(200..300).contains(&row.status_code));
    let Some(failed) = failed else {
        return Receipt::Done {
            evidence: format!("ebay set {} rows of {} to {}", rows.len(), set.sku, set.level),
        };
    };
    let error = failed.errors.first();
    let passing = error.is_some_and(|error| error.error_id == 25_001 || error.category == "APPLICATION");
    let said = error.map_or_else(String::new, |error| {
        let text = if error.long_message.is_empty() { &error.message } else { &error.long_message };
        format!("{} {text}", error.error_id)
    });
    let why = format!("SKU {}: {} {said}", set.sku, failed.status_code).trim_end().to_owned();
    if passing && rows.len() == 1 {
        return Receipt::NotApplied { why, after: Some(std::time::Duration::from_secs(30)) };
    }
    let code = error.map_or_else(|| failed.status_code.to_string(), |error| error.error_id.to_string());
    Receipt::Refused { code, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(sku: &str) -> SetLevel {
        SetLevel { sku: sku.into(), level: 7 }
    }

    #[test]
    fn a_row_names_the_item_and_its_offers() {
        let offers = vec!["1".to_owned(), "2".to_owned()];
        let set = set("A 1");
        let body = String::from_utf8(bulk("t", &[(&set, &offers)]).expect("a body")).expect("JSON");
        assert_eq!(
            body,
            r#"{"requests":[{"sku":"A 1","shipToLocationAvailability":{"quantity":7},"offers":[{"offerId":"1","availableQuantity":7},{"offerId":"2","availableQuantity":7}]}]}"#
        );
    }

    #[test]
    fn g08_each_row_has_its_own_outcome() {
        let answer: BulkAnswer = serde_json::from_str(
            r#"{"responses":[{"statusCode":200,"sku":"A","offerId":"1"},{"statusCode":400,"sku":"B","offerId":"2","errors":[{"errorId":25759,"category":"REQUEST","message":"below the auction"}]},{"statusCode":500,"sku":"C","errors":[{"errorId":25001,"category":"APPLICATION","message":"system"}]}]}"#,
        )
        .expect("an answer");
        let of = |sku: &str| outcome(&set(sku), &[], &answer);
        assert!(matches!(of("A"), Receipt::Done { .. }));
        assert!(matches!(of("B"), Receipt::Refused { code, .. } if code == "25759"));
        assert!(matches!(of("C"), Receipt::NotApplied { .. }));
        assert!(matches!(of("D"), Receipt::Refused { code, .. } if code == "not_in_answer"));
    }

    #[test]
    fn only_published_offers_sell() {
        let offers: Offers = serde_json::from_str(
            r#"{"offers":[{"offerId":"1","status":"PUBLISHED","availableQuantity":5},{"offerId":"2","status":"UNPUBLISHED","availableQuantity":1},{"offerId":"3","status":"PUBLISHED","availableQuantity":4}]}"#,
        )
        .expect("offers");
        assert_eq!((offers.published(), offers.available()), (vec!["1".to_owned(), "3".to_owned()], Some(4)));
    }
}
