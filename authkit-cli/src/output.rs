//! The only place that prints. Data goes to standard output, everything else to standard error; with `--json` the data is one
//! line, the envelope, whose version says what its fields mean.

use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::{Failure, Problem};
use crate::globals::Globals;

/// What the fields of an envelope mean. It rises when one of them goes or changes; new ones may come at any time.
const ENVELOPE: u32 = 1;

pub(crate) const PLAIN: Style = Style::new();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Where and how a command prints.
#[derive(Debug)]
pub(crate) struct Output {
    command: String,
    json: bool,
    quiet: bool,
    dry_run: bool,
    color: ColorChoice,
}

/// What `--json` prints when it worked.
#[derive(Serialize)]
struct Envelope<'a, T> {
    version: u32,
    command: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
    data: &'a T,
}

/// What `--json` prints, to standard error, when it did not.
#[derive(Serialize)]
struct FailedEnvelope<'a> {
    version: u32,
    command: &'a str,
    exit: u8,
    errors: &'a [Problem],
}

impl Output {
    pub(crate) fn new(globals: &Globals, command: String) -> Self {
        let color = if globals.no_color { ColorChoice::Never } else { ColorChoice::Auto };
        Self { command, json: globals.json, quiet: globals.quiet, dry_run: globals.dry_run, color }
    }

    /// For errors on the command line, when there are no flags yet.
    pub(crate) fn bare(json: bool, color: clap::ColorChoice) -> Self {
        let color = if color == clap::ColorChoice::Never { ColorChoice::Never } else { ColorChoice::Auto };
        Self { command: String::new(), json, quiet: false, dry_run: false, color }
    }

    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    pub(crate) const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// The answer of a command that looks: as an envelope, or as text for people.
    pub(crate) fn data(&self, data: &impl Serialize, text: impl FnOnce() -> String) {
        if self.json {
            self.envelope(data);
        } else {
            self.raw(&text());
        }
    }

    /// The answer of a command that changes: as an envelope, or a sentence for people.
    pub(crate) fn done(&self, data: &impl Serialize, sentence: &str) {
        if self.json {
            self.envelope(data);
        } else if self.dry_run {
            self.say(&format!("{WARN}dry run{WARN:#}  {sentence}"));
        } else {
            self.say(&format!("{GOOD}done{GOOD:#}  {sentence}"));
        }
    }

    /// Text for standard output, as it is.
    pub(crate) fn raw(&self, text: &str) {
        // Nobody reads on, as with `| head`: nothing is left to be said.
        let _ = AutoStream::new(io::stdout(), self.color).write_all(text.as_bytes());
    }

    /// A sentence beside the data.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet && !self.json {
            self.tell(text);
        }
    }

    /// A line that has to be seen whatever the flags are: a question, a warning.
    pub(crate) fn tell(&self, text: &str) {
        let _ = writeln!(AutoStream::new(io::stderr(), self.color), "{text}");
    }

    /// A question, with the cursor left behind it.
    pub(crate) fn prompt(&self, text: &str) {
        let mut stream = AutoStream::new(io::stderr(), self.color);
        let _ = write!(stream, "{text} ").and_then(|()| stream.flush());
    }

    /// Says why it did not work, and with what the process ends.
    pub(crate) fn failed(&self, failure: &Failure) -> Exit {
        if failure.problems.is_empty() {
            return failure.exit;
        }
        if self.json {
            let Self { command, .. } = self;
            let errors = &failure.problems;
            let envelope = FailedEnvelope { version: ENVELOPE, command, exit: failure.exit as u8, errors };
            self.tell(&serde_json::to_string(&envelope).unwrap_or_default());
            return failure.exit;
        }
        for problem in &failure.problems {
            self.tell(&told(problem));
        }
        failure.exit
    }

    /// A line that shows that something goes on, where somebody looks at it.
    pub(crate) fn progress(&self, what: &'static str) -> ProgressBar {
        let shown = !self.quiet && !self.json && io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}: {human_pos}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(100));
        bar
    }

    fn envelope(&self, data: &impl Serialize) {
        let envelope = Envelope { version: ENVELOPE, command: &self.command, dry_run: self.dry_run, data };
        match serde_json::to_string(&envelope) {
            Ok(line) => self.raw(&format!("{line}\n")),
            Err(error) => self.tell(&format!("the answer cannot be written as JSON: {error}")),
        }
    }
}

/// Code and title, the reason, the mend, the page.
fn told(problem: &Problem) -> String {
    let Problem { code, title, why, fix } = problem;
    let why = why.replace('\n', "\n  ");
    let mut text = format!("{BAD}error[{code}]{BAD:#}{BOLD}: {title}{BOLD:#}\n  {why}");
    if let Some(fix) = fix {
        text = format!("{text}\n  {GOOD}fix:{GOOD:#}  {fix}");
    }
    format!("{text}\n  {DIM}more: guide, \"Errors\", {code}{DIM:#}")
}

/// `1 user`, `2 users`.
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
