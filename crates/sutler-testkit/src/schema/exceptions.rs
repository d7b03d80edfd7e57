//! The deviations we know of, each with its reason: `schema/exceptions.toml`.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;

use super::call::CALLS;
use super::document::LoadError;
use super::finding::{Fault, Finding, Side};

/// The list that is built in.
pub(super) const KNOWN: &str = include_str!("../../schema/exceptions.toml");

/// Known deviations, and how often each was needed.
#[derive(Debug)]
pub(super) struct Exceptions {
    places: Vec<Known>,
    judged_as: Vec<(JudgedAs, AtomicU64)>,
    uncalled: Vec<Uncalled>,
}

/// One place of one deviation, so that a place that is never needed shows although its neighbours are.
#[derive(Debug)]
struct Known {
    verbs: Vec<String>,
    side: Side,
    fault: Fault,
    place: String,
    needed: AtomicU64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    deviation: Vec<Deviation>,
    #[serde(default)]
    judged_as: Vec<JudgedAs>,
    #[serde(default)]
    uncalled: Vec<Uncalled>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deviation {
    verbs: Vec<String>,
    side: Side,
    fault: Fault,
    at: Vec<String>,
    reason: String,
    source: String,
}

/// A call whose answers are held against another call's, since its own schema is proven wrong as a whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JudgedAs {
    verb: String,
    like: String,
    reason: String,
    source: String,
}

/// A call that a full run need not show.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Uncalled {
    verb: String,
    reason: String,
}

impl Exceptions {
    /// Reads the list. Each entry must name calls that exist and give a reason and its source.
    pub(super) fn read(text: &str) -> Result<Exceptions, LoadError> {
        let file: File = toml::from_str(text).map_err(|error| LoadError::Exceptions(error.to_string()))?;
        let refuse = |why: String| Err(LoadError::Exceptions(why));
        let mut places = Vec::new();
        for Deviation { verbs, side, fault, at, reason, source } in file.deviation {
            if reason.trim().is_empty() || source.trim().is_empty() || at.is_empty() {
                return refuse(format!(
                    "the deviation {fault:?} at {at:?} needs at least one place, a reason and a source"
                ));
            }
            if let Some(verb) = verbs.iter().find(|verb| !CALLS.iter().any(|call| matches(verb, call.verb))) {
                return refuse(format!(
                    "{verb:?} names no call; right would be one as \"walmart.orders.ship\""
                ));
            }
            let known = |place| Known { verbs: verbs.clone(), side, fault, place, needed: AtomicU64::new(0) };
            places.extend(at.into_iter().map(known));
        }
        let is_call = |verb: &str| CALLS.iter().any(|call| call.verb == verb);
        for JudgedAs { verb, like, reason, source } in &file.judged_as {
            if !is_call(verb) || !is_call(like) || reason.trim().is_empty() || source.trim().is_empty() {
                return refuse(format!(
                    "{verb:?} judged as {like:?} needs the names of two calls, a reason and a source"
                ));
            }
        }
        for Uncalled { verb, reason } in &file.uncalled {
            if reason.trim().is_empty() || !is_call(verb) {
                return refuse(format!("the uncalled {verb:?} needs a reason and the name of one call"));
            }
        }
        let judged_as = file.judged_as.into_iter().map(|entry| (entry, AtomicU64::new(0))).collect();
        Ok(Exceptions { places, judged_as, uncalled: file.uncalled })
    }

    /// The call whose answers those of `verb` are held against: mostly its own.
    pub(super) fn judged_as<'a>(&'a self, verb: &'a str) -> &'a str {
        let entry = self.judged_as.iter().find(|(entry, _)| entry.verb == verb);
        entry.map_or(verb, |(entry, needed)| {
            needed.fetch_add(1, Ordering::Relaxed);
            &entry.like
        })
    }

    /// Whether a finding is a known deviation. Says so to the count of needs.
    pub(super) fn excuse(&self, finding: &Finding) -> bool {
        let excuses = |known: &&Known| {
            known.side == finding.side
                && known.fault == finding.fault
                && known.verbs.iter().any(|verb| matches(verb, &finding.verb))
                && matches(&known.place, &without_indices(&finding.place))
        };
        let mut excused = false;
        // All that fit are needed: a narrow one beside a wide one would else look stale by their order in the file.
        for known in self.places.iter().filter(excuses) {
            known.needed.fetch_add(1, Ordering::Relaxed);
            excused = true;
        }
        excused
    }

    pub(super) fn may_be_uncalled(&self, verb: &str) -> bool {
        self.uncalled.iter().any(|uncalled| uncalled.verb == verb)
    }

    /// The places no message has needed.
    pub(super) fn stale(&self) -> Vec<String> {
        let unneeded = self.places.iter().filter(|known| known.needed.load(Ordering::Relaxed) == 0);
        unneeded
            .map(|known| {
                format!("{} {}: {:?} at {}", known.verbs.join(", "), known.side, known.fault, known.place)
            })
            .collect()
    }
}

/// `body.order[3].tax` → `body.order[].tax`.
fn without_indices(place: &str) -> String {
    let mut out = String::with_capacity(place.len());
    let mut inside = false;
    for c in place.chars() {
        inside = inside && c != ']';
        if !inside {
            out.push(c);
        }
        inside = inside || c == '[';
    }
    out
}

/// Dotted patterns: `*` stands for one part, `**` for any number of parts.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<&str>, Vec<&str>) = (pattern.split('.').collect(), text.split('.').collect());
    parts_match(&pattern, &text)
}

fn parts_match(pattern: &[&str], text: &[&str]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => {
            (0..=text.len()).any(|skip| text.get(skip..).is_some_and(|t| parts_match(rest, t)))
        }
        (Some((part, rest)), Some((given, later))) => {
            (*part == "*" || part == given) && parts_match(rest, later)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_by_parts() {
        assert!(matches("**.tax", "body.list.elements.order[].tax"));
        assert!(matches("walmart.orders.*", "walmart.orders.ship"));
        assert!(!matches("walmart.orders.*", "walmart.orders"));
        assert!(!matches("**.tax", "body.taxes"));
        assert!(matches("body.**.tax", "body.tax"));
        assert_eq!(without_indices("body.a[12].b[0]"), "body.a[].b[]");
    }

    #[test]
    fn the_built_in_list_is_sound() {
        let read = Exceptions::read(KNOWN);
        assert!(read.is_ok(), "{read:?}");
    }

    #[test]
    fn an_entry_without_reason_or_call_is_refused() {
        let entry = |verb: &str, reason: &str| {
            let text = format!(
                "[[deviation]]\nverbs = [{verb:?}]\nside = \"answer\"\nfault = \"null\"\nat = [\"**.tax\"]\nreason = {reason:?}\nsource = \"s\"\n"
            );
            Exceptions::read(&text).map(drop).map_err(|error| error.to_string())
        };
        assert_eq!(entry("walmart.orders.get", "null is common"), Ok(()));
        assert!(
            entry("walmart.orders.get", " ")
                .is_err_and(|why| why.contains("needs at least one place, a reason"))
        );
        assert!(
            entry("walmart.orders.got", "r")
                .is_err_and(|why| why.contains("\"walmart.orders.got\" names no call"))
        );
    }
}
