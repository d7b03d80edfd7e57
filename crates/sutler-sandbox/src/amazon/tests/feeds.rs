//! Feeds: documents, the queue, cancellations, listings, reports of what became of it.

use bytes::Bytes;
use serde_json::{Value, json};

use super::support::*;
use crate::amazon::Settings;
use crate::amazon::documents::pack;
use crate::plan::FulfilledBy;

fn status(client: &mut Client, id: &str) -> String {
    let (_, body) = client.get(&format!("/feeds/2021-06-30/feeds/{id}"));
    body["processingStatus"].as_str().unwrap_or_default().to_owned()
}

/// The processing report of a feed that is done.
fn report(client: &mut Client, id: &str) -> String {
    let (_, body) = client.get(&format!("/feeds/2021-06-30/feeds/{id}"));
    assert_eq!(body["processingStatus"], "DONE", "{body}");
    let document = body["resultFeedDocumentId"].as_str().unwrap_or_default().to_owned();
    let (_, bytes) = client.document(&format!("/feeds/2021-06-30/documents/{document}"));
    String::from_utf8(bytes).unwrap_or_default()
}

fn envelope(messages: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><AmazonEnvelope><Header><DocumentVersion>1.01</DocumentVersion>\
         <MerchantIdentifier>A2SUTLERSANDBX</MerchantIdentifier></Header><MessageType>OrderAcknowledgement</MessageType>\
         {messages}</AmazonEnvelope>"
    )
}

fn failure(number: u32, id: &str, item: &str, reason: &str) -> String {
    format!(
        "<Message><MessageID>{number}</MessageID><OrderAcknowledgement><AmazonOrderID>{id}</AmazonOrderID>\
         <StatusCode>Failure</StatusCode><Item><AmazonOrderItemCode>{item}</AmazonOrderItemCode>\
         <CancelReason>{reason}</CancelReason></Item></OrderAcknowledgement></Message>"
    )
}

const ACKNOWLEDGEMENTS: &str = "POST_ORDER_ACKNOWLEDGEMENT_DATA";
const XML: &str = "text/xml; charset=UTF-8";

#[test]
fn a_feed_waits_works_and_is_done() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 2)]));
    let item = client.item("111-1", 0);
    let id = client.feed(ACKNOWLEDGEMENTS, XML, &envelope(&failure(1, "111-1", &item, "NoInventory")));
    assert_eq!(status(&mut client, &id), "IN_QUEUE");
    client.at(110);
    assert!(["IN_PROGRESS", "DONE"].contains(&status(&mut client, &id).as_str()));
    client.at(301);
    let text = report(&mut client, &id);
    assert!(text.contains("<MessagesSuccessful>1</MessagesSuccessful>"), "{text}");
    assert_eq!(client.status("111-1"), "CANCELLED");
    let cancelled = client.order("111-1")["orderItems"][0]["cancellation"]["cancellationExecution"].clone();
    assert_eq!(cancelled, json!({"cancelledBy": "MERCHANT", "cancelReason": "NoInventory"}));
    assert_eq!(client.effects().cancel, [(format!("111-1/{item}"), 2)].into_iter().collect());
}

#[test]
fn a_second_cancellation_is_an_error_of_its_message_only() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 2), order("111-2").line("A", 1)]));
    let (one, two) = (client.item("111-1", 0), client.item("111-2", 0));
    let id = client.feed(ACKNOWLEDGEMENTS, XML, &envelope(&failure(1, "111-1", &one, "NoInventory")));
    client.at(301);
    report(&mut client, &id);
    let both = failure(1, "111-1", &one, "NoInventory") + &failure(2, "111-2", &two, "BuyerCanceled");
    let id = client.feed(ACKNOWLEDGEMENTS, XML, &envelope(&both));
    client.at(602);
    let text = report(&mut client, &id);
    assert!(
        text.contains("<MessagesProcessed>2</MessagesProcessed>") && text.contains("<MessagesWithError>1<"),
        "{text}"
    );
    assert!(text.contains("<MessageID>1</MessageID><ResultCode>Error</ResultCode>"), "{text}");
    assert_eq!(client.effects().cancel.values().sum::<u32>(), 3);
}

