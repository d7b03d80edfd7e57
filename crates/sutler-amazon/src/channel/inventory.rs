//! What lies in Amazon's warehouses (FBA Inventory v1): read, never written.

use super::{AmazonChannel, unreadable};
use crate::{calls, dialect::parse_error};
use http::{Method, StatusCode};
use serde::Deserialize;
use sutler_core::{
    channel::{CallCx, InventoryPage, MarketplaceInventory},
    error::Result,
    id::Sku,
    time::Timestamp,
};
use sutler_wire::escaped;

#[derive(Debug, Deserialize)]
struct Answer {
    payload: Payload,
    pagination: Option<Pagination>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    inventory_summaries: Vec<Summary>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    seller_sku: Option<String>,
    last_updated_time: Option<String>,
    inventory_details: Option<Details>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    fulfillable_quantity: i64,
    inbound_working_quantity: i64,
    inbound_shipped_quantity: i64,
    inbound_receiving_quantity: i64,
    reserved_quantity: Option<Reserved>,
    unfulfillable_quantity: Option<Unfulfillable>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Reserved {
    total_reserved_quantity: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Unfulfillable {
    total_unfulfillable_quantity: i64,
}

impl Summary {
    fn units(self) -> Option<MarketplaceInventory> {
        let details = self.inventory_details.unwrap_or_default();
        Some(MarketplaceInventory {
            sku: Sku::new(self.seller_sku.filter(|sku| !sku.is_empty())?),
            fulfillable: details.fulfillable_quantity,
            reserved: details.reserved_quantity.unwrap_or_default().total_reserved_quantity,
            inbound: details
                .inbound_working_quantity
                .saturating_add(details.inbound_shipped_quantity)
                .saturating_add(details.inbound_receiving_quantity),
            unfulfillable: details.unfulfillable_quantity.unwrap_or_default().total_unfulfillable_quantity,
            // An empty text stands in Amazon's own sample.
            updated_at: self.last_updated_time.and_then(|text| instant(&text)),
        })
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}

impl AmazonChannel {
    /// Reads one page of the first marketplace's. A token lives for 30 seconds only.
    pub(super) async fn inventory_page(&self, cx: &CallCx, cursor: Option<&str>) -> Result<InventoryPage> {
        let op = calls::INVENTORY.op;
        let home = escaped(self.settings.home());
        let mut path = format!(
            "/fba/inventory/v1/summaries?details=true&granularityType=Marketplace&granularityId={home}&marketplaceIds={home}"
        );
        if let Some(token) = cursor {
            path += &format!("&nextToken={}", escaped(token));
        }
        let response = self.send(cx, &calls::INVENTORY, Method::GET, &path, Vec::new()).await?;
        if response.status() != StatusCode::OK {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(op));
        }
        let answer: Answer =
            serde_json::from_slice(response.body()).map_err(|_| unreadable(op, "list of inventory"))?;
        Ok(InventoryPage {
            rows: answer.payload.inventory_summaries.into_iter().filter_map(Summary::units).collect(),
            next: answer.pagination.and_then(|page| page.next_token).filter(|token| !token.is_empty()),
        })
    }
}
