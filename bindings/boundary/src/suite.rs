//! The suite that every channel must pass, for channels of the host's language: what is tested, and the marketplace it is tested
//! against, are the host's; the tests are the ones the built-in channels pass.

use crate::{
    Failure,
    calls::request_of,
    foreign::{Answer, Foreign, ForeignChannel, OwnChannel, ask},
    types::{ChannelProfile, Instant, PushRequest as Pushed, Sale as Sold, TestEffects},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    sync::{Arc, Once},
    time::Duration as Wait,
};
use sutler::{
    ErrorKind, Result, Timestamp,
    channel::Channel,
    model::{ChannelOrderId, Duration, from_millis},
    ports::{BoxFuture, Budgets, Clock},
    push::PushRequest,
};
use sutler_testkit::{
    bench::at_once,
    channel_suite::{BEHAVIOURS, Fate, Sale, Stand, Subject, Who},
};
use tokio::runtime::Handle;

/// How long one call of the host's code may take.
const PATIENCE: Wait = Wait::from_secs(60);

/// Every behaviour, by its name.
pub fn behaviours() -> Vec<&'static str> {
    BEHAVIOURS.iter().map(|(name, _)| *name).collect()
}

/// Holds a channel against one behaviour. `host` opens stands (`open`, with `seller` or `stranger`, answers its number and the
/// channel's profile); every other method names the stand: `channel.pull` and so on with what the engine would ask, `now`,
/// `pass_time`, `sell`, `ask_to_cancel`, `send_back`, `push` (none where nothing is pushed), `effects`, `fate`.
///
/// It blocks its thread until it is over: a thread of tokio's for what blocks, and never one that the host's code needs.
///
/// # Errors
/// What does not hold, in words.
pub fn hold(behaviour: &str, host: Arc<dyn Foreign>) -> std::result::Result<(), String> {
    let known = BEHAVIOURS.iter().find(|(name, _)| *name == behaviour);
    let (_, test) =
        known.ok_or_else(|| format!("there is no behaviour {behaviour:?}; `behaviours` names them"))?;
    let subject = ForeignSubject { host: Arc::new(Blocking(host)) };
    let held = quietly(|| catch_unwind(AssertUnwindSafe(|| test(&subject))));
    match held {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(panic) => Err(match panic.downcast::<String>() {
            Ok(words) => *words,
            Err(panic) => panic.downcast_ref::<&str>().map_or("it panicked", |words| words).to_owned(),
        }),
    }
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What does not hold is answered, and not printed as well.
fn quietly<T>(act: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                before(panic);
            }
        }));
    });
    QUIET.set(true);
    let done = act();
    QUIET.set(false);
    done
}

/// A host whose answers are there when they are asked for: the suite's calls wait for nothing.
struct Blocking(Arc<dyn Foreign>);

impl Foreign for Blocking {
    fn call(&self, method: &str, argument: String) -> Answer {
        let asked = self.0.call(method, argument);
        let answer = Handle::current().block_on(async { tokio::time::timeout(PATIENCE, asked).await });
        let answer = answer.unwrap_or_else(|_| {
            let message = format!("nothing was answered within {} seconds", PATIENCE.as_secs());
            Err(Failure::unanswered(ErrorKind::Timeout, message))
        });
        Box::pin(std::future::ready(answer))
    }
}

struct ForeignSubject {
    host: Arc<Blocking>,
}

#[derive(Deserialize)]
struct Opened {
    stand: u64,
    profile: ChannelProfile,
}

impl Subject for ForeignSubject {
    fn open(&self, who: Who) -> Result<Box<dyn Stand>> {
        let who = if who == Who::Seller { "seller" } else { "stranger" };
        let opened: Opened = at_once(ask(&*self.host, "suite", "open", &who))?;
        let far = Arc::new(Far { host: self.host.clone(), stand: opened.stand });
        let budgets = Arc::<Budgets>::default();
        let own = OwnChannel { profile: opened.profile, host: far.clone() };
        let channel = ForeignChannel::new("own".into(), own, far.clone(), budgets.clone())?;
        Ok(Box::new(ForeignStand { far, channel, budgets }))
    }
}

