//! What feeds say: acknowledgements (which here means cancellations) in XML, listings in JSON; and their reports.

use serde_json::{Value, json};

use super::World;
use super::listings::{Asked, Issue};
use super::xml::{Element, escape, parse};
use crate::clock::Ms;
use crate::effects::count;

/// The reasons of `CancelReason` that the facts name.
const REASONS: [&str; 6] = [
    "NoInventory",
    "ShippingAddressUndeliverable",
    "CustomerExchange",
    "BuyerCanceled",
    "GeneralAdjustment",
    "CarrierCreditDecision",
];

/// The most messages of one listings feed.
const MESSAGES_MAX: usize = 25_000;

impl World {
    /// `POST_ORDER_ACKNOWLEDGEMENT_DATA`: Success records the seller's number, Failure cancels.
    pub(super) fn apply_acknowledgements(&mut self, at: Ms, text: &str) -> Result<String, String> {
        let root = parse(text)?;
        if root.name != "AmazonEnvelope" || root.text_of("MessageType") != "OrderAcknowledgement" {
            return Err("the document is no envelope of OrderAcknowledgement messages".into());
        }
        let merchant =
            root.child("Header").map(|header| header.text_of("MerchantIdentifier")).unwrap_or_default();
        if merchant != self.settings.seller {
            return Err(format!("MerchantIdentifier {merchant:?} is not this seller"));
        }
        let mut results = String::new();
        let (mut good, mut bad) = (0, 0);
        for message in root.children.iter().filter(|child| child.name == "Message") {
            let number = message.text_of("MessageID");
            match message
                .child("OrderAcknowledgement")
                .ok_or("OrderAcknowledgement is missing".to_owned())
                .and_then(|acknowledgement| self.apply_acknowledgement(at, acknowledgement))
            {
                Ok(()) => good += 1,
                Err(why) => {
                    bad += 1;
                    results.push_str(&format!(
                        "<Result><MessageID>{}</MessageID><ResultCode>Error</ResultCode>\
                         <ResultMessageCode>18028</ResultMessageCode><ResultDescription>{}</ResultDescription></Result>",
                        escape(&number),
                        escape(&why)
                    ));
                }
            }
        }
        Ok(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<AmazonEnvelope xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xsi:noNamespaceSchemaLocation=\"amzn-envelope.xsd\"><Header><DocumentVersion>1.02</DocumentVersion>\
             <MerchantIdentifier>{}</MerchantIdentifier></Header><MessageType>ProcessingReport</MessageType><Message>\
             <MessageID>1</MessageID><ProcessingReport><DocumentTransactionID>{at}</DocumentTransactionID>\
             <StatusCode>Complete</StatusCode><ProcessingSummary><MessagesProcessed>{}</MessagesProcessed>\
             <MessagesSuccessful>{good}</MessagesSuccessful><MessagesWithError>{bad}</MessagesWithError>\
             <MessagesWithWarning>0</MessagesWithWarning></ProcessingSummary>{results}</ProcessingReport></Message>\
             </AmazonEnvelope>",
            escape(&self.settings.seller),
            good + bad
        ))
    }

    fn apply_acknowledgement(&mut self, at: Ms, asked: &Element) -> Result<(), String> {
        let id = asked.text_of("AmazonOrderID");
        let index = self.find(at, &id).map_err(|_| format!("order {id:?} was not found"))?;
        let order = self.orders.get_mut(index as usize).ok_or("order was not found")?;
        match asked.text_of("StatusCode").as_str() {
            "Success" => {
                let alias = asked.text_of("MerchantOrderID");
                order.standing.alias = Some(alias).filter(|alias| !alias.is_empty());
                order.standing.modified = at;
                return Ok(());
            }
            "Failure" => {}
            other => return Err(format!("StatusCode {other:?} is neither Success nor Failure")),
        }
        if !order.sellers() {
            return Err(format!("order {id} is fulfilled by Amazon"));
        }
        if order.standing.pending {
            return Err(format!("order {id} is pending"));
        }
        let mut wanted: Vec<(usize, String)> = Vec::new();
        for item in asked.children.iter().filter(|child| child.name == "Item") {
            let code = item.text_of("AmazonOrderItemCode");
            let place = order.place_of(&code).ok_or_else(|| format!("order {id} has no item {code:?}"))?;
            let reason = item.text_of("CancelReason");
            if !REASONS.contains(&reason.as_str()) {
                return Err(format!("CancelReason {reason:?} is not one of {}", REASONS.join(", ")));
            }
            wanted.push((place, reason));
        }
        if wanted.is_empty() {
            // Inferred: a Failure that names no item means the whole order.
            wanted = (0..order.standing.items.len())
                .map(|place| (place, "GeneralAdjustment".to_owned()))
                .collect();
        }
        if wanted.iter().all(|(place, _)| order.standing.items.get(*place).is_none_or(|item| item.open == 0))
        {
            return Err(format!(
                "nothing of order {id} is left to cancel: it is {}",
                order.standing.old_status()
            ));
        }
        let (seen, before) = (order.seen, order.standing.status());
        for (place, reason) in wanted {
            let units = order.standing.cancel(place, "MERCHANT", &reason);
            let Some(item) = order.standing.items.get(place).filter(|_| units > 0) else { continue };
            count(&mut self.effects.cancel, &format!("{id}/{}", item.id), units);
            if let Some(stock) = self.stock.get_mut(&item.sku).filter(|_| seen) {
                stock.own.seen_cancelled += i64::from(units);
            }
        }
        order.standing.modified = at;
        let changed = order.standing.status() != before;
        self.changes += 1;
        if changed {
            self.tell_of_order(at, index, false);
        }
        Ok(())
    }

    /// `JSON_LISTINGS_FEED`: quantities by PATCH or PARTIAL_UPDATE. Its report counts and lists what was refused.
    pub(super) fn apply_listings(
        &mut self,
        at: Ms,
        feed: &str,
        input: &str,
        text: &str,
    ) -> Result<String, String> {
        let body: Value =
            serde_json::from_str(text).map_err(|error| format!("the feed is not JSON: {error}"))?;
        if body["header"]["sellerId"] != self.settings.seller.as_str() || body["header"]["version"] != "2.0" {
            return Err("header.sellerId or header.version is not right".into());
        }
        let messages = body["messages"].as_array().filter(|m| (1..=MESSAGES_MAX).contains(&m.len()));
        let messages = messages.ok_or("messages must hold 1 to 25000 messages")?;
        let seen = self.documents.iter().find(|document| document.id == input).map(|d| d.seen_sold.clone());
        let seen = seen.unwrap_or_default();
        let mut issues: Vec<Value> = Vec::new();
        let mut invalid = 0;
        for message in messages {
            let sku = message["sku"].as_str().unwrap_or_default();
            match self.ask_of_message(sku, message) {
                Ok(asked) if asked == Asked::default() => {}
                Ok(asked) => self.set_offer(at, sku, &asked, seen.get(sku).copied().unwrap_or(0), 0),
                Err(found) => {
                    invalid += 1;
                    issues.extend(found.iter().map(|issue| {
                        json!({
                            "messageId": message["messageId"],
                            "sku": sku,
                            "code": issue.code,
                            "severity": "ERROR",
                            "message": issue.message,
                            "attributeName": issue.attribute,
                        })
                    }));
                }
            }
        }
        let report = json!({
            "header": {"sellerId": self.settings.seller, "version": "2.0", "feedId": feed},
            "issues": issues,
            "summary": {
                "errors": issues.len(),
                "warnings": 0,
                "messagesProcessed": messages.len(),
                "messagesAccepted": messages.len() - invalid,
                "messagesInvalid": invalid,
            },
        });
        Ok(report.to_string())
    }

    fn ask_of_message(&self, sku: &str, message: &Value) -> Result<Asked, Vec<Issue>> {
        let issue = |message: String| vec![Issue { code: "4000003", message, attribute: "operationType" }];
        if !message["messageId"].is_u64() {
            return Err(issue("'messageId' is required and must be a whole number.".into()));
        }
        match message["operationType"].as_str() {
            Some("PATCH") => {
                let patches = message["patches"].as_array().cloned().unwrap_or_default();
                self.ask_of_patches(sku, &patches)
            }
            Some("PARTIAL_UPDATE") => {
                let value = &message["attributes"]["fulfillment_availability"];
                if value.is_null() {
                    Ok(Asked::default())
                } else {
                    self.ask_of_availability(sku, value, false)
                }
            }
            other => Err(issue(format!("The operation {other:?} is not supported here."))),
        }
    }
}
