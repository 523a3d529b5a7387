//! A kit on some store, with everything around it in the test's hand.

use std::net::IpAddr;
use std::sync::Arc;

use authkit_core::testing::Outbox;
use authkit_core::{
    AuthError, AuthKit, AuthKitBuilder, ClientInfo, Config, Event, EventCode, EventFilter, Field, Given, Login, Note,
    Operator, PageRequest, Permissions, Registration, ResetToken, Session, SessionFilter, SignIn, SignedIn, User,
    UserFilter, UserStatus, VerificationToken,
};
use authkit_store_memory::MemoryStore;

use crate::clock::ManualClock;
use crate::hasher::QuickHasher;
use crate::random::SeededRandom;
use crate::tap::{AllPorts, Calls, Tap};

/// A password that the policy takes.
pub const PASSWORD: &str = "a lantern over the quay";
/// Another one.
pub const OTHER_PASSWORD: &str = "seven boats in a bottle";
/// A key for tests that need the same one twice.
pub const SECRET: &str = "fmJ3kq8ZtVxW0pYrLd2sHuB7cNeG5aTiQoR9-4";

/// A kit and everything around it.
#[derive(Debug, Clone)]
pub struct World {
    /// The kit.
    pub kit: AuthKit,
    /// What it was built from.
    pub config: Config,
    /// Its clock.
    pub clock: ManualClock,
    /// Where its mails go.
    pub mailbox: Outbox,
    /// Its hasher.
    pub hasher: QuickHasher,
    /// What stands between it and its store.
    pub tap: Tap,
    /// What it called: the store's methods, `hash` and `verify`.
    pub calls: Calls,
    /// Its store, port by port; what is asked here is not in `calls`.
    pub ports: Arc<dyn AllPorts>,
    random: SeededRandom,
}

/// All that a store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// Every user, deleted ones last.
    pub users: Vec<User>,
    /// Every session, newest first.
    pub sessions: Vec<Session>,
    /// Every event, newest first.
    pub events: Vec<Event>,
}

/// The configuration that worlds have unless a test says otherwise.
pub fn config() -> Config {
    let fields = [
        Field::text("company").max(20).at_registration().editable().exposed(),
        Field::integer("seats").editable().exposed(),
        Field::text("internal"),
    ];
    Config::development()
        .secret_key(SECRET)
        .profile_fields(fields)
        .roles(["user", "editor", "auditor", "support", "admin"])
        .console_roles([("auditor", Permissions::VIEWER), ("support", Permissions::SUPPORT)])
}

type Builder = AuthKitBuilder<Given, Given, Given>;

impl World {
    /// In memory.
    pub fn in_memory(config: Config) -> Self {
        Self::on(Arc::new(MemoryStore::new())).built(config, |builder| builder)
    }

    /// On any store, with the usual configuration.
    pub fn on(store: Arc<dyn AllPorts>) -> Self {
        let calls = Calls::default();
        let (clock, mailbox, random) = (ManualClock::new(), Outbox::default(), SeededRandom::new(7));
        let hasher = QuickHasher::logging(calls.clone());
        let tap = Tap::new(Arc::clone(&store), calls.clone());
        let kit = AuthKit::builder().store(tap.clone()).config(config()).build().expect("a kit");
        let world = Self { kit, config: config(), clock, mailbox, hasher, tap, calls, ports: store, random };
        world.with(|config| config)
    }

