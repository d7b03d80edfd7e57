//! Judges as hosts bring them: they wait for what they ask, and may ask the engine that asks them.

use std::sync::{Arc, OnceLock};
use sutler::{
    Engine, Host, Walmart,
    model::{ChannelOrderId, HoldReason, Phase, RuleId},
    policy::{Asked, Judge, Proof, Verdict},
};

type Test = Result<(), Box<dyn std::error::Error>>;

/// Counts a SKU through its host and waits until the engine has taken the count, then looks at the order.
#[derive(Debug)]
struct Caller {
    id: RuleId,
    host: OnceLock<Host>,
}

#[async_trait::async_trait]
impl Judge for Caller {
    fn id(&self) -> &RuleId {
        &self.id
    }

    fn version(&self) -> &str {
        "1"
    }

    async fn judge(&self, asked: &Asked) -> sutler::Result<Verdict> {
        let host = self.host.get().expect("set before the engine runs");
        let ticket = host.on_hand(format!("GIFT-{}", asked.channel_order_id), 1).await?;
        let taken = ticket.taken().await?;
        let order = host.order(asked.channel.clone(), asked.channel_order_id.clone()).await?;
        let units: u32 = asked.facts.lines.iter().map(|line| line.ordered).sum();
        let proof = Proof::value("gift.counted", format!("{units} units, {:?}: {taken}", order.phase()));
        let reason = HoldReason::Rule(self.id.clone());
        Ok(if units > 3 { Verdict::Hold(reason, proof) } else { Verdict::Pass(proof) })
    }
}

#[tokio::test]
async fn a_judge_may_wait_for_the_engine_that_asks_it() -> Test {
    let dir = tempfile::tempdir()?;
    let url = dir.path().join("orders.db").display().to_string();
    let market = sutler::sandbox::walmart().orders(12).start().await?;
    let caller = Arc::new(Caller { id: "gift".into(), host: OnceLock::new() });
    let engine = Engine::open(&url).channel("us", Walmart::at(&market)).judge(caller.clone()).start().await?;
    caller.host.set(engine.host().clone()).expect("once");
    for (sku, quantity) in market.on_hand() {
        engine.on_hand(sku, quantity).as_of(market.origin()).await?;
    }
    engine.step().await?;
    let mut judged = Vec::new();
    let mut each = engine.orders().each();
    while let Some(row) = each.next().await? {
        let order = engine.order("us", row.channel_order_id).await?;
        if !order.state().facts.is_sellers() {
            continue;
        }
        let units: u32 = order.state().facts.lines.iter().map(|line| line.ordered).sum();
        let said = order.proofs().iter().find(|said| said.rule.as_str() == "gift").ok_or("not judged")?;
        assert!(said.why().contains("New: 1 on hand of GIFT-"), "{}", said.why());
        assert_eq!(matches!(said.verdict, Verdict::Hold(..)), units > 3);
        assert!(order.timeline().iter().any(|moment| moment.words.starts_with("judge gift ")));
        assert!(order.phase() == Phase::Open || !order.holds().is_empty());
        judged.push(ChannelOrderId::clone(&order.state().channel_order_id));
    }
    assert!(judged.len() >= 8, "{judged:?}");
    let health = engine.health().await?.remove(0).judges.remove(0);
    assert_eq!((health.judge.as_str(), health.waiting, health.failures), ("gift", 0, 0), "{health:?}");
    engine.close().await?;

    // The store keeps what it said. Its file is free when nobody has a handle on it any more, the judge included.
    drop((each, engine, caller));
    let again = Arc::new(Caller { id: "gift".into(), host: OnceLock::new() });
    let engine = Engine::open(&url).channel("us", Walmart::at(&market)).judge(again).start().await?;
    engine.step().await?;
    assert_eq!(engine.health().await?.remove(0).judges.remove(0).last_error, None, "it is not asked again");
    Ok(engine.close().await?)
}
