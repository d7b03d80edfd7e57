//! Local marketplaces in this process, for trying things and for a host's own tests: real HTTP on loopback, the
//! marketplace's wire format, its limits and its refusals, and a count of what took effect.

use crate::clock::Pace;
use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, PoisonError},
};
use sutler_core::{Error, Result, Timestamp, error::ErrorKind};
pub use sutler_sandbox::serve::SPEED_MAX;
use sutler_sandbox::{
    Ingredients, amazon,
    clock::SandboxClock,
    ebay,
    serve::{ServeError, ServeOptions, Serving, serve},
    state::StateFile,
    walmart::World,
};

pub use sutler_sandbox::{
    Effects, Faults, Marketplace, Pool, Recover,
    amazon::{Settings as AmazonSettings, World as AmazonWorld},
    ebay::{Settings as EbaySettings, World as EbayWorld},
    plan::{Defect, FulfilledBy, PlanEntry},
    walmart::Settings,
};

/// A Walmart on this machine, with its first orders placed over the last three hours.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> sutler::Result<()> {
/// let market = sutler::sandbox::walmart().orders(20).seed(7).start().await?;
/// assert!(market.base_url().starts_with("http://127.0.0.1:"));
/// assert_eq!(market.plan().len(), 20);
/// # market.stop().await; Ok(()) }
/// ```
pub fn walmart() -> Sandbox {
    Sandbox::of(Settings::new(7, chrono::Utc::now()))
}

/// An Amazon on this machine, with its first orders placed over the last three hours.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> sutler::Result<()> {
/// let market = sutler::sandbox::amazon().orders(20).seed(7).start().await?;
/// assert!(market.ready_line().contains("\"marketplace_id\":\"ATVPDKIKX0DER\""));
/// assert!(market.refresh_token().is_some_and(|token| token.starts_with("Atzr|")));
/// # market.stop().await; Ok(()) }
/// ```
pub fn amazon() -> Sandbox<amazon::World> {
    Sandbox::of(AmazonSettings::new(7, chrono::Utc::now()))
}

/// An eBay on this machine, with its first orders placed over the last three hours. It sells the same SKUs as the local
/// Walmart.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> sutler::Result<()> {
/// let market = sutler::sandbox::ebay().orders(20).seed(7).start().await?;
/// assert!(market.token_url().ends_with("/identity/v1/oauth2/token"));
/// assert!(market.ready_line().contains("notification_key_url"));
/// # market.stop().await; Ok(()) }
/// ```
pub fn ebay() -> Sandbox<ebay::World> {
    Sandbox::of(EbaySettings::new(7, chrono::Utc::now()))
}

/// A marketplace to be started; a Walmart unless said.
#[derive(Clone, Debug)]
pub struct Sandbox<M: Recover = World> {
    settings: M::Settings,
    speed: f64,
    listen: SocketAddr,
    state: Option<PathBuf>,
    others: bool,
    not_before: Option<Timestamp>,
    pace: Option<Pace>,
    shelf: Option<Arc<Pool>>,
}

impl Sandbox<amazon::World> {
    /// The queue that order changes and finished feeds and reports are sent to: the address of an SQS queue without
    /// signatures, such as moto's. None unless said.
    pub fn sqs_queue_url(mut self, url: impl Into<String>) -> Self {
        self.settings.sqs_queue_url = Some(url.into());
        self
    }

    /// Sells the same SKUs as the local Walmart, instead of its own.
    pub fn same_skus(mut self) -> Self {
        self.settings.skus = "SKU".into();
        self
    }
}

impl Sandbox<ebay::World> {
    /// Where notifications go, once the endpoint has answered a challenge with its verification token: a plain `http://`
    /// address, as registered. None are sent unless said.
    pub fn notification_endpoint(
        mut self,
        url: impl Into<String>,
        verification_token: impl Into<String>,
    ) -> Self {
        self.settings.notification_endpoint = Some(url.into());
        self.settings.verification_token = verification_token.into();
        self
    }
}

