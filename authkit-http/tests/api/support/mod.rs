//! A server without a server: a kit on the memory store with a clock that stands still, and the tables in front of it.

mod console;
mod document;
mod faulty;
mod reply;
mod request;

use std::sync::{Arc, OnceLock};

use authkit_core::testing::{CheapHasher, ManualClock, Outbox};
use authkit_core::{
    Actor, AuthKit, AuthKitBuilder, Config, Event, EventFilter, Given, HashError, HashMemory, Mail, MailError, Mailer,
    Operator, Password, PasswordHash, PasswordHasher, Permissions, Profile, Role, ThrottleMode, Timestamp,
    TrustedPassword, TrustedUser, User, Verified,
};
use authkit_http::console::Console;
use authkit_http::{mounts, openapi};
use authkit_store_memory::MemoryStore;
use serde_json::Value;

pub(crate) use console::{HOSTILE, assert_inert, encoded};
pub(crate) use document::schema_problems;
pub(crate) use faulty::{Faulty, Trouble};
pub(crate) use reply::Reply;
pub(crate) use request::{Browser, Call};

/// Whose password is this unless a test says otherwise.
pub(crate) const PASSWORD: &str = "a lantern over the quay";
/// Where the server says that it is.
pub(crate) const ORIGIN: &str = "http://127.0.0.1:8000";

/// A key as good as one that is drawn.
pub(crate) const SECRET: &str = "q7Vd2mXz9LhT4bRk8WnYc3FsJp6GaUe5";

/// Everything that a test turns.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) kit: AuthKit,
    pub(crate) clock: ManualClock,
    pub(crate) mails: Outbox,
    pub(crate) store: Arc<Faulty>,
    console: Option<Arc<Console>>,
    document: Arc<OnceLock<Value>>,
}

