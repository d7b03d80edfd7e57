//! Orders as they are planned: what a test writes down, and what a plan is listed as.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Which orders a world holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// The mix of the demonstration, as many as the settings say, over the three hours before
    /// the origin.
    ///
    /// About 10 % are fulfilled by the marketplace and 1 % by a third party. Of the seller's, about 2 % go to a bad address,
    /// 2 % want more than was ever on hand, 1 % (two at least) are asked back by their buyers within the first three
    /// minutes, and one names a SKU nobody declared: never two of these on one order, and at least 85 % have none.
    /// Everything else is amply stocked. Plans of fewer than a hundred orders have fewer kinds.
    Standard,
    /// Exactly these.
    Explicit(Vec<PlannedOrder>),
}

/// Who ships an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FulfilledBy {
    /// The seller (`SellerFulfilled`).
    Seller,
    /// The marketplace (`WFSFulfilled`).
    Marketplace,
    /// A third party on the seller's behalf (`3PLFulfilled`).
    ThirdParty,
}

impl FulfilledBy {
    /// Walmart's word, as in `shipNodeType` and `shipNode.type`.
    pub fn node_type(self) -> &'static str {
        match self {
            FulfilledBy::Seller => "SellerFulfilled",
            FulfilledBy::Marketplace => "WFSFulfilled",
            FulfilledBy::ThirdParty => "3PLFulfilled",
        }
    }

    /// The reverse of [`node_type`](Self::node_type).
    pub fn from_node_type(text: &str) -> Option<FulfilledBy> {
        [FulfilledBy::Seller, FulfilledBy::Marketplace, FulfilledBy::ThirdParty]
            .into_iter()
            .find(|f| f.node_type() == text)
    }
}

/// What an order is planned to be held for; at most one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    /// Nothing is wrong.
    None,
    /// A missing or impossible postal code, or placeholder text for a street.
    BadAddress,
    /// More units of an item than were ever on hand.
    ShortStock,
    /// A SKU the host never declared.
    UnmappedSku,
    /// The buyer asks to cancel at `cancel_request_at`.
    CancelRequest,
}

/// A delivery address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// The recipient.
    pub name: String,
    /// Street and number.
    pub address1: String,
    /// Flat, floor, building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address2: Option<String>,
    /// City.
    pub city: String,
    /// Two-letter state.
    pub state: String,
    /// ZIP or ZIP+4; empty in one kind of bad address.
    pub postal_code: String,
}

/// A line to be placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedLine {
    /// What is bought.
    pub sku: String,
    /// How many.
    pub quantity: u32,
    /// The price of one, in cents.
    pub unit_cents: i64,
}

/// An order to be placed. [`PlannedOrder::seller`] and the methods after it build one in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedOrder {
    /// The order's id at the marketplace; `None` for one derived from the order's position.
    pub id: Option<String>,
    /// The instant of the sale.
    pub placed_at: Timestamp,
    /// Who ships it.
    pub fulfilled_by: FulfilledBy,
    /// At least one line.
    pub lines: Vec<PlannedLine>,
    /// Where to; `None` for a good address by seed.
    pub address: Option<Address>,
    /// What it is planned to be held for.
    pub defect: Defect,
    /// When the buyer asks to cancel.
    pub cancel_request_at: Option<Timestamp>,
    /// Until when it must be shipped; `None` for what the marketplace promises by itself.
    pub ship_by: Option<Timestamp>,
    /// When the payment goes through; until then Amazon shows it as pending and eBay lists it nowhere, though it has
    /// taken from the level. `None` for at once; Walmart only shows what is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<Timestamp>,
    /// Programmes of the marketplace that the order is part of, in its own words (`PRIME`, `FBM_SHIP_PLUS`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<String>,
    /// When the buyer sends back what was shipped of the first line; nothing happens where nothing was by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_at: Option<Timestamp>,
}

impl PlannedOrder {
    /// A good seller-fulfilled order without lines.
    pub fn seller(placed_at: Timestamp) -> PlannedOrder {
        PlannedOrder {
            id: None,
            placed_at,
            fulfilled_by: FulfilledBy::Seller,
            lines: Vec::new(),
            address: None,
            defect: Defect::None,
            cancel_request_at: None,
            ship_by: None,
            paid_at: None,
            programs: Vec::new(),
            return_at: None,
        }
    }

    /// With one more line at 19.99 a piece.
    pub fn line(mut self, sku: &str, quantity: u32) -> PlannedOrder {
        self.lines.push(PlannedLine { sku: sku.into(), quantity, unit_cents: 1999 });
        self
    }

    /// With that id at the marketplace.
    pub fn id(mut self, id: &str) -> PlannedOrder {
        self.id = Some(id.into());
        self
    }

    /// Shipped by someone else.
    pub fn fulfilled_by(mut self, by: FulfilledBy) -> PlannedOrder {
        self.fulfilled_by = by;
        self
    }

    /// To another address.
    pub fn to(mut self, address: Address) -> PlannedOrder {
        self.address = Some(address);
        self
    }

    /// Whose buyer asks to cancel at that instant.
    pub fn cancel_requested_at(mut self, at: Timestamp) -> PlannedOrder {
        self.cancel_request_at = Some(at);
        self.defect = Defect::CancelRequest;
        self
    }

    /// Whose buyer sends something back at that instant.
    pub fn returned_at(mut self, at: Timestamp) -> PlannedOrder {
        self.return_at = Some(at);
        self
    }

    /// Paid for at that instant only.
    pub fn paid_at(mut self, at: Timestamp) -> PlannedOrder {
        self.paid_at = Some(at);
        self
    }

    /// Part of a programme of the marketplace.
    pub fn program(mut self, name: &str) -> PlannedOrder {
        self.programs.push(name.into());
        self
    }

    /// To be shipped until that instant.
    pub fn ship_by(mut self, at: Timestamp) -> PlannedOrder {
        self.ship_by = Some(at);
        self
    }
}

/// One order as [`Marketplace::plan`](crate::Marketplace::plan) and `GET /_sandbox/plan` list it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanEntry {
    /// The order's id at the marketplace.
    pub id: String,
    /// Who ships it.
    pub fulfilled_by: FulfilledBy,
    /// What it is planned to be held for.
    pub defect: Defect,
    /// When the buyer asks (or asked) to cancel.
    pub cancel_request_at: Option<Timestamp>,
    /// The instant of the sale.
    pub placed_at: Timestamp,
}
