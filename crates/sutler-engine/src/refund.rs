//! Money given back: asked by the host, bounded, sent once, and by another way where the channel redirects.

use crate::job::{Aggregate, Job};
use sutler_core::{
    Result,
    command::{Act, Command, CommandKey, Refund, State, Verb},
    error::{Error, ErrorKind},
    journal::Entry,
    refund::check,
};

/// Intends a refund the host asked for. The same number again changes nothing.
///
/// # Errors
/// `Conflict` when the number was used with other contents or another refund is under way, `Invalid` when it is more than
/// was charged, `Unsupported` when the channel cannot.
pub(crate) fn ask(job: &Job<'_>, order: &mut Aggregate, refund: &Refund) -> Result<String> {
    const OP: &str = "engine.refund";
    let id = order.state.channel_order_id.clone();
    let number = refund.refund;
    if job.world.capabilities(&order.state.channel)?.verb(Verb::Refund).is_none() {
        return Err(Error::new(ErrorKind::Invalid, OP)
            .message(format!("channel {} gives no refunds through its API", order.state.channel)));
    }
    if let Some((_, known)) = refunds(order).find(|(_, known)| known.refund == number) {
        let same = known.parts == refund.parts && known.reason == refund.reason;
        return if same {
            Ok(format!("refund {number} of order {id} was asked already; nothing changed"))
        } else {
            Err(Error::new(ErrorKind::Conflict, OP).message(format!(
                "refund {number} of order {id} was asked with other contents; a number not used yet is right"
            )))
        };
    }
    let earlier: Vec<&Refund> = refunds(order)
        .filter(|(command, _)| !matches!(command.state, State::Refused | State::Redirected | State::Void))
        .map(|(_, refund)| refund)
        .collect();
    check(&order.state.facts, &earlier, refund)?;
    let act = Act::Refund(refund.clone());
    let subject = format!("{id}/{number}");
    if order.is_taken(&act.targets(&subject)) {
        return Err(Error::new(ErrorKind::Conflict, OP)
            .message(format!("another refund of order {id} is under way; ask again when it has ended")));
    }
    intend(job, order, subject, act)?;
    Ok(format!("refund {number} of order {id} intended"))
}

/// Intends by the other way what the channel redirected: under its own key, once.
pub(crate) fn follow_redirects(job: &Job<'_>, order: &mut Aggregate) -> Result<()> {
    let redirected: Vec<(Refund, String)> = refunds(order)
        .filter(|(command, refund)| command.state == State::Redirected && refund.via.is_none())
        .filter_map(|(command, refund)| Some((refund.clone(), command.why.split(':').next()?.to_owned())))
        .collect();
    for (refund, to) in redirected {
        let subject = format!("{}/{}/{to}", order.state.channel_order_id, refund.refund);
        if order.commands.iter().any(|known| known.key.verb == Verb::Refund && known.key.subject == subject) {
            continue;
        }
        intend(job, order, subject, Act::Refund(Refund { via: Some(to), ..refund }))?;
    }
    Ok(())
}

fn refunds(order: &Aggregate) -> impl Iterator<Item = (&Command, &Refund)> {
    order.commands.iter().filter_map(|command| match &command.act {
        Act::Refund(refund) => Some((command, refund)),
        _ => None,
    })
}

fn intend(job: &Job<'_>, order: &mut Aggregate, subject: String, act: Act) -> Result<()> {
    let key = CommandKey { verb: act.verb(), ordinal: order.next_ordinal(act.verb(), &subject), subject };
    let mut command = Command::intend(key, act, job.now, job.now);
    command.order = Some(order.state.key);
    command.channel_order_id = Some(order.state.channel_order_id.clone());
    order.push(job.now, Entry::Intended(Box::new(command)))
}