impl<M: Recover> Sandbox<M> {
    fn of(settings: M::Settings) -> Sandbox<M> {
        Sandbox {
            settings,
            speed: 1.0,
            listen: ([127, 0, 0, 1], 0).into(),
            state: None,
            others: false,
            not_before: None,
            pace: None,
            shelf: None,
        }
    }

    /// How many orders there are when it starts; none unless said.
    pub fn orders(mut self, orders: u32) -> Sandbox<M> {
        *self.settings.orders() = orders;
        self
    }

    /// How many arrive a minute of marketplace time later, and how many in all.
    pub fn arrivals(mut self, per_minute: f64, at_most: u32) -> Sandbox<M> {
        let (rate, most) = self.settings.arrivals();
        (*rate, *most) = (per_minute, at_most);
        self
    }

    /// Where all chance comes from: the same seed gives the same orders.
    pub fn seed(mut self, seed: u64) -> Sandbox<M> {
        *self.settings.seed() = seed;
        self
    }

    /// What goes wrong; nothing unless said.
    pub fn faults(mut self, faults: Faults) -> Sandbox<M> {
        *self.settings.faults() = faults;
        self
    }

    /// Everything a world is made from, in place of what was said so far.
    pub fn settings(mut self, settings: M::Settings) -> Sandbox<M> {
        self.settings = settings;
        self
    }

    /// Marketplace seconds in a second; 1 unless said.
    pub fn speed(mut self, speed: f64) -> Sandbox<M> {
        self.speed = speed;
        self
    }

    /// Where to listen; a free port of 127.0.0.1 unless said.
    pub fn listen(mut self, listen: SocketAddr) -> Sandbox<M> {
        self.listen = listen;
        self
    }

    /// Lets it listen where others can reach it. Anyone who can is its master.
    pub fn reachable_by_others(mut self) -> Sandbox<M> {
        self.others = true;
        self
    }

    /// Keeps the world in a file: started again on it, the same world goes on from its last instant.
    pub fn state(mut self, path: impl Into<PathBuf>) -> Sandbox<M> {
        self.state = Some(path.into());
        self
    }

    /// Its time goes on from here at the earliest: for an engine that saw a later instant than the file, in which an idle
    /// marketplace writes nothing.
    pub fn not_before(mut self, at: Timestamp) -> Sandbox<M> {
        self.not_before = Some(at);
        self
    }

    /// Keeps another marketplace's time ([`Market::pace`]), so that one engine can run both; its speed is then said with it.
    pub fn pace(mut self, pace: Pace) -> Sandbox<M> {
        self.pace = Some(pace);
        self
    }

    /// The latest instant of the world in its state file, or that a new one begins at: for several that go on together, whose
    /// time is the latest of theirs.
    ///
    /// # Errors
    /// `Config` when the state file holds another world or is in use.
    pub fn last_instant(&self) -> Result<Timestamp> {
        let (world, _) = self.world()?;
        Ok(self.begins_at(&world))
    }

    fn begins_at(&self, world: &M) -> Timestamp {
        // A new world begins with its first order, hours before anyone looks at it.
        let origin = world.origin();
        world.last_instant().max(origin).max(self.not_before.unwrap_or(origin))
    }

    fn world(&self) -> Result<(M, Option<StateFile>)> {
        let mut settings = self.settings.clone();
        if let Some(pace) = self.pace {
            // A new world begins at the time it is given, which may stand a little before the present.
            let origin = settings.origin();
            *origin = clock_of(pace).now().min(*origin);
        }
        match &self.state {
            Some(path) => {
                let (world, file) =
                    StateFile::open::<M>(path, settings).map_err(|error| wrong("sandbox.state", &error))?;
                Ok((world, Some(file)))
            }
            None => Ok((M::new(settings), None)),
        }
    }

    /// Sells from a shelf that other marketplaces sell from too: what is on hand is counted once, and what is sold too often
    /// over all of them.
    pub fn shelf(mut self, pool: &Arc<Pool>) -> Sandbox<M> {
        self.shelf = Some(Arc::clone(pool));
        self
    }

