//! What a person asks of the engine: `stock set`, `ship`, `cancel`, `release`, `erase`, `resolve`; and `ticket`.

use crate::{
    common::{Asking, Common, channel, instant, part, said},
    config::Config,
    exit::{Failure, Outcome},
    orders, shape,
};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use sutler::{
    command::{CancelReason, CommandKey, IntakeOutcome, Resolution, Verb},
    model::{HoldReason, LineQuantity, ShipmentReport, Timestamp, tracking_key},
};

/// Declares stock, or asks what a marketplace has in its own warehouses.
#[derive(Args, Debug)]
pub(crate) struct Stock {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    what: StockWhat,
}

#[derive(Subcommand, Debug)]
enum StockWhat {
    /// Declares how many physical units there are, those promised to open orders included.
    Set {
        /// As the marketplace spells it.
        sku: String,
        /// Physical units.
        #[arg(value_parser = clap::value_parser!(i64).range(0..=1_000_000_000))]
        quantity: i64,
        /// When they were counted; now unless said.
        #[arg(long, value_parser = instant)]
        as_of: Option<Timestamp>,
        #[command(flatten)]
        asking: Asking,
    },
    /// Asks a marketplace for its own inventory of your goods (FBA). Writes nothing.
    Marketplace {
        /// The channel, where there are several.
        #[arg(long)]
        channel: Option<String>,
    },
}

impl Stock {
    pub(crate) async fn run(self) -> Outcome {
        let (sku, quantity, as_of, asking) = match self.what {
            StockWhat::Set { sku, quantity, as_of, asking } => (sku, quantity, as_of, asking),
            StockWhat::Marketplace { channel } => return inventory(&self.common, channel).await,
        };
        let host = self.common.host().await?;
        let mut count = host.on_hand(sku, quantity);
        if let Some(at) = as_of {
            count = count.as_of(at);
        }
        self.common.asked(&asking, count.await?).await
    }
}

async fn inventory(common: &Common, channel: Option<String>) -> Outcome {
    let config = Config::read(&common.config)?;
    let engine = config.engine_apart().start().await.map_err(|error| config.located(error))?;
    let name = match (channel, engine.running_channels()) {
        (Some(name), _) => name,
        (None, [only]) => only.id().to_string(),
        (None, some) => {
            let names: Vec<&str> = some.iter().map(|channel| channel.id().as_str()).collect();
            return Err(Failure::wrong(format!(
                "which channel? say --channel with one of {}",
                names.join(", ")
            )));
        }
    };
    let all = engine.marketplace_inventory(name.as_str()).await?;
    let rows = all.iter().map(|units| {
        json!({
            "sku": units.sku.as_str(),
            "fulfillable": units.fulfillable,
            "reserved": units.reserved,
            "inbound": units.inbound,
            "unfulfillable": units.unfulfillable,
            "updated_at": shape::instants(units.updated_at),
        })
    });
    common.say(json!({"channel": name, "inventory": rows.collect::<Vec<_>>()}), || {
        if all.is_empty() {
            return format!("{name} has none of your goods in its warehouses");
        }
        let mut lines = vec![format!(
            "{:<24}{:>12}{:>10}{:>9}{:>15}",
            "SKU", "fulfillable", "reserved", "inbound", "unfulfillable"
        )];
        lines.extend(all.iter().map(|units| {
            let (sku, inbound, unsold) = (units.sku.as_str(), units.inbound, units.unfulfillable);
            format!("{sku:<24}{:>12}{:>10}{inbound:>9}{unsold:>15}", units.fulfillable, units.reserved)
        }));
        lines.join("\n")
    });
    Ok(())
}

/// Reports a package as handed to a carrier.
#[derive(Args, Debug)]
pub(crate) struct Ship {
    #[command(flatten)]
    common: Common,
    /// The marketplace's order id.
    order: String,
    /// The carrier, by any of its usual names.
    #[arg(long)]
    carrier: String,
    /// The carrier's number.
    #[arg(long)]
    tracking: String,
    /// Where the buyer can follow it; needed for carriers the marketplace does not list.
    #[arg(long)]
    tracking_url: Option<String>,
    /// Units in it, LINE=UNITS, as often as needed; everything that is open unless said.
    #[arg(long = "line", value_parser = part)]
    lines: Vec<LineQuantity>,
    /// Your number of the package within the order; the next one unless said. The same tracking number is the same package.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    package: Option<u32>,
    /// When it was handed over; now unless said.
    #[arg(long, value_parser = instant)]
    shipped_at: Option<Timestamp>,
    /// The order's channel, where there are several.
    #[arg(long)]
    channel: Option<String>,
    #[command(flatten)]
    asking: Asking,
}

