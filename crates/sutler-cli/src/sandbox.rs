//! `sutler sandbox`: a local marketplace, until it is stopped.

use crate::exit::{Failure, Outcome};
use clap::{Args, ValueEnum};
use std::{io::Write as _, net::SocketAddr, path::PathBuf};
use sutler::sandbox::{Faults, Recover};

/// Serves a local marketplace: real HTTP, the real wire format, on loopback.
#[derive(Args, Debug)]
pub(crate) struct Sandbox {
    /// Which marketplace.
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

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Marketplace {
    Walmart,
    Amazon,
    Ebay,
}

impl Sandbox {
    pub(crate) async fn run(self) -> Outcome {
        if self.sqs_queue_url.is_some() && !matches!(self.marketplace, Marketplace::Amazon) {
            return Err(Failure::wrong(
                "--sqs-queue-url: only --marketplace amazon sends to a queue".to_owned(),
            ));
        }
        if self.notification_endpoint.is_some() && !matches!(self.marketplace, Marketplace::Ebay) {
            return Err(Failure::wrong(
                "--notification-endpoint: only --marketplace ebay sends to an endpoint".to_owned(),
            ));
        }
        match self.marketplace {
            Marketplace::Walmart => self.serve(sutler::sandbox::walmart()).await,
            Marketplace::Amazon => {
                let sandbox = sutler::sandbox::amazon();
                let sandbox = match &self.sqs_queue_url {
                    Some(url) => sandbox.sqs_queue_url(url),
                    None => sandbox,
                };
                self.serve(sandbox).await
            }
            Marketplace::Ebay => {
                let sandbox = sutler::sandbox::ebay();
                let sandbox = match (&self.notification_endpoint, &self.verification_token) {
                    (Some(url), Some(token)) => sandbox.notification_endpoint(url, token),
                    _ => sandbox,
                };
                self.serve(sandbox).await
            }
        }
    }

    async fn serve<M: Recover>(self, sandbox: sutler::sandbox::Sandbox<M>) -> Outcome {
        let faults = Faults::preset(&self.faults).ok_or_else(|| {
            let known = Faults::PRESETS.join(", ");
            Failure::wrong(format!("--faults {:?} is not known; one of {known} is right", self.faults))
        })?;
        let mut sandbox =
            sandbox.seed(self.seed).orders(self.orders).faults(faults).speed(self.speed).listen(self.listen);
        if let Some(per_minute) = self.rate {
            sandbox = sandbox.arrivals(per_minute, u32::MAX);
        }
        if let Some(state) = self.state {
            sandbox = sandbox.state(state);
        }
        if self.reachable_by_others {
            sandbox = sandbox.reachable_by_others();
        }
        let stopped = crate::signal::asked_to_stop()?;
        let market = sandbox.start().await?;
        let mut out = std::io::stdout();
        // Whoever started it may have closed the pipe; it serves all the same.
        let _ = writeln!(out, "{}", market.ready_line()).and_then(|()| out.flush());
        stopped.await;
        market.stop().await;
        Ok(())
    }
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
