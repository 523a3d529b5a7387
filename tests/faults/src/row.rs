//! Rows of the fault table.

/// How much of it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For every test run.
    Short,
    /// For the table.
    Long,
}

impl Form {
    /// One value or the other.
    pub fn pick<T>(self, short: T, long: T) -> T {
        match self {
            Self::Short => short,
            Self::Long => long,
        }
    }
}

/// A value beside what it should be.
#[derive(Debug, Clone)]
pub struct Row {
    /// The row of the scoreboard and what was done.
    pub name: String,
    pub value: String,
    pub target: String,
    pub is_met: bool,
}

impl Row {
    pub fn new(name: impl Into<String>, value: impl Into<String>, target: impl Into<String>, is_met: bool) -> Self {
        Self { name: name.into(), value: value.into(), target: target.into(), is_met }
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = if self.is_met { "" } else { " **not met**" };
        write!(f, "| {} | {} | {}{mark} |", self.name, self.value, self.target)
    }
}
