//! A rule of the host's language, as the engine asks it.

use super::{Foreign, ask};
use crate::{
    convert,
    error::wrong,
    types::{AskedOrder, Instant, Verdict as Said},
};
use async_trait::async_trait;
use std::{fmt, sync::Arc};
use sutler::{
    Result,
    model::{HoldReason, RuleId},
    policy::{Asked, Judge, Needs, Proof, Verdict},
};

/// A rule of the host's language. Its method `judge` is asked about an [`AskedOrder`] and answers a verdict.
pub struct ForeignRule {
    id: RuleId,
    version: String,
    host: Arc<dyn Foreign>,
}

impl fmt::Debug for ForeignRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignRule")
            .field("id", &self.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl ForeignRule {
    /// The rule called `name`.
    ///
    /// # Errors
    /// `Invalid` when the name is empty or not of letters, digits, `_`, `-` and `.`.
    pub fn new(name: &str, version: &str, host: Arc<dyn Foreign>) -> Result<ForeignRule> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if name.is_empty() || !name.chars().all(plain) {
            return Err(wrong(
                "engine.add_rule",
                format!("name {name:?} is no rule's name; letters, digits, _, - and . are right"),
            ));
        }
        Ok(ForeignRule { id: RuleId::new(name), version: version.to_owned(), host })
    }

    fn verdict(&self, said: Said) -> Result<Verdict> {
        let proof = Proof { code: said.code.into(), value: said.value };
        let own = || HoldReason::Rule(self.id.clone());
        Ok(match said.verdict.0.as_str() {
            "pass" => Verdict::Pass(proof),
            "hold" => Verdict::Hold(own(), proof),
            "refuse" => Verdict::Refuse(own(), proof),
            "abstain" => Verdict::Abstain(proof),
            other => {
                return Err(wrong(
                    format!("rules.{}.judge", self.id),
                    format!(
                        "verdict {other:?} is not known; \"pass\", \"hold\", \"refuse\" or \"abstain\" is right"
                    ),
                ));
            }
        })
    }
}

#[async_trait]
impl Judge for ForeignRule {
    fn id(&self) -> &RuleId {
        &self.id
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn needs(&self) -> Needs {
        Needs { address: true, stock: true }
    }

    async fn judge(&self, asked: &Asked) -> Result<Verdict> {
        let question = AskedOrder {
            channel: asked.channel.to_string(),
            channel_order_id: asked.channel_order_id.to_string(),
            placed_at: asked.facts.placed_at.map(Instant::from),
            fulfilled_by: asked.facts.fulfilled_by.as_str().into(),
            total: asked.facts.total.as_ref().map(convert::money),
            method: asked.facts.method.clone(),
            lines: asked.facts.lines.iter().map(convert::line).collect(),
            ship_to: asked.ship_to.as_ref().map(convert::address),
            items: asked.items.values().map(convert::item).collect(),
            now: asked.now.into(),
        };
        let said = ask(&*self.host, &format!("rules.{}", self.id), "judge", &question).await?;
        self.verdict(said)
    }
}
