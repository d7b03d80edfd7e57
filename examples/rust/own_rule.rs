//! A rule of your own: pure, asked with the built-in ones, explained like them.

use std::sync::Arc;
use sutler::{
    Engine, Policy, Walmart,
    model::{HoldReason, RuleId},
    policy::{Proof, Rule, RuleCx, Verdict},
};

/// Orders of many units are looked at by a person first.
#[derive(Debug)]
struct FewUnits {
    id: RuleId,
    most: u32,
}

impl Rule for FewUnits {
    fn id(&self) -> &RuleId {
        &self.id
    }

    fn judge(&self, cx: &RuleCx<'_>) -> Verdict {
        let units: u32 = cx.order.facts.lines.iter().map(|line| line.ordered).sum();
        // A proof is a code and the value that decided, without personal data.
        let proof = Proof::value("units.counted", format!("{units} units, {} at most", self.most));
        if units <= self.most {
            Verdict::Pass(proof)
        } else {
            Verdict::Hold(HoldReason::Rule(self.id.clone()), proof)
        }
    }
}

#[tokio::main]
async fn main() -> sutler::Result<()> {
    let rule = FewUnits { id: "few_units".into(), most: 3 };
    let reason = HoldReason::Rule(rule.id.clone());
    let market = sutler::sandbox::walmart().orders(40).start().await?;
    let engine = Engine::open("memory:")
        .channel("us", Walmart::at(&market))
        .policy(Policy::standard().with_rule(Arc::new(rule))?)
        .start()
        .await?;
    for (sku, quantity) in market.on_hand() {
        engine.on_hand(sku, quantity).as_of(market.origin()).await?;
    }
    engine.step().await?;
    for order in engine.orders().held_for(reason).page().await? {
        println!("{}: {}", order.channel_order_id, order.why());
    }
    engine.close().await
}
