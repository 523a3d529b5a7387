//! Signing in, refreshing and signing out from a program that has no HTTP: a worker, a game server, a command line.
//!
//! Every flow is a method of the kit and takes plain values. `cargo run --bin worker_without_http`

use authkit_core::{Actor, AuthError, AuthKit, ClientInfo, Config, Login, Profile, Role, TrustedPassword, TrustedUser};
use authkit_store_memory::MemoryStore;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let kit = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;

    // A program has no network address and no browser; what it knows of itself still goes into the audit trail.
    let client = ClientInfo::new(None, Some("nightly-report/1.0"), Some("job-4711"));
    let worker = TrustedUser {
        email: "worker@example.com".into(),
        password: TrustedPassword::Plain("only this program knows it".into()),
        role: Role::new("user").ok_or(AuthError::UnknownRole)?,
        is_active: true,
        is_verified: true,
        profile: Profile::default(),
    };
    kit.create_user(worker, Actor::System).await?;

    let signed_in = kit.login(Login::new("worker@example.com", "only this program knows it"), &client).await?;
    println!("signed in as {}", signed_in.user.email);

    // Before every piece of work: is the session still good, and what may its user do? The stores are asked each time.
    let current = kit.current_user(&signed_in.tokens.access).await?;
    println!("working with the role {}", current.user.role);

    // The access token ends after a quarter of an hour; the refresh token brings the next pair.
    let next = kit.refresh(&signed_in.tokens.refresh, &client).await?;
    println!("refreshed, generation {}", next.session.generation);

    // From another place, somebody ends the session. It bites at the next question.
    kit.revoke_own_session(&current, next.session.id, &client).await?;
    match kit.current_user(&next.tokens.access).await {
        Err(AuthError::SessionRevoked) => println!("the session was ended"),
        other => return Err(format!("the session lives on: {other:?}").into()),
    }
    Ok(())
}
