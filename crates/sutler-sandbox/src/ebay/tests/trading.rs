//! The listings the Inventory API does not know.

use super::support::*;
use crate::ebay::Settings;

fn shop() -> Settings {
    let mut settings = quiet(vec![order("O1").line("T", 1)]);
    settings.on_hand =
        [("A".to_owned(), 50), ("T".to_owned(), 50), ("U".to_owned(), 9)].into_iter().collect();
    settings.trading = ["T", "U"].map(str::to_owned).into();
    settings
}

fn row(sku: &str, quantity: i64) -> String {
    format!("<InventoryStatus><SKU>{sku}</SKU><Quantity>{quantity}</Quantity></InventoryStatus>")
}

#[test]
fn a_row_sets_a_level_by_sku_or_by_listing() {
    let mut client = Client::new(shop());
    let (status, xml) = client.trade("ReviseInventoryStatus", &row("T", 12));
    assert!(status == 200 && xml.contains("<Ack>Success</Ack>"), "{xml}");
    let item = crate::ebay::order_json::listing_id("T");
    let by_item =
        format!("<InventoryStatus><ItemID>{item}</ItemID><Quantity>13</Quantity></InventoryStatus>");
    assert!(client.trade("ReviseInventoryStatus", &by_item).1.contains("<Ack>Success</Ack>"));
    assert_eq!(client.level("T"), 13);
    let (_, xml) = client.trade("GetItem", &format!("<ItemID>{item}</ItemID>"));
    assert!(
        xml.contains("<Quantity>14</Quantity>") && xml.contains("<QuantitySold>1</QuantitySold>"),
        "{xml}"
    );
}

#[test]
fn what_changes_nothing_is_a_warning() {
    let mut client = Client::new(shop());
    client.trade("ReviseInventoryStatus", &row("T", 12));
    let (_, xml) = client.trade("ReviseInventoryStatus", &row("T", 12));
    assert!(xml.contains("<Ack>Warning</Ack>") && xml.contains("<ErrorCode>21917091</ErrorCode>"), "{xml}");
}

#[test]
fn rows_fail_alone_and_the_inventory_apis_listings_always() {
    let mut client = Client::new(shop());
    let (_, xml) = client.trade("ReviseInventoryStatus", &(row("T", 3) + &row("NONE", 3)));
    assert!(xml.contains("<Ack>PartialFailure</Ack>") && client.level("T") == 3, "{xml}");
    let (_, xml) = client.trade("ReviseInventoryStatus", &row("A", 3));
    assert!(xml.contains("<Ack>Failure</Ack>") && client.level("A") == 50, "{xml}");
    for wrong in [
        "<InventoryStatus><SKU>T</SKU></InventoryStatus>",
        "<InventoryStatus><Quantity>1</Quantity></InventoryStatus>",
        "",
    ] {
        assert!(
            client.trade("ReviseInventoryStatus", wrong).1.contains("<ErrorCode>37</ErrorCode>"),
            "{wrong}"
        );
    }
    let five = row("T", 1).repeat(5);
    assert!(client.trade("ReviseInventoryStatus", &five).1.contains("<ErrorCode>37</ErrorCode>"));
    assert_eq!(client.level("T"), 3);
}

#[test]
fn revisions_of_a_listing_run_out_here_too() {
    let mut client = Client::new(Settings { revisions_max: 1, ..shop() });
    client.trade("ReviseInventoryStatus", &row("T", 1));
    assert!(
        client.trade("ReviseInventoryStatus", &row("T", 2)).1.contains("<ErrorCode>21919165</ErrorCode>")
    );
    assert!(client.trade("ReviseInventoryStatus", &row("U", 2)).1.contains("<Ack>Success</Ack>"));
}

#[test]
fn a_call_that_names_no_version_is_refused() {
    let mut client = Client::new(shop());
    let mut request = client.request("POST", "/ws/api.dll", "");
    request.headers_mut().insert("X-EBAY-API-CALL-NAME", http::HeaderValue::from_static("GetUser"));
    let answer = client.world.receive(client.now, &request).answer.unwrap_or_default();
    assert!(String::from_utf8_lossy(answer.body()).contains("<ErrorCode>10012</ErrorCode>"));
}
