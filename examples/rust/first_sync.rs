//! From nothing to every order in one place, and why some of them wait.
//!
//!     cargo run -p sutler-examples --bin first_sync

use sutler::{Ebay, Engine, Walmart, sandbox};

#[tokio::main]
async fn main() -> sutler::Result<()> {
    // Two marketplaces on this machine that sell from one shelf; with your own keys it is
    // Walmart::new(seller, client_id, client_secret).
    let shelf = sandbox::Pool::of(2);
    let walmart = sandbox::walmart().orders(40).shelf(&shelf).start().await?;
    let ebay = sandbox::ebay().orders(40).shelf(&shelf).pace(walmart.pace()).start().await?;
    let engine = Engine::open("memory:") // a path keeps the orders: "orders.db"
        .channel("walmart", Walmart::at(&walmart))
        .channel("ebay", Ebay::at(&ebay))
        .start()
        .await?;

    // What lies on the shelves that both sell from.
    for (sku, units) in walmart.on_hand().into_iter().chain(ebay.on_hand()) {
        engine.on_hand(sku, units).as_of(walmart.pace().origin).await?;
    }
    engine.step().await?; // everything that is due now; run() goes on

    for (channel, phase, orders) in engine.totals().await?.phases {
        println!("{channel}: {orders} {}", phase.as_str());
    }
    for name in ["walmart", "ebay"] {
        let mut held = engine.orders().channel(name).held().each();
        while let Some(order) = held.next().await? {
            println!("{name} {} waits: {}", order.channel_order_id, order.why());
        }
    }
    engine.close().await
}
