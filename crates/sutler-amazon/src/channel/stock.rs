//! Stock: one listing's quantity by a patch, and what Amazon says it offers.

use super::{AmazonChannel, unreadable};
use crate::{calls, dialect::parse_error};
use http::{Method, StatusCode};
use serde::Deserialize;
use sutler_core::{
    channel::{CallCx, Receipt},
    command::SetLevel,
    error::{Applied, Result},
    id::Sku,
};
use sutler_wire::escaped;

/// The channel of goods the seller ships. Amazon's own (`AMAZON_NA`, …) is never touched: patching it would add one.
pub(super) const OWN: &str = "DEFAULT";

impl AmazonChannel {
    fn listing_path(&self, sku: &Sku, more: &str) -> String {
        format!(
            "/listings/2021-08-01/items/{}/{}?marketplaceIds={}{more}",
            escaped(self.seller.as_str()),
            escaped(sku.as_str()),
            escaped(self.settings.home())
        )
    }

    /// Sets one level: `merge`, so that a restock date and a lead time stay as they are.
    pub(super) async fn set_level(&self, cx: &CallCx, set: &SetLevel) -> Result<Receipt> {
        let call = &calls::SET_LEVEL;
        let body = serde_json::json!({
            "productType": "PRODUCT",
            "patches": [{
                "op": "merge",
                "path": "/attributes/fulfillment_availability",
                "value": [{"fulfillment_channel_code": OWN, "quantity": set.level}],
            }],
        });
        let path = self.listing_path(&set.sku, "");
        let response = self.send(cx, call, Method::PATCH, &path, body.to_string().into_bytes()).await?;
        if !response.status().is_success() {
            let said = parse_error(Some(response.status().as_u16()), response.body());
            return Ok(Receipt::Refused {
                code: said.code(),
                why: format!("SKU {}: {}", set.sku, said.message),
            });
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            status: String,
            #[serde(default)]
            submission_id: String,
            #[serde(default)]
            issues: Vec<Issue>,
        }
        #[derive(Deserialize)]
        struct Issue {
            #[serde(default)]
            code: String,
            #[serde(default)]
            message: String,
            #[serde(default)]
            severity: String,
        }
        let answer: Answer = serde_json::from_slice(response.body())
            .map_err(|_| unreadable(call.op, "submission").with_applied(Applied::Unknown))?;
        // A 200 that says INVALID is a refusal.
        if matches!(answer.status.as_str(), "ACCEPTED" | "VALID") {
            return Ok(Receipt::Done {
                evidence: format!(
                    "amazon accepted submission {} of level {}",
                    answer.submission_id, set.level
                ),
            });
        }
        let first = answer.issues.iter().find(|issue| issue.severity == "ERROR").or(answer.issues.first());
        let (code, why) = first.map_or((answer.status.clone(), String::new()), |issue| {
            (issue.code.clone(), issue.message.clone())
        });
        Ok(Receipt::Refused {
            code,
            why: format!("SKU {}: {} {why}", set.sku, answer.status).trim_end().into(),
        })
    }

    /// What Amazon offers of a SKU the seller ships; none where it has no such listing.
    pub(super) async fn level(&self, cx: &CallCx, sku: &Sku) -> Result<Option<i64>> {
        let call = &calls::LEVEL;
        let path = self.listing_path(sku, "&includedData=fulfillmentAvailability");
        let response = self.send(cx, call, Method::GET, &path, Vec::new()).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if response.status() != StatusCode::OK {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(call.op));
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Listing {
            #[serde(default)]
            fulfillment_availability: Vec<Availability>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Availability {
            fulfillment_channel_code: String,
            quantity: Option<i64>,
        }
        let listing: Listing =
            serde_json::from_slice(response.body()).map_err(|_| unreadable(call.op, "listing"))?;
        let own = listing.fulfillment_availability.iter().find(|one| one.fulfillment_channel_code == OWN);
        Ok(own.map(|one| one.quantity.unwrap_or(0)))
    }
}
