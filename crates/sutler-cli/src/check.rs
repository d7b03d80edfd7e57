//! `sutler check`: is the configuration sound, and do the marketplaces know us?

use crate::{
    common::Common,
    config::Config,
    exit::{FOUND_WRONG, Failure, Outcome},
    stock_file,
};
use clap::Args;
use serde_json::json;

/// Checks the configuration, then asks each marketplace who we are there. Writes nothing, anywhere.
#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    common: Common,
}

impl Check {
    pub(crate) async fn run(self) -> Outcome {
        let config = Config::read(&self.common.config)?;
        if let Some(stock) = &config.stock {
            stock_file::read(stock)?;
        }
        let engine = config.engine_apart().start().await.map_err(|error| config.located(error))?;
        let mut unfit = Vec::new();
        for (name, standing) in engine.check().await {
            match standing {
                Ok(standing) => {
                    if !standing.missing.is_empty() {
                        unfit.push(format!("channel {name} lacks {}", standing.missing.join(", ")));
                    }
                    let value = json!({
                        "channel": name.as_str(),
                        "ok": standing.missing.is_empty(),
                        "seller": standing.seller.as_ref().map(|seller| seller.as_str()),
                        "scopes": standing.scopes,
                        "missing": standing.missing,
                        "clock_offset_ms": standing.clock_offset_ms,
                        "ship_node": standing.ship_node,
                    });
                    self.common.say(value, || {
                        let node = standing.ship_node.as_deref().unwrap_or("none told");
                        let missing = match standing.missing.as_slice() {
                            [] => "nothing missing".to_owned(),
                            some => format!("MISSING: {}", some.join(", ")),
                        };
                        format!(
                            "{name}: reached; ship node {node}; server time less ours {} ms; {missing}",
                            standing.clock_offset_ms
                        )
                    });
                }
                Err(error) => {
                    let text = error.to_string();
                    let value = json!({"channel": name.as_str(), "ok": false, "kind": error.kind().as_str(), "error": text});
                    self.common.say(value, || format!("{name}: {text}"));
                    unfit.push(format!("channel {name}: {text}"));
                }
            }
        }
        match unfit.as_slice() {
            [] => Ok(()),
            some => Err(Failure::new(FOUND_WRONG, some.join("; "))),
        }
    }
}