    /// Another kit on the same store, with another configuration; everything around it is shared.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(Config) -> Config) -> Self {
        self.built(change(self.config.clone()), |builder| builder)
    }

    /// Another kit on the same store, with a last word on the builder; the hasher stays.
    #[must_use]
    pub fn built(&self, config: Config, change: impl FnOnce(Builder) -> Builder) -> Self {
        let builder = AuthKit::builder().store(self.tap.clone()).config(config.clone()).clock(self.clock.clone());
        let builder = builder.random(self.random.clone()).mailer(self.mailbox.clone()).hasher(self.hasher.clone());
        let hashed = self.hasher.hashed();
        let kit = change(builder).build().expect("a kit");
        // Its decoy is hashed beside everything else and must not appear in the middle of a test.
        self.hasher.wait_past(hashed);
        self.calls.take();
        Self { kit, config, ..self.clone() }
    }

    /// Somebody with an account.
    pub async fn register(&self, email: &str) -> User {
        let registered = self.kit.register(registration(email), &client()).await.expect("an account");
        registered.into_user().expect("no proof of the address is asked for")
    }

    /// Signs somebody in who has an account.
    pub async fn login(&self, email: &str) -> SignIn {
        self.try_login(email, PASSWORD).await.expect("a session")
    }

    /// Tries to sign somebody in.
    pub async fn try_login(&self, email: &str, password: &str) -> Result<SignIn, AuthError> {
        self.kit.login(Login::new(email, password), &client()).await
    }

    /// Somebody with an account and a session.
    pub async fn signed_in(&self, email: &str) -> SignIn {
        self.register(email).await;
        self.login(email).await
    }

    /// What the strict guard says of a session.
    pub async fn current(&self, sign_in: &SignIn) -> SignedIn {
        self.kit.current_user(&sign_in.tokens.access).await.expect("a live session")
    }

    /// A user with a role, signed in.
    pub async fn with_role(&self, email: &str, role: &str) -> SignIn {
        let user = self.register(email).await;
        let operator = Operator::system();
        self.kit.set_role(&operator, &user.id, role, Note::default(), &client()).await.expect("a role");
        self.login(email).await
    }

    /// Somebody with a role, let into the administration.
    pub async fn operator(&self, email: &str, role: &str) -> Operator {
        let sign_in = self.with_role(email, role).await;
        self.kit.operator(&self.current(&sign_in).await).expect("a role for the console")
    }

    /// Asks for a reset link and opens the mail.
    pub async fn reset_token(&self, email: &str) -> ResetToken {
        let sent = self.mailbox.all().len();
        self.kit.request_reset(email, &client()).await.expect("an answer");
        assert_eq!(self.mailbox.all().len(), sent + 1, "no mail went out");
        self.last_reset_token().expect("a mail with a link")
    }

    /// The reset token of the last mail that has one.
    pub fn last_reset_token(&self) -> Option<ResetToken> {
        self.mailbox.all().into_iter().rev().find_map(|mail| mail.kind.token().cloned())
    }

    /// The token of the last mail that proves an address.
    pub fn last_verification_token(&self) -> Option<VerificationToken> {
        self.mailbox.all().into_iter().rev().find_map(|mail| mail.kind.verification_token().cloned())
    }

    /// The row of a session.
    pub async fn session(&self, sign_in: &SignIn) -> Session {
        self.ports.find_session(sign_in.session.id).await.expect("an answer").expect("a session")
    }

    /// The row of a user.
    pub async fn user(&self, id: &authkit_core::UserId) -> User {
        self.ports.find_user(id).await.expect("an answer").expect("a user")
    }

    /// All events, newest first.
    pub async fn events(&self) -> Vec<Event> {
        let (mut events, mut page) = (Vec::new(), PageRequest::first(200));
        loop {
            let found = self.ports.list_events(&EventFilter::default(), &page).await.expect("a page");
            events.extend(found.items);
            match found.next {
                Some(next) => page = page.after(next),
                None => return events,
            }
        }
    }

    /// The events of one code, newest first.
    pub async fn events_of(&self, code: EventCode) -> Vec<Event> {
        self.events().await.into_iter().filter(|event| event.code == code).collect()
    }

    /// All that the store holds; at most 200 users of each kind and 200 sessions.
    pub async fn rows(&self) -> Rows {
        let page = PageRequest::first(200);
        let mut users = self.ports.list_users(&UserFilter::default(), &page).await.expect("users").items;
        let deleted = UserFilter { status: Some(UserStatus::Deleted), ..UserFilter::default() };
        users.extend(self.ports.list_users(&deleted, &page).await.expect("users").items);
        let sessions = self.ports.list_sessions(&SessionFilter::all(self.kit.now()), &page).await.expect("sessions");
        Rows { users, sessions: sessions.items, events: self.events().await }
    }
}

/// The code of an answer, `ok` for a good one.
pub fn code<T>(answer: &Result<T, AuthError>) -> &'static str {
    answer.as_ref().err().map_or("ok", AuthError::code)
}

/// A registration without profile fields.
pub fn registration(email: &str) -> Registration {
    Registration { email: email.into(), password: PASSWORD.into(), profile: serde_json::Map::new() }
}

/// A client with an address and a user agent.
pub fn client() -> ClientInfo {
    let ip = IpAddr::from([192, 0, 2, 7]);
    ClientInfo::new(Some(ip), Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"), Some("request-1"))
}

/// A client with another address, by number.
pub fn client_from(n: u8) -> ClientInfo {
    ClientInfo::new(Some(IpAddr::from([198, 51, 100, n])), None, None)
}
