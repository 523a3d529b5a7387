//! The conditions of a list, put together from fixed text; what a caller gave travels as a bound value only.

use rusqlite::types::Value;

/// Conditions that must all hold, and their values in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct Clauses {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Clauses {
    /// A condition without a value.
    pub(crate) fn and(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    /// A condition that ends in a value: `column =`.
    pub(crate) fn and_with(&mut self, beginning: &str, value: impl Into<Value>) {
        let n = self.bind(value);
        self.conditions.push(format!("{beginning} ?{n}"));
    }

    /// A column that must hold one of these texts; none: whatever it holds.
    pub(crate) fn and_any<'t>(&mut self, column: &str, texts: impl IntoIterator<Item = &'t str>) {
        let numbers: Vec<String> = texts.into_iter().map(|text| format!("?{}", self.bind(text.to_owned()))).collect();
        if !numbers.is_empty() {
            self.and(format!("{column} IN ({})", numbers.join(", ")));
        }
    }

    /// Adds a value and answers its number, which may be named more than once.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> usize {
        self.values.push(value.into());
        self.values.len()
    }

    /// `WHERE …`, or nothing.
    pub(crate) fn text(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!("WHERE {}", self.conditions.join(" AND ")) }
    }

    /// The values, to bind by their numbers.
    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }
}
