//! Fifty kills of `sutler run` at seeded instants, against a marketplace that remembers: two processes, real HTTP.

use crate::support::{Running, done, get, json, sandbox_and_config};

const KILLS: u64 = 50;

/// splitmix64, so that every run of the test kills after the same numbers of requests.
fn draw(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (*seed ^ (*seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 33
}

#[test]
fn g18_fifty_kills_lose_nothing_and_double_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let world = ["--seed", "18", "--orders", "250", "--speed", "240", "--state", "world"];
    let (sandbox, ready) = sandbox_and_config(at, &world);
    let base_url = ready["base_url"].as_str().expect("a text").to_owned();
    let origin = ready["clock"]["origin"].as_str().expect("an instant");
    let mut counts = "sku,quantity,as_of\n".to_owned();
    for (sku, quantity) in get(&base_url, "/_sandbox/on-hand").as_object().expect("counts") {
        counts += &format!("\"{sku}\",{quantity},{origin}\n");
    }
    std::fs::write(at.join("stock.csv"), counts).expect("the counts");
    let config = std::fs::read_to_string(at.join("sutler.toml")).expect("the configuration");
    std::fs::write(at.join("sutler.toml"), config + "\n[stock]\nfile = \"stock.csv\"\n")
        .expect("the configuration");

    let requests = || get(&base_url, "/_sandbox/effects")["requests"].as_u64().expect("a count");
    let mut seed = 18;
    for _ in 0..KILLS {
        let before = requests();
        let run = Running::start(at, &["run", "--json"]);
        let after = before + 1 + draw(&mut seed) % 24;
        while requests() < after {
            std::thread::yield_now();
        }
        run.kill();
    }

    let mut run = Running::start(at, &["run", "--json"]);
    // What the first complete pull leads to is in the line of the second.
    for _ in 0..2 {
        run.until(|line| line["waiting"] == 0 && line["doubts"] == 0 && line["orders"] == 250);
    }
    assert_eq!(run.terminate(), 0);
    let effects = get(&base_url, "/_sandbox/effects");
    let acknowledged = effects["acknowledge"].as_object().expect("counts");
    assert!(acknowledged.values().all(|times| *times == 1), "{acknowledged:?}");
    assert_eq!(effects["reoffered_after_seen"], 0);
    // By the marketplace's count and by the store's the same orders are acknowledged, and every other one says why not.
    let mut known = 0;
    let mut after: Option<String> = None;
    loop {
        let mut arguments = vec!["orders", "list", "--json", "--limit", "200"];
        if let Some(after) = &after {
            arguments.extend(["--after", after]);
        }
        let page = json(&done(at, &arguments));
        for order in page["orders"].as_array().expect("a list") {
            known += 1;
            let id = order["channel_order_id"].as_str().expect("a text");
            let taken = acknowledged.contains_key(id);
            let says_why = order["why"].as_str().is_some_and(|why| !why.is_empty());
            assert!(taken || says_why, "{order}");
        }
        after = page["next"].as_str().map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    assert_eq!(known, 250);
    assert!(acknowledged.len() > 150, "{} acknowledged", acknowledged.len());
    assert_eq!(sandbox.terminate(), 0);
}