    /// Starts it on tokio. It stops when the [`Market`] is dropped.
    ///
    /// # Errors
    /// `Config` when the address cannot be listened on, the speed is impossible, the state file holds another world or is
    /// in use, or a time given to it is earlier than its own.
    pub async fn start(self) -> Result<Market<M>> {
        // Before anything is written: a world is not begun that cannot be served.
        let speed = self.pace.map_or(self.speed, |pace| pace.speed);
        if !(speed > 0.0 && speed <= SPEED_MAX) {
            return Err(wrong("sandbox.listen", &ServeError::Speed(speed)));
        }
        let (mut world, state) = self.world()?;
        if let Some(pool) = &self.shelf {
            world.share(pool);
        }
        let (origin, begins_at) = (world.origin(), self.begins_at(&world));
        let clock = match self.pace {
            Some(pace) => clock_of(pace),
            None => SandboxClock::starting_now(begins_at, speed),
        };
        if clock.now() < begins_at {
            return Err(Error::new(ErrorKind::Config, "sandbox.pace").message(format!(
                "the time given is {}, and the world in the state file reached {begins_at}; that or later is right",
                clock.now()
            )));
        }
        let options = ServeOptions { allow_non_loopback: self.others, state };
        let serving = serve(self.listen, world, clock, options)
            .await
            .map_err(|error| wrong("sandbox.listen", &error))?;
        Ok(Market { serving, origin })
    }
}

fn clock_of(Pace { origin, started, speed }: Pace) -> SandboxClock {
    SandboxClock { origin, started, speed }
}

fn wrong(op: &'static str, error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Config, op).message(error.to_string())
}

/// A running marketplace; a Walmart unless said.
#[derive(Debug)]
pub struct Market<M: Marketplace = World> {
    serving: Serving<M>,
    origin: Timestamp,
}

impl<M: Marketplace> Market<M> {
    fn world<T>(&self, look: impl FnOnce(&mut M) -> T) -> T {
        // A panic elsewhere leaves a world that still counts what it counted.
        look(&mut self.serving.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What stands in for the marketplace's scheme and host, without a path.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.serving.addr)
    }

    /// Where tokens are asked for.
    pub fn token_url(&self) -> String {
        format!("{}{}", self.base_url(), self.world(|world| world.door().token_path))
    }

    /// The seller's id.
    pub fn seller(&self) -> String {
        self.world(|world| world.door().seller)
    }

    /// The client id it accepts.
    pub fn client_id(&self) -> String {
        self.world(|world| world.door().client_id)
    }

    /// The secret that goes with it.
    pub fn client_secret(&self) -> String {
        self.world(|world| world.door().client_secret)
    }

    /// The refresh token it accepts, where the marketplace has one.
    pub fn refresh_token(&self) -> Option<String> {
        self.world(|world| world.door().refresh_token)
    }

    /// When the world began: what is on hand was counted then.
    pub fn origin(&self) -> Timestamp {
        self.origin
    }

    /// The pace of its time, for a clock that agrees with it.
    pub fn pace(&self) -> Pace {
        let SandboxClock { origin, started, speed } = self.serving.clock;
        Pace { origin, started, speed }
    }

    /// Marketplace time now.
    pub fn now(&self) -> Timestamp {
        self.serving.clock.now()
    }

    /// Every order placed so far, with what it is planned to be held for.
    pub fn plan(&self) -> Vec<PlanEntry> {
        self.world(|world| world.plan())
    }

    /// What the seller has on hand, by SKU.
    pub fn on_hand(&self) -> std::collections::BTreeMap<String, i64> {
        self.world(|world| world.on_hand())
    }

    /// What took effect so far.
    pub fn effects(&self) -> Effects {
        let now = self.now();
        self.world(|world| world.effects(now))
    }

    /// One line of JSON: where to connect, with what, and what time it is there.
    pub fn ready_line(&self) -> String {
        self.serving.ready_line()
    }

    /// Stops it and waits until its port and its state file are free.
    pub async fn stop(self) {
        self.serving.stop().await;
    }
}
