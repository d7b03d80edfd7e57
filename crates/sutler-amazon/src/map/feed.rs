//! Feeds: what is written into their documents, and what their reports say of each message. Pure.

use quick_xml::{
    Reader,
    escape::{escape, resolve_predefined_entity},
    events::Event,
};
use serde::Deserialize;
use std::{borrow::Cow, collections::BTreeMap, fmt::Write as _};
use sutler_core::{
    channel::Receipt,
    command::{Cancel, CancelReason, SetLevel},
    id::ChannelOrderId,
};

/// The type of a feed that cancels: of its messages, `Failure` is a cancellation and `Success` acknowledges nothing.
pub(crate) const CANCELLATIONS: Kind =
    Kind { name: "POST_ORDER_ACKNOWLEDGEMENT_DATA", media: "text/xml; charset=UTF-8" };
/// The type of a feed of listings.
pub(crate) const LISTINGS: Kind =
    Kind { name: "JSON_LISTINGS_FEED", media: "application/json; charset=UTF-8" };

/// A type of feed, and what its document comes as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) media: &'static str,
}

/// Amazon's word for a reason. Of the list only these are known from public text; a wrong price and a fraud have none of
/// their own among them (inferred).
fn reason(ours: CancelReason) -> &'static str {
    match ours {
        CancelReason::BuyerAsked => "BuyerCanceled",
        CancelReason::OutOfStock => "NoInventory",
        CancelReason::AddressNotServiceable => "ShippingAddressUndeliverable",
        _ => "GeneralAdjustment",
    }
}

/// The document that cancels lines of one order, as its one message.
pub(crate) fn cancellation(seller: &str, order: &ChannelOrderId, cancel: &Cancel) -> Vec<u8> {
    let mut items = String::new();
    for line in &cancel.lines {
        // Writing to a String cannot fail.
        let _ = write!(
            items,
            "<Item><AmazonOrderItemCode>{}</AmazonOrderItemCode><CancelReason>{}</CancelReason></Item>",
            escape(line.line_id.as_str()),
            reason(cancel.reason)
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <AmazonEnvelope xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:noNamespaceSchemaLocation=\"amzn-envelope.xsd\">\
         <Header><DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>{}</MerchantIdentifier></Header>\
         <MessageType>OrderAcknowledgement</MessageType>\
         <Message><MessageID>1</MessageID><OrderAcknowledgement><AmazonOrderID>{}</AmazonOrderID>\
         <StatusCode>Failure</StatusCode>{items}</OrderAcknowledgement></Message></AmazonEnvelope>",
        escape(seller),
        escape(order.as_str())
    )
    .into_bytes()
}

/// The document that sets levels, a message for each.
pub(crate) fn levels(seller: &str, own_channel: &str, sets: &[&SetLevel]) -> Vec<u8> {
    let message = |(at, set): (usize, &&SetLevel)| {
        serde_json::json!({
            "messageId": at + 1,
            "sku": set.sku.as_str(),
            "operationType": "PATCH",
            "productType": "PRODUCT",
            "patches": [{
                "op": "merge",
                "path": "/attributes/fulfillment_availability",
                "value": [{"fulfillment_channel_code": own_channel, "quantity": set.level}],
            }],
        })
    };
    let messages: Vec<serde_json::Value> = sets.iter().enumerate().map(message).collect();
    serde_json::json!({
        "header": {"sellerId": seller, "version": "2.0", "issueLocale": "en_US"},
        "messages": messages,
    })
    .to_string()
    .into_bytes()
}

/// What the processing report of a cancellation says of its one message.
pub(crate) fn read_cancellation_report(feed: &str, xml: &str) -> Option<Receipt> {
    let report = Report::read(xml)?;
    if let Some(error) = report.results.iter().find(|result| result.is_error()) {
        let code = if error.code.is_empty() { "FEED_MESSAGE" } else { &error.code };
        let why = format!("feed {feed}: {}", error.description);
        return Some(Receipt::Refused { code: code.to_owned(), why });
    }
    match (report.processed, report.successful) {
        (Some(processed), Some(successful)) if processed > 0 && successful >= processed => {
            Some(Receipt::Done {
                evidence: format!("feed {feed} reports {successful} of {processed} messages done"),
            })
        }
        // A summary that does not add up proves neither.
        _ => None,
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    result: String,
    code: String,
    description: String,
}

impl Outcome {
    fn is_error(&self) -> bool {
        self.result.eq_ignore_ascii_case("error")
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Report {
    processed: Option<u64>,
    successful: Option<u64>,
    results: Vec<Outcome>,
}

impl Report {
    /// Reads the elements by name, wherever they stand: none when there is no processing report.
    fn read(xml: &str) -> Option<Report> {
        let mut reader = Reader::from_str(xml);
        let mut report = Report::default();
        let (mut seen, mut text) = (false, String::new());
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) => {
                    text.clear();
                    match start.local_name().as_ref() {
                        "ProcessingReport" => seen = true,
                        "Result" => report.results.push(Outcome::default()),
                        _ => {}
                    }
                }
                Event::Text(part) => text.push_str(&part),
                Event::GeneralRef(name) => match name.resolve_char_ref() {
                    Ok(Some(char)) => text.push(char),
                    _ => text.push_str(resolve_predefined_entity(&name)?),
                },
                Event::CData(part) => text.push_str(&part),
                Event::End(end) => {
                    let told = text.trim();
                    match (end.local_name().as_ref(), report.results.last_mut()) {
                        ("MessagesProcessed", _) => report.processed = told.parse().ok(),
                        ("MessagesSuccessful", _) => report.successful = told.parse().ok(),
                        ("ResultCode", Some(last)) => last.result = told.to_owned(),
                        ("ResultMessageCode", Some(last)) => last.code = told.to_owned(),
                        ("ResultDescription", Some(last)) => last.description = told.to_owned(),
                        _ => {}
                    }
                    text.clear();
                }
                Event::Eof => return seen.then_some(report),
                _ => {}
            }
        }
    }
}

/// What the report of a listings feed says of each SKU that was refused.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ListingsReport {
    refused: BTreeMap<String, (String, String)>,
    /// Something was refused and the report does not say of which SKU.
    unnamed: Option<(String, String)>,
}

