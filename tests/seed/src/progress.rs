//! How far it is, on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Whether to show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// On standard error, if that is a terminal.
    Shown,
    Hidden,
}

impl Progress {
    /// A bar for so many rows.
    pub fn bar(self, what: &'static str, rows: u64) -> ProgressBar {
        let target = match self {
            Self::Shown => ProgressDrawTarget::stderr_with_hz(5),
            Self::Hidden => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(rows), target).with_message(what);
        match ProgressStyle::with_template("{msg:18} {wide_bar} {human_pos}/{human_len} {eta}") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }

    /// One step without a known length.
    pub fn step(self, what: String) -> ProgressBar {
        let bar = self.bar("", 1);
        bar.set_message(what);
        bar
    }
}
