//! Judges: what they are asked, and what follows from what they say. Nothing here calls one; the driver does, between
//! transactions.

use crate::{
    job::{Aggregate, Job, World},
    react::{react, wants},
};
use std::{collections::BTreeSet, sync::Arc};
use sutler_core::{
    Result, Timestamp,
    address::Address,
    error::{Error, ErrorKind},
    id::{ChannelId, OrderKey, RuleId},
    journal::Entry,
    judge::{Opinion, Question, Standing, matters},
    order::OrderFacts,
    policy::Policy,
    ports::{
        Asked, Judge,
        store::{Digest, View},
    },
    rule::{Judged, Needs, Proof, Verdict},
    state::OrderState,
};

/// A judge with what it says of itself, heard once: no transaction calls what is the host's.
#[derive(Debug)]
pub(crate) struct Seat {
    pub judge: Arc<dyn Judge>,
    pub rule: RuleId,
    version: String,
    otherwise: Verdict,
    needs: Needs,
}

/// Seats judges.
///
/// # Errors
/// `Config` when two judges, or a judge and a rule, have one name: they would write one field of the decision (G31).
pub(crate) fn seat(judges: Vec<Arc<dyn Judge>>, policy: &Policy) -> Result<Vec<Seat>> {
    let mut taken: BTreeSet<RuleId> = policy.rules.iter().map(|rule| rule.id().clone()).collect();
    let mut seats = Vec::with_capacity(judges.len());
    for judge in judges {
        let rule = judge.id().clone();
        if !taken.insert(rule.clone()) {
            return Err(Error::new(ErrorKind::Config, "engine.judges").message(format!(
                "judge {:?} is called as another judge or a rule of the policy; each needs a name of its own",
                rule.as_str()
            )));
        }
        let (version, otherwise, needs) = (judge.version().to_owned(), judge.otherwise(), judge.needs());
        seats.push(Seat { judge, rule, version, otherwise, needs });
    }
    Ok(seats)
}

impl Seat {
    fn question<'q>(&'q self, of: &'q Digest, by: Timestamp) -> Question<'q> {
        Question { rule: &self.rule, version: &self.version, of, by, otherwise: &self.otherwise }
    }

    /// What it said, as it is journalled.
    pub(crate) fn opinion(&self, verdict: Verdict, of: Digest) -> Opinion {
        Opinion { rule: self.rule.clone(), version: self.version.clone(), verdict, of }
    }
}

/// A question that waits to be asked: which judge, by its seat, about which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unheard {
    pub channel: ChannelId,
    pub seat: usize,
    pub order: OrderKey,
    /// When the order is decided without an answer.
    pub by: Timestamp,
    /// Then it is to be decided; otherwise it stands decided already.
    pub waits: bool,
}

/// An answer that is not written down yet.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub seat: usize,
    pub order: OrderKey,
    pub opinion: Opinion,
}

/// The digest of what a judge looks at.
fn looked_at(view: &dyn View, needs: Needs, facts: &OrderFacts, ship_to: Option<&Address>) -> Result<Digest> {
    let ship_to = ship_to.filter(|_| needs.address);
    let bytes = serde_json::to_vec(&(matters(facts), ship_to)).map_err(|error| {
        Error::new(ErrorKind::Store, "engine.judges")
            .message("the facts of an order cannot be written")
            .with_source(error)
    })?;
    Ok(view.digest_of(&bytes))
}

/// An address that is there.
fn real(address: Option<&Address>) -> Option<&Address> {
    address.filter(|address| !address.is_erased())
}

/// What the judges say of an order as it stands, and which of them are to be asked; none while it waits for one.
pub(crate) fn say(job: &mut Job<'_>, order: &Aggregate) -> Result<Option<Vec<Judged>>> {
    let (world, state, now) = (job.world, &order.state, job.now);
    let mut said = Vec::with_capacity(world.judges.len());
    let mut waits = false;
    for (place, seat) in world.judges.iter().enumerate() {
        let of = looked_at(&*job.tx, seat.needs, &state.facts, real(order.address.as_ref()))?;
        let by = world.judge_by(state);
        let question = seat.question(&of, by);
        if !question.is_answered(state) {
            let waits = !state.accepted && now < by;
            job.touched.unheard.push(unheard(state, place, by, waits));
        }
        match question.standing(state, now) {
            Standing::Says(verdict) => said.push(Judged { rule: seat.rule.clone(), verdict }),
            Standing::Waits => waits = true,
        }
    }
    Ok((!waits).then_some(said))
}

