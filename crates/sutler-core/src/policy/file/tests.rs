//! Policy files: what they say, and what is wrong with them.

use super::*;
use crate::{deadline::ShipRule, error::ErrorKind};

fn names(policy: &Policy) -> Vec<&str> {
    policy.rules.iter().map(|rule| rule.id().as_str()).collect()
}

#[test]
fn the_standard_file_is_the_standard_policy() {
    let read = Policy::from_toml(STANDARD_TOML).expect("the standard file");
    assert_eq!(format!("{read:?}"), format!("{:?}", Policy::standard()));
    let empty = Policy::from_toml("# nothing\n").expect("an empty file");
    assert_eq!(format!("{empty:?}"), format!("{:?}", Policy::standard()));
}

#[test]
fn the_commented_examples_of_the_standard_file_are_right() {
    let (head, examples) = STANDARD_TOML.split_once("# [deadlines.channels.us]").expect("an example");
    let spans = ["acknowledge", "ship", "auto_cancel", "hand_over_days_by_method"];
    let is_one = |line: &str| spans.iter().any(|key| line.starts_with(&format!("# {key} = ")));
    let mut text: Vec<&str> =
        head.lines().map(|line| line.strip_prefix("# ").filter(|_| is_one(line)).unwrap_or(line)).collect();
    text.push("[deadlines.channels.us]");
    text.extend(examples.lines().map(|line| line.trim_start_matches("# ")));
    // A span is instead of a calendar: the example's channel has one of its own, on top of everybody's span.
    let policy = Policy::from_toml(&text.join("\n")).expect("the examples");
    let [own, other] = ["us", "other"].map(|channel| policy.deadlines.of(&channel.into(), "walmart"));
    assert!(
        matches!(&own.ship, ShipRule::Calendar(ship) if ship.calendar.dates.len() == 4),
        "{:?}",
        own.ship
    );
    assert_eq!(other.ship, ShipRule::Within(Duration::hours(10)));
    assert_eq!(other.targets.hand_over_days_by_method.get("Value"), Some(&3));
}

#[test]
fn a_file_says_only_what_differs() {
    let text = r#"
        [[rule]]
        name = "total_within_limits"
        limits = [{ currency = "USD", min = "1.00", max = "250" }, { currency = "CAD", max = "300" }]
        [[rule]]
        name = "address_deliverable"
        po_box = "hold"
        also_check = ["MX", "GB"]
        [[rule]]
        name = "totals_add_up"
        enabled = false
        [cancel_requests]
        action = "cancel"
        [stock]
        publish = false
        buffer = 2
        [deadlines]
        auto_cancel = "never"
        [deadlines.targets]
        acknowledge_aim = "10m"
    "#;
    let policy = Policy::from_toml(text).expect("a good file");
    let wanted = [
        "total_within_limits",
        "address_deliverable",
        "payload_understood",
        "channel_ready",
        "buyer_cancel",
        "sku_mapped",
        "stock_covers_every_line",
    ];
    assert_eq!(names(&policy), wanted);
    assert_eq!(policy.on_cancel_request, OnCancelRequest::Cancel);
    assert!(!policy.publish_stock);
    assert_eq!(policy.buffer, 2);
    let deadlines = policy.deadlines.of(&"us".into(), "walmart");
    assert_eq!(deadlines.targets.acknowledge_aim, Duration::minutes(10));
    assert_eq!(deadlines.auto_cancel_days, None);
    assert_eq!(deadlines.name, "walmart-us@2023-06-06, changed by the policy file");
    let rule = format!("{:?}", policy.rules[1]);
    assert!(
        rule.contains("po_box: Hold") && rule.contains("military: Allow") && rule.contains("\"GB\""),
        "{rule}"
    );
}

#[test]
fn a_channel_may_have_deadlines_of_its_own() {
    let text = r#"
        [deadlines]
        margin = "20m"
        [deadlines.channels.us]
        zone = "America/Chicago"
        cut_off = "11:00"
        handling_days = 1
        closed = ["2026-12-25"]
        additional = [{ date = "2026-12-26", cut_off = "10:00" }]
        carrier = { closed = ["2026-12-24"] }
        [deadlines.channels.us.targets]
        hand_over_days_by_method = { Value = 3 }
    "#;
    let policy = Policy::from_toml(text).expect("a good file");
    let other = policy.deadlines.of(&"eu".into(), "ebay");
    assert_eq!(
        (other.margin, other.acknowledge, other.auto_cancel_days),
        (Duration::minutes(20), None, None)
    );
    let own = policy.deadlines.of(&"us".into(), "walmart");
    assert_eq!(own.targets.hand_over_days_by_method.get("Value"), Some(&3));
    assert_eq!((own.margin, own.acknowledge), (Duration::minutes(20), Some(Duration::hours(4))));
    // Wednesday 11:00:01 in Chicago: the 24th and 25th are closed, the 26th is day one, Monday the last.
    for (placed, due) in [
        ("2026-12-23T17:00:00Z", "2026-12-27T06:00:00+00:00"),
        ("2026-12-23T17:00:01Z", "2026-12-29T06:00:00+00:00"),
    ] {
        let placed: crate::Timestamp = placed.parse().expect("an instant");
        assert_eq!(own.ship.due(placed).to_rfc3339(), due, "{placed}");
    }
}

