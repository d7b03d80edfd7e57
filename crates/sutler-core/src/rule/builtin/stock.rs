//! The rule about stock: is there enough of everything, all or nothing?

use super::{not_ours, order::listed};
use crate::{
    hold::HoldReason,
    id::{RuleId, Sku},
    rule::{Needs, Proof, Rule, RuleCx, Verdict},
};

/// `stock_covers_every_line`: what is on hand and promised to no other order covers every SKU the order wants.
///
/// A SKU nobody ever counted is `sku_mapped`'s business: this rule says nothing about it, so that such an order is held
/// once, for its own reason.
#[derive(Debug)]
pub struct StockCoversEveryLine {
    id: RuleId,
}

impl StockCoversEveryLine {
    /// Its name.
    pub const NAME: &'static str = "stock_covers_every_line";
}

impl Default for StockCoversEveryLine {
    fn default() -> Self {
        StockCoversEveryLine { id: RuleId::new(Self::NAME) }
    }
}

impl Rule for StockCoversEveryLine {
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
        if cx.demand.is_empty() {
            return Verdict::Abstain(Proof::code("stock.nothing_wanted"));
        }
        let mut counted = false;
        for (sku, needed) in cx.demand {
            let Some(left) = left_for(cx, sku) else { continue };
            counted = true;
            if left < *needed {
                return short(cx);
            }
        }
        if counted {
            Verdict::Pass(Proof::code("stock.covers"))
        } else {
            Verdict::Abstain(Proof::code("stock.nothing_counted"))
        }
    }
}

/// Units of `sku` this order may take: unpromised ones and those it holds already. None for a SKU never counted.
fn left_for(cx: &RuleCx<'_>, sku: &Sku) -> Option<i64> {
    let item = cx.stock.item(sku).filter(|item| item.is_mapped())?;
    let own = match cx.own.binary_search_by(|(held, _)| held.cmp(sku)) {
        Ok(at) => cx.own.get(at).map_or(0, |(_, units)| *units),
        Err(_) => 0,
    };
    Some(item.unallocated().saturating_add(own))
}

fn short(cx: &RuleCx<'_>) -> Verdict {
    let lacking = cx.demand.iter().filter_map(|(sku, needed)| {
        let left = left_for(cx, sku)?;
        (left < *needed).then(|| format!("needs {needed} of {sku}, {} left", left.max(0)))
    });
    Verdict::Hold(HoldReason::ShortOfStock, Proof::value("stock.short", listed(lacking)))
}
