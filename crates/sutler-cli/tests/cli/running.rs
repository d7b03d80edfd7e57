//! init, check, run, and what other processes may do meanwhile.

use crate::support::{Running, code, complaint, done, get, json, sandbox_and_config, stdout};
use serde_json::Value;

#[test]
fn the_ready_line_says_where_and_with_what() {
    let folder = tempfile::tempdir().expect("a folder");
    let (sandbox, ready) = sandbox_and_config(folder.path(), &["--orders", "0", "--speed", "10"]);
    let names: Vec<&String> = ready.as_object().expect("an object").keys().collect();
    let wanted = [
        "base_url",
        "client_id",
        "client_secret",
        "clock",
        "marketplace",
        "refresh_token",
        "seller",
        "token_url",
    ];
    assert_eq!(names, wanted);
    assert_eq!(ready["marketplace"], "walmart");
    assert_eq!(ready["clock"]["speed"], 10.0);
    let base = ready["base_url"].as_str().expect("a text");
    assert!(base.starts_with("http://127.0.0.1:") && !base.trim_start_matches("http://").contains('/'));
    assert_eq!(sandbox.terminate(), 0);
}

#[test]
fn an_ebay_says_where_its_key_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["sandbox", "--marketplace", "ebay", "--orders", "3"];
    let mut sandbox = Running::start(folder.path(), &arguments);
    let ready: Value = serde_json::from_str(&sandbox.line()).expect("the ready line");
    assert_eq!((&ready["marketplace"], &ready["seller"]), (&"ebay".into(), &"sandbox_seller".into()));
    let key = ready["notification_key_url"].as_str().unwrap_or_default();
    assert!(key.contains("/commerce/notification/v1/public_key/"), "{ready}");
    assert!(
        ready["token_url"].as_str().is_some_and(|url| url.ends_with("/identity/v1/oauth2/token")),
        "{ready}"
    );
    assert_eq!(sandbox.terminate(), 0);
    let endpoint =
        ["sandbox", "--notification-endpoint", "http://127.0.0.1:9/", "--verification-token", "word"];
    let walmart = done(folder.path(), &endpoint);
    assert_eq!(code(&walmart), 3);
    assert!(complaint(&walmart).contains("only --marketplace ebay"), "{}", complaint(&walmart));
}

#[test]
fn an_amazon_says_its_marketplace_and_its_queue() {
    let folder = tempfile::tempdir().expect("a folder");
    // Nothing is delivered: there are no orders.
    let queue = "http://127.0.0.1:9/1/orders";
    let arguments = ["sandbox", "--marketplace", "amazon", "--orders", "0", "--sqs-queue-url", queue];
    let mut sandbox = Running::start(folder.path(), &arguments);
    let ready: Value = serde_json::from_str(&sandbox.line()).expect("the ready line");
    assert_eq!(
        (&ready["marketplace"], &ready["marketplace_id"]),
        (&"amazon".into(), &"ATVPDKIKX0DER".into())
    );
    assert_eq!(ready["sqs_queue_url"], queue);
    assert!(ready["refresh_token"].as_str().is_some_and(|token| token.starts_with("Atzr|")), "{ready}");
    assert!(ready["token_url"].as_str().is_some_and(|url| url.ends_with("/auth/o2/token")), "{ready}");
    assert_eq!(sandbox.terminate(), 0);
    let walmart = done(folder.path(), &["sandbox", "--sqs-queue-url", queue]);
    assert_eq!(code(&walmart), 3);
    assert!(complaint(&walmart).contains("only --marketplace amazon"), "{}", complaint(&walmart));
}

#[test]
fn all_marketplaces_sell_from_one_shelf() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["sandbox", "--marketplace", "all", "--orders", "3", "--state", "world"];
    let mut sandbox = Running::start(folder.path(), &arguments);
    let ready: Vec<Value> =
        (0..3).map(|_| serde_json::from_str(&sandbox.line()).expect("a ready line")).collect();
    let names: Vec<&str> = ready.iter().filter_map(|one| one["marketplace"].as_str()).collect();
    assert_eq!(names, ["walmart", "amazon", "ebay"]);
    let on_hand: Vec<Value> = ready
        .iter()
        .map(|one| get(one["base_url"].as_str().expect("an address"), "/_sandbox/on-hand"))
        .collect();
    assert!(on_hand[0].as_object().is_some_and(|counts| !counts.is_empty()), "{on_hand:?}");
    let (sku, _) = on_hand[0].as_object().and_then(|counts| counts.iter().next()).expect("a SKU");
    assert!(on_hand.iter().all(|counts| counts[sku] == on_hand[0][sku]), "{sku}: {on_hand:?}");
    assert_eq!(sandbox.terminate(), 0);
    for name in names {
        assert!(folder.path().join(format!("world.{name}")).exists(), "{name}");
    }
    let wrong = done(folder.path(), &["sandbox", "--marketplace", "all", "--listen", "127.0.0.1:8080"]);
    assert!(complaint(&wrong).contains("port 0 is right"), "{}", complaint(&wrong));
}

