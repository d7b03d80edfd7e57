//! Local marketplaces, on one shelf and by one clock.

use crate::types::{AmazonSettings, Effects, Instant, Market, Pace};
use crate::{
    engine::ChannelSetup,
    error::wrong,
    types::{EbaySettings, Secret, Span, WalmartSettings},
};
use serde::Deserialize;
use sutler::{
    Result,
    sandbox::{self as local, AmazonWorld, EbayWorld, Faults, Marketplace, Pool, Recover},
};
use tokio::sync::Mutex;

/// What is to be started.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SandboxSettings {
    /// `walmart`, `amazon`, `ebay`.
    pub marketplaces: Vec<String>,
    /// Orders each has when it starts.
    pub orders: u32,
    /// Orders that arrive each minute of the marketplace's time afterwards, and how many at most.
    pub arrivals: (f64, u32),
    /// Marketplace seconds in a second of the wall.
    pub speed: f64,
    /// Where chance comes from.
    pub seed: u64,
    /// What goes wrong: the name of a preset.
    pub faults: String,
}

enum Running {
    Walmart(local::Market),
    Amazon(local::Market<AmazonWorld>),
    Ebay(local::Market<EbayWorld>),
}

/// Running local marketplaces. They end with it.
pub struct Sandbox {
    running: Mutex<Vec<Running>>,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").finish_non_exhaustive()
    }
}

macro_rules! of_each {
    ($running:expr, $market:ident => $what:expr) => {
        match $running {
            Running::Walmart($market) => $what,
            Running::Amazon($market) => $what,
            Running::Ebay($market) => $what,
        }
    };
}

impl Running {
    fn name(&self) -> &'static str {
        match self {
            Running::Walmart(_) => "walmart",
            Running::Amazon(_) => "amazon",
            Running::Ebay(_) => "ebay",
        }
    }

    fn market(&self) -> Market {
        of_each!(self, market => {
            let pace = market.pace();
            Market {
                marketplace: self.name().to_owned(),
                base_url: market.base_url(),
                token_url: market.token_url(),
                seller: market.seller(),
                client_id: market.client_id(),
                client_secret: market.client_secret(),
                refresh_token: market.refresh_token(),
                on_hand: market.on_hand(),
                pace: Pace {
                    origin: Instant::from(pace.origin),
                    started: Instant::from(pace.started),
                    speed: pace.speed,
                },
            }
        })
    }
}

impl Sandbox {
    /// Starts them.
    ///
    /// # Errors
    /// `Invalid` naming what is not known; `Config` when a port cannot be listened on or the speed is impossible.
    pub async fn start(settings: &SandboxSettings) -> Result<Sandbox> {
        let op = "sandbox";
        let faults = Faults::preset(&settings.faults).ok_or_else(|| {
            wrong(op, format!("faults {:?} are not known; \"none\", \"lag\", \"flaky\", \"storm\", \"outage\", \"tokens\" or \"hostile\" is right", settings.faults))
        })?;
        if settings.marketplaces.is_empty() {
            return Err(wrong(op, "no marketplace is named; \"walmart\", \"amazon\" and \"ebay\" are right"));
        }
        let mut named = std::collections::BTreeSet::new();
        if let Some(twice) = settings.marketplaces.iter().find(|name| !named.insert(name.as_str())) {
            return Err(wrong(op, format!("marketplace {twice:?} is named twice; once is right")));
        }
        let pool = Pool::of(settings.marketplaces.len());
        let mut running: Vec<Running> = Vec::new();
        let mut pace = None;
        for name in &settings.marketplaces {
            let started = match name.as_str() {
                "walmart" => {
                    Running::Walmart(set(local::walmart(), settings, &faults, &pool, pace).start().await?)
                }
                "amazon" => Running::Amazon(
                    set(local::amazon().same_skus(), settings, &faults, &pool, pace).start().await?,
                ),
                "ebay" => Running::Ebay(set(local::ebay(), settings, &faults, &pool, pace).start().await?),
                other => {
                    return Err(wrong(
                        op,
                        format!(
                            "marketplace {other:?} is not known; \"walmart\", \"amazon\" or \"ebay\" is right"
                        ),
                    ));
                }
            };
            pace = pace.or_else(|| Some(of_each!(&started, market => market.pace())));
            running.push(started);
        }
        Ok(Sandbox { running: Mutex::new(running) })
    }

