//! An application's own unit tests, with its accounts in memory: no database, no server, no waiting.

use authkit_core::{Actor, AuthKit, ClientInfo, Config, Profile, Role, SignedIn, TrustedPassword, TrustedUser};
use authkit_store_memory::MemoryStore;

/// What the application has: something that only editors may do.
fn publish(who: &SignedIn, title: &str) -> Result<String, &'static str> {
    match who.user.role.as_str() {
        "editor" | "admin" => Ok(format!("{title}, published by {}", who.user.email)),
        _ => Err("only editors publish"),
    }
}

/// Two lines make a whole kit; a test has one of its own.
fn kit() -> AuthKit {
    let store = MemoryStore::new();
    AuthKit::builder().store(store).config(Config::development()).build().expect("the configuration fits")
}

/// Somebody who is signed in with a role. No password is hashed, so it takes no time.
async fn somebody(kit: &AuthKit, role: &str) -> SignedIn {
    let user = TrustedUser {
        email: format!("{role}@example.com"),
        password: TrustedPassword::None,
        role: Role::new(role).expect("a role"),
        is_active: true,
        is_verified: true,
        profile: Profile::default(),
    };
    let user = kit.create_user(user, Actor::System).await.expect("a user");
    let signed_in = kit.open_session_for(&user.id, &ClientInfo::none()).await.expect("a session");
    kit.current_user(&signed_in.tokens.access).await.expect("a live session")
}

#[tokio::test]
async fn editors_publish() {
    let kit = kit();
    let editor = somebody(&kit, "editor").await;
    assert_eq!(publish(&editor, "News"), Ok("News, published by editor@example.com".to_owned()));
}

#[tokio::test]
async fn others_do_not() {
    let kit = kit();
    let user = somebody(&kit, "user").await;
    assert_eq!(publish(&user, "News"), Err("only editors publish"));
}