#[test]
fn init_check_run_against_the_sandbox() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let (sandbox, ready) = sandbox_and_config(at, &["--orders", "40", "--speed", "600", "--state", "world"]);
    let check = json(&done(at, &["check", "--json"]));
    assert_eq!((&check["ok"], &check["missing"]), (&Value::Bool(true), &Value::Array(vec![])));

    let mut run = Running::start(at, &["run", "--json"]);
    let polled = run.until(|line| line["orders"] == 40);
    assert_eq!(polled["channel"], "us");
    assert_eq!(polled["held"], 36, "nothing was counted yet: all but the orders others fulfil wait");

    // Another process looks on, asks, and cannot run a second engine.
    let second = done(at, &["run"]);
    assert_eq!(code(&second), 5);
    assert!(complaint(&second).contains("another engine"), "{}", complaint(&second));
    let unmapped = json(&done(at, &["orders", "list", "--json", "--hold", "unmapped_sku", "--limit", "500"]));
    let mut skus = std::collections::BTreeSet::new();
    for order in unmapped["orders"].as_array().expect("a list") {
        let id = order["channel_order_id"].as_str().expect("a text");
        let whole = json(&done(at, &["orders", "show", id, "--json"]));
        for line in whole["lines"].as_array().expect("a list") {
            skus.insert(line["sku"].as_str().expect("a SKU").to_owned());
        }
    }
    assert!(!skus.is_empty());
    for sku in &skus {
        let asked = json(&done(
            at,
            &["stock", "set", sku, "1000", "--as-of", clock_origin(&ready), "--wait", "60", "--json"],
        ));
        assert_eq!(asked["taken"], true);
    }
    let open = json(&done(at, &["orders", "list", "--json", "--phase", "open", "--limit", "500"]));
    let ours = open["orders"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|order| order["why"].as_str().is_some_and(|why| why.starts_with("accepted")));
    let id = ours.expect("an accepted order")["channel_order_id"].as_str().expect("a text").to_owned();

    let ship = ["ship", &id, "--carrier", "UPS", "--tracking", "1Z1", "--wait", "60", "--json"];
    assert_eq!(json(&done(at, &ship))["taken"], true);
    let again = json(&done(at, &ship));
    assert!(again["done"].as_str().is_some_and(|done| done.contains("nothing changed")), "{again}");
    run.until(|line| line["orders"] == 40 && line["waiting"] == 0);
    // Killed, not stopped: everything is in the store.
    run.kill();
    let whole = json(&done(at, &["orders", "show", &id, "--json"]));
    assert_eq!(whole["packages"][0]["tracking"], "1Z1");
    let words = stdout(&done(at, &["orders", "show", &id]));
    assert!(words.contains("package 1 reported") && words.contains("sku_mapped passed"), "{words}");

    let mut run = Running::start(at, &["run", "--json"]);
    run.until(|line| line["orders"] == 40 && line["waiting"] == 0 && line["doubts"] == 0);
    let status = json(&done(at, &["status", "--json"]));
    assert_eq!(status["channels"][0]["running"], true);
    assert!(status["channels"][0]["read_at"].is_string(), "{status}");
    assert_eq!(run.terminate(), 0);
    let there = json(&done(at, &["stock", "marketplace", "--json"]));
    assert_eq!((&there["channel"], &there["inventory"]), (&"us".into(), &Value::Array(vec![])));
    assert_eq!(code(&done(at, &["stock", "marketplace", "--channel", "de"])), 4);
    let asked = json(&done(at, &["erase", "--buyer", "nobody we know", "--json"]));
    let number = asked["ticket"].to_string();
    assert_eq!(json(&done(at, &["ticket", &number, "--json"]))["state"], "waiting");
    let waited = done(at, &["erase", "--buyer", "nobody we know", "--json", "--wait", "0.1"]);
    assert_eq!(code(&waited), 1);
    assert!(stdout(&waited).contains("\"taken\":false"), "{}", stdout(&waited));
    assert_eq!(code(&done(at, &["ticket", "4711"])), 4);
    let status = json(&done(at, &["status", "--json", "--metrics"]));
    assert_eq!(status["channels"][0]["running"], false);
    let metrics = status["channels"][0]["metrics"].as_array().expect("metrics");
    assert!(
        metrics.iter().any(|m| m["measure"] == "cancellation"
            && m["counted"].as_u64() > Some(0)
            && m["broken"] == false)
    );
    assert_eq!(sandbox.terminate(), 0);
}

#[test]
fn what_does_not_exist_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let (_sandbox, _) = sandbox_and_config(at, &["--orders", "3", "--speed", "600"]);
    let mut run = Running::start(at, &["run", "--json", "--shadow"]);
    run.until(|line| line["orders"] == 3);
    for (arguments, wants) in [
        (&["orders", "show", "nope"][..], ["us", "nope"]),
        (&["ship", "nope", "--carrier", "UPS", "--tracking", "1"], ["us", "nope"]),
        (&["orders", "show", "nope", "--channel", "de"], ["de", "the channels are us"]),
        (&["orders", "list", "--channel", "de"], ["de", "the channels are us"]),
    ] {
        let output = done(at, arguments);
        assert_eq!(code(&output), 4, "{arguments:?}");
        let text = complaint(&output);
        assert!(wants.iter().all(|want| text.contains(want)), "{text}");
    }
    let unindexed = done(at, &["orders", "list", "--sort", "amount"]);
    assert_eq!(code(&unindexed), 3);
    assert!(complaint(&unindexed).contains("one open phase"), "{}", complaint(&unindexed));
    assert_eq!(code(&done(at, &["resolve", "acknowledge 1", "--outcome", "drop"])), 2);
}

fn clock_origin(ready: &Value) -> &str {
    ready["clock"]["origin"].as_str().expect("an instant")
}
