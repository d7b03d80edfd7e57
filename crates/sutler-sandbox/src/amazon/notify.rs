//! What Amazon tells of by itself: an order changed, a feed or a report finished. At least once, in no order, and now and
//! then not at all.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::account::{uuid, version};
use super::due::Event;
use super::{World, regions};
use crate::Timestamp;
use crate::clock::{Ms, timestamp};
use crate::dice::{Dice, Roll, identity};
use crate::json::iso;
use crate::marketplace::Push;
use crate::request::encode;

/// One notification, as it lies in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// When it came to the queue.
    pub at: Timestamp,
    /// `ORDER_CHANGE`, `FEED_PROCESSING_FINISHED` or `REPORT_PROCESSING_FINISHED`.
    pub kind: &'static str,
    /// Its id, by which a repeated one is known.
    pub id: String,
    /// The body, byte for byte.
    pub body: String,
}

impl World {
    /// What came to the queue up to `now` and was not taken yet, in the order in which it came.
    ///
    /// There is something only for types that are subscribed to, by [`Settings::subscribed`](super::Settings::subscribed),
    /// by a queue in the settings or by a call.
    pub fn take_notifications(&mut self, now: Timestamp) -> Vec<Notification> {
        self.advance(now);
        if self.outbox.is_empty() {
            return Vec::new();
        }
        self.log_taken();
        std::mem::take(&mut self.outbox)
    }

    /// The same as deliveries to the configured queue: SQS's `SendMessage` in its JSON protocol.
    pub(super) fn pushes(&mut self, now: Timestamp) -> Vec<Push> {
        let Some(url) = self.settings.sqs_queue_url.clone() else {
            self.advance(now);
            return Vec::new();
        };
        let region = regions::of(&self.settings.marketplace_id).region.aws();
        let day = now.format("%Y%m%d");
        // A local queue wants no signature, but servers read the region out of where one would be.
        let credential = format!(
            "AWS4-HMAC-SHA256 Credential=sandbox/{day}/{region}/sqs/aws4_request, SignedHeaders=host, Signature=0"
        );
        let notifications = self.take_notifications(now);
        let push = |notification: Notification| {
            let body = json!({"QueueUrl": url, "MessageBody": notification.body}).to_string();
            let request = Request::post(url.as_str())
                .header("content-type", "application/x-amz-json-1.0")
                .header("x-amz-target", "AmazonSQS.SendMessage")
                .header("authorization", credential.as_str())
                .body(Bytes::from(body));
            // An address that is none was refused when the world was made into a server.
            Some(Push { at: notification.at, request: request.ok()? })
        };
        notifications.into_iter().filter_map(push).collect()
    }

    /// Tells of an order's status, or of its buyer's wish to cancel.
    pub(super) fn tell_of_order(&mut self, at: Ms, index: u32, cancel: bool) {
        let Some(order) = self.orders.get(index as usize) else { return };
        let standing = &order.standing;
        let shipped: u32 = (0..standing.items.len()).map(|place| standing.shipped_units(place)).sum();
        let (deliver_from, deliver_by) = order.deliver_by();
        let items: Vec<Value> = standing
            .items
            .iter()
            .enumerate()
            .map(|(place, item)| {
                json!({
                    "OrderItemId": item.id,
                    "SellerSKU": item.sku,
                    "SupplySourceId": null,
                    "OrderItemStatus": if item.open == 0 && standing.shipped_units(place) > 0 { "Shipped" } else { "Unshipped" },
                    "Quantity": item.ordered,
                    "QuantityShipped": standing.shipped_units(place),
                    "IsBuyerRequestedCancel": standing.cancel_asked,
                    "ItemEarliestDeliveryDate": iso(deliver_from),
                    "ItemLatestDeliveryDate": iso(deliver_by),
                })
            })
            .collect();
        let programs: Vec<&str> = order
            .programs
            .iter()
            .filter_map(|program| match program.as_str() {
                "PRIME" => Some("Prime"),
                "AMAZON_BUSINESS" => Some("Business"),
                "PREMIUM" => Some("Premium"),
                _ => None,
            })
            .collect();
        let (change, reason) = if cancel {
            ("BuyerRequestedChange", "Buyer Requested Cancel")
        } else {
            ("OrderStatusChange", "Order Status Change")
        };
        let payload = json!({"OrderChangeNotification": {
            "NotificationLevel": "OrderLevel",
            "SellerId": self.settings.seller,
            "AmazonOrderId": order.id,
            "OrderChangeType": change,
            "OrderChangeTrigger": {"TimeOfOrderChange": iso(at), "ChangeReason": reason},
            "Summary": {
                "MarketplaceId": self.settings.marketplace_id,
                "OrderStatus": standing.old_status(),
                "PurchaseDate": iso(order.placed),
                "DestinationPostalCode": order.address.postal_code,
                "FulfillmentType": if order.sellers() { "MFN" } else { "AFN" },
                "OrderType": "StandardOrder",
                "NumberOfItemsShipped": shipped,
                "NumberOfItemsUnshipped": standing.open(),
                "EarliestDeliveryDate": iso(deliver_from),
                "LatestDeliveryDate": iso(deliver_by),
                "EarliestShipDate": iso(order.ship_from),
                "LatestShipDate": iso(order.ship_by),
                "CancelNotifyDate": iso(order.ship_by + super::order::AUTO_CANCEL_AFTER),
                "OrderPrograms": programs,
                "ShippingPrograms": [],
                "OrderItems": items,
            },
        }});
        self.tell("ORDER_CHANGE", at, &payload, true);
    }

