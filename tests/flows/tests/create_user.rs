//! A trusted place makes users.

use authkit_core::{
    Actor, AuthKit, ClientInfo, EventCode, Login, PasswordHash, Profile, Role, TrustedPassword, TrustedUser, UserStore,
};
use authkit_flows::hasher::QuickHasher;
use authkit_flows::on_every_store;
use authkit_flows::world::{PASSWORD, World, code, config};
use authkit_store_memory::MemoryStore;
use serde_json::json;

fn user(email: &str, password: TrustedPassword) -> TrustedUser {
    TrustedUser {
        email: email.into(),
        password,
        role: Role::new("user").expect("a role"),
        is_active: true,
        is_verified: true,
        profile: Profile::default(),
    }
}

on_every_store! {
    async fn all_of_it_is_taken_as_given_and_no_policy_is_asked(world: World) {
        let profile = json!({"internal": "from the old system", "anything": [1, 2]});
        let given = TrustedUser {
            role: Role::new("editor").expect("a role"),
            is_active: false,
            is_verified: true,
            profile: Profile::new(profile.as_object().cloned().expect("an object")),
            ..user("Ada@Example.com", TrustedPassword::Plain("short".into()))
        };
        let made = world.kit.create_user(given, Actor::Cli("import".into())).await.expect("a user");
        assert_eq!((made.role.as_str(), made.is_active, made.is_verified), ("editor", false, true));
        assert_eq!(json!(made.profile.fields()), profile);
        assert_eq!(world.user(&made.id).await, made);
        assert_eq!(code(&world.try_login("ada@example.com", "short").await), "account_disabled");
        let [event] = &world.events_of(EventCode::USER_CREATED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.subject), (&Actor::Cli("import".into()), Some(made.id)));
    }

    async fn a_hash_from_elsewhere_is_kept_and_no_password_signs_nobody_in(world: World) {
        let hash = QuickHasher::stored("quick", "00", "from elsewhere");
        world.kit.create_user(user("ada@example.com", TrustedPassword::Hash(hash)), Actor::System).await.expect("a user");
        assert_eq!(code(&world.try_login("ada@example.com", "from elsewhere").await), "ok");
        let none = world.kit.create_user(user("eve@example.com", TrustedPassword::None), Actor::System).await;
        assert_eq!(none.expect("a user").password_hash, None);
        for guess in ["", "null", PASSWORD] {
            assert_eq!(code(&world.try_login("eve@example.com", guess).await), "invalid_credentials");
        }
        // Who has no password gets one by a link.
        let token = world.reset_token("eve@example.com").await;
        world.kit.reset_password(&token, PASSWORD.into(), &ClientInfo::none()).await.expect("reset");
        world.login("eve@example.com").await;
    }

    async fn a_taken_address_an_unknown_role_and_what_is_no_address_are_refused(world: World) {
        world.register("ada@example.com").await;
        let before = world.rows().await;
        let taken = world.kit.create_user(user("ADA@example.com", TrustedPassword::None), Actor::System).await;
        assert_eq!(code(&taken), "email_taken");
        let role = Role::new("owner").expect("a role");
        let owner = TrustedUser { role, ..user("eve@example.com", TrustedPassword::None) };
        assert_eq!(code(&world.kit.create_user(owner, Actor::System).await), "unknown_role");
        let nowhere = world.kit.create_user(user("nowhere", TrustedPassword::None), Actor::System).await;
        assert_eq!(code(&nowhere), "validation_failed");
        assert_eq!(world.rows().await, before);
    }

    async fn the_first_administrator_is_made_once_and_under_the_policy(world: World) {
        let kit = &world.kit;
        let first = |email: &'static str, password: &'static str| kit.create_first_admin(email, password.into(), Actor::System);
        world.register("ada@example.com").await;
        assert_eq!(code(&first("root@example.com", "password1234").await), "weak_password");
        assert_eq!(code(&first("root", PASSWORD).await), "validation_failed");
        assert_eq!(code(&first("ada@example.com", PASSWORD).await), "email_taken");
        let root = first("root@example.com", PASSWORD).await.expect("an administrator");
        assert_eq!((root.role.as_str(), root.is_active, root.is_verified), ("admin", true, true));
        assert_eq!(code(&first("second@example.com", PASSWORD).await), "admin_exists");
        let sign_in = world.login("root@example.com").await;
        world.kit.operator(&world.current(&sign_in).await).expect("let in");
        assert_eq!(world.events_of(EventCode::USER_CREATED).await.len(), 1);
    }
}

/// A kit with the hasher that everybody has.
fn kit(store: &std::sync::Arc<MemoryStore>) -> AuthKit {
    AuthKit::builder().store(std::sync::Arc::clone(store)).config(config()).build().expect("a kit")
}

// S-5 S-6 S-8
#[tokio::test]
async fn a_bcrypt_hash_is_verified_and_replaced_by_argon2id_at_the_next_sign_in() {
    let store = std::sync::Arc::new(MemoryStore::new());
    let kit = kit(&store);
    // From the test vectors of crypt_blowfish.
    let bcrypt = PasswordHash::from("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    let made = kit.create_user(user("ada@example.com", TrustedPassword::Hash(bcrypt)), Actor::System).await;
    let id = made.expect("a user").id;
    let login = |password: &'static str| kit.login(Login::new("ada@example.com", password), &NOBODY);
    assert_eq!(code(&login("U*V").await), "invalid_credentials");
    assert_eq!(code(&login("U*U").await), "ok");
    let hash = store.find_user(&id).await.expect("an answer").and_then(|user| user.password_hash).expect("a hash");
    assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.expose());
    assert_eq!(code(&login("U*U").await), "ok");
}

// S-8
#[tokio::test]
async fn a_stored_hash_with_hostile_parameters_is_never_run() {
    let store = std::sync::Arc::new(MemoryStore::new());
    let kit = kit(&store);
    let (salt, tag) = ("c29tZSBzYWx0IG9mIDE2", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    for (n, hash) in [
        format!("$argon2id$v=19$m=4194304,t=2,p=1${salt}${tag}"),
        format!("$argon2id$v=19$m=19456,t=1000000,p=1${salt}${tag}"),
        format!("$argon2id$v=19$m=19456,t=2,p=255${salt}${tag}"),
        "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        "$md5$whatever".to_owned(),
        "plain text".to_owned(),
        String::new(),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("ada{n}@example.com");
        let given = user(&email, TrustedPassword::Hash(hash.as_str().into()));
        kit.create_user(given, Actor::System).await.expect("a user");
        let answer = kit.login(Login::new(email, "plain text"), &NOBODY).await;
        assert_eq!(code(&answer), "invalid_credentials", "{hash}");
    }
}

static NOBODY: ClientInfo = ClientInfo::none();
