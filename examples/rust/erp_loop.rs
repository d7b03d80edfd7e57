//! An ERP's side: follow what changes, hand packages over, report them. Repeating any of it changes nothing.

use sutler::{
    Engine, Walmart,
    model::{LineQuantity, Phase, Seq, ShipmentReport},
};

#[tokio::main]
async fn main() -> sutler::Result<()> {
    let market = sutler::sandbox::walmart().orders(20).start().await?;
    let engine = Engine::open("memory:").channel("us", Walmart::at(&market)).start().await?;
    for (sku, quantity) in market.on_hand() {
        engine.on_hand(sku, quantity).as_of(market.origin()).await?;
    }
    let mut seen = Seq(0); // kept by a real ERP, so that it goes on where it was
    loop {
        engine.step().await?;
        let changes = engine.changes(seen, 500).await?;
        let Some(last) = changes.last() else { break };
        seen = last.seq;
        for change in changes {
            let Some(id) = change.channel_order_id else { continue };
            let order = engine.order("us", id.clone()).await?;
            let state = order.state();
            if order.phase() != Phase::Open || !state.facts.is_sellers() || !state.is_acknowledged() {
                continue;
            }
            let units = |line: &sutler::model::Line| LineQuantity {
                line_id: line.line_id.clone(),
                quantity: line.ordered,
            };
            let report = ShipmentReport {
                package: 1,
                carrier: "UPS".into(),
                tracking: format!("1Z{id}"),
                tracking_url: None,
                shipped_at: state.acknowledged_at.unwrap_or_else(|| engine.now()),
                lines: state.facts.lines.iter().map(units).collect(),
            };
            engine.report_shipment("us", id, report).await?;
        }
    }
    println!("packages the marketplace counted: {}", market.effects().shipments.len());
    engine.close().await
}
