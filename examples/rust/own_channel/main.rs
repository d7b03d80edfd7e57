//! A channel of your own beside the built-in ones: rules, stock, journal and exactly-once sending come with it.

mod shop;

use shop::Shop;
use std::sync::{Arc, Mutex, PoisonError};
use sutler::{Engine, Policy, model::from_millis};

#[tokio::main]
async fn main() -> sutler::Result<()> {
    let told = Arc::new(Mutex::new(Vec::new()));
    // Orders are fetched at the counter.
    let policy = Policy::from_toml("[[rule]]\nname = \"address_deliverable\"\nenabled = false\n")?;
    let engine =
        Engine::open("memory:").channel("shop", Shop::new(told.clone())).policy(policy).start().await?;
    engine.on_hand("KETTLE", 5).as_of(from_millis(0)).await?;
    engine.step().await?;

    let told = told.lock().unwrap_or_else(PoisonError::into_inner).join(", ");
    println!("the shop was told: {told}");
    for order in engine.orders().page().await? {
        let taken = if order.acknowledged { "acknowledged" } else { order.why() };
        println!("{}: {taken}", order.channel_order_id);
    }
    engine.close().await
}
