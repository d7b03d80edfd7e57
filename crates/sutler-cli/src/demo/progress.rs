//! How far the demo is, on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use sutler::{command::Totals, model::Phase};

/// A bar on stderr.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new(orders: usize, quiet: bool) -> Progress {
        let visible = !quiet && std::io::stderr().is_terminal();
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(orders as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} settled  {msg}  {elapsed}") {
            bar.set_style(style);
        }
        Progress(bar)
    }

    pub(super) fn show(&self, totals: &Totals, placed: usize) {
        let count = |wanted: &[Phase]| -> u64 {
            totals.phases.iter().filter(|(_, phase, _)| wanted.contains(phase)).map(|(_, _, n)| n).sum()
        };
        let shipped = count(&[Phase::Shipped, Phase::Delivered]);
        let (held, cancelled) = (count(&[Phase::Held]), count(&[Phase::Cancelled]));
        let acknowledged: u64 = totals.acknowledged.iter().map(|(_, n)| n).sum();
        self.0.set_position(shipped + held + cancelled);
        self.0.set_message(format!(
            "placed {placed}, acknowledged {acknowledged}, shipped {shipped}, held {held}, cancelled {cancelled}"
        ));
    }

    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
