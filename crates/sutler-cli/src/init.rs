//! `sutler init`: a commented configuration to begin with.

use crate::{
    config::COMMENTED,
    exit::{FAILED, Failure, Outcome, print},
};
use clap::Args;
use std::{fs::OpenOptions, io::Write as _, path::PathBuf};

/// Writes a commented sutler.toml.
#[derive(Args, Debug)]
pub(crate) struct Init {
    /// The file to write; one that exists is left alone.
    #[arg(long, default_value = "sutler.toml")]
    config: PathBuf,
}

impl Init {
    pub(crate) fn run(self) -> Outcome {
        let shown = self.config.display();
        let mut file = OpenOptions::new().write(true).create_new(true).open(&self.config).map_err(
            |error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => Failure::wrong(format!(
                    "{shown} exists and was left as it is; give another name with --config"
                )),
                _ => Failure::new(FAILED, format!("{shown} cannot be written: {error}")),
            },
        )?;
        file.write_all(COMMENTED.as_bytes())
            .map_err(|error| Failure::new(FAILED, format!("{shown} cannot be written: {error}")))?;
        print(format_args!(
            "wrote {shown}; put your seller and keys in, then: sutler check --config {shown}"
        ));
        Ok(())
    }
}
