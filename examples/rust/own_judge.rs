//! A judge of your own: a rule that may take its time, because it asks a service, a model, or code of another language.

use std::{sync::Arc, time::Duration};
use sutler::{
    Engine, Walmart,
    model::{HoldReason, RuleId},
    policy::{Asked, Judge, Proof, Verdict},
};

/// Asks a service how likely it is that an order will not be paid for.
#[derive(Debug)]
struct FraudDesk {
    id: RuleId,
}

impl FraudDesk {
    /// Stands for the call over the network.
    async fn score(&self, asked: &Asked) -> sutler::Result<u32> {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let units: u32 = asked.facts.lines.iter().map(|line| line.ordered).sum();
        Ok(if units > 3 { 97 } else { 3 })
    }
}

#[async_trait::async_trait]
impl Judge for FraudDesk {
    fn id(&self) -> &RuleId {
        &self.id
    }

    /// With another version every open order is asked about anew.
    fn version(&self) -> &str {
        "model-7"
    }

    async fn judge(&self, asked: &Asked) -> sutler::Result<Verdict> {
        let score = self.score(asked).await?;
        let proof = Proof::value("fraud.score", format!("{score} of 100"));
        Ok(if score < 50 {
            Verdict::Pass(proof)
        } else {
            Verdict::Hold(HoldReason::Rule(self.id.clone()), proof)
        })
    }
}

#[tokio::main]
async fn main() -> sutler::Result<()> {
    let desk = FraudDesk { id: "fraud".into() };
    let reason = HoldReason::Rule(desk.id.clone());
    let market = sutler::sandbox::walmart().orders(40).start().await?;
    let engine =
        Engine::open("memory:").channel("us", Walmart::at(&market)).judge(Arc::new(desk)).start().await?;
    for (sku, quantity) in market.on_hand() {
        engine.on_hand(sku, quantity).as_of(market.origin()).await?;
    }
    engine.step().await?;
    for order in engine.orders().held_for(reason).page().await? {
        println!("{}: {}", order.channel_order_id, order.why());
    }
    engine.close().await
}
