//! The one user who can sign in.

use authkit_core::{
    Actor, AuditSink, AuthKit, Config, Profile, Role, SessionStore, Store, TrustedPassword, TrustedUser, UserStore,
};

use crate::failure::Failure;

/// The administrator's address.
pub const ADMIN: &str = "admin@example.com";
/// The administrator's password.
pub const PASSWORD: &str = "adminpass123";

/// Makes the administrator through the core, with a hash as every other.
pub async fn create<S>(store: S) -> Result<(), Failure>
where
    S: Store + UserStore + SessionStore + AuditSink,
{
    let kit = AuthKit::builder().store(store).config(Config::development()).build()?;
    let user = TrustedUser {
        email: ADMIN.to_owned(),
        password: TrustedPassword::Plain(PASSWORD.into()),
        role: Role::new("admin").ok_or_else(|| Failure::new("no such role"))?,
        is_active: true,
        is_verified: true,
        profile: Profile::default(),
    };
    kit.create_user(user, Actor::System).await?;
    Ok(())
}