impl Ship {
    pub(crate) async fn run(self) -> Outcome {
        let host = self.common.host().await?;
        let order = orders::known(&host, self.channel.as_deref(), &self.order).await?;
        let state = order.state();
        let reports = &state.reports;
        let same = |report: &&ShipmentReport| tracking_key(&report.tracking) == tracking_key(&self.tracking);
        let before = match self.package {
            Some(package) => reports.get(&package),
            None => reports.values().find(same),
        };
        let next = reports.keys().next_back().map_or(1, |last| last + 1);
        // What is not said again of a package stays as it was reported: a correction names what was wrong.
        let report = ShipmentReport {
            package: self.package.or(before.map(|report| report.package)).unwrap_or(next),
            carrier: self.carrier,
            tracking: before.filter(same).map_or(self.tracking, |before| before.tracking.clone()),
            tracking_url: self.tracking_url.or_else(|| before.and_then(|before| before.tracking_url.clone())),
            shipped_at: self
                .shipped_at
                .or(before.map(|before| before.shipped_at))
                .unwrap_or_else(|| host.now()),
            lines: match (self.lines.is_empty(), before) {
                (false, _) => self.lines,
                (true, Some(before)) => before.lines.clone(),
                (true, None) => open(&order),
            },
        };
        if report.lines.is_empty() {
            return Err(Failure::wrong(format!(
                "nothing of order {} is open; it is {}",
                self.order,
                order.why()
            )));
        }
        let ticket = host.report_shipment(state.channel.clone(), self.order.as_str(), report).await?;
        self.common.asked(&self.asking, ticket).await
    }
}

fn open(order: &sutler::order::WholeOrder) -> Vec<LineQuantity> {
    let state = order.state();
    let all = state
        .facts
        .lines
        .iter()
        .map(|line| LineQuantity { line_id: line.line_id.clone(), quantity: state.counters(line).wanted });
    all.filter(|part| part.quantity > 0).collect()
}

