//! Orders as Walmart writes them, by our own hand.

/// Two lines; one half shipped, one refused in part; every member that is read.
pub(crate) const FULL: &str = r#"{
  "purchaseOrderId": "129114917403021",
  "customerOrderId": "200012345678901",
  "customerEmailId": "5C1B8AF03D@relay.walmart.com",
  "orderType": "REGULAR",
  "originalCustomerOrderID": null,
  "orderDate": 1700000000000,
  "buyerId": "b-77", "mart": "walmart.com", "isGuest": false,
  "shippingInfo": {
    "phone": "3155550142",
    "estimatedDeliveryDate": 1700420400000,
    "estimatedShipDate": 1700193600000,
    "methodCode": "Value",
    "postalAddress": {
      "name": "Jo Example", "address1": "12 Mill Rd", "address2": null, "city": "Fresno", "state": "CA",
      "postalCode": "93650", "country": "USA", "addressType": "RESIDENTIAL"
    }
  },
  "orderLines": { "orderLine": [
    {
      "lineNumber": "9",
      "item": { "productName": "Lamp \"Dawn\"", "sku": "LAMP 1/2", "condition": "New", "weight": {"value": "1.2", "unit": "LB"} },
      "charges": { "charge": [
        { "chargeType": "PRODUCT", "chargeName": "ItemPrice", "chargeAmount": {"currency": "USD", "amount": 59.97},
          "tax": {"taxName": "Tax1", "taxAmount": {"currency": "USD", "amount": 4.80}} },
        { "chargeType": "SHIPPING", "chargeName": "Shipping", "chargeAmount": {"currency": "USD", "amount": 5}, "tax": null }
      ] },
      "orderLineQuantity": { "unitOfMeasurement": "EACH", "amount": "3" },
      "statusDate": 1700001000000,
      "orderLineStatuses": { "orderLineStatus": [
        { "status": "Acknowledged", "statusQuantity": {"unitOfMeasurement": "EACH", "amount": "1"}, "cancellationReason": null, "trackingInfo": null },
        { "status": "Shipped", "statusQuantity": {"unitOfMeasurement": "EACH", "amount": "1"},
          "trackingInfo": {"shipDateTime": 1700002000000, "carrierName": {"carrier": "UPS"}, "methodCode": "Value", "trackingNumber": "1Z999AA10123456784", "trackingURL": "https://ups.example/1"} },
        { "status": "Delivered", "statusQuantity": {"unitOfMeasurement": "EACH", "amount": "1"},
          "trackingInfo": {"shipDateTime": 1700002000000, "carrierName": {"otherCarrier": "Pony"}, "methodCode": "Value", "trackingNumber": "P1"} }
      ] },
      "refund": null, "intentToCancel": null, "sellerOrderId": "S-1"
    },
    {
      "lineNumber": "4",
      "item": { "productName": "Mug", "sku": "MUG" },
      "charges": { "charge": [
        { "chargeType": "PRODUCT", "chargeName": "ItemPrice", "chargeAmount": {"currency": "USD", "amount": 20.10}, "tax": null },
        { "chargeType": "TIP", "chargeName": "Tip", "chargeAmount": {"currency": "USD", "amount": 0.1}, "tax": null }
      ] },
      "orderLineQuantity": { "unitOfMeasurement": "EACH", "amount": "2" },
      "orderLineStatuses": { "orderLineStatus": [
        { "status": "Created", "statusQuantity": {"unitOfMeasurement": "EACH", "amount": "1"} },
        { "status": "Cancelled", "statusQuantity": {"unitOfMeasurement": "EACH", "amount": "1"}, "cancellationReason": "SELLER_CANCEL_OUT_OF_STOCK" }
      ] },
      "intentToCancel": "TRUE"
    }
  ] },
  "paymentTypes": ["CREDITCARD"],
  "orderSummary": { "totalAmount": {"currencyAmount": 89.97, "currencyUnit": "USD"}, "orderSubTotals": [] },
  "pickupPersons": [],
  "shipNode": { "type": "SellerFulfilled", "name": "Main", "id": "10000003527" }
}"#;

/// What production makes of it: objects for arrays, text for numbers, numbers for text, holes, ISO dates.
pub(crate) const LOOSE: &str = r#"{
  "purchaseOrderId": 1796277083022,
  "customerOrderId": 5281956426648,
  "customerEmailId": "nocxemail@walmartone.com",
  "orderDate": "2023-11-14T22:13:20Z",
  "shippingInfo": {
    "phone": "0000000000",
    "estimatedShipDate": "1700193600000",
    "estimatedDeliveryDate": "",
    "methodCode": ["Standard"],
    "postalAddress": {}
  },
  "orderLines": [ { "orderLine": {
    "lineNumber": 1,
    "item": [ { "productName": {}, "sku": 12345678901234567890123 } ],
    "charges": { "charge": { "chargeType": "PRODUCT", "chargeName": null, "chargeAmount": {"currency": "USD", "amount": "12.10"}, "tax": {} } },
    "orderLineQuantity": { "amount": 2 },
    "orderLineStatuses": { "orderLineStatus": { "status": "Created", "statusQuantity": { "amount": 2.0 } } },
    "refund": {}, "intentToCancel": ""
  } } ],
  "shipNode": { "type": "WFSFulfilled" }
}"#;

/// A bare minimum: everything that may be left out is.
pub(crate) const BARE: &str = r#"{"purchaseOrderId":"1","orderDate":1700000000000,"orderLines":{"orderLine":[{"lineNumber":"1","item":{"sku":"A"},"orderLineQuantity":{"amount":"1"},"orderLineStatuses":{"orderLineStatus":[{"status":"Created","statusQuantity":{"amount":"1"}}]}}]}}"#;

pub(crate) const ALL: [&str; 3] = [FULL, LOOSE, BARE];
