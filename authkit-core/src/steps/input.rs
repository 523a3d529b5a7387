//! Input that several flows take: addresses, new passwords, profile fields.

use serde_json::{Map, Value};

use crate::error::{AuthError, FieldError};
use crate::kit::AuthKit;
use crate::model::email::Email;
use crate::model::profile::{Field, FieldKind};
use crate::model::secret::Password;

impl AuthKit {
    /// An address that somebody typed into the field `email`.
    pub(crate) fn parse_email(text: &str) -> Result<Email, FieldError> {
        Email::parse(text).map_err(|_| FieldError::new("email", "invalid", "This is not an email address."))
    }

    /// Whether a password may be set for an address.
    pub(crate) fn check_new_password(&self, password: &Password, email: &Email) -> Result<(), AuthError> {
        let context = [email.as_str(), email.key().as_str()];
        self.0.settings.password_policy.check(password, &context).map_err(AuthError::WeakPassword)
    }

    /// What is wrong with profile fields, of which only those that `allowed` accepts may be given.
    pub(crate) fn profile_errors(
        &self,
        fields: &Map<String, Value>,
        allowed: impl Fn(&Field) -> bool,
    ) -> Vec<FieldError> {
        let declared = &self.0.settings.profile_fields;
        let errors = fields.iter().filter_map(|(name, value)| {
            match declared.iter().find(|field| field.name() == name).filter(|field| allowed(field)) {
                Some(field) => field_error(field, value),
                None => Some(FieldError::new(name, "unknown_field", "This field does not exist here.")),
            }
        });
        errors.collect()
    }
}

fn field_error(field: &Field, value: &Value) -> Option<FieldError> {
    let invalid = |expected: &str| Some(FieldError::new(field.name(), "invalid", format!("This must be {expected}.")));
    match (field.kind(), value) {
        (_, Value::Null) | (FieldKind::Boolean, Value::Bool(_)) => None,
        // No SQL database of ours keeps it in a text, so none is asked to.
        (FieldKind::Text, Value::String(text)) if text.contains('\0') => invalid("a text without the character NUL"),
        (FieldKind::Text, Value::String(text)) => {
            let max = field.max_length();
            (text.chars().count() > max)
                .then(|| FieldError::new(field.name(), "too_long", format!("At most {max} characters.")))
        }
        (FieldKind::Integer, Value::Number(number)) if number.is_i64() => None,
        (FieldKind::Text, _) => invalid("a text"),
        (FieldKind::Integer, _) => invalid("a whole number"),
        (FieldKind::Boolean, _) => invalid("true or false"),
    }
}
