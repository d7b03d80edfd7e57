//! What a channel declares of itself, looked at before anything runs: what cannot be right would stop everything later.

use std::collections::BTreeSet;
use sutler_core::{
    channel::{Channel, LevelRead, ProbeKind},
    error::{Error, ErrorKind, Result},
    time::Duration,
};

/// The longest span that anything of a channel can take: instants stay instants when it is added.
const SPAN_MAX: Duration = Duration::days(3_660);

/// # Errors
/// `Config` naming the channel, what it declares, and what would be right.
pub(crate) fn check(channel: &dyn Channel) -> Result<()> {
    let (id, capabilities) = (channel.id(), channel.capabilities());
    let wrong =
        |message: String| Err(Error::new(ErrorKind::Config, format!("channels.{id}")).message(message));
    let mut spans = vec![("visibility_delay".to_owned(), capabilities.visibility_delay)];
    let mut names = BTreeSet::new();
    for stream in &capabilities.streams {
        if !names.insert(&stream.id) {
            return wrong(format!("stream {} is there twice; once is right", stream.id));
        }
        spans.push((format!("horizon of stream {}", stream.id), stream.horizon));
    }
    if capabilities.own_streams().next().is_none() {
        return wrong("no stream shows its orders; one at least is right".into());
    }
    if let LevelRead::Lagging(lag) = capabilities.levels {
        spans.push(("lag of levels".into(), lag));
    }
    for verb in &capabilities.verbs {
        let name = verb.verb.as_str();
        spans.push((format!("apply_max of {name}"), verb.apply_max));
        spans.push((format!("batch_apply_max of {name}"), verb.batch_apply_max));
        let timeout = Duration::from_std(verb.call_timeout).unwrap_or(Duration::MAX);
        spans.push((format!("call_timeout of {name}"), timeout));
        if let ProbeKind::Conclusive { after } = verb.probe {
            spans.push((format!("lag of {name}"), after));
        }
    }
    if let Some(spec) = channel.returns().map(|returns| returns.spec()) {
        if names.contains(&spec.stream) {
            return wrong(format!(
                "stream {} has the name of its returns; another one is right",
                spec.stream
            ));
        }
        spans.push(("horizon of returns".into(), spec.horizon));
        spans.push(("overlap of returns".into(), spec.overlap));
        spans.push(("every of returns".into(), spec.every));
    }
    match spans.into_iter().find(|(_, span)| !(Duration::zero()..=SPAN_MAX).contains(span)) {
        Some((what, span)) => {
            wrong(format!("{what} is {} s; none to ten years is right", span.num_seconds()))
        }
        None => Ok(()),
    }
}
