//! Users with the password hashes of the system before: they sign in with their old password, and the hash is replaced.
//! `cargo run --bin hashes_from_another_system`
//!
//! bcrypt and every Argon2 are known. What is to be imported is checked by nobody: no policy, no throttle.

use authkit_core::{
    Actor, AuthError, AuthKit, ClientInfo, Config, Login, Profile, Role, TrustedPassword, TrustedUser, User,
};
use authkit_store_memory::MemoryStore;

/// A row of the old system. The password is `dungeon-lantern-7`.
const OLD: (&str, &str) = ("grace@example.com", "$2b$06$abcdefghijklmnopqrstuuksucOzdasYzAh3.KOkPoyOcLUmALDzG");

/// Takes a user over as it was.
async fn import(auth: &AuthKit, (email, hash): (&str, &str)) -> Result<User, AuthError> {
    let user = TrustedUser {
        email: email.to_owned(),
        password: TrustedPassword::Hash(hash.into()),
        role: Role::new("user").ok_or(AuthError::UnknownRole)?,
        is_active: true,
        is_verified: true,
        profile: Profile::default(),
    };
    auth.create_user(user, Actor::Cli("import".into())).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
    import(&auth, OLD).await?;
    let opened = auth.login(Login::new(OLD.0, "dungeon-lantern-7"), &ClientInfo::none()).await?;
    println!("signed in as {}", opened.user.email);
    let again = auth.login(Login::new(OLD.0, "dungeon-lantern-7"), &ClientInfo::none()).await?;
    let scheme = again.user.password_hash.as_ref().and_then(|hash| hash.expose().split('$').nth(1));
    println!("the hash is {} now", scheme.unwrap_or("none"));
    Ok(())
}
