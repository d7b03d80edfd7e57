//! Rows as the first version wrote them must read back for ever: bodies are positional, so a field moved in a Rust type
//! would make old files unreadable, or worse, readable as something else.

use super::codec::Bodies;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use sutler_core::{
    id::{ChannelId, ChannelOrderId, Sku, StreamId},
    journal::{Entry, Step},
    ports::store::{Input, StreamRow, WindowRow},
    returns::{Return, ReturnStage, ReturnTold, ReturnedUnits},
    state::OrderState,
    stock::{Count, Listing},
};
use sutler_testkit::store_suite::sample::{
    Dice, at, command, decided, facts, judged, observed, report, set_level,
};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/rows-1.txt");

/// Reads a stored form where one is given, and writes the value anew.
type Sample<'a> = &'a dyn Fn(&mut Bodies, Option<&[u8]>) -> Vec<u8>;

/// One value of each kind, always the same.
fn check(each: &mut dyn FnMut(&'static str, Sample<'_>)) {
    let dice = &mut Dice(1);
    let mut state = OrderState::new(ChannelId::new("us"), ChannelOrderId::new("1796277083022"), at(1));
    let mut commands = Vec::new();
    let entries = [
        ("observed", observed(facts(dice), 2)),
        ("decided", decided(dice)),
        ("reported", Entry::Reported(Box::new(report(1, Vec::new())))),
        ("released", Entry::Released { reason: sutler_core::hold::HoldReason::BadAddress, by: "ann".into() }),
        ("erased", Entry::Erased { by: "ann".into() }),
        ("counted", Entry::Counted { sku: Sku::new("SKU-1"), quantity: -1, as_of: at(3) }),
    ];
    for (name, entry) in entries {
        state.apply(&mut commands, at(4), &entry).expect("a sample applies");
        each(name, &|bodies, stored| one(bodies, &entry, stored));
    }
    let intended = command(dice, &state);
    let step = Step { quiet_until: Some(at(9)), ..Step::new(sutler_core::command::Event::Send, 7, "sent") };
    let stepped = Entry::Stepped { key: intended.key.clone(), step: Box::new(step) };
    for (name, entry) in [("intended", Entry::Intended(Box::new(intended))), ("stepped", stepped)] {
        state.apply(&mut commands, at(5), &entry).expect("a sample applies");
        each(name, &|bodies, stored| one(bodies, &entry, stored));
    }
    // Orders grew by what was sent back, then by what judges said; those stored before read back without.
    each("order", &|bodies, stored| {
        if let Some(stored) = stored {
            assert_eq!(bodies.decode_order(stored).as_ref().ok(), Some(&state));
        }
        let written = one(bodies, &state, None);
        assert_eq!(bodies.decode_order(&written).as_ref().ok(), Some(&state));
        let mut shorter = bodies.encode_plain("fixture", &state).expect("a sample is written");
        for _ in 0..2 {
            assert_eq!(shorter.pop(), Some(0), "no judge, no return");
            assert_eq!(bodies.decode_order(&shorter).as_ref().ok(), Some(&state));
        }
        written
    });
    let back = Return {
        id: "R1".into(),
        stage: ReturnStage::Closed,
        status: "COMPLETED".into(),
        opened_at: Some(at(1)),
        changed_at: None,
        refund: Some("REFUND_COMPLETED".into()),
        lines: vec![ReturnedUnits {
            line_id: Some("1".into()),
            sku: None,
            quantity: 2,
            back: 1,
            reason: "DAMAGED".into(),
        }],
    };
    let returned = Entry::Returned(Box::new(ReturnTold { asked_at: at(6), told: back }));
    each("returned", &|bodies, stored| one(bodies, &returned, stored));
    each("judged", &|bodies, stored| one(bodies, &judged(&mut Dice(1)), stored));
    each("command", &|bodies, stored| one(bodies, &commands, stored));
    let level = set_level(dice);
    each("set level", &|bodies, stored| one(bodies, &level, stored));
    let listing = Listing { level: Some(4), verify_at: Some(at(8)), ..Listing::new(Sku::new("SKU-1")) };
    each("listing", &|bodies, stored| one(bodies, &listing, stored));
    let window = WindowRow {
        from: at(1),
        to: at(2),
        cursor: Some("?x".into()),
        parent_total: Some(9),
        last_page: None,
    };
    let id = StreamId::new("created");
    let stream =
        StreamRow { id, watermark: Some(at(1)), pulled_at: None, windows: vec![window], began_at: None };
    each("stream", &|bodies, stored| one(bodies, &stream, stored));
    let input = Input::OnHand(Count { sku: Sku::new("SKU-1"), quantity: 4, as_of: at(1) });
    each("input", &|bodies, stored| one(bodies, &input, stored));
}

/// Writes a value; where a stored form is given, that must read as the same value.
fn one<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    bodies: &mut Bodies,
    value: &T,
    stored: Option<&[u8]>,
) -> Vec<u8> {
    if let Some(stored) = stored {
        assert_eq!(bodies.decode::<T>("fixture", stored).as_ref().ok(), Some(value));
    }
    bodies.encode("fixture", value).expect("a sample is written")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok());
    digits.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect()
}

/// To take in a new kind of row, or before anything is released a changed one: `SUTLER_WRITE_FIXTURES=1`. After a release a
/// changed form needs a new format byte instead, and its own file beside this one.
#[test]
fn rows_of_the_first_version_read_back() {
    let mut bodies = Bodies::new().expect("a compressor");
    let mut lines = String::new();
    let write = std::env::var_os("SUTLER_WRITE_FIXTURES").is_some();
    let text = std::fs::read_to_string(PATH).unwrap_or_default();
    let stored =
        |name: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(unhex));
    check(&mut |name, one| {
        let found = stored(name).filter(|_| !write);
        assert!(write || found.is_some(), "{PATH} has no {name}");
        lines += &format!("{name}: {}\n", hex(&one(&mut bodies, found.as_deref())));
    });
    if write {
        std::fs::write(PATH, lines).expect("the fixtures are written");
    }
}
