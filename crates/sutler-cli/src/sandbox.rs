//! `sutler sandbox`: a local marketplace, until it is stopped.

use crate::exit::{Failure, Outcome};
use clap::{Args, ValueEnum};
use std::{io::Write as _, net::SocketAddr, path::PathBuf};
use sutler::sandbox::{self as local, Faults, Market, Marketplace as World, Pool, Recover};

/// Serves a local marketplace: real HTTP, the real wire format, on loopback.
#[derive(Args, Debug)]
pub(crate) struct Sandbox {
    /// Which marketplace; all of them sell from one shelf, on a port each.
    #[arg(long, default_value = "walmart")]
    marketplace: Marketplace,
    /// Where to listen; port 0 is any free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where all chance comes from.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Orders that are there at the start.
    #[arg(long, default_value_t = 300)]
    orders: u32,
    /// Orders that arrive later, in marketplace time: 50/min, 10/h.
    #[arg(long, value_parser = rate)]
    rate: Option<f64>,
    /// Marketplace seconds in a second.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// The file the world is kept in; started on it again, the same world goes on.
    #[arg(long)]
    state: Option<PathBuf>,
    /// What goes wrong: none, lag, flaky, storm, outage, tokens or hostile.
    #[arg(long, default_value = "none")]
    faults: String,
    /// The queue an Amazon sends its notifications to: the address of an SQS queue that wants no signature.
    #[arg(long)]
    sqs_queue_url: Option<String>,
    /// Where an eBay sends its notifications, once it has answered the challenge: a plain http:// address.
    #[arg(long, requires = "verification_token")]
    notification_endpoint: Option<String>,
    /// The verification token that goes into the endpoint's answer to the challenge.
    #[arg(long, requires = "notification_endpoint")]
    verification_token: Option<String>,
    /// Listen on an address that others can reach. Anyone who can is the sandbox's master.
    #[arg(long)]
    reachable_by_others: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Marketplace {
    Walmart,
    Amazon,
    Ebay,
    All,
}

impl Sandbox {
    pub(crate) async fn run(self) -> Outcome {
        let is_one_of = |some: &[Marketplace]| some.contains(&self.marketplace);
        if self.sqs_queue_url.is_some() && !is_one_of(&[Marketplace::Amazon, Marketplace::All]) {
            return Err(Failure::wrong(
                "--sqs-queue-url: only --marketplace amazon sends to a queue".to_owned(),
            ));
        }
        if self.notification_endpoint.is_some() && !is_one_of(&[Marketplace::Ebay, Marketplace::All]) {
            return Err(Failure::wrong(
                "--notification-endpoint: only --marketplace ebay sends to an endpoint".to_owned(),
            ));
        }
        if self.marketplace == Marketplace::All && self.listen.port() != 0 {
            return Err(Failure::wrong(format!(
                "--listen {}: each of all marketplaces has a port of its own; port 0 is right",
                self.listen
            )));
        }
        let stopped = crate::signal::asked_to_stop()?;
        match self.marketplace {
            Marketplace::Walmart => serve(self.start(local::walmart(), None).await?, stopped).await,
            Marketplace::Amazon => serve(self.start(self.amazon(), None).await?, stopped).await,
            Marketplace::Ebay => serve(self.start(self.ebay(), None).await?, stopped).await,
            Marketplace::All => {
                let pool = Pool::of(3);
                let walmart = self.start(local::walmart().shelf(&pool), Some("walmart")).await?;
                let amazon = self.start(self.amazon().same_skus().shelf(&pool), Some("amazon")).await?;
                let ebay = self.start(self.ebay().shelf(&pool), Some("ebay")).await?;
                tell(&walmart);
                tell(&amazon);
                serve(ebay, stopped).await?;
                amazon.stop().await;
                walmart.stop().await;
                Ok(())
            }
        }
    }

    fn amazon(&self) -> local::Sandbox<local::AmazonWorld> {
        match &self.sqs_queue_url {
            Some(url) => local::amazon().sqs_queue_url(url),
            None => local::amazon(),
        }
    }

    fn ebay(&self) -> local::Sandbox<local::EbayWorld> {
        match (&self.notification_endpoint, &self.verification_token) {
            (Some(url), Some(token)) => local::ebay().notification_endpoint(url, token),
            _ => local::ebay(),
        }
    }

    /// Starts one marketplace; `one_of` names it where there are several, each with a state file of its own.
    async fn start<M: Recover>(
        &self,
        sandbox: local::Sandbox<M>,
        one_of: Option<&str>,
    ) -> Outcome<Market<M>> {
        let faults = Faults::preset(&self.faults).ok_or_else(|| {
            let known = Faults::PRESETS.join(", ");
            Failure::wrong(format!("--faults {:?} is not known; one of {known} is right", self.faults))
        })?;
        let mut sandbox =
            sandbox.seed(self.seed).orders(self.orders).faults(faults).speed(self.speed).listen(self.listen);
        if let Some(per_minute) = self.rate {
            sandbox = sandbox.arrivals(per_minute, u32::MAX);
        }
        if let Some(state) = &self.state {
            let mut path = state.clone().into_os_string();
            if let Some(name) = one_of {
                path.push(format!(".{name}"));
            }
            sandbox = sandbox.state(PathBuf::from(path));
        }
        if self.reachable_by_others {
            sandbox = sandbox.reachable_by_others();
        }
        Ok(sandbox.start().await?)
    }
}

/// Says that it is ready, and waits until it shall stop.
async fn serve<M: World>(market: Market<M>, stopped: impl Future<Output = ()>) -> Outcome {
    tell(&market);
    stopped.await;
    market.stop().await;
    Ok(())
}

/// The ready line. Whoever started it may have closed the pipe; it serves all the same.
fn tell<M: World>(market: &Market<M>) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{}", market.ready_line()).and_then(|()| out.flush());
}

/// Orders a minute, from `50/min`, `10/h` or a bare number a minute.
fn rate(text: &str) -> Result<f64, String> {
    let (number, minutes) = match text.split_once('/') {
        None => (text, 1.0),
        Some((number, "min" | "m" | "minute")) => (number, 1.0),
        Some((number, "h" | "hour")) => (number, 60.0),
        Some((number, "s" | "sec" | "second")) => (number, 1.0 / 60.0),
        Some((_, unit)) => {
            return Err(format!("{unit:?} is no unit of time here; 50/min, 10/h or 1/s is right"));
        }
    };
    match number.trim().parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number / minutes),
        _ => Err(format!("{number:?} is no number of orders; 50/min is right")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_a_minute() {
        for (text, want) in [("50/min", 50.0), ("120/h", 2.0), ("1/s", 60.0), ("5", 5.0)] {
            assert_eq!(rate(text), Ok(want), "{text}");
        }
        for text in ["many", "-1/min", "5/fortnight", "NaN/min"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }
}
