//! Notifications as Amazon writes them into a queue: what they tell. Pure.

use serde_json::Value;
use sutler_core::{
    error::{Error, ErrorKind, Result},
    id::ChannelOrderId,
    push::Told,
};

/// One notification, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// `NotificationMetadata.NotificationId`: the same one again is a redelivery.
    pub id: String,
    /// `ORDER_CHANGE`, `FEED_PROCESSING_FINISHED`, `REPORT_PROCESSING_FINISHED`, …
    pub kind: String,
    /// The seller it is about, where it says so: a queue may hold those of several.
    pub seller: Option<String>,
    /// What it tells.
    pub told: Vec<Told>,
}

/// Reads a notification. Names begin with a capital in some and with a small letter in others: both are read.
///
/// # Errors
/// `Invalid` when it is no envelope of Amazon's.
pub fn decode_notification(body: &[u8]) -> Result<Notification> {
    let wrong = |why: &str| Error::new(ErrorKind::Invalid, "amazon.pushes.decode").message(why.to_owned());
    let value: Value = serde_json::from_slice(body).map_err(|_| wrong("the notification is not JSON"))?;
    let kind = text(&value, "NotificationType")
        .ok_or_else(|| wrong("the notification names no type; NotificationType is right"))?;
    let id = member(&value, "NotificationMetadata")
        .and_then(|meta| text(meta, "NotificationId"))
        .unwrap_or_default();
    let payload = member(&value, "Payload");
    let inner = |name: &str| payload.and_then(|payload| member(payload, name));
    let (about, told) = match kind.as_str() {
        "ORDER_CHANGE" => {
            let change = inner("OrderChangeNotification");
            (change, change.map(order_change).unwrap_or_default())
        }
        "FEED_PROCESSING_FINISHED" => {
            let feed = inner("FeedProcessingFinishedNotification");
            (feed, finished(feed, "FeedId"))
        }
        "REPORT_PROCESSING_FINISHED" => {
            let report = inner("ReportProcessingFinishedNotification");
            (report, finished(report, "ReportId"))
        }
        _ => (None, Vec::new()),
    };
    let seller = about.and_then(|about| text(about, "SellerId"));
    Ok(Notification { id, kind, seller, told })
}

fn order_change(change: &Value) -> Vec<Told> {
    let due = member(change, "Summary")
        .and_then(|summary| text(summary, "LatestShipDate"))
        .and_then(|at| chrono::DateTime::parse_from_rfc3339(&at).ok())
        .map(|at| at.to_utc());
    let order = text(change, "AmazonOrderId");
    order.into_iter().map(|order| Told::Order { order: ChannelOrderId::new(order), due }).collect()
}

fn finished(of: Option<&Value>, name: &str) -> Vec<Told> {
    of.and_then(|of| text(of, name)).map(Told::Finished).into_iter().collect()
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let map = value.as_object()?;
    map.get(name)
        .or_else(|| map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

fn text(value: &Value, name: &str) -> Option<String> {
    match member(value, name)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_notifications_tell() {
        let change = br#"{"NotificationVersion":"1.0","NotificationType":"ORDER_CHANGE","Payload":{"OrderChangeNotification":{"NotificationLevel":"OrderLevel","SellerId":"A1","AmazonOrderId":"111-1","Summary":{"OrderStatus":"Unshipped","LatestShipDate":"2026-01-31T08:00:00Z"}}},"NotificationMetadata":{"NotificationId":"n1"}}"#;
        let read = decode_notification(change).expect("an envelope");
        assert_eq!((read.id.as_str(), read.kind.as_str()), ("n1", "ORDER_CHANGE"));
        assert_eq!(read.seller.as_deref(), Some("A1"));
        assert!(matches!(&read.told[..], [Told::Order { order, due: Some(_) }] if order.as_str() == "111-1"));
        let feed = br#"{"notificationType":"FEED_PROCESSING_FINISHED","payload":{"feedProcessingFinishedNotification":{"feedId":"50001"}}}"#;
        assert_eq!(decode_notification(feed).expect("an envelope").told, [Told::Finished("50001".into())]);
        assert!(
            decode_notification(br#"{"NotificationType":"NEW_KIND"}"#).expect("an envelope").told.is_empty()
        );
        assert!(decode_notification(b"[]").is_err() && decode_notification(b"?").is_err());
    }
}