/// One stand of the host's.
struct Far {
    host: Arc<Blocking>,
    stand: u64,
}

impl std::fmt::Debug for Far {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Far").field("stand", &self.stand).finish_non_exhaustive()
    }
}

impl Far {
    fn ask<T: DeserializeOwned>(&self, method: &str, argument: &impl Serialize) -> Result<T> {
        let argument = json!({ "stand": self.stand, "argument": argument });
        at_once(ask(&*self.host, "suite", method, &argument))
    }

    /// What the stand must be able to tell.
    fn told<T: DeserializeOwned>(&self, method: &str, argument: &impl Serialize) -> T {
        match self.ask(method, argument) {
            Ok(value) => value,
            Err(error) => panic!("{error}"),
        }
    }
}

impl Foreign for Far {
    fn call(&self, method: &str, argument: String) -> Answer {
        let argument = format!("{{\"stand\":{},\"argument\":{argument}}}", self.stand);
        self.host.call(&format!("channel.{method}"), argument)
    }
}

impl Clock for Far {
    fn now(&self) -> Timestamp {
        from_millis(self.told::<Instant>("now", &()).0)
    }

    /// Nobody waits here: time passes.
    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let far = Far { host: self.host.clone(), stand: self.stand };
        Box::pin(async move {
            let span = (until - far.now()).num_milliseconds();
            if span > 0 {
                far.told::<()>("pass_time", &span);
            }
        })
    }

    fn real(&self, real: Wait) -> Duration {
        Duration::from_std(real).unwrap_or(Duration::MAX)
    }
}

struct ForeignStand {
    far: Arc<Far>,
    channel: ForeignChannel,
    budgets: Arc<Budgets>,
}

impl Stand for ForeignStand {
    fn channel(&self) -> &dyn Channel {
        &self.channel
    }

    fn budgets(&self) -> &Budgets {
        &self.budgets
    }

    fn now(&self) -> Timestamp {
        self.far.now()
    }

    fn pass(&self, span: Duration) {
        self.far.told::<()>("pass_time", &span.num_milliseconds());
    }

    fn sell(&self, sale: Sale) -> Result<ChannelOrderId> {
        let sold = Sold {
            sku: sale.sku.to_owned(),
            units: sale.units,
            second_sku: sale.and.map(str::to_owned),
            shipped_by_marketplace: sale.shipped_by_marketplace,
        };
        self.far.ask::<String>("sell", &sold).map(Into::into)
    }

    fn ask_to_cancel(&self, order: &ChannelOrderId) -> Result<()> {
        self.far.ask("ask_to_cancel", &order.as_str())
    }

    fn send_back(&self, order: &ChannelOrderId) -> Result<()> {
        self.far.ask("send_back", &order.as_str())
    }

    fn push(&self, order: &ChannelOrderId) -> Option<PushRequest> {
        let pushed: Option<Pushed> = self.far.told("push", &order.as_str());
        pushed.map(|push| match request_of("suite.push", push) {
            Ok(request) => request,
            Err(error) => panic!("{error}"),
        })
    }

    fn effects(&self) -> sutler::sandbox::Effects {
        let told: TestEffects = self.far.told("effects", &());
        sutler::sandbox::Effects {
            acknowledge: told.acknowledged,
            ship: told.shipped,
            shipments: told.packages,
            cancel: told.cancelled,
            refund: told.refunded,
            stock: told.levels,
            requests: told.requests,
            ..Default::default()
        }
    }

    fn fate(&self, fate: Fate) {
        let fate = match fate {
            Fate::Answered => "answered",
            Fate::LostBefore => "lost_before",
            Fate::LostAfter => "lost_after",
        };
        self.far.told::<()>("fate", &fate);
    }
}
