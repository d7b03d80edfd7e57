//! The order document of `GET /v3/orders`, as far as it is read. Every member is optional: production omits and nulls
//! members that the specification calls required.

use super::{
    leaf::{Leaf, Many, Part, exact},
    node::{FromLoose, Loose, Node, Notes, read_root},
};
use serde::Deserialize;

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Order<'a> {
    #[serde(borrow)]
    pub(crate) purchase_order_id: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) customer_order_id: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) customer_email_id: Leaf<'a>,
    #[serde(borrow, rename = "originalCustomerOrderID")]
    pub(crate) original_customer_order_id: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) seller_order_id: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) order_date: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) shipping_info: Part<Shipping<'a>>,
    #[serde(borrow)]
    pub(crate) order_lines: Part<Lines<'a>>,
    #[serde(borrow)]
    pub(crate) order_summary: Part<Summary<'a>>,
    #[serde(borrow)]
    pub(crate) ship_node: Part<ShipNode<'a>>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Shipping<'a> {
    #[serde(borrow)]
    pub(crate) phone: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) estimated_delivery_date: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) estimated_ship_date: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) method_code: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) postal_address: Part<Address<'a>>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Address<'a> {
    #[serde(borrow)]
    pub(crate) name: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) address1: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) address2: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) city: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) state: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) postal_code: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) country: Leaf<'a>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Lines<'a> {
    #[serde(borrow)]
    pub(crate) order_line: Many<Line<'a>>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Line<'a> {
    #[serde(borrow)]
    pub(crate) line_number: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) item: Part<Item<'a>>,
    #[serde(borrow)]
    pub(crate) charges: Part<Charges<'a>>,
    #[serde(borrow)]
    pub(crate) order_line_quantity: Part<Quantity<'a>>,
    #[serde(borrow)]
    pub(crate) order_line_statuses: Part<Statuses<'a>>,
    #[serde(borrow)]
    pub(crate) cancellation_reason: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) intent_to_cancel: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) seller_order_id: Leaf<'a>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Item<'a> {
    #[serde(borrow)]
    pub(crate) product_name: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) sku: Leaf<'a>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Charges<'a> {
    #[serde(borrow)]
    pub(crate) charge: Many<Charge<'a>>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Charge<'a> {
    #[serde(borrow)]
    pub(crate) charge_type: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) charge_name: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) charge_amount: Part<Amount<'a>>,
    #[serde(borrow)]
    pub(crate) tax: Part<Tax<'a>>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Tax<'a> {
    #[serde(borrow)]
    pub(crate) tax_amount: Part<Amount<'a>>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Amount<'a> {
    #[serde(borrow)]
    pub(crate) currency: Leaf<'a>,
    #[serde(borrow, deserialize_with = "exact")]
    pub(crate) amount: Leaf<'a>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Quantity<'a> {
    #[serde(borrow)]
    pub(crate) amount: Leaf<'a>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Statuses<'a> {
    #[serde(borrow)]
    pub(crate) order_line_status: Many<Status<'a>>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Status<'a> {
    #[serde(borrow)]
    pub(crate) status: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) status_quantity: Part<Quantity<'a>>,
    #[serde(borrow)]
    pub(crate) cancellation_reason: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) tracking_info: Part<Tracking<'a>>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Tracking<'a> {
    #[serde(borrow)]
    pub(crate) carrier_name: Part<Carrier<'a>>,
    #[serde(borrow)]
    pub(crate) tracking_number: Leaf<'a>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Carrier<'a> {
    #[serde(borrow)]
    pub(crate) carrier: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) other_carrier: Leaf<'a>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Summary<'a> {
    #[serde(borrow)]
    pub(crate) total_amount: Part<TotalAmount<'a>>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct TotalAmount<'a> {
    #[serde(borrow, deserialize_with = "exact")]
    pub(crate) currency_amount: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) currency_unit: Leaf<'a>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ShipNode<'a> {
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Leaf<'a>,
    #[serde(borrow)]
    pub(crate) id: Leaf<'a>,
}

/// Reads the order strictly: one pass, everything borrowed. Nothing when any known member is of an unusual shape.
pub(crate) fn read_strictly(json: &str) -> Option<Order<'_>> {
    serde_json::from_str::<Part<Order<'_>>>(json).ok()?.0
}

/// Reads the order from a tree, noting what is odd. Nothing when the payload is no object.
pub(crate) fn read_loosely<'a>(node: &Node<'a>, notes: &Notes) -> Option<Order<'a>> {
    read_root(node, notes)
}

impl<'a> FromLoose<'a> for Order<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Order {
            purchase_order_id: object.leaf("purchaseOrderId"),
            customer_order_id: object.leaf("customerOrderId"),
            customer_email_id: object.leaf("customerEmailId"),
            original_customer_order_id: object.leaf("originalCustomerOrderID"),
            seller_order_id: object.leaf("sellerOrderId"),
            order_date: object.leaf("orderDate"),
            shipping_info: object.part("shippingInfo"),
            order_lines: object.part("orderLines"),
            order_summary: object.part("orderSummary"),
            ship_node: object.part("shipNode"),
        }
    }
}

