//! The reference of the calls and types in Python and JavaScript, and what each built-in channel can do, as pages to be read.

use super::{Written, given, items, typescript::camel};
use crate::schema::{Boundary, Call, Ty};
use std::{fmt::Write as _, sync::Arc};
use sutler::{
    Result,
    channel::{
        Acknowledgment, CancelUnit, Capabilities, IntoChannel, LevelRead, Parts, ProbeKind, Repeat,
        StreamKind,
    },
    clock::{MarketClock, Pace},
    command::Verb,
    model::{ChannelId, Duration},
    ports::{Budgets, OsEntropy, Reqwest},
};

const HEAD: &str = "<!-- Written by `cargo xtask gen` from bindings/boundary; edit it there. -->\n";

/// Every page.
pub fn files(boundary: &Boundary) -> Vec<Written> {
    vec![
        Written { path: "docs/reference.md", text: reference(boundary) },
        Written { path: "docs/capabilities.md", text: capabilities() },
    ]
}

fn word(ty: &Ty) -> String {
    match ty {
        Ty::Text => "text".into(),
        Ty::Secret => "secret text".into(),
        Ty::Whole => "whole number".into(),
        Ty::Count => "whole number, not negative".into(),
        Ty::Real => "number".into(),
        Ty::Truth => "yes or no".into(),
        Ty::Exact => "exact decimal".into(),
        Ty::Instant => "instant".into(),
        Ty::Span => "span".into(),
        Ty::Bytes => "bytes".into(),
        Ty::Json => "any JSON".into(),
        Ty::Named(name) => format!("[{name}](#{})", name.to_lowercase()),
        Ty::List(of) => format!("list of {}", word(of)),
        Ty::Map(of) => format!("{} by name", word(of)),
        Ty::Maybe(of) => format!("{}, or none", word(of)),
    }
}

fn line(doc: &str) -> String {
    doc.replace('\n', " ").replace('|', "\\|")
}

fn reference(boundary: &Boundary) -> String {
    let mut out = format!(
        "{HEAD}\n# Reference for Python and Node\n\n\
         Every call of `Engine`, and of `AsyncEngine` by `await`, under its name in Python; Node has the same in camelCase, and takes\n\
         what is optional as one object of options, with a `signal` beside it. What is written here is in the docstrings and in the `.d.ts` too.\n\n\
         | here | Python | JavaScript |\n|---|---|---|\n\
         | exact decimal | `decimal.Decimal` (a float is refused) | a string |\n\
         | instant | aware `datetime` (a naive one is refused) | `Date` |\n\
         | span | `timedelta` | milliseconds, under a name with `Ms` |\n\
         | bytes | `bytes` | `Uint8Array` |\n\
         | list | `tuple` | frozen array |\n\
         | none | `None` | `null` |\n\n\
         Opening, channels, rules and sandboxes are in [embedding](embedding.md#python-and-node).\n\n## Calls\n"
    );
    for call in &boundary.calls {
        one_call(&mut out, boundary, call);
    }
    out.push_str("\n## Tables\n\nIn Python alone. Every argument is optional, and `progress` is told now and then how many more orders were read.\n");
    for table in &boundary.tables {
        let arguments: Vec<&str> = table.arguments.iter().map(|argument| argument.name).collect();
        let _ = write!(
            out,
            "\n### {}\n\n`{}({}, progress)`\n\n{}\n\n| column | | |\n|---|---|---|\n",
            table.name,
            table.name,
            arguments.join(", "),
            table.doc
        );
        for column in &table.columns {
            let _ = writeln!(out, "| `{}` | {} | {} |", column.name, word(&column.ty), line(&column.doc));
        }
    }
    out.push_str("\n## Types\n");
    let taken = given(boundary);
    for structure in &boundary.structures {
        let _ =
            write!(out, "\n### {}\n\n{}\n\n| field | | |\n|---|---|---|\n", structure.name, structure.doc);
        for field in &structure.fields {
            let may = taken.contains(structure.name) && matches!(field.ty, Ty::Maybe(_));
            let name = if may { format!("{}?", field.name) } else { field.name.to_owned() };
            let _ = writeln!(out, "| `{name}` | {} | {} |", word(&field.ty), line(&field.doc));
        }
    }
    out.push_str("\n## Sets of texts\n\nA text that this version does not know is kept as it is.\n");
    for texts in &boundary.texts {
        let _ = write!(out, "\n### {}\n\n{}\n\n| text | |\n|---|---|\n", texts.name, texts.doc);
        for (text, meaning) in &texts.known {
            let _ = writeln!(out, "| `{text}` | {} |", line(meaning));
        }
    }
    out
}

