//! The three connectors as the sellers of local worlds, and an engine on a bench.

use std::sync::Arc;
use sutler_amazon::Amazon;
use sutler_core::{channel::Channel, error::Result, policy::Policy};
use sutler_ebay::Ebay;
use sutler_engine::{Engine, Ports, Settings};
use sutler_http::Parts;
use sutler_sandbox::{amazon, ebay, walmart};
use sutler_store::memory::MemoryStore;
use sutler_testkit::bench::BASE;
use sutler_walmart::Walmart;

/// The seller of a local Walmart, by this secret.
pub(crate) fn walmart(settings: &walmart::Settings, secret: &str) -> Walmart {
    Walmart::new(settings.seller.clone(), settings.client_id.clone(), secret)
        .local(BASE, format!("{BASE}/v3/token"))
}

/// The seller of a local Amazon, by this secret.
pub(crate) fn amazon(settings: &amazon::Settings, secret: &str) -> Amazon {
    let refresh = settings.refresh_token.as_str();
    Amazon::new(settings.seller.clone(), settings.client_id.clone(), secret, refresh)
        .local(BASE, format!("{BASE}/auth/o2/token"))
}

/// The seller of a local eBay, by this secret.
pub(crate) fn ebay(settings: &ebay::Settings, secret: &str) -> Ebay {
    let refresh = settings.refresh_token.as_str();
    Ebay::new(settings.seller.clone(), settings.client_id.clone(), secret, refresh)
        .local(BASE, format!("{BASE}/identity/v1/oauth2/token"))
}

/// An engine of one channel over the parts it was built with, and its store in memory.
pub(crate) fn engine(parts: Parts, channel: Arc<dyn Channel>) -> Result<(Engine, Arc<MemoryStore>)> {
    let store = Arc::new(MemoryStore::new());
    let ports =
        Ports { store: store.clone(), clock: parts.clock, entropy: parts.entropy, budgets: parts.budgets };
    let engine = Engine::new(ports, Policy::standard(), Settings::default(), vec![channel])?;
    Ok((engine, store))
}
