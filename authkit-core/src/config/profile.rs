//! The application's own columns: what they may be called.

use super::codes::ConfigCode;
use super::problems::Problems;
use super::setting::Setting;
use crate::model::profile::{Field, FieldKind};

/// Names that request bodies, forms and user objects use themselves.
const TAKEN: [&str; 19] = [
    "id",
    "email",
    "password",
    "current_password",
    "new_password",
    "role",
    "roles",
    "is_active",
    "is_verified",
    "created_at",
    "updated_at",
    "deleted_at",
    "last_sign_in_at",
    "sessions",
    "session_epoch",
    "password_hash",
    "reason",
    "token",
    "csrf_token",
];

pub(super) fn check(setting: &Setting<Vec<Field>>, problems: &mut Problems) {
    let fields = setting.value();
    for (index, field) in fields.iter().enumerate() {
        let name = field.name();
        let place = format!("field {} of {}", index + 1, setting.place());
        let mut refuse = |why: String, fix: &str| problems.refuse(ConfigCode::ProfileField, why, fix);
        let letters = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if name.is_empty() || name.len() > 64 || !letters {
            let why = format!("the name of {place} must be 1 to 64 letters, digits and _");
            refuse(why, "rename it");
        }
        if TAKEN.iter().any(|taken| taken.eq_ignore_ascii_case(name)) {
            refuse(format!("the name of {place} is one that AuthKit uses itself"), "rename it");
        }
        if fields.iter().take(index).any(|earlier| earlier.name() == name) {
            refuse(format!("{place} has the name of an earlier one"), "rename one of them");
        }
        if field.kind() == FieldKind::Text && field.max_length() == 0 {
            refuse(format!("{place} allows no character"), "allow 1 or more by `.max(..)`");
        }
    }
}
