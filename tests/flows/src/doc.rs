//! What core's doctests hide: a kit in memory with somebody in it.

use authkit_core::testing::Outbox;
use authkit_core::{AuthKit, ClientInfo, Config, Field, Login, Registration, SignIn, User};
use authkit_store_memory::MemoryStore;

use crate::hasher::QuickHasher;

/// Runs a future to its end.
pub fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

/// A kit in memory, with one profile field.
pub fn kit() -> AuthKit {
    let config =
        Config::development().profile_fields([Field::text("company").max(80).at_registration().editable().exposed()]);
    let builder = AuthKit::builder().store(MemoryStore::new()).config(config);
    builder.hasher(QuickHasher::default()).mailer(Outbox::default()).build().expect("a kit")
}

/// Somebody with an account.
pub async fn register(kit: &AuthKit, email: &str, password: &str) -> User {
    let registration = Registration { email: email.into(), password: password.into(), profile: Default::default() };
    let registered = kit.register(registration, &ClientInfo::none()).await.expect("an account");
    registered.into_user().expect("no proof of the address is asked for")
}

/// Ada, signed in.
pub async fn signed_in(kit: &AuthKit) -> SignIn {
    register(kit, "ada@example.com", "a lantern over the quay").await;
    let login = Login::new("ada@example.com", "a lantern over the quay");
    kit.login(login, &ClientInfo::none()).await.expect("a session")
}

/// An administrator, signed in.
pub async fn admin(kit: &AuthKit) -> SignIn {
    let actor = authkit_core::Actor::System;
    let user = kit.create_first_admin("root@example.com", "a lantern over the quay".into(), actor).await;
    kit.open_session_for(&user.expect("an administrator").id, &ClientInfo::none()).await.expect("a session")
}
