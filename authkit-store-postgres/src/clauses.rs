//! The conditions of a list, put together from fixed text; what a caller gave travels as a value only.

use crate::value::Value;

/// Conditions that must all hold, and their values in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct Clauses<'a> {
    conditions: Vec<String>,
    values: Vec<Value<'a>>,
}

impl<'a> Clauses<'a> {
    /// A condition without a value.
    pub(crate) fn and(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    /// A condition that ends in a value: `column =`.
    pub(crate) fn and_with(&mut self, beginning: &str, value: impl Into<Value<'a>>) {
        let n = self.bind(value);
        self.conditions.push(format!("{beginning} ${n}"));
    }

    /// A column that must hold one of these texts; none: whatever it holds.
    pub(crate) fn and_any(&mut self, column: &str, texts: Vec<&'a str>) {
        if !texts.is_empty() {
            let n = self.bind(Value::Texts(texts));
            self.conditions.push(format!("{column} = ANY (${n})"));
        }
    }

    /// Adds a value and answers its number, which may be named more than once.
    pub(crate) fn bind(&mut self, value: impl Into<Value<'a>>) -> usize {
        self.values.push(value.into());
        self.values.len()
    }

    /// `WHERE …`, or nothing.
    pub(crate) fn text(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!("WHERE {}", self.conditions.join(" AND ")) }
    }

    /// The values, in the order of their numbers.
    pub(crate) fn values(&self) -> &[Value<'a>] {
        &self.values
    }
}