impl ListingsReport {
    pub(crate) fn read(json: &str) -> Option<ListingsReport> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow, default)]
            issues: Vec<Issue<'a>>,
            summary: Option<Summary>,
        }
        #[derive(Deserialize)]
        struct Issue<'a> {
            #[serde(borrow, default)]
            sku: Option<Cow<'a, str>>,
            #[serde(borrow, default)]
            code: Option<Cow<'a, str>>,
            #[serde(borrow, default)]
            severity: Option<Cow<'a, str>>,
            #[serde(borrow, default)]
            message: Option<Cow<'a, str>>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Summary {
            #[serde(default)]
            messages_invalid: u64,
        }
        let wire: Wire<'_> = serde_json::from_str(json).ok()?;
        let invalid = wire.summary?.messages_invalid;
        let mut report = ListingsReport::default();
        let text = |part: Option<Cow<'_, str>>| part.map(Cow::into_owned).unwrap_or_default();
        for issue in wire.issues {
            // A warning changes nothing of what was asked.
            if issue.severity.as_deref() != Some("ERROR") {
                continue;
            }
            let said = (text(issue.code), text(issue.message));
            match text(issue.sku) {
                sku if sku.is_empty() => report.unnamed = Some(said),
                sku => drop(report.refused.entry(sku).or_insert(said)),
            }
        }
        if report.refused.len() as u64 != invalid && report.unnamed.is_none() && report.refused.is_empty() {
            report.unnamed = Some(("FEED_MESSAGES".into(), format!("{invalid} messages are invalid")));
        }
        Some(report)
    }

    /// What became of one set.
    pub(crate) fn receipt(&self, feed: &str, set: &SetLevel) -> Receipt {
        match self.refused.get(set.sku.as_str()).or(self.unnamed.as_ref()) {
            Some((code, why)) => {
                Receipt::Refused { code: code.clone(), why: format!("SKU {} in feed {feed}: {why}", set.sku) }
            }
            None => {
                Receipt::Done { evidence: format!("feed {feed} took level {} of {}", set.level, set.sku) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::order::LineQuantity;

    fn report(summary: &str, results: &str) -> Option<Receipt> {
        let xml = format!(
            "<?xml version=\"1.0\"?><AmazonEnvelope><Message><MessageID>1</MessageID><ProcessingReport>\
             <StatusCode>Complete</StatusCode><ProcessingSummary>{summary}</ProcessingSummary>{results}\
             </ProcessingReport></Message></AmazonEnvelope>"
        );
        read_cancellation_report("F1", &xml)
    }

    #[test]
    fn a_cancellation_is_a_failure_of_whole_lines_with_amazons_reason() {
        let lines = vec![LineQuantity { line_id: "I&1".into(), quantity: 2 }];
        let cancel = Cancel { lines, reason: CancelReason::OutOfStock };
        let xml = String::from_utf8(cancellation("A1", &"111-1".into(), &cancel)).expect("text");
        assert!(xml.contains("<StatusCode>Failure</StatusCode><Item><AmazonOrderItemCode>I&amp;1</AmazonOrderItemCode><CancelReason>NoInventory</CancelReason></Item>"), "{xml}");
    }

    #[test]
    fn g08_a_report_is_done_refused_or_no_proof() {
        let summary = |processed: u32, good: u32| {
            format!(
                "<MessagesProcessed>{processed}</MessagesProcessed><MessagesSuccessful>{good}</MessagesSuccessful>"
            )
        };
        assert!(matches!(report(&summary(1, 1), ""), Some(Receipt::Done { .. })));
        let error = "<Result><MessageID>1</MessageID><ResultCode>Error</ResultCode><ResultMessageCode>18028</ResultMessageCode><ResultDescription>not &lt;now&gt; &#33;</ResultDescription></Result>";
        let Some(Receipt::Refused { code, why }) = report(&summary(1, 0), error) else { panic!("a refusal") };
        assert_eq!((code.as_str(), why.as_str()), ("18028", "feed F1: not <now> !"));
        let warning = error.replace("Error", "Warning");
        assert!(matches!(report(&summary(1, 1), &warning), Some(Receipt::Done { .. })));
        assert_eq!(report(&summary(1, 0), ""), None, "neither done nor refused");
        assert_eq!(report(&summary(0, 0), ""), None, "a feed that processed nothing");
        for wrong in ["", "{}", "<A>", "<A/>", "<A><ProcessingReport>&bogus;</ProcessingReport></A>"] {
            assert_eq!(read_cancellation_report("F1", wrong), None, "{wrong}");
        }
    }

    #[test]
    fn g08_a_listings_report_refuses_what_it_names_alone() {
        let set = |sku: &str| SetLevel { sku: sku.into(), level: 3 };
        let text = r#"{"header":{},"issues":[{"messageId":2,"sku":"B","code":"13013","severity":"ERROR","message":"no"},{"messageId":1,"sku":"A","code":"1","severity":"WARNING","message":"w"}],"summary":{"messagesProcessed":2,"messagesInvalid":1}}"#;
        let report = ListingsReport::read(text).expect("a report");
        assert!(matches!(report.receipt("F1", &set("A")), Receipt::Done { .. }));
        assert!(matches!(report.receipt("F1", &set("B")), Receipt::Refused { code, .. } if code == "13013"));
        let unnamed = r#"{"issues":[{"code":"7","severity":"ERROR"}],"summary":{"messagesInvalid":1}}"#;
        let report = ListingsReport::read(unnamed).expect("a report");
        assert!(matches!(report.receipt("F1", &set("A")), Receipt::Refused { code, .. } if code == "7"));
        let silent = ListingsReport::read(r#"{"summary":{"messagesInvalid":4}}"#).expect("a report");
        assert!(matches!(silent.receipt("F1", &set("A")), Receipt::Refused { .. }));
        assert_eq!(ListingsReport::read("{}"), None);
    }
}
