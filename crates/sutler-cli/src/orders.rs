//! `sutler orders`: lists and single orders.

use crate::{
    common::{Common, channel, instant, known_channel},
    exit::{Failure, Outcome},
    shape,
};
use clap::{Args, Subcommand, ValueEnum};
use rust_decimal::Decimal;
use serde_json::json;
use sutler::{
    model::{HoldReason, Phase, Timestamp},
    order::WholeOrder,
    orders::Sort,
};

/// Looks at orders.
#[derive(Args, Debug)]
pub(crate) struct Orders {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// A page of orders.
    List(Box<List>),
    /// One order: lines, holds and their proofs, commands, deadlines, its whole life.
    Show(Show),
}

#[derive(Args, Debug)]
struct List {
    /// Of this channel.
    #[arg(long)]
    channel: Option<String>,
    /// In this phase: new, held, open, partly_shipped, shipped, delivered, cancelled.
    #[arg(long, value_parser = phase)]
    phase: Option<Phase>,
    /// Held for this reason (short_of_stock, bad_address, ...).
    #[arg(long, value_parser = hold)]
    hold: Option<HoldReason>,
    /// Only those with something a person should see.
    #[arg(long)]
    exceptions: bool,
    /// Placed at or after.
    #[arg(long, value_parser = instant)]
    placed_from: Option<Timestamp>,
    /// Placed before.
    #[arg(long, value_parser = instant)]
    placed_before: Option<Timestamp>,
    /// A total of at least this.
    #[arg(long)]
    amount_from: Option<Decimal>,
    /// A total of at most this.
    #[arg(long)]
    amount_to: Option<Decimal>,
    /// This order id; ending in *, those that begin so.
    #[arg(long)]
    id: Option<String>,
    /// With a line of this SKU; ending in *, of those that begin so.
    #[arg(long)]
    sku: Option<String>,
    /// How they are sorted.
    #[arg(long, default_value = "newest")]
    sort: By,
    /// Orders a page, 1 to 500.
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Where the last page ended: its `next`.
    #[arg(long)]
    after: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    Newest,
    Oldest,
    Due,
    Amount,
}

#[derive(Args, Debug)]
struct Show {
    /// The marketplace's order id.
    order: String,
    /// Its channel, where there are several.
    #[arg(long)]
    channel: Option<String>,
}

impl Orders {
    pub(crate) async fn run(self) -> Outcome {
        let host = self.common.host().await?;
        match self.what {
            What::Show(show) => {
                let channel = channel(&host, show.channel.as_deref()).await?;
                let order = host.order(channel, show.order).await?;
                self.common.say(shape::whole(&order), || words(&order));
            }
            What::List(list) => {
                if let Some(name) = &list.channel {
                    known_channel(&host, name).await?;
                }
                let page = list.question(&host).page().await?;
                let value = json!({
                    "orders": page.orders.iter().map(shape::listed).collect::<Vec<_>>(),
                    "next": page.next,
                });
                self.common.say(value, || {
                    let line = |order: &sutler::orders::Listed| {
                        format!(
                            "{}  {}  {:<14} {}",
                            order.channel_order_id,
                            shape::instant(order.placed_at),
                            order.phase.as_str(),
                            order.why()
                        )
                    };
                    let mut lines: Vec<String> = page.orders.iter().map(line).collect();
                    if lines.is_empty() {
                        lines.push("no such orders".into());
                    }
                    lines.extend(page.next.as_ref().map(|next| format!("more: --after {next}")));
                    lines.join("\n")
                });
            }
        }
        Ok(())
    }
}

impl List {
    fn question(&self, host: &sutler::Host) -> sutler::orders::Orders {
        let mut question = host.orders().limit(self.limit).sort(match self.sort {
            By::Newest => Sort::PlacedDescending,
            By::Oldest => Sort::PlacedAscending,
            By::Due => Sort::Due,
            By::Amount => Sort::AmountDescending,
        });
        if let Some(channel) = &self.channel {
            question = question.channel(channel.as_str());
        }
        if let Some(phase) = self.phase {
            question = question.phase(phase);
        }
        if let Some(hold) = &self.hold {
            question = question.held_for(hold.clone());
        }
        if self.exceptions {
            question = question.with_exceptions();
        }
        if let Some(at) = self.placed_from {
            question = question.placed_from(at);
        }
        if let Some(at) = self.placed_before {
            question = question.placed_before(at);
        }
        if let Some(amount) = self.amount_from {
            question = question.amount_from(amount);
        }
        if let Some(amount) = self.amount_to {
            question = question.amount_to(amount);
        }
        if let Some(id) = &self.id {
            question = question.order_id(id.as_str());
        }
        if let Some(sku) = &self.sku {
            question = question.sku(sku.as_str());
        }
        if let Some(after) = &self.after {
            question = question.after(after.as_str());
        }
        question
    }
}