#[test]
fn what_cannot_be_cancelled_is_named_in_the_report() {
    let orders = vec![
        order("111-1").line("A", 1).fulfilled_by(FulfilledBy::Marketplace),
        order("111-2").line("A", 1).paid_at(after(9_000)),
        order("111-3").line("A", 1),
        order("111-4").line("A", 1),
    ];
    let mut client = Client::new(quiet(orders));
    let parcel = client.parcel("111-3", "1", 1, "T1");
    assert_eq!(client.confirm("111-3", &parcel).0, 204);
    let mut messages = String::new();
    for (number, id) in (1..).zip(["111-1", "111-2", "111-3"]) {
        let item = client.item(id, 0);
        messages += &failure(number, id, &item, "NoInventory");
    }
    messages += &failure(4, "111-4", "0", "NoInventory");
    let item = client.item("111-4", 0);
    messages += &failure(5, "111-4", &item, "Whim");
    messages += &failure(6, "111-9", "0", "NoInventory");
    let id = client.feed(ACKNOWLEDGEMENTS, XML, &envelope(&messages));
    client.at(301);
    let text = report(&mut client, &id);
    for about in [
        "fulfilled by Amazon",
        "is pending",
        "nothing of order 111-3",
        "no item",
        "CancelReason",
        "was not found",
    ] {
        assert!(text.contains(about), "{about}: {text}");
    }
    assert!(text.contains("<MessagesWithError>6<") && client.effects().cancel.is_empty());
}

#[test]
fn success_records_the_sellers_number_and_acknowledges_nothing() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1)]));
    let message = "<Message><MessageID>1</MessageID><OrderAcknowledgement><AmazonOrderID>111-1</AmazonOrderID>\
                   <MerchantOrderID>R&amp;D-7</MerchantOrderID><StatusCode>Success</StatusCode></OrderAcknowledgement></Message>";
    client.feed(ACKNOWLEDGEMENTS, XML, &envelope(message));
    client.at(301);
    assert_eq!(
        client.order("111-1")["orderAliases"],
        json!([{"aliasId": "R&D-7", "aliasType": "SELLER_ORDER_ID"}])
    );
    assert!(client.effects().acknowledge.is_empty());
}

#[test]
fn a_document_that_cannot_be_read_is_fatal() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1)]));
    let strange = envelope("").replace("A2SUTLERSANDBX", "SOMEONE");
    for text in ["{}", "<AmazonEnvelope>", "<Other/>", strange.as_str()] {
        let id = client.feed(ACKNOWLEDGEMENTS, XML, text);
        client.now += chrono::Duration::seconds(301);
        assert_eq!(status(&mut client, &id), "FATAL", "{text}");
    }
    let (_, made) = client.post("/feeds/2021-06-30/documents", &json!({"contentType": XML}));
    let wanted = json!({"feedType": ACKNOWLEDGEMENTS, "marketplaceIds": [STORE], "inputFeedDocumentId": made["feedDocumentId"]});
    let (code, feed) = client.post("/feeds/2021-06-30/feeds", &wanted);
    assert_eq!(code, 202);
    client.now += chrono::Duration::seconds(301);
    assert_eq!(
        status(&mut client, feed["feedId"].as_str().unwrap_or_default()),
        "FATAL",
        "nothing was uploaded"
    );
}

#[test]
fn the_address_of_a_document_lives_five_minutes_and_wants_its_media_type() {
    let mut client = Client::new(quiet(Vec::new()));
    let (_, made) = client.post("/feeds/2021-06-30/documents", &json!({"contentType": XML}));
    let url = made["url"].as_str().unwrap_or_default().to_owned();
    let put = |url: &str, media: &str| {
        http::Request::put(url)
            .header("content-type", media)
            .body(Bytes::from_static(b"<a/>"))
            .unwrap_or_default()
    };
    let mut code = |seconds: i64, request: &http::Request<Bytes>| {
        let answer = client.world.receive(after(seconds), request).answer.unwrap_or_default();
        (answer.status().as_u16(), String::from_utf8_lossy(answer.body()).into_owned())
    };
    let (status, body) = code(0, &put(&url, "text/plain"));
    assert!(status == 403 && body.contains("SignatureDoesNotMatch"), "{body}");
    assert_eq!(code(0, &put(&url.replace("Signature=", "Signature=0"), XML)).0, 403);
    assert_eq!(code(300, &put(&url, XML)).0, 200);
    let (status, body) = code(301, &put(&url, XML));
    assert!(status == 403 && body.contains("Request has expired"), "{body}");
}

#[test]
fn only_a_feed_in_the_queue_can_be_cancelled() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1)]));
    let item = client.item("111-1", 0);
    let text = envelope(&failure(1, "111-1", &item, "NoInventory"));
    let id = client.feed(ACKNOWLEDGEMENTS, XML, &text);
    assert_eq!(client.call("DELETE", &format!("/feeds/2021-06-30/feeds/{id}"), "").0, 200);
    assert_eq!(status(&mut client, &id), "CANCELLED");
    assert_eq!(client.at(301).status("111-1"), "UNSHIPPED");
    let id = client.feed(ACKNOWLEDGEMENTS, XML, &text);
    let (code, body) = client.at(602).call("DELETE", &format!("/feeds/2021-06-30/feeds/{id}"), "");
    assert!(code == 400 && why(&body).contains("DONE"), "{body}");
}

