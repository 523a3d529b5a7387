//! What was measured, as a table for people and as a file for programs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::load::Rate;
use crate::machine::Machine;

/// One line of the table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    /// The target's number in the list of targets.
    pub row: String,
    /// What was measured, and against what.
    pub what: String,
    pub unit: Unit,
    /// Medians of the rounds.
    pub value: f64,
    pub floor: f64,
    /// The median, least and most of each round's value to its floor.
    pub ratio: f64,
    pub least: f64,
    pub most: f64,
    /// The median ratio by processor time instead of time.
    pub by_cpu: Option<f64>,
    pub target: Target,
    /// The floor itself moved by more than a third, in every try.
    pub noisy: bool,
    /// All that was measured: by round, then by part.
    pub rounds: Vec<Vec<Rate>>,
    /// The tries before, whose floor moved too much.
    pub discarded: Vec<Vec<Vec<Rate>>>,
    /// Of what is no rate, all that was measured.
    pub quantities: Vec<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Unit {
    PerSecond,
    Milliseconds,
    Mebibytes,
    Share,
    Count,
}

/// What the ratio is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Target {
    AtLeast(f64),
    /// Value and floor are a quantity and its limit.
    WithinLimit,
    /// Only shown beside the others.
    None,
}

impl Line {
    /// A quantity that has a limit.
    pub fn limited(row: &str, what: impl Into<String>, unit: Unit, values: &[f64], limit: f64) -> Self {
        let most = values.iter().copied().fold(0.0, f64::max);
        let ratios: Vec<f64> = values.iter().map(|value| value / limit).collect();
        Self {
            row: row.to_owned(),
            what: what.into(),
            unit,
            value: most,
            floor: limit,
            ratio: most / limit,
            least: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            most: ratios.iter().copied().fold(0.0, f64::max),
            by_cpu: None,
            target: Target::WithinLimit,
            noisy: false,
            rounds: Vec::new(),
            discarded: Vec::new(),
            quantities: values.to_vec(),
        }
    }

    /// A part of a whole that is to be large.
    pub fn share(row: &str, what: impl Into<String>, share: f64, least: f64) -> Self {
        Self { target: Target::AtLeast(least), ..Self::limited(row, what, Unit::Share, &[share], 1.0) }
    }

    pub fn verdict(&self) -> &'static str {
        let reached = match self.target {
            Target::AtLeast(least) => self.ratio >= least,
            Target::WithinLimit => self.ratio <= 1.0,
            Target::None => return "",
        };
        match (reached, self.noisy) {
            (true, false) => "yes",
            (false, false) => "**short**",
            (true, true) => "yes (noisy)",
            (false, true) => "**short** (noisy)",
        }
    }

    fn markdown(&self) -> String {
        let Self { row, what, unit, ratio, least, most, .. } = self;
        let target = match self.target {
            Target::AtLeast(least) => format!("≥ {least:.2}"),
            Target::WithinLimit => "≤ 1".to_owned(),
            Target::None => String::new(),
        };
        let (value, floor) = (unit.show(self.value), unit.show(self.floor));
        let by_cpu = self.by_cpu.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let verdict = self.verdict();
        format!(
            "| {row} | {what} | {value} | {floor} | {ratio:.2} | {least:.2}–{most:.2} | {by_cpu} | {target} | {verdict} |"
        )
    }
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::PerSecond if value < 1_000.0 => format!("{value:.1}/s"),
            Self::PerSecond => format!("{}/s", thousands(value)),
            Self::Milliseconds => format!("{value:.1} ms"),
            Self::Mebibytes => format!("{value:.0} MiB"),
            Self::Share => format!("{value:.3}"),
            Self::Count => format!("{value:.0}"),
        }
    }
}

/// The head of the table alone, or with all its lines.
pub fn markdown(lines: &[Line]) -> String {
    let mut table = "| row | value / floor | value | floor | ratio | spread | by CPU | target | ok |\n\
                     |---|---|--:|--:|--:|---|--:|---|---|\n"
        .to_owned();
    for line in lines {
        // Writing to a `String` cannot fail.
        let _ = writeln!(table, "{}", line.markdown());
    }
    table
}

/// Writes the JSON file and says where it is.
pub fn write(folder: &Path, machine: &Machine, lines: &[Line], failed: &[String]) -> Result<PathBuf, Failure> {
    let file = folder.join(format!("{}-{}.json", machine.started.replace(':', ""), machine.commit));
    let report = serde_json::json!({ "machine": machine, "lines": lines, "failed": failed });
    std::fs::write(&file, serde_json::to_vec_pretty(&report)?)?;
    Ok(file)
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_shown_short() {
        let line = |ratio, target, noisy| Line {
            ratio,
            target,
            noisy,
            ..Line::limited("P1", "x", Unit::PerSecond, &[1.0], 1.0)
        };
        assert_eq!(line(0.84, Target::AtLeast(0.85), false).verdict(), "**short**");
        assert_eq!(line(0.85, Target::AtLeast(0.85), true).verdict(), "yes (noisy)");
        assert_eq!(line(1.01, Target::WithinLimit, false).verdict(), "**short**");
        assert_eq!(line(0.1, Target::None, false).verdict(), "");
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(Unit::PerSecond.show(1_234_567.4), "1,234,567/s");
        assert_eq!(Unit::PerSecond.show(61.25), "61.2/s");
        assert_eq!(thousands(999.0), "999");
    }
}
