//! What needs no engine: payloads read into the model, and decided by a policy.

use crate::{
    convert,
    error::wrong,
    types::{Decision, NormalOrder},
};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use sutler::{
    Policy, Result, amazon, ebay,
    model::{ChannelId, ChannelOrder, Item, Sku, from_millis},
    policy::decide_order,
    walmart,
};

fn read(marketplace: &str, bytes: &[u8]) -> Result<ChannelOrder> {
    Ok(match marketplace {
        "walmart" => walmart::normalise_order(bytes),
        "amazon" => amazon::normalise_order(bytes),
        "ebay" => ebay::normalise_order(bytes),
        other => {
            return Err(wrong(
                "normalize",
                format!("marketplace {other:?} is not known; \"walmart\", \"amazon\" or \"ebay\" is right"),
            ));
        }
    })
}

/// Reads one order's payload, bare or as a single read answers it.
///
/// # Errors
/// `Invalid` when the marketplace is not known or the payload is no JSON.
pub fn normalize(marketplace: &str, payload: &str) -> Result<NormalOrder> {
    if let Err(error) = serde_json::from_str::<&RawValue>(payload) {
        return Err(wrong(
            "normalize",
            format!("the payload is no JSON: {error}; what the marketplace sent is right"),
        ));
    }
    Ok(convert::normal(&read(marketplace, payload.as_bytes())?))
}

/// Decides for an order's payload by a policy, with what is on hand by SKU, and nothing of sutler's running.
///
/// # Errors
/// As [`normalize`]; `Config` when the policy cannot be read.
pub fn decide(
    marketplace: &str,
    payload: &str,
    on_hand: &BTreeMap<String, i64>,
    policy: Option<&str>,
    now_ms: i64,
) -> Result<Decision> {
    normalize(marketplace, payload)?;
    let order = read(marketplace, payload.as_bytes())?;
    let policy = match policy {
        Some(toml) => Policy::from_toml(toml)?,
        None => Policy::standard(),
    };
    let mut stock: BTreeMap<Sku, Item> = BTreeMap::new();
    for (sku, units) in on_hand {
        let mut item = Item::new(sku.as_str().into());
        item.counted = Some(*units);
        stock.insert(item.sku.clone(), item);
    }
    let channel = ChannelId::from(marketplace);
    let decided = decide_order(&policy, &(channel, &order), &stock, from_millis(now_ms));
    Ok(Decision {
        accept: decided.accept,
        holds: decided.holds.iter().map(convert::hold).collect(),
        proofs: decided.judged.iter().map(convert::proof).collect(),
    })
}