    /// Where each is, and how it is entered.
    pub async fn markets(&self) -> Vec<Market> {
        self.running.lock().await.iter().map(Running::market).collect()
    }

    /// What took effect at one of them.
    ///
    /// # Errors
    /// `Invalid` when it does not run here.
    pub async fn effects(&self, marketplace: &str) -> Result<Effects> {
        let running = self.running.lock().await;
        let one = running.iter().find(|one| one.name() == marketplace).ok_or_else(|| {
            let names: Vec<&str> = running.iter().map(Running::name).collect();
            wrong("sandbox.effects", format!("{marketplace:?} does not run here; {} do", names.join(", ")))
        })?;
        let effects = of_each!(one, market => market.effects());
        Ok(Effects {
            acknowledged: effects.acknowledge.into_iter().map(|(order, n)| (order, u64::from(n))).collect(),
            requests: effects.requests,
            too_many: effects.status_429,
            reoffered_after_seen: effects.reoffered_after_seen,
        })
    }

    /// Stops them and waits until their ports are free. Stopping twice is none.
    pub async fn stop(&self) {
        let running = std::mem::take(&mut *self.running.lock().await);
        for one in running {
            of_each!(one, market => market.stop().await);
        }
    }
}

fn set<M: Marketplace + Recover>(
    sandbox: local::Sandbox<M>,
    settings: &SandboxSettings,
    faults: &Faults,
    pool: &std::sync::Arc<Pool>,
    pace: Option<sutler::clock::Pace>,
) -> local::Sandbox<M> {
    let (per_minute, at_most) = settings.arrivals;
    let sandbox = sandbox
        .orders(settings.orders)
        .arrivals(per_minute, at_most)
        .seed(settings.seed)
        .faults(faults.clone())
        .speed(settings.speed)
        .shelf(pool);
    match pace {
        Some(pace) => sandbox.pace(pace),
        None => sandbox,
    }
}

/// The channel that a local marketplace is reached by: what its facade's own `at` sets.
pub fn channel_at(market: &Market) -> Result<ChannelSetup> {
    let local = || Some("local".to_owned());
    let (base_url, token_url) = (Some(market.base_url.clone()), Some(market.token_url.clone()));
    let call_timeout = Some(Span(5_000));
    let refresh_token = Secret(market.refresh_token.clone().unwrap_or_default());
    Ok(match market.marketplace.as_str() {
        "walmart" => ChannelSetup::Walmart(WalmartSettings {
            seller: market.seller.clone(),
            client_id: market.client_id.clone(),
            client_secret: Secret(market.client_secret.clone()),
            environment: local(),
            base_url,
            token_url,
            ship_node: None,
            backfill: None,
            call_timeout,
            rate_factor: Some(0.9),
            push_password: None,
            push_hmac: None,
            pace: Some(market.pace.clone()),
        }),
        "amazon" => ChannelSetup::Amazon(AmazonSettings {
            seller: market.seller.clone(),
            client_id: market.client_id.clone(),
            client_secret: Secret(market.client_secret.clone()),
            refresh_token,
            region: None,
            marketplaces: None,
            environment: local(),
            base_url,
            token_url,
            backfill: None,
            call_timeout,
            rate_factor: Some(0.6),
            pace: Some(market.pace.clone()),
        }),
        "ebay" => ChannelSetup::Ebay(EbaySettings {
            seller: market.seller.clone(),
            client_id: market.client_id.clone(),
            client_secret: Secret(market.client_secret.clone()),
            refresh_token,
            marketplace: None,
            environment: local(),
            base_url,
            token_url,
            backfill: None,
            call_timeout,
            rate_factor: Some(0.9),
            notification_endpoint: None,
            verification_token: None,
            pace: Some(market.pace.clone()),
        }),
        other => return Err(wrong("sandbox.channels", format!("marketplace {other:?} is not known"))),
    })
}
