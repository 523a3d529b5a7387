//! A password in a line of the log.

pub fn line(password: &authkit_core::Password) -> String {
    format!("signed in with {password}")
}
