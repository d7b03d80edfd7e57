//! The stock side of a channel: levels of listings, and what the marketplace itself has of the seller's goods.

use super::CallCx;
use crate::{
    error::{Error, Result},
    id::Sku,
    time::Timestamp,
};
use async_trait::async_trait;

/// One level read.
#[derive(Debug)]
pub struct LevelAnswer {
    /// Which SKU.
    pub sku: Sku,
    /// The level; `Ok(None)` when the channel does not know the SKU.
    pub level: Result<Option<i64>, Error>,
}

/// Units of a SKU that the marketplace keeps in its own warehouses and ships by itself (FBA): read, never written. Orders it
/// fulfils make no demand on the seller's own locations, and these units are no part of what is offered from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketplaceInventory {
    /// Which SKU.
    pub sku: Sku,
    /// Can be picked and shipped now.
    pub fulfillable: i64,
    /// Set aside: for orders, on the way between warehouses, in work.
    pub reserved: i64,
    /// On the way to the marketplace, or being received there.
    pub inbound: i64,
    /// Cannot be sold: damaged, expired.
    pub unfulfillable: i64,
    /// When any of it changed last, where the channel tells.
    pub updated_at: Option<Timestamp>,
}

/// One page of a marketplace's inventory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InventoryPage {
    /// A row for each SKU.
    pub rows: Vec<MarketplaceInventory>,
    /// Where to go on; none at the end.
    pub next: Option<String>,
}

/// The stock side of a channel. Sets go through [`Channel::perform`] like every other write.
#[async_trait]
pub trait StockChannel: Send + Sync {
    /// Reads levels, one answer for each SKU, in their order.
    async fn levels(&self, cx: &CallCx, skus: &[Sku]) -> Result<Vec<LevelAnswer>>;
    /// Reads a page of the marketplace's own inventory of the seller's goods; by default there is none.
    async fn marketplace_inventory(&self, _cx: &CallCx, _cursor: Option<&str>) -> Result<InventoryPage> {
        Ok(InventoryPage::default())
    }
}