fn one_call(out: &mut String, boundary: &Boundary, call: &Call) {
    let arguments: Vec<&str> = call.arguments.iter().map(|argument| argument.name).collect();
    let _ = write!(out, "\n### {}\n\n`{}({})`", call.name, call.name, arguments.join(", "));
    if camel(call.name) != call.name {
        let _ = write!(out, ", in Node `{}`", camel(call.name));
    }
    let _ = write!(out, "\n\n{}\n", call.doc);
    if !call.arguments.is_empty() {
        out.push_str("\n| argument | | |\n|---|---|---|\n");
        for argument in &call.arguments {
            let optional = if matches!(argument.ty, Ty::Maybe(_)) { "?" } else { "" };
            let name = argument.name;
            let _ =
                writeln!(out, "| `{name}{optional}` | {} | {} |", word(&argument.ty), line(&argument.doc));
        }
    }
    let pages = call.gives.as_ref().filter(|_| call.pages).and_then(|page| items(boundary, page));
    let _ = match (pages, &call.gives) {
        (Some((_, item)), Some(page)) => writeln!(
            out,
            "\nGives every {} by iteration; `{}_page` gives one {}.",
            word(&Ty::Named(item)),
            call.name,
            word(page)
        ),
        (_, Some(ty)) => writeln!(out, "\nGives {}.", word(ty)),
        (_, None) => writeln!(out, "\nGives nothing."),
    };
}

/// The built-in channels' own declarations: each is built as an engine would build it, and asked.
fn built_in() -> Result<Vec<Capabilities>> {
    let parts = Parts {
        transport: Arc::new(Reqwest::new()?),
        budgets: Arc::new(Budgets::default()),
        clock: Arc::new(MarketClock::at_pace(Pace::real())?),
        entropy: Arc::new(OsEntropy),
    };
    let id = |name: &str| ChannelId::from(name);
    let walmart = Box::new(sutler::Walmart::new("seller", "id", "secret"));
    let amazon = Box::new(sutler::Amazon::new("seller", "id", "secret", "refresh"));
    let ebay = Box::new(sutler::Ebay::new("seller", "id", "secret", "refresh"));
    let channels = [
        walmart.build(&id("walmart"), &parts)?,
        amazon.build(&id("amazon"), &parts)?,
        ebay.build(&id("ebay"), &parts)?,
    ];
    Ok(channels.iter().map(|channel| channel.capabilities().clone()).collect())
}

fn span(span: Duration) -> String {
    match span.num_seconds() {
        0 => "none".into(),
        s if s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

fn repeat(repeat: Repeat) -> &'static str {
    match repeat {
        Repeat::Repeatable => "repeatable",
        Repeat::Guarded => "guarded",
        Repeat::Once => "once",
    }
}

fn verb(of: &Capabilities, verb: Verb) -> String {
    let Some(spec) = of.verb(verb) else { return "–".into() };
    let partly = if spec.repeat_partial == spec.repeat {
        String::new()
    } else {
        format!(" (a part: {})", repeat(spec.repeat_partial))
    };
    let probe = match spec.probe {
        ProbeKind::Conclusive { after } => format!("seen after {}", span(after)),
        ProbeKind::PositiveOnly => "seen if it happened".into(),
        ProbeKind::None => "not seen".into(),
    };
    let batch = if spec.batch_max > 1 { format!(", up to {} a call", spec.batch_max) } else { String::new() };
    format!("{}{partly}, {probe}{batch}", repeat(spec.repeat))
}

fn capabilities() -> String {
    let channels = match built_in() {
        Ok(channels) => channels,
        Err(error) => return format!("{HEAD}\n{error}\n"),
    };
    let mut out = format!(
        "{HEAD}\n# What each channel can do\n\n\
         As the connectors declare it and the suite of channels holds them to it. A write is `repeatable` when sending it again changes\n\
         nothing, `guarded` when the marketplace refuses the second one, `once` when a second one would act again.\n\n| |"
    );
    for one in &channels {
        let _ = write!(out, " {} |", one.marketplace);
    }
    out.push_str("\n|---|");
    out.push_str(&"---|".repeat(channels.len()));
    out.push('\n');
    let mut row = |name: &str, cell: &dyn Fn(&Capabilities) -> String| {
        let cells: Vec<String> = channels.iter().map(cell).collect();
        let _ = writeln!(out, "| {name} | {} |", cells.join(" | "));
    };
    row("taking an order", &|one| {
        match one.acknowledgment {
            Acknowledgment::Required => "told",
            Acknowledgment::Local => "our own note",
            Acknowledgment::Promised => "told with dates and prices",
            Acknowledgment::ImpliedByArranging => "by arranging the shipment",
        }
        .into()
    });
    for (of, name) in Verb::ALL {
        row(&format!("`{name}`"), &|one| verb(one, *of));
    }
    row("a cancellation covers", &|one| {
        match one.cancel_unit {
            CancelUnit::Units => "units",
            CancelUnit::Lines => "whole lines",
            CancelUnit::Order => "the whole order",
        }
        .into()
    });
    row("waits for an answer to a buyer's wish to cancel", &|one| {
        if one.answers_cancel_requests { "yes" } else { "no" }.into()
    });
    row("levels are read", &|one| match one.levels {
        LevelRead::Lagging(lag) => format!("yes, {} old at most", span(lag)),
        LevelRead::None => "no".into(),
    });
    row("changes of a level a day", &|one| {
        one.revisions_per_day.map_or("no limit".into(), |n| n.to_string())
    });
    row("an order may be invisible for", &|one| span(one.visibility_delay));
    row("orders are read by", &|one| {
        let streams = one.streams.iter().map(|stream| {
            let kind = match stream.kind {
                StreamKind::Created => "placed",
                StreamKind::Changed => "changed",
                StreamKind::PlacedOrChanged => "placed or changed",
            };
            format!("`{}` ({kind}, {} back)", stream.id, span(stream.horizon))
        });
        streams.collect::<Vec<_>>().join(", ")
    });
    out
}
