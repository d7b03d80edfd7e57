//! A policy of your own in a few lines of TOML: what it passes is acknowledged, the rest is held with its reason.
//!
//!     cargo run -p sutler-examples --bin auto_acknowledge

use sutler::{Engine, Policy, Walmart, policy::Verdict};

const POLICY: &str = r#"
[[rule]]
name = "total_within_limits"
limits = [{ currency = "USD", max = "400.00" }]

[stock]
buffer = 2          # units of each SKU kept back from every listing
"#;

#[tokio::main]
async fn main() -> sutler::Result<()> {
    let market = sutler::sandbox::walmart().orders(40).start().await?;
    let engine = Engine::open("memory:")
        .channel("us", Walmart::at(&market))
        .policy(Policy::from_toml(POLICY)?)
        .start()
        .await?;
    for (sku, units) in market.on_hand() {
        engine.on_hand(sku, units).as_of(market.origin()).await?;
    }
    engine.step().await?;

    let mut all = engine.orders().each();
    while let Some(order) = all.next().await? {
        let taken = if order.acknowledged { "acknowledged" } else { "not acknowledged" };
        println!("{}: {taken}: {}", order.channel_order_id, order.why());
    }
    // Every rule says what it found.
    for held in engine.orders().held().limit(1).page().await? {
        for judged in engine.order("us", held.channel_order_id).await?.proofs() {
            let (Verdict::Pass(proof)
            | Verdict::Hold(_, proof)
            | Verdict::Refuse(_, proof)
            | Verdict::Abstain(proof)) = &judged.verdict;
            println!("{}", format!("  {}: {} {}", judged.rule, proof.code, proof.value).trim_end());
        }
    }
    println!("acknowledged at the marketplace: {}", market.effects().acknowledge.len());
    engine.close().await
}
