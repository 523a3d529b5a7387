//! What a write changed: before and after, field by field.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::clean::printable_json;

/// Before and after of every field that a write changed; the store fills it, since only the store knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change(BTreeMap<Cow<'static, str>, (Value, Value)>);

impl Change {
    /// Nothing changed.
    pub const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// One field.
    pub fn of(field: &'static str, before: impl Into<Value>, after: impl Into<Value>) -> Self {
        Self::none().and(field, before, after)
    }

    /// One field more. Texts are kept as [`crate::printable`] writes them: they may be a user's own.
    #[must_use]
    pub fn and(
        mut self,
        field: impl Into<Cow<'static, str>>,
        before: impl Into<Value>,
        after: impl Into<Value>,
    ) -> Self {
        self.0.insert(field.into(), (printable_json(before.into()), printable_json(after.into())));
        self
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `{field: [before, after]}`, the form that stores keep and the API shows; `None` when nothing changed.
    pub fn to_json(&self) -> Option<Value> {
        let object = self.0.iter().map(|(field, (before, after))| {
            (field.clone().into_owned(), Value::Array(vec![before.clone(), after.clone()]))
        });
        (!self.0.is_empty()).then(|| Value::Object(object.collect()))
    }

    /// What a field is after the write; `None`: it did not change.
    pub fn after(&self, field: &str) -> Option<&Value> {
        self.0.get(field).map(|(_, after)| after)
    }

    /// What a field was before the write; `None`: it did not change.
    pub fn before(&self, field: &str) -> Option<&Value> {
        self.0.get(field).map(|(before, _)| before)
    }

    /// Reads what [`Self::to_json`] wrote; `None` for any other JSON.
    pub fn from_json(value: &Value) -> Option<Self> {
        let fields = value.as_object()?.iter().map(|(field, pair)| match pair.as_array().map(Vec::as_slice) {
            Some([before, after]) => Some((Cow::Owned(field.clone()), (before.clone(), after.clone()))),
            _ => None,
        });
        fields.collect::<Option<_>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_survives_its_json() {
        let change = Change::of("role", "user", "admin").and("is_active", true, false);
        assert_eq!(change.to_json().as_ref().and_then(Change::from_json), Some(change));
        assert_eq!(Change::none().to_json(), None);
        assert_eq!(Change::from_json(&serde_json::json!({"role": ["user"]})), None);
    }
}
