//! A kit on some store, with everything around it in the test's hand.

use std::sync::Arc;

use authkit_core::{
    AuditLog, AuditSink, AuthKit, AuthKitBuilder, ClientInfo, Config, Event, EventCode, EventFilter, Field, Given,
    Login, Operator, PageRequest, Registration, SessionStore, SignIn, SignedIn, Store, User, UserStore,
};
use authkit_store_memory::MemoryStore;

use crate::clock::ManualClock;
use crate::hasher::QuickHasher;
use crate::mailbox::Mailbox;
use crate::random::SeededRandom;

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
    /// Its clock.
    pub clock: ManualClock,
    /// Where its mails go.
    pub mailbox: Mailbox,
    /// Its hasher.
    pub hasher: QuickHasher,
    /// Its store, port by port.
    pub ports: Arc<dyn AllPorts>,
}

/// All ports that a test looks into.
pub trait AllPorts: UserStore + SessionStore + AuditSink + AuditLog + std::fmt::Debug {}

impl<T: UserStore + SessionStore + AuditSink + AuditLog + std::fmt::Debug> AllPorts for T {}

/// The configuration that worlds have unless a test says otherwise.
pub fn config() -> Config {
    let fields = [
        Field::text("company").max(20).at_registration().editable().exposed(),
        Field::integer("seats").editable().exposed(),
        Field::text("internal"),
    ];
    Config::development().secret_key(SECRET).profile_fields(fields)
}

impl World {
    /// In memory.
    pub fn in_memory(config: Config) -> Self {
        Self::on(Arc::new(MemoryStore::new()), config, |builder| builder)
    }

    /// On any store, with a last word on the builder.
    pub fn on<S: AllPorts + Store>(
        store: Arc<S>,
        config: Config,
        change: impl FnOnce(AuthKitBuilder<Given, Given, Given>) -> AuthKitBuilder<Given, Given, Given>,
    ) -> Self {
        let (clock, mailbox, hasher) = (ManualClock::new(), Mailbox::default(), QuickHasher::default());
        let builder = AuthKit::builder().store(Arc::clone(&store)).config(config).clock(clock.clone());
        let builder = builder.random(SeededRandom::new(7)).mailer(mailbox.clone()).hasher(hasher.clone());
        let kit = change(builder).build().expect("a kit");
        Self { kit, clock, mailbox, hasher, ports: store }
    }

    /// Somebody with an account.
    pub async fn register(&self, email: &str) -> User {
        let registration =
            Registration { email: email.into(), password: PASSWORD.into(), profile: serde_json::Map::new() };
        self.kit.register(registration, &client()).await.expect("an account")
    }

    /// Signs somebody in who has an account.
    pub async fn login(&self, email: &str) -> SignIn {
        self.kit.login(Login::new(email, PASSWORD), &client()).await.expect("a session")
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
        self.kit.set_role(&operator, &user.id, role, authkit_core::Note::default(), &client()).await.expect("a role");
        self.login(email).await
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
}

/// A client with an address and a user agent.
pub fn client() -> ClientInfo {
    let ip = std::net::IpAddr::from([192, 0, 2, 7]);
    ClientInfo::new(Some(ip), Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"), Some("request-1"))
}

/// A client with another address, by number.
pub fn client_from(n: u8) -> ClientInfo {
    ClientInfo::new(Some(std::net::IpAddr::from([198, 51, 100, n])), None, None)
}
