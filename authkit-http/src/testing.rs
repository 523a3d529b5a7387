//! What tests need that has no place in a program: the unit tests here, and the host test kit of an adapter (feature
//! `test`).

use authkit_core::{AuthError, AuthKit, SessionId};

use crate::console::form_token as token;

/// What HTTP needs of the development configuration: `http://127.0.0.1:8000`, cookies without a prefix.
#[cfg(test)]
pub(crate) fn settings() -> authkit_core::HttpSettings {
    use authkit_core::Config;
    use authkit_store_memory::MemoryStore;

    let kit = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build();
    kit.expect("the development configuration is sound").http().clone()
}

/// A token for the forms of a session, as its pages hold one in the hidden field `csrf_token`.
///
/// # Errors
/// The source of randomness failed.
pub fn form_token(kit: &AuthKit, session: SessionId) -> Result<String, AuthError> {
    token::make(kit, session)
}