fn listings(rows: &[(u32, &str, i64)]) -> String {
    let messages: Vec<Value> = rows
        .iter()
        .map(|(number, sku, level)| {
            let mut message = level_patch(*level);
            message["messageId"] = (*number).into();
            message["sku"] = (*sku).into();
            message["operationType"] = "PATCH".into();
            message
        })
        .collect();
    json!({"header": {"sellerId": "A2SUTLERSANDBX", "version": "2.0", "issueLocale": "en_US"}, "messages": messages}).to_string()
}

#[test]
fn a_listings_feed_sets_levels_and_reports_by_message() -> Result<(), serde_json::Error> {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1).line("B", 1)]));
    let text = listings(&[(1, "A", 7), (2, "NOBODY", 1), (3, "B", -1)]);
    let id = client.feed("JSON_LISTINGS_FEED", "application/json; charset=UTF-8", &text);
    client.at(301);
    let report: Value = serde_json::from_str(&report(&mut client, &id))?;
    let summary = &report["summary"];
    assert_eq!(
        (&summary["messagesProcessed"], &summary["messagesAccepted"], &summary["messagesInvalid"]),
        (&json!(3), &json!(1), &json!(2))
    );
    let named: Vec<u64> =
        report["issues"].as_array().into_iter().flatten().filter_map(|i| i["messageId"].as_u64()).collect();
    assert_eq!(named, [2, 3]);
    assert_eq!((client.level("A"), client.level("B")), (json!(7), json!(0)));
    Ok(())
}

#[test]
fn packed_feeds_are_read_and_five_in_five_minutes_are_all() {
    let mut client = Client::new(Settings { rate_factor: 1, ..quiet(vec![order("111-1").line("A", 1)]) });
    let media = "application/json; charset=UTF-8";
    let (_, made) = client.post("/feeds/2021-06-30/documents", &json!({"contentType": media}));
    let upload = http::Request::put(made["url"].as_str().unwrap_or_default())
        .header("content-type", media)
        .header("content-encoding", "gzip")
        .body(Bytes::from(pack(listings(&[(1, "A", 3)]).as_bytes())))
        .unwrap_or_default();
    assert_eq!(client.world.receive(client.now, &upload).answer.map(|a| a.status().as_u16()), Some(200));
    let wanted = json!({"feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [STORE], "inputFeedDocumentId": made["feedDocumentId"]});
    let codes: Vec<u16> = (0..6).map(|_| client.post("/feeds/2021-06-30/feeds", &wanted).0).collect();
    assert_eq!(codes, [202, 202, 202, 202, 202, 429]);
    assert_eq!(client.at(301).level("A"), 3);
}

#[test]
fn feeds_are_listed_by_type_newest_first() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1)]));
    let ids: Vec<String> = (0..3)
        .map(|n| {
            client.at(n * 10);
            client.feed("JSON_LISTINGS_FEED", "application/json", &listings(&[(1, "A", n)]))
        })
        .collect();
    let base = "/feeds/2021-06-30/feeds";
    let (status, first) = client.get(&format!("{base}?feedTypes=JSON_LISTINGS_FEED&pageSize=2"));
    let listed = |body: &Value| -> Vec<String> {
        let feeds = body["feeds"].as_array().into_iter().flatten();
        feeds.filter_map(|feed| feed["feedId"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!((status, listed(&first)), (200, vec![ids[2].clone(), ids[1].clone()]));
    let token = crate::request::encode(first["nextToken"].as_str().unwrap_or_default());
    assert_eq!(listed(&client.get(&format!("{base}?nextToken={token}")).1), [ids[0].clone()]);
    assert_eq!(client.get(&format!("{base}?nextToken={token}&pageSize=1")).0, 400);
    assert_eq!(client.get(base).0, 400, "without a type");
    assert_eq!(client.get(&format!("{base}/0")).0, 404);
}

#[test]
fn a_feed_that_is_none_is_refused() {
    let mut client = Client::new(quiet(Vec::new()));
    let (_, made) = client.post("/feeds/2021-06-30/documents", &json!({"contentType": XML}));
    let good = json!({"feedType": ACKNOWLEDGEMENTS, "marketplaceIds": [STORE], "inputFeedDocumentId": made["feedDocumentId"]});
    let mut code = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        client.post("/feeds/2021-06-30/feeds", &body).0
    };
    assert_eq!(code("feedType", json!("POST_PRODUCT_DATA")), 400);
    assert_eq!(code("marketplaceIds", json!([])), 400);
    assert_eq!(code("marketplaceIds", json!(["A1PA6795UKMFR9"])), 403);
    assert_eq!(code("inputFeedDocumentId", json!("nothing")), 400);
    assert_eq!(client.post("/feeds/2021-06-30/documents", &json!({})).0, 400);
}
