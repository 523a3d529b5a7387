//! The application's own columns of a user.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The application's own columns of a user, as a JSON object that the store fills.
///
/// ```
/// use authkit_core::Profile;
///
/// #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
/// struct Row {
///     company: String,
/// }
///
/// let profile = Profile::from_typed(&Row { company: "Acme".into() })?;
/// assert_eq!(profile.read::<Row>()?, Row { company: "Acme".into() });
/// # Ok::<(), authkit_core::ProfileError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profile(Map<String, Value>);

impl Profile {
    /// Wraps a JSON object.
    pub const fn new(fields: Map<String, Value>) -> Self {
        Self(fields)
    }

    /// The columns as a type of the application's own.
    ///
    /// # Errors
    /// [`ProfileError`]: a column is missing or of another type; the text names it.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ProfileError> {
        T::deserialize(&self.0).map_err(|error| ProfileError(error.to_string()))
    }

    /// The columns out of a type of the application's own.
    ///
    /// # Errors
    /// [`ProfileError`]: the type does not become a JSON object.
    pub fn from_typed<T: Serialize>(row: &T) -> Result<Self, ProfileError> {
        match serde_json::to_value(row) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(ProfileError("a profile is a JSON object, so the type must be a struct or a map".to_owned())),
            Err(error) => Err(ProfileError(error.to_string())),
        }
    }

    /// The columns as JSON.
    pub const fn fields(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The columns as JSON, to change.
    pub const fn fields_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.0
    }
}

/// The profile does not have the form that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("profile: {0}")]
pub struct ProfileError(String);

/// A column of the application's own, as a request body may carry it. Closed unless opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    name: &'static str,
    kind: FieldKind,
    max: usize,
    at_registration: bool,
    editable: bool,
    exposed: bool,
}

/// The JSON type of a [`Field`]; `null` is always allowed and clears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// A string of at most [`Field::max_length`] characters.
    Text,
    /// A whole number that fits an `i64`.
    Integer,
    /// `true` or `false`.
    Boolean,
}

impl Field {
    /// A text column of at most 255 characters.
    pub const fn text(name: &'static str) -> Self {
        Self { name, kind: FieldKind::Text, max: 255, at_registration: false, editable: false, exposed: false }
    }

    /// A whole number.
    pub const fn integer(name: &'static str) -> Self {
        Self { kind: FieldKind::Integer, ..Self::text(name) }
    }

    /// A yes or no.
    pub const fn boolean(name: &'static str) -> Self {
        Self { kind: FieldKind::Boolean, ..Self::text(name) }
    }

    /// The longest text, in characters (code points).
    #[must_use]
    pub const fn max(self, characters: usize) -> Self {
        Self { max: characters, ..self }
    }

    /// May be given at registration, by anyone.
    #[must_use]
    pub const fn at_registration(self) -> Self {
        Self { at_registration: true, ..self }
    }

    /// May be changed by its user later.
    #[must_use]
    pub const fn editable(self) -> Self {
        Self { editable: true, ..self }
    }

    /// Appears in the user object that the API answers with.
    #[must_use]
    pub const fn exposed(self) -> Self {
        Self { exposed: true, ..self }
    }

    /// Its name in JSON.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its type in JSON.
    pub const fn kind(&self) -> FieldKind {
        self.kind
    }

    /// The longest text, in characters.
    pub const fn max_length(&self) -> usize {
        self.max
    }

    /// Whether it may be given at registration.
    pub const fn is_at_registration(&self) -> bool {
        self.at_registration
    }

    /// Whether its user may change it.
    pub const fn is_editable(&self) -> bool {
        self.editable
    }

    /// Whether the API shows it.
    pub const fn is_exposed(&self) -> bool {
        self.exposed
    }
}
