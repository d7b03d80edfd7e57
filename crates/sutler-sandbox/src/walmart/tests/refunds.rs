//! Refunds: what Walmart refuses, what a repeated request does, and what a full price brings with it.

use serde_json::{Value, json};

use super::support::*;
use crate::walmart::plan::{FulfilledBy, PlannedOrder};
use crate::walmart::{Faults, Settings};

/// Two mugs of 10.00 with 1.60 of tax, acknowledged; half of them shipped where `shipped` says so.
fn client(settings: Settings, shipped: bool) -> (Client, String) {
    let mut client = Client::new(settings);
    client.acknowledge("PO1");
    let (_, lines) = client.shape("PO1");
    let line = lines.first().cloned().unwrap_or_default();
    if shipped {
        let parcel = client.parcel("PO1", &line, 1, "1Z1");
        client.ship("PO1", &parcel);
    }
    (client, line)
}

fn mugs() -> PlannedOrder {
    let mut mugs = order("PO1").line("MUG", 2);
    mugs.lines.iter_mut().for_each(|line| line.unit_cents = 1_000);
    mugs
}

fn one() -> Settings {
    quiet(vec![mugs()])
}

fn charge(kind: &str, amount: f64, tax: Option<f64>) -> Value {
    let money = |amount: f64| json!({"currency": "USD", "amount": amount});
    let mut charge = json!({"chargeType": kind, "chargeName": "ItemPrice", "chargeAmount": money(amount)});
    if let Some(tax) = tax {
        charge["tax"] = json!({"taxName": "Tax1", "taxAmount": money(tax)});
    }
    json!({"refundReason": "Customer returned item", "charge": charge})
}

fn body(line: &str, full: bool, charges: Vec<Value>) -> Value {
    json!({"orderRefund": {"purchaseOrderId": "PO1", "orderLines": {"orderLine": [{
        "lineNumber": line, "isFullRefund": full,
        "refunds": {"refund": [{"refundComments": "refund 1", "refundCharges": {"refundCharge": charges}}]},
    }]}}})
}

impl Client {
    fn refund(&mut self, body: &Value) -> (u16, Value) {
        self.call("POST", "/v3/orders/PO1/refund", &body.to_string())
    }

    fn back(&mut self) -> u32 {
        let now = self.now;
        self.world.effects(now).refund.values().sum()
    }
}

#[test]
fn a_part_is_given_back_as_often_as_it_is_asked_for_and_never_more_than_is_left() {
    let (mut client, line) = client(one(), true);
    let part = body(&line, false, vec![charge("PRODUCT", -5.0, Some(-0.8))]);
    let (status, answer) = client.refund(&part);
    assert_eq!(status, 200, "{answer}");
    let shown = &answer["order"]["orderLines"]["orderLine"][0]["refund"];
    assert_eq!(shown["refundComments"], "refund 1");
    assert_eq!(shown["refundCharges"]["refundCharge"][0]["charge"]["chargeAmount"]["amount"], -5.0);
    assert_eq!(client.back(), 580);
    assert_eq!((client.refund(&part).0, client.back()), (200, 1_160), "nothing recognises the second");
    let more = body(&line, false, vec![charge("PRODUCT", -10.01, None)]);
    assert!(why(&client.refund(&more).1).contains("exceeds the remaining amount"));
    let tax = body(&line, false, vec![charge("PRODUCT", -1.0, Some(-0.01))]);
    assert!(why(&client.refund(&tax).1).contains("exceeds the remaining amount"));
    let rest = body(&line, false, vec![charge("PRODUCT", -10.0, None)]);
    assert_eq!((client.refund(&rest).0, client.back()), (200, 2_160));
}

#[test]
fn the_full_price_brings_its_tax_and_shipping_with_it() {
    for (full, amount) in [(false, -20.0), (true, -0.01)] {
        let (mut client, line) = client(one(), true);
        let (_, order) = client.get("/v3/orders/PO1");
        let charges = order["order"]["orderLines"]["orderLine"][0]["charges"]["charge"].clone();
        let shipping = if charges.as_array().is_some_and(|all| all.len() > 1) { 599 } else { 0 };
        assert_eq!(client.refund(&body(&line, full, vec![charge("PRODUCT", amount, None)])).0, 200);
        assert_eq!(client.back(), 2_160 + shipping);
    }
}

#[test]
fn what_walmart_does_not_take_is_refused() {
    let fine = || vec![charge("PRODUCT", -1.0, None)];
    let (mut unshipped, line) = client(one(), false);
    let (status, answer) = unshipped.refund(&body(&line, false, fine()));
    assert_eq!(status, 400);
    assert!(why(&answer).contains("is not shipped"), "{answer}");
    let (mut shop, line) = client(one(), true);
    let mut strange = body(&line, false, fine());
    strange["orderRefund"]["purchaseOrderId"] = json!("PO2");
    let mut reason = body(&line, false, fine());
    let at = "/orderRefund/orderLines/orderLine/0/refunds/refund/0/refundCharges/refundCharge/0/refundReason";
    *reason.pointer_mut(at).expect("a reason") = json!("Because");
    let mut mixed = body(&line, true, fine());
    let other = body("77", false, fine())["orderRefund"]["orderLines"]["orderLine"][0].clone();
    mixed["orderRefund"]["orderLines"]["orderLine"].as_array_mut().expect("lines").push(other);
    for (body, says) in [
        (body(&line, false, vec![charge("PRODUCT", 1.0, None)]), "negative"),
        (body(&line, false, vec![charge("PRODUCT", -1.001, None)]), "two decimals"),
        (body(&line, false, vec![charge("GIFT", -1.0, None)]), "chargeType"),
        (body(&line, false, Vec::new()), "refundCharges is missing"),
        (body("77", false, fine()), "does not exist"),
        (strange, "purchaseOrderId"),
        (reason, "refundReason \"Because\""),
        (mixed, "cannot be in one request"),
        (json!({}), "orderRefund is missing"),
    ] {
        let (status, answer) = shop.refund(&body);
        assert_eq!(status, 400, "{answer}");
        assert!(why(&answer).contains(says), "{says}: {answer}");
    }
    assert_eq!(shop.back(), 0);
    let foreign = quiet(vec![order("PO1").line("MUG", 1).fulfilled_by(FulfilledBy::Marketplace)]);
    let (mut foreign, line) = client(foreign, false);
    assert!(why(&foreign.refund(&body(&line, false, fine())).1).contains("WFSFulfilled"));
}

#[test]
fn a_lost_answer_leaves_the_money_given_back() {
    let faults = Faults { lost_after: 1000, ..Faults::default() };
    let (mut client, line) = client(with(faults, vec![mugs()]), true);
    assert_eq!(client.refund(&body(&line, false, vec![charge("PRODUCT", -1.0, None)])).0, 0);
    assert_eq!(client.back(), 100);
}
