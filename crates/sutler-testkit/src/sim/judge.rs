//! A judge that takes its time, fails and falls silent, by seed; in the end it passes everything.

use super::{
    gate::{Rng, Sim},
    ports::SimClock,
};
use async_trait::async_trait;
use std::sync::{Mutex, PoisonError};
use sutler_core::{
    Result,
    error::{Error, ErrorKind},
    id::RuleId,
    ports::{Asked, Clock, Judge},
    rule::{Proof, Verdict},
    time::Duration,
};

/// See the module.
#[derive(Debug)]
pub struct SimJudge {
    id: RuleId,
    clock: SimClock,
    chance: Mutex<Rng>,
}

impl SimJudge {
    /// One for a worker.
    pub fn new(sim: Sim, who: u32, seed: u64) -> SimJudge {
        let chance = Mutex::new(Rng::new(seed ^ u64::from(who) << 24));
        SimJudge { id: "slow".into(), clock: SimClock { sim, who }, chance }
    }

    fn draw(&self) -> u64 {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).draw()
    }
}

#[async_trait]
impl Judge for SimJudge {
    fn id(&self) -> &RuleId {
        &self.id
    }

    fn version(&self) -> &str {
        "1"
    }

    async fn judge(&self, asked: &Asked) -> Result<Verdict> {
        let SimClock { sim, who } = &self.clock;
        let point =
            |label| sim.point(*who, label, vec![format!("{} {}", asked.channel, asked.channel_order_id)]);
        point("judge.asked").pass().await;
        let (chance, span) = (self.draw() % 16, self.draw() % 20_000);
        self.clock.sleep_until(self.clock.now() + Duration::milliseconds(span as i64)).await;
        match chance {
            0 => std::future::pending().await,
            1..4 => Err(Error::new(ErrorKind::Remote, "sim.judge").message("it cannot tell yet")),
            _ => {
                point("judge.answered").pass().await;
                Ok(Verdict::Pass(Proof::code("slow.passed")))
            }
        }
    }
}
