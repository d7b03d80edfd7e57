//! The port to a judge: a question about an order that is not answered on the spot.

use crate::{
    address::Address,
    error::Result,
    hold::HoldReason,
    id::{ChannelId, ChannelOrderId, RuleId, Sku},
    order::{Order, OrderFacts, OrderSnapshot, OrderView},
    rule::{Needs, Proof, RuleCx, Verdict},
    stock::Item,
    time::{Timestamp, millis},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

/// What a judge is asked: all that a rule may look at, its own to keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The channel the order came by.
    pub channel: ChannelId,
    /// The channel's id of it.
    pub channel_order_id: ChannelOrderId,
    /// What is known of it.
    pub facts: Arc<OrderFacts>,
    /// The address, where the judge needs it and it is not erased.
    pub ship_to: Option<Address>,
    /// Units this order holds already, by SKU, sorted.
    pub own: Vec<(Sku, i64)>,
    /// Units of each SKU the order still wants, sorted.
    pub demand: Vec<(Sku, i64)>,
    /// The items of its SKUs, where the judge needs them; one that nobody ever named is not among them.
    pub items: BTreeMap<Sku, Item>,
    /// Marketplace time.
    #[serde(with = "millis")]
    pub now: Timestamp,
}

impl Asked {
    /// The order by reference.
    pub fn view(&self) -> OrderView<'_> {
        OrderView {
            channel: &self.channel,
            channel_order_id: &self.channel_order_id,
            facts: &self.facts,
            ship_to: self.ship_to.as_ref(),
        }
    }

    /// The same as a rule sees it.
    pub fn cx(&self) -> RuleCx<'_> {
        RuleCx { order: self.view(), own: &self.own, demand: &self.demand, stock: &self.items, now: self.now }
    }
}

impl Order for Asked {
    fn snapshot(&self) -> Cow<'_, OrderSnapshot> {
        Cow::Owned(OrderSnapshot {
            channel: self.channel.clone(),
            channel_order_id: self.channel_order_id.clone(),
            facts: (*self.facts).clone(),
            ship_to: self.ship_to.clone(),
        })
    }
}

/// A rule that may take its time: it asks a service, a model, or code of another language.
///
/// # Behavior
/// - An order that is ours to ship and was never decided waits until every judge has answered. It stays undecided: nothing
///   of it is acknowledged, and nothing is allocated to it.
/// - An answer is journalled and counts until what was looked at is otherwise: other facts (but for what becomes of the units
///   later), another address where that is needed, another version. Stock alone asks nobody anew.
/// - What fails, panics or takes too long is asked again, with a growing pause; [`Judge::otherwise`] counts from a margin
///   before the latest safe instant of the order's acknowledgment on, and until an answer comes after all.
/// - It may be asked about one order more than once, and about several at a time. After a crash it is asked again.
/// - Nothing is locked while it thinks and no transaction is open, so it may call what hosts may call. It runs in the
///   engine's own task: it awaits what takes long and blocks on nothing.
#[async_trait]
pub trait Judge: Send + Sync + fmt::Debug {
    /// Its name, unique among the rules and judges of an engine. It does not change while the engine lives.
    fn id(&self) -> &RuleId;
    /// Its version. What another version said is asked anew. It does not change while the engine lives.
    fn version(&self) -> &str;
    /// What it looks at beside the facts: everything, unless it says otherwise.
    fn needs(&self) -> Needs {
        Needs { address: true, stock: true }
    }
    /// What counts when it has not answered in time: a hold with a reason of its own, unless it says otherwise.
    fn otherwise(&self) -> Verdict {
        let proof = Proof::code("judge.no_answer_in_time");
        Verdict::Hold(HoldReason::Unanswered(self.id().clone()), proof)
    }
    /// The verdict. Its proof holds codes and values, never personal data.
    ///
    /// # Errors
    /// Any: it means that there is no answer yet.
    async fn judge(&self, asked: &Asked) -> Result<Verdict>;
}