#[test]
fn g31_what_is_wrong_is_named_with_its_line_and_what_would_be_right() {
    let rule = |body: &str| format!("[[rule]]\n{body}\n");
    for (text, wanted) in [
        ("[stock\n".to_owned(), "line 1: not TOML"),
        ("\n\n[stok]\nbuffer = 1\n".into(), "line 3: stok is not a known field; did you mean \"stock\"?"),
        (
            "colour = 1\n".into(),
            "line 1: colour is not a known field; one of rule, cancel_requests, stock, deadlines is right",
        ),
        ("stock = 3\n".into(), "line 1: stock = 3 is not a table; a table such as [stock] is right"),
        ("rule = 3\n".into(), "line 1: rule = 3 is not an array; [[rule]] with a name is right"),
        ("rule = [3]\n".into(), "line 1: rule holds 3, which is no table"),
        (
            "[stock]\n\nbufer = 1\n".into(),
            "line 3: stock.bufer is not a known field; did you mean \"buffer\"?",
        ),
        (
            "[stock]\nbuffer = -1\n".into(),
            "line 2: stock.buffer = -1 is out of range; a whole number from 0 to 1000000 is right",
        ),
        ("[stock]\nbuffer = 1.5\n".into(), "line 2: stock.buffer = 1.5 is out of range"),
        ("[stock]\nbuffer = 99999999999999999999\n".into(), "line 2: "),
        (
            "[stock]\npublish = \"yes\"\n".into(),
            "line 2: stock.publish = \"yes\" is neither true nor false; true or false",
        ),
        ("[stock]\nbuffer = 1\nbuffer = 2\n".into(), "line 3: not TOML: duplicate key"),
        (
            "[cancel_requests]\naction = \"cancle\"\n".into(),
            "line 2: cancel_requests.action = \"cancle\" is not known, did you mean \"cancel\"?; \"hold\" or \"cancel\" is right",
        ),
        (
            "[deadlines]\nship = \"soon\"\n".into(),
            "line 2: deadlines.ship = \"soon\" is no span of time in range; a span such as",
        ),
        ("[deadlines]\nship = \"0h\"\n".into(), "line 2: deadlines.ship = \"0h\" is no span"),
        ("[deadlines]\nship = \"9999999999999999d\"\n".into(), "line 2: deadlines.ship"),
        ("[deadlines]\nship = \"5é\"\n".into(), "line 2: deadlines.ship"),
        (
            "[deadlines]\nmargin = \"5h\"\n".into(),
            "line 2: deadlines.margin = \"5h\" is not less than acknowledge",
        ),
        (
            "[deadlines]\nauto_cancel = \"95h\"\n".into(),
            "line 2: deadlines.auto_cancel = \"95h\" is no number of days; civil days such as \"4d\"",
        ),
        (
            "[deadlines]\nzone = \"America/Chikago\"\n".into(),
            "line 2: deadlines.zone = \"America/Chikago\" is no zone of the IANA list; a name such as",
        ),
        ("[deadlines]\ncut_off = \"14:00\"\n".into(), "line 1: deadlines.zone is missing beside a calendar"),
        (
            "[deadlines.channels.us]\nzone = \"Asia/Kolkata\"\ncut_off = \"25:00\"\n".into(),
            "line 3: deadlines.channels.us.cut_off = \"25:00\" is no time of the day; a time such as",
        ),
        (
            "[deadlines]\nzone = \"Asia/Kolkata\"\ndays = [\"mon\", \"friday\"]\n".into(),
            "line 3: deadlines.days holds \"friday\", which is not one; a list of mon, tue",
        ),
        (
            "[deadlines]\nzone = \"Asia/Kolkata\"\ndays = []\n".into(),
            "deadlines.days = an array is a week without an operational day",
        ),
        (
            "[deadlines]\nzone = \"Asia/Kolkata\"\nclosed = [2026-12-25]\n".into(),
            "line 3: deadlines.closed holds 2026-12-25, which is not one; a list of dates in quotes",
        ),
        (
            "[deadlines]\nzone = \"Asia/Kolkata\"\nship = \"10h\"\n".into(),
            "line 3: deadlines.ship = \"10h\" is given beside a calendar",
        ),
        (
            "[deadlines]\nzone = \"Asia/Kolkata\"\nopens = \"15:00\"\n".into(),
            "line 3: deadlines.opens = \"15:00\" is after the cut-off",
        ),
        (
            "[deadlines.channels.us]\nchannels = 1\n".into(),
            "line 2: deadlines.channels.us.channels is not a known field",
        ),
        ("[deadlines.channels]\nus = 1\n".into(), "line 2: deadlines.channels.us = 1 is not a table"),
        (
            "[deadlines.targets]\nacknowledge_aim = \"31m\"\n".into(),
            "deadlines.targets = a table is an aim, an alarm and an end out of order",
        ),
        ("[deadlines]\nname = \"\"\n".into(), "line 2: deadlines.name = \"\" is empty"),
        (rule(""), "line 1: rule.name is missing; one of payload_understood, "),
        (
            rule("name = \"stock_cover_every_line\""),
            "line 2: rule.name = \"stock_cover_every_line\" is not a built-in rule; did you mean \"stock_covers_every_line\"?",
        ),
        (
            rule("name = \"fraud\""),
            "line 2: rule.name = \"fraud\" is not a built-in rule; one of payload_understood",
        ),
        (
            rule("name = \"buyer_cancel\"\npo_box = \"hold\""),
            "line 3: rule \"buyer_cancel\".po_box is not a known field; one of name, enabled is right",
        ),
        (
            rule("name = \"buyer_cancel\"\nenabled = 0"),
            "line 3: rule \"buyer_cancel\".enabled = 0 is neither true nor false",
        ),
        (
            rule("name = \"address_deliverable\"\npo_box = \"hodl\""),
            "line 3: rule \"address_deliverable\".po_box = \"hodl\" is not known",
        ),
        (
            rule("name = \"address_deliverable\"\npo_box = true"),
            "line 3: rule \"address_deliverable\".po_box = true is not a text",
        ),
        (
            rule("name = \"address_deliverable\"\nalso_check = [\"Mexico\"]"),
            "line 3: rule \"address_deliverable\".also_check holds \"Mexico\"",
        ),
        (
            rule("name = \"total_within_limits\""),
            "line 1: rule \"total_within_limits\".limits is empty or missing",
        ),
        (
            rule("name = \"total_within_limits\"\nlimits = [{ max = \"1\" }]"),
            "line 3: rule \"total_within_limits\".limits.currency is missing",
        ),
        (
            rule("name = \"total_within_limits\"\nlimits = [{ currency = \"usd\", max = \"1\" }]"),
            "line 3: rule \"total_within_limits\".limits.currency = \"usd\" is no ISO 4217 code",
        ),
        (
            rule("name = \"total_within_limits\"\nlimits = [{ currency = \"USD\", max = 1.5 }]"),
            "max = 1.5 is not a text; an amount in quotes",
        ),
        (
            rule("name = \"total_within_limits\"\nlimits = [{ currency = \"USD\", max = \"-1\" }]"),
            "max = \"-1\" is not an amount",
        ),
        (
            rule(
                "name = \"total_within_limits\"\nlimits = [{ currency = \"USD\", min = \"2\", max = \"1\" }]",
            ),
            "min = \"2\" is more than max, which is 1",
        ),
        (
            rule("name = \"total_within_limits\"\nlimits = [{ currency = \"USD\" }]"),
            "max is missing, and min too",
        ),
        (
            rule(
                "name = \"total_within_limits\"\nlimits = [{ currency = \"USD\", max = \"1\" }, { currency = \"USD\", max = \"2\" }]",
            ),
            "currency = \"USD\" is limited twice",
        ),
    ] {
        let error = match Policy::from_toml(&text) {
            Ok(_) => panic!("{text} was taken"),
            Err(error) => error,
        };
        assert_eq!(error.kind(), ErrorKind::Config, "{text}");
        assert!(error.text().contains(wanted), "{text}\n said   {}\n wanted {wanted}", error.text());
    }
}