impl<'a> FromLoose<'a> for Shipping<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Shipping {
            phone: object.leaf("phone"),
            estimated_delivery_date: object.leaf("estimatedDeliveryDate"),
            estimated_ship_date: object.leaf("estimatedShipDate"),
            method_code: object.leaf("methodCode"),
            postal_address: object.part("postalAddress"),
        }
    }
}

impl<'a> FromLoose<'a> for Address<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Address {
            name: object.leaf("name"),
            address1: object.leaf("address1"),
            address2: object.leaf("address2"),
            city: object.leaf("city"),
            state: object.leaf("state"),
            postal_code: object.leaf("postalCode"),
            country: object.leaf("country"),
        }
    }
}

impl<'a> FromLoose<'a> for Lines<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Lines { order_line: object.many("orderLine") }
    }
}

impl<'a> FromLoose<'a> for Line<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Line {
            line_number: object.leaf("lineNumber"),
            item: object.part("item"),
            charges: object.part("charges"),
            order_line_quantity: object.part("orderLineQuantity"),
            order_line_statuses: object.part("orderLineStatuses"),
            cancellation_reason: object.leaf("cancellationReason"),
            intent_to_cancel: object.leaf("intentToCancel"),
            seller_order_id: object.leaf("sellerOrderId"),
        }
    }
}

impl<'a> FromLoose<'a> for Item<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Item { product_name: object.leaf("productName"), sku: object.leaf("sku") }
    }
}

impl<'a> FromLoose<'a> for Charges<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Charges { charge: object.many("charge") }
    }
}

impl<'a> FromLoose<'a> for Charge<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Charge {
            charge_type: object.leaf("chargeType"),
            charge_name: object.leaf("chargeName"),
            charge_amount: object.part("chargeAmount"),
            tax: object.part("tax"),
        }
    }
}

impl<'a> FromLoose<'a> for Tax<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Tax { tax_amount: object.part("taxAmount") }
    }
}

impl<'a> FromLoose<'a> for Amount<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Amount { currency: object.leaf("currency"), amount: object.leaf("amount") }
    }
}

impl<'a> FromLoose<'a> for Quantity<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Quantity { amount: object.leaf("amount") }
    }
}

impl<'a> FromLoose<'a> for Statuses<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Statuses { order_line_status: object.many("orderLineStatus") }
    }
}

impl<'a> FromLoose<'a> for Status<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Status {
            status: object.leaf("status"),
            status_quantity: object.part("statusQuantity"),
            cancellation_reason: object.leaf("cancellationReason"),
            tracking_info: object.part("trackingInfo"),
        }
    }
}

impl<'a> FromLoose<'a> for Tracking<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Tracking { carrier_name: object.part("carrierName"), tracking_number: object.leaf("trackingNumber") }
    }
}

impl<'a> FromLoose<'a> for Carrier<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Carrier { carrier: object.leaf("carrier"), other_carrier: object.leaf("otherCarrier") }
    }
}

impl<'a> FromLoose<'a> for Summary<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        Summary { total_amount: object.part("totalAmount") }
    }
}

impl<'a> FromLoose<'a> for TotalAmount<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        TotalAmount {
            currency_amount: object.leaf("currencyAmount"),
            currency_unit: object.leaf("currencyUnit"),
        }
    }
}

impl<'a> FromLoose<'a> for ShipNode<'a> {
    fn from_loose(object: &Loose<'_, 'a>) -> Self {
        ShipNode { kind: object.leaf("type"), id: object.leaf("id") }
    }
}
