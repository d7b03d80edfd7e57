//! The table `[deadlines]`, for every channel, and `[deadlines.channels.NAME]`, for one.

use super::{
    SPAN_MAX,
    calendar::{ShipKeys, known_days},
    read::Section,
};
use crate::{
    deadline::{DeadlinePolicies, DeadlinePolicy, ShipRule, Targets},
    error::Result,
    id::ChannelId,
    time::Duration,
};

const KEYS: [&str; 14] = [
    "name",
    "acknowledge",
    "ship",
    "auto_cancel",
    "margin",
    "targets",
    "zone",
    "days",
    "opens",
    "cut_off",
    "closed",
    "additional",
    "handling_days",
    "due",
];
const DAYS_MAX: u32 = 90;

/// What the file says of deadlines, on top of what was published.
pub(super) fn read(section: &Section<'_>) -> Result<DeadlinePolicies> {
    let mut policies = DeadlinePolicies::published();
    section.only(&[&KEYS[..], &["carrier", "channels"]].concat())?;
    let keys = Keys::read(section)?;
    policies.change_all(|policy| keys.apply(section, policy))?;
    if let Some(channels) = section.section("channels")? {
        for name in channels.names() {
            let Some(one) = channels.section(name)? else { continue };
            one.only(&[&KEYS[..], &["carrier"]].concat())?;
            let keys = Keys::read(&one)?;
            policies.change(ChannelId::new(name), |policy| keys.apply(&one, policy))?;
        }
    }
    Ok(policies)
}

/// What one table says.
struct Keys<'a> {
    name: Option<&'a str>,
    acknowledge: Option<Duration>,
    ship: Option<Duration>,
    auto_cancel: Option<AutoCancel>,
    margin: Option<Duration>,
    calendar: ShipKeys,
    targets: TargetKeys,
}

enum AutoCancel {
    Never,
    After(u32),
}

impl<'a> Keys<'a> {
    fn read(section: &Section<'a>) -> Result<Keys<'a>> {
        let span = |key| section.span_of_time(key, SPAN_MAX);
        let name = section.text("name")?;
        if name == Some("") {
            return Err(section.wrong("name", "empty", "a dated name such as \"walmart-us@2023-06-06\""));
        }
        let calendar = ShipKeys::read(section)?;
        let ship = span("ship")?;
        if ship.is_some() && calendar.is_some() {
            let right = "one of the two: a span, or zone, days and cut_off,";
            return Err(section.wrong("ship", "given beside a calendar", right));
        }
        Ok(Keys {
            name,
            acknowledge: span("acknowledge")?,
            ship,
            auto_cancel: auto_cancel(section)?,
            margin: span("margin")?,
            calendar,
            targets: section
                .section("targets")?
                .map(|targets| TargetKeys::read(&targets))
                .transpose()?
                .unwrap_or_default(),
        })
    }

    /// What the marketplace does not have is not given to it: eBay knows no acknowledgment, whatever the file says of it.
    fn apply(&self, section: &Section<'_>, policy: &mut DeadlinePolicy) -> Result<()> {
        let before = policy.clone();
        policy.acknowledge = policy.acknowledge.map(|within| self.acknowledge.unwrap_or(within));
        if let Some(span) = self.ship {
            policy.ship = ShipRule::Within(span);
        }
        if let Some(ship) = self.calendar.over(section, &policy.ship)? {
            policy.ship = ShipRule::Calendar(ship);
        }
        policy.auto_cancel_days = match self.auto_cancel {
            Some(AutoCancel::Never) => None,
            Some(AutoCancel::After(days)) => policy.auto_cancel_days.map(|_| days),
            None => policy.auto_cancel_days,
        };
        policy.margin = self.margin.unwrap_or(policy.margin);
        self.targets.apply(&mut policy.targets);
        let targets = &policy.targets;
        let short = "a span shorter than acknowledge";
        if let Some(within) = policy.acknowledge {
            if policy.margin >= within {
                return Err(section.wrong("margin", "not less than acknowledge", short));
            }
            if targets.acknowledge_aim >= within {
                return Err(section.wrong("targets.acknowledge_aim", "not less than acknowledge", short));
            }
        }
        if targets.acknowledge_aim > targets.acknowledge_alarm
            || targets.acknowledge_alarm > targets.acknowledge
        {
            let what = "an aim, an alarm and an end out of order";
            return Err(section.wrong(
                "targets",
                what,
                "acknowledge_aim, then acknowledge_alarm, then acknowledge,",
            ));
        }
        match self.name {
            Some(name) => name.clone_into(&mut policy.name),
            // A reckoned deadline names its policy; changed figures must not pass under the marketplace's name.
            None if *policy != before && !policy.name.ends_with(CHANGED) => policy.name.push_str(CHANGED),
            None => {}
        }
        Ok(())
    }
}

const CHANGED: &str = ", changed by the policy file";

fn auto_cancel(section: &Section<'_>) -> Result<Option<AutoCancel>> {
    let Some(text) = section.text("auto_cancel")? else { return Ok(None) };
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
    match (text, days.filter(|days| (1..=DAYS_MAX).contains(days))) {
        ("never", _) => Ok(Some(AutoCancel::Never)),
        (_, Some(days)) => Ok(Some(AutoCancel::After(days))),
        (_, None) => {
            let right = format!("civil days such as \"4d\", at most {DAYS_MAX}, or \"never\"");
            Err(section.wrong("auto_cancel", "no number of days", &right))
        }
    }
}

/// What a table says of our own aims.
#[derive(Default)]
struct TargetKeys {
    spans: [Option<Duration>; 5],
    hand_over_days: Option<u32>,
    by_method: Vec<(String, u32)>,
}

const SPANS: [&str; 5] = ["acknowledge_aim", "acknowledge_alarm", "acknowledge", "tracking", "message"];

impl TargetKeys {
    fn read(section: &Section<'_>) -> Result<TargetKeys> {
        section.only(&[&SPANS[..], &["hand_over_days", "hand_over_days_by_method"]].concat())?;
        let mut keys =
            TargetKeys { hand_over_days: known_days(section, "hand_over_days")?, ..TargetKeys::default() };
        for (span, key) in keys.spans.iter_mut().zip(SPANS) {
            *span = section.span_of_time(key, SPAN_MAX)?;
        }
        if let Some(methods) = section.section("hand_over_days_by_method")? {
            for name in methods.names() {
                if let Some(days) = known_days(&methods, name)? {
                    keys.by_method.push((name.to_owned(), days));
                }
            }
        }
        Ok(keys)
    }

    fn apply(&self, targets: &mut Targets) {
        let fields = [
            &mut targets.acknowledge_aim,
            &mut targets.acknowledge_alarm,
            &mut targets.acknowledge,
            &mut targets.tracking,
            &mut targets.message,
        ];
        for (field, span) in fields.into_iter().zip(self.spans) {
            *field = span.unwrap_or(*field);
        }
        targets.hand_over_days = self.hand_over_days.unwrap_or(targets.hand_over_days);
        targets.hand_over_days_by_method.extend(self.by_method.iter().cloned());
    }
}
