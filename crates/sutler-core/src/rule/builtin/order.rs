//! Rules about what the marketplace told: is it all understood, does the buyer still want it, do we know the goods.

use super::not_ours;
use crate::{
    hold::HoldReason,
    id::{RuleId, Sku},
    order::Line,
    rule::{Needs, Proof, Rule, RuleCx, Verdict},
};

/// How many findings a proof spells out before it counts the rest.
const SPELLED: usize = 5;

/// Joins the first findings and counts the rest, so that a proof stays readable however large the order.
pub(super) fn listed(all: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    let mut rest = 0usize;
    for (at, one) in all.enumerate() {
        if at >= SPELLED {
            rest += 1;
            continue;
        }
        if at > 0 {
            text.push_str("; ");
        }
        text.push_str(&one);
    }
    if rest > 0 {
        text.push_str(&format!("; and {rest} more"));
    }
    text
}

/// `payload_understood`: every field of the payload was mapped, and there is at least one line (G7).
#[derive(Debug)]
pub struct PayloadUnderstood {
    id: RuleId,
}

impl PayloadUnderstood {
    /// Its name.
    pub const NAME: &'static str = "payload_understood";
}

impl Default for PayloadUnderstood {
    fn default() -> Self {
        PayloadUnderstood { id: RuleId::new(Self::NAME) }
    }
}

impl Rule for PayloadUnderstood {
    fn id(&self) -> &RuleId {
        &self.id
    }

    fn judge(&self, cx: &RuleCx<'_>) -> Verdict {
        if let Some(abstain) = not_ours(cx) {
            return abstain;
        }
        let unmapped = &cx.order.facts.unmapped;
        if !unmapped.is_empty() {
            let fields = listed(unmapped.iter().map(|u| format!("{}: {}", u.field, u.detail)));
            return Verdict::Hold(
                HoldReason::Unmapped,
                Proof::value("payload.fields_not_understood", fields),
            );
        }
        // Accepting an order of which no line is known would promise nobody knows what.
        if cx.order.facts.lines.is_empty() {
            return Verdict::Hold(HoldReason::Unmapped, Proof::code("payload.no_lines"));
        }
        Verdict::Pass(Proof::code("payload.understood"))
    }
}

/// `channel_ready`: the channel says that the order may be shipped (eBay: paid; Amazon: no longer pending).
#[derive(Debug)]
pub struct ChannelReady {
    id: RuleId,
}

impl ChannelReady {
    /// Its name.
    pub const NAME: &'static str = "channel_ready";
}

impl Default for ChannelReady {
    fn default() -> Self {
        ChannelReady { id: RuleId::new(Self::NAME) }
    }
}

impl Rule for ChannelReady {
    fn id(&self) -> &RuleId {
        &self.id
    }

    fn judge(&self, cx: &RuleCx<'_>) -> Verdict {
        if let Some(abstain) = not_ours(cx) {
            return abstain;
        }
        match &cx.order.facts.not_ready {
            Some(word) => {
                Verdict::Hold(HoldReason::NotReady, Proof::value("channel.not_ready", word.clone()))
            }
            None => Verdict::Pass(Proof::code("channel.ready")),
        }
    }
}

/// `buyer_cancel`: the buyer does not ask to cancel anything that is still open (G19).
#[derive(Debug)]
pub struct BuyerCancel {
    id: RuleId,
}

impl BuyerCancel {
    /// Its name.
    pub const NAME: &'static str = "buyer_cancel";
}

impl Default for BuyerCancel {
    fn default() -> Self {
        BuyerCancel { id: RuleId::new(Self::NAME) }
    }
}

impl Rule for BuyerCancel {
    fn id(&self) -> &RuleId {
        &self.id
    }

    fn judge(&self, cx: &RuleCx<'_>) -> Verdict {
        if let Some(abstain) = not_ours(cx) {
            return abstain;
        }
        if !cx.order.facts.cancel_requested() {
            return Verdict::Pass(Proof::code("cancel.not_asked"));
        }
        let asked = cx.order.facts.lines.iter().filter(|line| line.cancel_requested() && line.open() > 0);
        let lines = listed(asked.map(|line| format!("line {}", line.line_id)));
        Verdict::Hold(HoldReason::BuyerAskedToCancel, Proof::value("cancel.asked", lines))
    }
}

/// `sku_mapped`: every line with open units has a SKU that a count once named.
#[derive(Debug)]
pub struct SkuMapped {
    id: RuleId,
}

impl SkuMapped {
    /// Its name.
    pub const NAME: &'static str = "sku_mapped";
}

impl Default for SkuMapped {
    fn default() -> Self {
        SkuMapped { id: RuleId::new(Self::NAME) }
    }
}

impl Rule for SkuMapped {
    fn id(&self) -> &RuleId {
        &self.id
    }

    fn needs(&self) -> Needs {
        Needs { stock: true, ..Needs::default() }
    }

    fn judge(&self, cx: &RuleCx<'_>) -> Verdict {
        if let Some(abstain) = not_ours(cx) {
            return abstain;
        }
        let is_mapped = |sku: &Sku| cx.stock.item(sku).is_some_and(|item| item.is_mapped());
        let unknown = |line: &&Line| line.open() > 0 && !line.sku.as_ref().is_some_and(&is_mapped);
        let lines = &cx.order.facts.lines;
        if !lines.iter().any(|line| unknown(&line)) {
            return Verdict::Pass(Proof::code("sku.all_mapped"));
        }
        let found = listed(lines.iter().filter(unknown).map(|line| match &line.sku {
            Some(sku) => format!("{sku} on line {} was never counted", line.line_id),
            None => format!("line {} has no SKU", line.line_id),
        }));
        Verdict::Hold(HoldReason::UnmappedSku, Proof::value("sku.not_mapped", found))
    }
}