/// Two tokens, as a program holds them.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Server {
    /// The development configuration, throttles off.
    pub(crate) fn new() -> Self {
        Self::with(|config| config)
    }

    /// The same, changed.
    pub(crate) fn with(change: impl FnOnce(Config) -> Config) -> Self {
        Self::built(change, Cheap)
    }

    /// With another hasher.
    pub(crate) fn hashing(hasher: impl PasswordHasher) -> Self {
        Self::built(|config| config.hash_concurrency(1), hasher)
    }

    /// Without a mailer: mails stay in the mailbox of development.
    pub(crate) fn keeping_mails(change: impl FnOnce(Config) -> Config) -> Self {
        Self::made(change, |builder, _| builder.hasher(Cheap))
    }

    /// With the console as a host wants it.
    pub(crate) fn with_console(self, console: Arc<Console>) -> Self {
        Self { console: Some(console), ..self }
    }

    /// The OpenAPI document.
    pub(crate) fn document(&self) -> &Value {
        self.document.get_or_init(|| openapi::document(&self.kit, &mounts(&self.kit)))
    }

    /// The development configuration, changed, with another hasher.
    pub(crate) fn built(change: impl FnOnce(Config) -> Config, hasher: impl PasswordHasher) -> Self {
        Self::made(change, |builder, mails| builder.hasher(hasher).mailer(Delivers(mails)))
    }

    fn made(
        change: impl FnOnce(Config) -> Config,
        finish: impl FnOnce(AuthKitBuilder<Given, Given, Given>, Outbox) -> AuthKitBuilder<Given, Given, Given>,
    ) -> Self {
        let clock = ManualClock::ticking();
        clock.set(Timestamp::from_seconds(1_800_000_000));
        Self::around(Arc::new(Faulty::around(MemoryStore::new())), clock, Outbox::default(), change, finish)
    }

    fn around(
        store: Arc<Faulty>,
        clock: ManualClock,
        mails: Outbox,
        change: impl FnOnce(Config) -> Config,
        finish: impl FnOnce(AuthKitBuilder<Given, Given, Given>, Outbox) -> AuthKitBuilder<Given, Given, Given>,
    ) -> Self {
        let config = change(Config::development().throttle(ThrottleMode::Off));
        let builder = AuthKit::builder().store(Arc::clone(&store)).config(config);
        let builder = finish(builder.clock(clock.clone()), mails.clone());
        Self {
            kit: builder.build().expect("a sound configuration"),
            clock,
            mails,
            store,
            console: None,
            document: Arc::default(),
        }
    }

    /// The same store, clock and mails under another configuration: tokens stay good where both name one key.
    pub(crate) fn again(&self, change: impl FnOnce(Config) -> Config) -> Self {
        let (store, clock, mails) = (Arc::clone(&self.store), self.clock.clone(), self.mails.clone());
        Self::around(store, clock, mails, change, |builder, mails| builder.hasher(Cheap).mailer(Delivers(mails)))
    }

    /// A user from a trusted place, with [`PASSWORD`].
    pub(crate) async fn user(&self, email: &str, role: &str) -> User {
        self.trusted(email, role, true).await
    }

    /// The same, whose address is not proven.
    pub(crate) async fn unverified(&self, email: &str, role: &str) -> User {
        self.trusted(email, role, false).await
    }

    async fn trusted(&self, email: &str, role: &str, is_verified: bool) -> User {
        let user = TrustedUser {
            email: email.to_owned(),
            password: TrustedPassword::Plain(Password::new(PASSWORD)),
            role: Role::new(role).expect("a role"),
            is_active: true,
            is_verified,
            profile: Profile::default(),
        };
        self.kit.create_user(user, Actor::System).await.expect("a user")
    }

    /// Signs in as a program does.
    pub(crate) async fn sign_in(&self, email: &str) -> Pair {
        let body = serde_json::json!({"email": email, "password": PASSWORD});
        self.post("/auth/login").json(&body).send().await.expect(200).pair()
    }

    /// A user and a sign-in of it.
    pub(crate) async fn signed_in(&self, email: &str, role: &str) -> (User, Pair) {
        (self.user(email, role).await, self.sign_in(email).await)
    }

    /// A server with all roles of the console, whose administrator is signed in, and somebody else.
    pub(crate) async fn house() -> (Self, User, Pair, User) {
        let server = Self::with(|config| {
            let roles = ["user", "admin", "support", "auditor", "editor"];
            config.roles(roles).console_roles([("support", Permissions::SUPPORT), ("auditor", Permissions::VIEWER)])
        });
        let (root, pair) = server.signed_in("root@example.com", "admin").await;
        let eve = server.user("eve@example.com", "user").await;
        (server, root, pair, eve)
    }

    /// What the audit trail holds with this code, newest first.
    pub(crate) async fn events(&self, code: &str) -> Vec<Event> {
        let filter = EventFilter::of(authkit_core::EventCode::from_stored(code));
        let request = authkit_core::ListRequest { cursor: None, limit: Some(200) };
        self.kit.list_events(&Operator::system(), &filter, &request).await.expect("events").items
    }

    /// The row of a user, deleted or not.
    pub(crate) async fn row(&self, user: &User) -> User {
        self.kit.find_user_for(&Operator::system(), &user.id).await.expect("a user").user
    }

    /// The reset token of the last mail.
    pub(crate) fn mailed_token(&self) -> String {
        self.mails.all().last().expect("a mail").kind.token().expect("a mail with a link").expose().to_owned()
    }

    /// The token that proves an address of the last mail.
    pub(crate) fn mailed_verification(&self) -> String {
        self.mails
            .all()
            .last()
            .expect("a mail")
            .kind
            .verification_token()
            .expect("a mail with a link")
            .expose()
            .to_owned()
    }
}

/// The outbox, taken by kits for production, too.
struct Delivers(Outbox);

impl Mailer for Delivers {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        self.0.enqueue(mail)
    }
}

/// The hasher of tests, taken by kits for production, too.
pub(crate) struct Cheap;

impl PasswordHasher for Cheap {
    fn hash(&self, memory: &mut HashMemory, password: &Password, salt: &[u8; 16]) -> Result<PasswordHash, HashError> {
        CheapHasher.hash(memory, password, salt)
    }

    fn verify(&self, memory: &mut HashMemory, password: &Password, hash: &PasswordHash) -> Result<Verified, HashError> {
        CheapHasher.verify(memory, password, hash)
    }
}
