//! Rows in columns that stand below each other, whatever letters are in them.

use std::fmt::Write as _;

use anstyle::Style;
use authkit_core::printable;
use unicode_width::UnicodeWidthStr as _;

use crate::output::{DIM, PLAIN};

/// Between two columns.
const GAP: &str = "  ";

/// A text and how it looks.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A text in a style. What a terminal would obey in it is made visible.
    pub(crate) fn new(text: &str, style: Style) -> Self {
        Self { text: printable(text, 1_024), style }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::new(&text, PLAIN)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::new(text, PLAIN)
    }
}

/// A table with a heading.
#[derive(Debug)]
pub(crate) struct Table {
    heading: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A column whose heading begins with `>` is set to the right.
    pub(crate) fn new(heading: impl Into<Vec<&'static str>>) -> Self {
        Self { heading: heading.into(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        self.rows.push(cells.into());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table as lines, or `none` where it has no row.
    pub(crate) fn text(&self, none: &str) -> String {
        if self.is_empty() {
            return format!("{none}\n");
        }
        let right: Vec<bool> = self.heading.iter().map(|name| name.starts_with('>')).collect();
        let heading: Vec<Cell> = self.heading.iter().map(|name| Cell::new(name.trim_start_matches('>'), DIM)).collect();
        let all = || std::iter::once(&heading).chain(&self.rows);
        let widths: Vec<usize> = (0..self.heading.len())
            .map(|n| all().filter_map(|row| row.get(n)).map(|cell| cell.text.width()).max().unwrap_or_default())
            .collect();
        let mut text = String::new();
        for row in all() {
            let mut line = String::new();
            for ((cell, width), right) in row.iter().zip(&widths).zip(&right) {
                let padding = " ".repeat(width.saturating_sub(cell.text.width()));
                let style = cell.style;
                let shown = format!("{style}{}{style:#}", cell.text);
                let _ =
                    if *right { write!(line, "{padding}{shown}{GAP}") } else { write!(line, "{shown}{padding}{GAP}") };
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// Names and values, one a line, the values below each other.
pub(crate) fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, Cell)>) -> String {
    let facts: Vec<_> = facts.into_iter().collect();
    let width = facts.iter().map(|(name, _)| name.width()).max().unwrap_or_default();
    let mut text = String::new();
    for (name, Cell { text: value, style }) in &facts {
        let padding = " ".repeat(width.saturating_sub(name.width()));
        let _ = writeln!(text, "{DIM}{name}{DIM:#}{padding}{GAP}{style}{value}{style:#}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_also_with_wide_letters() {
        let mut table = Table::new(["NAME", ">N", "END"]);
        table.row(["漢字".into(), "7".into(), "x".into()]);
        table.row(["ab".into(), "123".into(), "y".into()]);
        let text = anstream::adapter::strip_str(&table.text("none")).to_string();
        assert_eq!(text, "NAME    N  END\n漢字    7  x\nab    123  y\n");
    }

    // S-77
    #[test]
    fn a_cell_cannot_speak_to_the_terminal() {
        let mut table = Table::new(["NAME"]);
        table.row(["\u{1b}[2Jx\ny".into()]);
        let text = anstream::adapter::strip_str(&table.text("none")).to_string();
        assert_eq!(text.lines().count(), 2);
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn a_table_without_rows_says_so() {
        assert_eq!(Table::new(["NAME"]).text("No users."), "No users.\n");
    }
}
