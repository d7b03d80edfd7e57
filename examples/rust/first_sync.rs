//! From nothing to every order in one place, and why some of them wait.

use sutler::{Engine, Policy, Walmart};

#[tokio::main]
async fn main() -> sutler::Result<()> {
    // A Walmart on this machine; with your own keys it is Walmart::new(seller, client_id, client_secret).
    let market = sutler::sandbox::walmart().orders(40).start().await?;
    let engine = Engine::open("memory:") // a path keeps them: "orders.db"
        .channel("us", Walmart::at(&market))
        .policy(Policy::standard())
        .start()
        .await?;

    // What lies on the shelves, counted before the first of these orders was placed.
    for (sku, quantity) in market.on_hand() {
        engine.on_hand(sku, quantity).as_of(market.origin()).await?;
    }
    engine.step().await?;

    let totals = engine.totals().await?;
    for (channel, phase, orders) in &totals.phases {
        println!("{channel}: {orders} {}", phase.as_str());
    }
    let mut held = engine.orders().held().each();
    while let Some(order) = held.next().await? {
        println!("{} waits: {}", order.channel_order_id, order.why());
    }
    engine.close().await
}
