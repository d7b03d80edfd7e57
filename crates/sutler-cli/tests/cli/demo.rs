//! The demo over the three marketplaces: everything settles, nothing twice, also over a kill.

use crate::support::{Running, code, complaint, done, json};
use serde_json::{Value, json as value};

const ARGUMENTS: [&str; 8] = ["demo", "--orders", "40", "--speed", "600", "--json", "--db", "demo.db"];

/// What holds of every marketplace, and of their sum.
fn is_right(summary: &Value, placed: u64) {
    let orders = &summary["orders"];
    assert_eq!((&orders["placed"], &orders["stored"]), (&value!(placed), &value!(placed)), "{summary}");
    for verb in ["acknowledge", "ship", "cancel"] {
        let counted = &summary["effects"][verb];
        assert_eq!(
            (&counted["repeated"], &counted["missing"]),
            (&value!(0), &value!(0)),
            "{verb}: {summary}"
        );
    }
    let most = Some(placed * 2 / 3);
    assert!(summary["effects"]["acknowledge"]["once"].as_u64() >= most, "{summary}");
    assert!(summary["effects"]["ship"]["once"].as_u64() >= most, "{summary}");
    assert_eq!(summary["effects"]["reoffered_after_seen"], 0);
    assert_eq!(summary["stock"]["listings"], summary["stock"]["as_desired"], "{summary}");
    assert_eq!(summary["http"]["status_429"], 0, "{summary}");
    assert_eq!(summary["problems"], value!([]));
    for held in summary["held"].as_array().expect("a list") {
        let reason = match held["planned_defect"].as_str() {
            Some("bad_address") => "bad_address",
            Some("short_stock") => "short_of_stock",
            Some("unmapped_sku") => "unmapped_sku",
            Some("cancel_request") => "buyer_asked_to_cancel",
            other => panic!("held without a planned defect: {other:?}, {held}"),
        };
        assert_eq!(held["reasons"], value!([reason]));
    }
    for (part, names) in [
        ("orders", &["placed", "stored", "acknowledged", "held", "shipped", "cancelled", "by_phase"][..]),
        ("ack_latency_s", &["p50", "p99"]),
        ("http", &["requests", "status_429"]),
    ] {
        for name in names {
            assert!(!summary[part][name].is_null(), "{part}.{name}: {summary}");
        }
    }
}

fn is_whole(summary: &Value) {
    is_right(summary, 3 * 44);
    for name in ["walmart", "amazon", "ebay"] {
        is_right(&summary["marketplaces"][name], 44);
    }
    let stock = &summary["stock"];
    assert_eq!(stock["reoffered_after_seen"], 0);
    assert!(stock["oversold_in_window"].as_u64() <= stock["exposure_bound"].as_u64(), "{summary}");
    assert!(summary["elapsed_s"].is_number() && summary["seed"] == 7 && summary["db"] == "demo.db");
}

#[test]
fn the_main_job_ends_by_itself_and_a_second_run_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = json(&done(folder.path(), &ARGUMENTS));
    is_whole(&first);
    let second = json(&done(folder.path(), &ARGUMENTS));
    is_whole(&second);
    assert_eq!(first["orders"], second["orders"]);
    assert_eq!(first["effects"]["ship"], second["effects"]["ship"]);

    // The same world cannot be made from another seed.
    let other =
        done(folder.path(), &["demo", "--db", "demo.db", "--seed", "8", "--orders", "40", "--speed", "600"]);
    assert_eq!(code(&other), 3);
    assert!(complaint(&other).contains("seed"), "{}", complaint(&other));
}

#[test]
fn one_marketplace_alone_is_run_where_only_that_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let only = [&ARGUMENTS[..], &["--marketplaces", "ebay"]].concat();
    let summary = json(&done(folder.path(), &only));
    is_right(&summary, 44);
    let named: Vec<&String> = summary["marketplaces"].as_object().expect("an object").keys().collect();
    assert_eq!(named, ["ebay"]);
    assert!(!folder.path().join("demo.db.sandbox.walmart").exists());
}

#[test]
fn killed_in_the_middle_it_goes_on_and_nothing_happens_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let killed = Running::start(at, &ARGUMENTS);
    // Killed as soon as a marketplace has seen the first write of it.
    let world = at.join("demo.db.sandbox.walmart");
    let acknowledged = || std::fs::read_to_string(&world).is_ok_and(|text| text.contains("/acknowledge"));
    while !acknowledged() {
        std::thread::yield_now();
    }
    killed.kill();
    is_whole(&json(&done(at, &ARGUMENTS)));
}