fn phase(text: &str) -> Result<Phase, String> {
    Phase::from_text(text).ok_or_else(|| {
        let known: Vec<&str> = Phase::ALL.iter().map(|(_, text)| *text).collect();
        format!("{text:?} is no phase; one of {} is right", known.join(", "))
    })
}

/// A hold's reason on the command line.
pub(crate) fn hold(text: &str) -> Result<HoldReason, String> {
    HoldReason::from_code(text).ok_or_else(|| {
        format!(
            "{text:?} is no reason; unmapped_sku, short_of_stock, bad_address, buyer_asked_to_cancel, total_out_of_limits, unmapped, totals_do_not_add_up or rule:NAME is right"
        )
    })
}

/// The whole order for a person. Personal data stays out: `--json` has it.
fn words(order: &WholeOrder) -> String {
    let state = order.state();
    let mut lines = vec![
        format!("order {} of channel {}: {}", state.channel_order_id, state.channel, order.why()),
        format!(
            "  placed {}, fulfilled by {}, {}",
            shape::instant(state.placed_at()),
            state.facts.fulfilled_by,
            match state.acknowledged_at {
                Some(at) => format!("acknowledged {}", shape::instant(at)),
                None => "not acknowledged".into(),
            }
        ),
    ];
    for line in &state.facts.lines {
        let c = state.counters(line);
        lines.push(format!(
            "  line {}: {} of {}; {} open, {} shipped, {} cancelled, {} returned",
            line.line_id,
            line.ordered,
            line.sku.as_ref().map_or("no SKU", |sku| sku.as_str()),
            c.open,
            c.shipped,
            c.cancelled,
            c.returned
        ));
    }
    let mut part = |title: &str, all: Vec<String>| {
        if !all.is_empty() {
            lines.push(title.to_owned());
            lines.extend(all.into_iter().map(|one| format!("  {one}")));
        }
    };
    part("rules", order.proofs().iter().map(|judged| judged.why()).collect());
    part(
        "to see to",
        state.exceptions.iter().map(|e| format!("{} ({}): {}", e.about, e.code, e.detail)).collect(),
    );
    part(
        "returns",
        order
            .returns()
            .map(|one| {
                let units: u32 = one.lines.iter().map(|part| part.quantity).sum();
                format!("{}: {} ({}), {units} units", one.id, one.stage.as_str(), one.status)
            })
            .collect(),
    );
    part(
        "commands",
        order.commands().iter().map(|c| format!("{}: {}; {}", c.key, c.state.as_str(), c.why)).collect(),
    );
    part(
        "deadlines",
        order
            .deadlines
            .iter()
            .map(|d| {
                let how = if d.estimated { " (estimated)" } else { "" };
                let aim =
                    d.target.map(|at| format!(", our target {}", shape::instant(at))).unwrap_or_default();
                format!("{} by {}{how}{aim}: else {}", d.kind.as_str(), shape::instant(d.due), d.consequence)
            })
            .collect(),
    );
    part(
        "in time",
        order
            .lateness
            .each()
            .iter()
            .map(|(name, one)| format!("{}: {}", name.replace('_', " "), one.as_str().replace('_', " ")))
            .collect(),
    );
    part(
        "what happened",
        order.timeline().into_iter().map(|m| format!("{}  {}", shape::instant(m.at), m.words)).collect(),
    );
    lines.join("\n")
}

/// The order named must be there before something is asked about it.
pub(crate) async fn known(host: &sutler::Host, named: Option<&str>, order: &str) -> Outcome<WholeOrder> {
    let channel = channel(host, named).await?;
    host.order(channel, order).await.map_err(Failure::from)
}
