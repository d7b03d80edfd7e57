//! Bodies of writes, in Walmart's spelling.

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::value::RawValue;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShipmentBody<'a> {
    pub(crate) order_shipment: OrderLines<ShippedLine<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CancellationBody<'a> {
    pub(crate) order_cancellation: OrderLines<CancelledLine<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderLines<L> {
    pub(crate) order_lines: OrderLine<L>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderLine<L> {
    pub(crate) order_line: Vec<L>,
}

impl<L> OrderLines<L> {
    pub(crate) fn of(lines: Vec<L>) -> Self {
        OrderLines { order_lines: OrderLine { order_line: lines } }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShippedLine<'a> {
    pub(crate) line_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) intent_to_cancel_override: Option<bool>,
    pub(crate) order_line_statuses: Statuses<Shipped<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CancelledLine<'a> {
    pub(crate) line_number: &'a str,
    pub(crate) order_line_statuses: Statuses<Cancelled>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Statuses<S> {
    pub(crate) order_line_status: [S; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shipped<'a> {
    pub(crate) status: &'static str,
    pub(crate) status_quantity: StatusQuantity,
    pub(crate) tracking_info: TrackingInfo<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cancelled {
    pub(crate) status: &'static str,
    pub(crate) cancellation_reason: &'static str,
    pub(crate) status_quantity: StatusQuantity,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatusQuantity {
    pub(crate) unit_of_measurement: &'static str,
    /// Text, where stock has a number.
    pub(crate) amount: String,
}

impl StatusQuantity {
    pub(crate) fn each(units: u32) -> Self {
        StatusQuantity { unit_of_measurement: "EACH", amount: units.to_string() }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrackingInfo<'a> {
    /// Epoch milliseconds.
    pub(crate) ship_date_time: i64,
    pub(crate) carrier_name: CarrierName<'a>,
    pub(crate) method_code: &'a str,
    pub(crate) tracking_number: &'a str,
    #[serde(rename = "trackingURL", skip_serializing_if = "Option::is_none")]
    pub(crate) tracking_url: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum CarrierName<'a> {
    /// One of the listed carriers, spelled as listed.
    Carrier(&'static str),
    /// Any other; then the tracking URL is mandatory.
    OtherCarrier(&'a str),
}

/// `PUT /v3/inventory`. The SKU stands here and in the query; a bare number as quantity is a 400.
#[derive(Debug, Serialize)]
pub(crate) struct InventoryBody<'a> {
    pub(crate) sku: &'a str,
    pub(crate) quantity: StockQuantity,
}

#[derive(Debug, Serialize)]
pub(crate) struct StockQuantity {
    pub(crate) unit: &'static str,
    pub(crate) amount: u32,
}

impl StockQuantity {
    pub(crate) fn each(amount: u32) -> Self {
        StockQuantity { unit: "EACH", amount }
    }
}

/// The feed `MP_INVENTORY`, specification 1.5. Its keys begin in lower case; those of 1.4 do not.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InventoryFeed<'a> {
    pub(crate) inventory_header: FeedHeader,
    pub(crate) inventory: Vec<FeedRow<'a>>,
}

#[derive(Debug, Serialize)]
pub(crate) struct FeedHeader {
    pub(crate) version: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FeedRow<'a> {
    pub(crate) sku: &'a str,
    pub(crate) ship_nodes: [FeedNode<'a>; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FeedNode<'a> {
    pub(crate) ship_node: &'a str,
    pub(crate) quantity: StockQuantity,
}

/// `POST /v3/orders/{purchaseOrderId}/refund`. Amounts are negative numbers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefundBody<'a> {
    order_refund: OrderRefund<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderRefund<'a> {
    purchase_order_id: &'a str,
    order_lines: OrderLine<LineRefund<'a>>,
}

impl<'a> RefundBody<'a> {
    pub(crate) fn of(purchase_order_id: &'a str, lines: Vec<LineRefund<'a>>) -> Self {
        let order_lines = OrderLine { order_line: lines };
        RefundBody { order_refund: OrderRefund { purchase_order_id, order_lines } }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LineRefund<'a> {
    pub(crate) line_number: &'a str,
    pub(crate) is_full_refund: bool,
    pub(crate) refunds: RefundEntry,
}

#[derive(Debug, Serialize)]
pub(crate) struct RefundEntry {
    refund: [Refund; 1],
}

impl RefundEntry {
    pub(crate) fn of(refund_comments: String, charges: Vec<RefundCharge>) -> Self {
        RefundEntry {
            refund: [Refund { refund_comments, refund_charges: RefundCharges { refund_charge: charges } }],
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Refund {
    refund_comments: String,
    refund_charges: RefundCharges,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RefundCharges {
    refund_charge: Vec<RefundCharge>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefundCharge {
    pub(crate) refund_reason: &'static str,
    pub(crate) charge: ChargeBack,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChargeBack {
    pub(crate) charge_type: &'static str,
    pub(crate) charge_name: &'static str,
    pub(crate) charge_amount: Signed,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tax: Option<TaxBack>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaxBack {
    pub(crate) tax_name: &'static str,
    pub(crate) tax_amount: Signed,
}

#[derive(Debug, Serialize)]
pub(crate) struct Signed {
    pub(crate) currency: String,
    pub(crate) amount: Exact,
}

/// A decimal as a JSON number, digit for digit.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Exact(Box<RawValue>);

impl Exact {
    /// Nothing for what JSON has no number for; every decimal has one.
    pub(crate) fn new(amount: Decimal) -> Option<Self> {
        RawValue::from_string(amount.to_string()).ok().map(Exact)
    }
}