fn unheard(state: &OrderState, seat: usize, by: Timestamp, waits: bool) -> Unheard {
    Unheard { channel: state.channel.clone(), seat, order: state.key, by, waits }
}

/// What a judge is asked about an order now, and the digest of it; none when there is nothing to ask.
pub(crate) fn ask(
    view: &dyn View,
    world: &World,
    place: usize,
    order: OrderKey,
    now: Timestamp,
) -> Result<Option<(Asked, Digest)>> {
    let (Some(seat), Some(state)) = (world.judges.get(place), view.order(order)?) else { return Ok(None) };
    if !is_asked_about(world, &state) {
        return Ok(None);
    }
    let personal = view.personal(order)?;
    let ship_to = real(personal.as_ref().map(|personal| &personal.ship_to));
    let of = looked_at(view, seat.needs, &state.facts, ship_to)?;
    if seat.question(&of, now).is_answered(&state) {
        return Ok(None);
    }
    let mut asked = Asked {
        channel: state.channel.clone(),
        channel_order_id: state.channel_order_id.clone(),
        facts: state.facts.clone(),
        ship_to: ship_to.filter(|_| seat.needs.address).cloned(),
        own: state.allocation(),
        demand: state.demand(),
        items: Default::default(),
        now,
    };
    if seat.needs.stock {
        for sku in state.facts.lines.iter().filter_map(|line| line.sku.as_ref()) {
            asked.items.extend(view.item(sku)?.map(|item| (sku.clone(), item)));
        }
    }
    Ok(Some((asked, of)))
}

/// Has a judge anything to say about it? Not of what hides something: the read that shows it is on its way.
fn is_asked_about(world: &World, state: &OrderState) -> bool {
    wants(state) && (state.decided || !world.hides(&state.channel, &state.facts))
}

/// The questions that are open about a stored order: for when nobody remembers them.
pub(crate) fn open(view: &dyn View, world: &World, order: OrderKey) -> Result<Vec<Unheard>> {
    let Some(state) = view.order(order)?.filter(|state| is_asked_about(world, state)) else {
        return Ok(Vec::new());
    };
    let personal = view.personal(order)?;
    let ship_to = real(personal.as_ref().map(|personal| &personal.ship_to));
    let by = world.judge_by(&state);
    let mut all = Vec::new();
    for (place, seat) in world.judges.iter().enumerate() {
        let of = looked_at(view, seat.needs, &state.facts, ship_to)?;
        if !seat.question(&of, by).is_answered(&state) {
            // Its time may be up already.
            all.push(unheard(&state, place, by, !state.accepted));
        }
    }
    Ok(all)
}

/// Writes down what judges said, and decides: the orders they spoke of, and those in `due`, whose time is up. What was said
/// of something that is otherwise by now is not kept; it is asked anew.
pub(crate) fn weigh(job: &mut Job<'_>, said: &[Said], due: &[OrderKey]) -> Result<()> {
    for one in said {
        let mut order = job.load(one.order)?;
        order.address = job.tx.personal(one.order)?.map(|personal| personal.ship_to);
        if let Some(seat) = job.world.judges.get(one.seat) {
            let address = real(order.address.as_ref());
            let of = looked_at(&*job.tx, seat.needs, &order.state.facts, address)?;
            if of == one.opinion.of {
                order.push(job.now, Entry::Judged(Box::new(one.opinion.clone())))?;
            }
        }
        react(job, &mut order)?;
        job.save(order)?;
    }
    for key in due {
        let mut order = job.load(*key)?;
        react(job, &mut order)?;
        job.save(order)?;
    }
    Ok(())
}

/// The longest value a proof may carry, in bytes.
const PROOF_MAX: usize = 2_000;

/// A verdict as it may be kept.
///
/// # Errors
/// `Invalid` when its proof is longer than any reader wants.
pub(crate) fn fit(rule: &RuleId, verdict: Verdict) -> Result<Verdict> {
    let (Verdict::Pass(proof)
    | Verdict::Hold(_, proof)
    | Verdict::Refuse(_, proof)
    | Verdict::Abstain(proof)) = &verdict;
    let bytes = length(proof);
    if bytes > PROOF_MAX {
        return Err(Error::new(ErrorKind::Invalid, "engine.judges").message(format!(
            "judge {rule} gave a proof of {bytes} bytes; a code and a value of at most {PROOF_MAX} are right"
        )));
    }
    Ok(verdict)
}

fn length(proof: &Proof) -> usize {
    proof.code.len() + proof.value.len()
}