/// Cancels units of an order at the marketplace.
#[derive(Args, Debug)]
pub(crate) struct Cancel {
    #[command(flatten)]
    common: Common,
    /// The marketplace's order id.
    order: String,
    /// Why.
    #[arg(long)]
    reason: Why,
    /// Units, LINE=UNITS, as often as needed; everything that is open unless said.
    #[arg(long = "line", value_parser = part)]
    lines: Vec<LineQuantity>,
    /// The order's channel, where there are several.
    #[arg(long)]
    channel: Option<String>,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Why {
    BuyerAsked,
    OutOfStock,
    PricingError,
    Fraud,
    AddressNotServiceable,
}

impl Cancel {
    pub(crate) async fn run(self) -> Outcome {
        let host = self.common.host().await?;
        let order = orders::known(&host, self.channel.as_deref(), &self.order).await?;
        let reason = match self.reason {
            Why::BuyerAsked => CancelReason::BuyerAsked,
            Why::OutOfStock => CancelReason::OutOfStock,
            Why::PricingError => CancelReason::PricingError,
            Why::Fraud => CancelReason::Fraud,
            Why::AddressNotServiceable => CancelReason::AddressNotServiceable,
        };
        let channel = order.state().channel.clone();
        let by = self.asking.by.clone();
        let ticket = host.cancel(channel, self.order, self.lines, reason, by).await?;
        self.common.asked(&self.asking, ticket).await
    }
}

/// Releases a hold, whatever the rules say about it from now on.
#[derive(Args, Debug)]
pub(crate) struct Release {
    #[command(flatten)]
    common: Common,
    /// The marketplace's order id.
    order: String,
    /// Which hold (bad_address, rule:NAME, ...).
    #[arg(long, value_parser = orders::hold)]
    hold: HoldReason,
    /// The order's channel, where there are several.
    #[arg(long)]
    channel: Option<String>,
    #[command(flatten)]
    asking: Asking,
}

impl Release {
    pub(crate) async fn run(self) -> Outcome {
        let host = self.common.host().await?;
        let order = orders::known(&host, self.channel.as_deref(), &self.order).await?;
        let channel = order.state().channel.clone();
        let ticket = host.release(channel, self.order, self.hold, self.asking.by.clone()).await?;
        self.common.asked(&self.asking, ticket).await
    }
}

/// Erases what is personal of an order, or of all orders of a buyer; whatever is read of them later is not kept either.
#[derive(Args, Debug)]
pub(crate) struct Erase {
    #[command(flatten)]
    common: Common,
    /// The marketplace's order id; or say --buyer.
    #[arg(required_unless_present = "buyer", conflicts_with = "buyer", value_parser = said)]
    order: Option<String>,
    /// The buyer's name at the marketplace, for all orders of theirs. Of the three only eBay names buyers (its user name).
    #[arg(long, value_parser = said)]
    buyer: Option<String>,
    /// The channel, where there are several.
    #[arg(long)]
    channel: Option<String>,
    #[command(flatten)]
    asking: Asking,
}

impl Erase {
    pub(crate) async fn run(self) -> Outcome {
        let host = self.common.host().await?;
        let by = self.asking.by.clone();
        let ticket = match (self.order, self.buyer) {
            (Some(order), _) => {
                let known = orders::known(&host, self.channel.as_deref(), &order).await?;
                host.erase(known.state().channel.clone(), order, by).await?
            }
            (None, buyer) => {
                let channel = channel(&host, self.channel.as_deref()).await?;
                host.erase_buyer(channel, buyer, by).await?
            }
        };
        self.common.asked(&self.asking, ticket).await
    }
}

/// Says what you found out about a command that only a person can settle.
#[derive(Args, Debug)]
pub(crate) struct Resolve {
    #[command(flatten)]
    common: Common,
    /// The command as `orders show` prints it: "confirm_shipment 1796277083022/1 #1".
    #[arg(value_parser = key)]
    command: CommandKey,
    /// What you found out.
    #[arg(long)]
    outcome: Found,
    /// Its channel, where there are several.
    #[arg(long)]
    channel: Option<String>,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Found {
    /// It happened.
    Happened,
    /// It did not; do it again.
    Again,
    /// It did not; drop it.
    Drop,
}

impl Resolve {
    pub(crate) async fn run(self) -> Outcome {
        let host = self.common.host().await?;
        let channel = channel(&host, self.channel.as_deref()).await?;
        let outcome = match self.outcome {
            Found::Happened => Resolution::Happened,
            Found::Again => Resolution::Again,
            Found::Drop => Resolution::Drop,
        };
        let ticket = host.resolve(channel, self.command, outcome, self.asking.by.clone()).await?;
        self.common.asked(&self.asking, ticket).await
    }
}

/// Says what became of something that was asked.
#[derive(Args, Debug)]
pub(crate) struct Asked {
    #[command(flatten)]
    common: Common,
    /// Its number, as it was printed when it was asked.
    ticket: i64,
}

impl Asked {
    pub(crate) async fn run(self) -> Outcome {
        let outcome = self.common.host().await?.ticket(self.ticket).outcome().await?;
        let (stands, text) = match &outcome {
            IntakeOutcome::Waiting => ("waiting", "no engine has taken it yet"),
            IntakeOutcome::Done(what) => ("done", what.as_str()),
            IntakeOutcome::Refused(why) => ("refused", why.as_str()),
        };
        let json = json!({"ticket": self.ticket, "state": stands, "text": text});
        self.common.say(json, || format!("{stands}: {text}"));
        Ok(())
    }
}

/// Reads a command's key as it is printed: verb, subject, `#` and ordinal.
fn key(text: &str) -> Result<CommandKey, String> {
    let read = || {
        let (verb, rest) = text.trim().split_once(' ')?;
        let (subject, ordinal) = rest.rsplit_once(" #")?;
        let verb = Verb::from_text(verb)?;
        Some(CommandKey { verb, subject: subject.to_owned(), ordinal: ordinal.parse().ok()? })
    };
    read().ok_or_else(|| {
        format!("{text:?} is no command; \"VERB SUBJECT #N\" as orders show prints it, such as \"acknowledge 1796277083022 #1\", is right")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_is_printed() {
        let one = CommandKey { verb: Verb::ConfirmShipment, subject: "17 96/1".into(), ordinal: 3 };
        assert_eq!(key(&one.to_string()), Ok(one));
        for text in ["", "ship 1 #1", "acknowledge 1", "acknowledge 1 #x"] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
