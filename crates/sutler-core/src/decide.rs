//! Deciding: facts, policy and now in; holds or acceptance with its proof out.

use crate::{
    hold::{Hold, HoldReason},
    id::Sku,
    journal::Decided,
    order::Order,
    policy::Policy,
    rule::{Judged, Proof, RuleCx, StockView, Verdict},
    stock::Item,
    time::Timestamp,
};
use std::{cell::Cell, collections::BTreeMap, sync::Arc};

/// What a decision is made from.
#[derive(Clone, Copy)]
pub struct DecideCx<'a> {
    /// What the rules look at.
    pub rule: RuleCx<'a>,
    /// Holds a person released: a rule that says them is heard and overruled.
    pub released: &'a [HoldReason],
}

/// Asks every rule, in order, and sums up. Pure, and total: every rule is heard even after the first hold, so that a
/// person sees all reasons at once.
pub fn decide(policy: &Policy, cx: &DecideCx<'_>) -> Decided {
    let looked_up = LookedUp { stock: cx.rule.stock, demand: cx.rule.demand, found: Default::default() };
    let rule_cx = RuleCx { stock: &looked_up, ..cx.rule };
    let mut judged = Vec::with_capacity(policy.rules.len());
    let mut holds: Vec<Hold> = Vec::new();
    for rule in &policy.rules {
        let verdict = rule.judge(&rule_cx);
        holds.extend(hold(&verdict, cx.released));
        judged.push(Judged { rule: rule.id().clone(), verdict });
    }
    Decided { accept: holds.is_empty(), holds, judged: judged.into() }
}

/// Adds to a decision what judges say, after what the rules said.
pub fn hear(decided: &mut Decided, said: Vec<Judged>, released: &[HoldReason]) {
    if said.is_empty() {
        return;
    }
    decided.holds.extend(said.iter().filter_map(|judged| hold(&judged.verdict, released)));
    decided.accept = decided.holds.is_empty();
    Arc::make_mut(&mut decided.judged).extend(said);
}

/// The hold that follows from a verdict, unless a person released it.
fn hold(verdict: &Verdict, released: &[HoldReason]) -> Option<Hold> {
    let (Verdict::Hold(reason, proof) | Verdict::Refuse(reason, proof)) = verdict else { return None };
    (!released.contains(reason)).then(|| Hold { reason: reason.clone(), detail: detail(proof) })
}

/// How many SKUs of an order are remembered; the others are looked up each time.
const REMEMBERED: usize = 8;

/// Stock, each wanted item looked up once for all rules: in a large map the look-up is dearer than the rules are.
struct LookedUp<'a> {
    stock: &'a dyn StockView,
    demand: &'a [(Sku, i64)],
    found: [Cell<Option<Option<&'a Item>>>; REMEMBERED],
}

impl StockView for LookedUp<'_> {
    fn item(&self, sku: &Sku) -> Option<&Item> {
        let wanted = self.demand.iter().zip(&self.found).find(|((wanted, _), _)| wanted == sku);
        let Some((_, cell)) = wanted else { return self.stock.item(sku) };
        cell.get().unwrap_or_else(|| {
            let item = self.stock.item(sku);
            cell.set(Some(item));
            item
        })
    }
}

fn detail(proof: &Proof) -> String {
    let code = proof.code.rsplit('.').next().unwrap_or_default().replace('_', " ");
    if proof.value.is_empty() { code } else { format!("{code}: {}", proof.value) }
}

/// Decides for an order that lives in a host's own type, with nothing of sutler's running: the third way to embed.
///
/// `stock` says what is on hand and promised; the order's open units are its demand.
pub fn decide_order(policy: &Policy, order: &dyn Order, stock: &dyn StockView, now: Timestamp) -> Decided {
    let snapshot = order.snapshot();
    let mut demand: BTreeMap<Sku, i64> = BTreeMap::new();
    if snapshot.facts.is_sellers() {
        for line in &snapshot.facts.lines {
            if let Some(sku) = line.sku.as_ref().filter(|_| line.open() > 0) {
                *demand.entry(sku.clone()).or_default() += i64::from(line.open());
            }
        }
    }
    let demand: Vec<(Sku, i64)> = demand.into_iter().collect();
    let rule = RuleCx { order: snapshot.view(), own: &[], demand: &demand, stock, now };
    decide(policy, &DecideCx { rule, released: &[] })
}