#[test]
fn g31_two_rules_writing_one_field_are_found_when_the_policy_is_loaded() {
    let twice = "[[rule]]\nname = \"buyer_cancel\"\n\n[[rule]]\nname = \"buyer_cancel\"\nenabled = false\n";
    let error = Policy::from_toml(twice).expect_err("a rule twice");
    assert!(error.text().contains("line 4") && error.text().contains("line 1"), "{error}");
    let again =
        Policy::standard().with_rule(Policy::standard().rules.swap_remove(0)).expect_err("a rule twice");
    assert_eq!(again.kind(), ErrorKind::Config);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused_with_its_line(text in "[\\[\\]a-z=\"0-9.\\n{}, _é-]{0,80}") {
        if let Err(error) = Policy::from_toml(&text) {
            proptest::prop_assert_eq!(error.kind(), ErrorKind::Config);
            proptest::prop_assert!(error.text().starts_with("line "), "{}", error);
        }
    }

    #[test]
    fn a_spoilt_standard_file_is_read_or_refused(at in 0usize..STANDARD_TOML.len(), with in "[a-z\"=\\[\\]0-9\\n]{0,3}") {
        if let (Some(head), Some(tail)) = (STANDARD_TOML.get(..at), STANDARD_TOML.get(at + 1..)) {
            let text = format!("{head}{with}{tail}");
            if let Err(error) = Policy::from_toml(&text) {
                proptest::prop_assert_eq!(error.kind(), ErrorKind::Config);
            }
        }
    }
}