    pub(super) fn tell_of_feed(&mut self, at: Ms, place: u32) {
        let Some(feed) = self.feeds.get(place as usize) else { return };
        let mut told = json!({
            "sellerId": self.settings.seller,
            "accountId": format!("amzn1.merchant.o.{}", self.settings.seller),
            "feedId": feed.id,
            "feedType": feed.kind,
            "processingStatus": feed.outcome,
        });
        if let Some(result) = &feed.result {
            told["resultFeedDocumentId"] = result.as_str().into();
        }
        self.tell(
            "FEED_PROCESSING_FINISHED",
            at,
            &json!({"feedProcessingFinishedNotification": told}),
            false,
        );
    }

    pub(super) fn tell_of_report(&mut self, at: Ms, place: u32) {
        let Some((id, kind, outcome, document)) = self.finished_report(place) else { return };
        let mut told = json!({
            "sellerId": self.settings.seller,
            "accountId": format!("amzn1.merchant.o.{}", self.settings.seller),
            "reportId": id,
            "reportType": kind,
            "processingStatus": outcome,
        });
        if let Some(document) = document {
            told["reportDocumentId"] = document.into();
        }
        self.tell(
            "REPORT_PROCESSING_FINISHED",
            at,
            &json!({"reportProcessingFinishedNotification": told}),
            false,
        );
    }

    /// Puts a notification on its way, through the faults of pushes. Order changes spell their members with capitals.
    fn tell(&mut self, kind: &'static str, at: Ms, payload: &Value, capitals: bool) {
        let Some(subscription) = self.subscribed.get(kind).map(|known| known.id.clone()) else { return };
        self.told += 1;
        let dice = Dice::new(self.settings.seed, identity(&["push", kind]), self.told);
        let faults = &self.settings.faults;
        let (dropped, repeated) = (
            dice.chance(Roll::PushDrop, faults.push_drop),
            dice.chance(Roll::PushRepeat, faults.push_repeat),
        );
        let late = dice.chance(Roll::PushLate, faults.push_late);
        let (late_max, repeat_max) = (i64::from(faults.push_late_max_s) * 1000, 60_000);
        if dropped {
            self.fire("push_drop");
            return;
        }
        let mut comes = at + dice.between(Roll::Latency, 300, 4_000);
        if late {
            self.fire("push_late");
            comes += dice.between(Roll::LateBy, 4_000, late_max);
        }
        let id = uuid(dice);
        let names = |name: &str| {
            let mut letters = name.chars();
            match letters.next() {
                Some(first) if capitals => first.to_ascii_uppercase().to_string() + letters.as_str(),
                _ => name.to_owned(),
            }
        };
        let body = json!({
            names("notificationVersion"): version(kind),
            names("notificationType"): kind,
            names("payloadVersion"): version(kind),
            names("eventTime"): iso(at),
            names("payload"): payload,
            names("notificationMetadata"): {
                names("applicationId"): format!("amzn1.sellerapps.app.{}", encode(&self.settings.client_id)),
                names("subscriptionId"): subscription,
                names("publishTime"): iso(comes),
                names("notificationId"): id,
            },
        });
        let notification = Notification { at: timestamp(comes), kind, id, body: body.to_string() };
        if repeated {
            self.fire("push_repeat");
            let again = comes + dice.between(Roll::Gap, 100, repeat_max);
            let notification = Notification { at: timestamp(again), ..notification.clone() };
            self.schedule(again, Event::Note(Box::new(notification)));
        }
        self.schedule(comes, Event::Note(Box::new(notification)));
    }
}
