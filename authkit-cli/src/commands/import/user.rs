//! A row of the old users table as a user.

use authkit_core::{ImportedUser, PasswordHash, Profile, Role};

use super::convert::{Row, flag, id, instant, text};
use super::report::Report;
use super::source::LAST_SIGN_IN;

/// What people call a row that cannot be taken.
pub(super) fn name_of(row: &Row) -> String {
    let text = |name: &str| row.get(name).and_then(|value| value.as_str()).unwrap_or("?").to_owned();
    format!("{} ({})", text("email"), text("id"))
}

/// The user, or why there is none.
pub(super) fn convert(mut row: Row, report: &mut Report) -> Result<ImportedUser, String> {
    let key = text(&mut row, "id").unwrap_or_default();
    let id = id(&key).ok_or_else(|| format!("its id {key:?} cannot be kept: 1 to 64 printable bytes are needed"))?;
    let email = text(&mut row, "email").ok_or("it has no address")?;
    let role = text(&mut row, "role").unwrap_or_default();
    let role = Role::new(&role).ok_or_else(|| format!("its role {role:?} cannot be one"))?;
    let created = text(&mut row, "created_at").unwrap_or_default();
    let (created_at, has_zone) = instant(&created).ok_or_else(|| format!("created_at is no instant: {created:?}"))?;
    report.zoneless += u64::from(!has_zone);
    let last = text(&mut row, LAST_SIGN_IN).and_then(|text| instant(&text)).map(|(at, _)| at);
    let hash = text(&mut row, "hashed_password").filter(|hash| !hash.is_empty()).map(PasswordHash::new);
    report.without_password += u64::from(hash.is_none());
    let (is_active, is_verified) = (flag(&mut row, "is_active"), flag(&mut row, "is_verified"));
    row.remove("updated_at");
    // What is left is the application's own.
    row.retain(|_, value| !value.is_null());
    for name in row.keys() {
        report.columns.insert(name.clone());
    }
    Ok(ImportedUser {
        id,
        email,
        password_hash: hash,
        role,
        is_active,
        is_verified,
        profile: Profile::new(row),
        created_at,
        last_sign_in_at: last,
    })
}
