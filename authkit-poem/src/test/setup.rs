//! What a test application is made of, where the default will not do.

use std::sync::Arc;

use authkit_core::testing::{CheapHasher, ManualClock, Outbox};
use authkit_core::{AuthKit, AuthKitBuilder, Config, Given, Store};
use authkit_store_memory::MemoryStore;
use poem::{EndpointExt as _, IntoEndpoint};

use super::fail::{Must as _, Place};
use super::host::Host;
use super::production;

type Builder = AuthKitBuilder<Given, Given, Given>;

/// A [`TestApp`](super::TestApp) that is being made: with another configuration, another store, or a last word on the builder.
///
/// # Examples
/// ```
/// use authkit_poem::test::TestApp;
/// use poem::Route;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let setup = TestApp::setup().config(|config| config.registration(false));
/// let app = setup.start(|auth| Route::new().nest("/auth", authkit_poem::routes(auth))).await;
/// let body = serde_json::json!({"email": "ada@x.test", "password": "a lantern over the quay"});
/// app.visitor().post("/auth/register").json(&body).await.assert_problem(403, "registration_disabled");
/// # }
/// ```
#[must_use = "nothing is made before `.start(..).await`"]
pub struct TestSetup {
    config: Config,
    store: Box<dyn FnOnce() -> Builder + Send>,
    change: Box<dyn FnOnce(Builder) -> Builder + Send>,
    place: Place,
}

impl TestSetup {
    #[track_caller]
    pub(super) fn new() -> Self {
        let place = Place::here();
        production::refuse(std::env::var("AUTHKIT_ENV").ok().as_deref(), place);
        Self {
            // One thread that hashes is enough, and a suite has as many kits as tests.
            config: Config::development().hash_concurrency(1),
            store: Box::new(|| AuthKit::builder().store(MemoryStore::new())),
            change: Box::new(|builder| builder),
            place,
        }
    }

    /// Changes the configuration, which is `Config::development()` with one thread for hashes to begin with.
    pub fn config(self, change: impl FnOnce(Config) -> Config) -> Self {
        Self { config: change(self.config), ..self }
    }

    /// On another store than the one in memory.
    pub fn store(self, store: impl Store) -> Self {
        Self { store: Box::new(|| AuthKit::builder().store(store)), ..self }
    }

    /// A last word on the builder, for ports of the application's own. With another clock, mailer or hasher than the
    /// kit's, what the kit says of them is not true any more.
    pub fn builder(self, change: impl FnOnce(Builder) -> Builder + Send + 'static) -> Self {
        Self { change: Box::new(change), ..self }
    }

    /// All that a test application is, but for its name.
    pub(super) async fn host<E: IntoEndpoint<Endpoint: 'static>>(
        self,
        routes: impl FnOnce(&'static AuthKit) -> E,
    ) -> Arc<Host> {
        let Self { config, store, change, place } = self;
        let (clock, outbox) = (ManualClock::ticking(), Outbox::default());
        let builder = store().config(config).clock(clock.clone()).mailer(outbox.clone()).hasher(CheapHasher);
        let kit = change(builder).build().must(place, "the configuration is refused");
        // For as long as the process lives: the type of what an `impl Endpoint + 'static` stands for names the lifetime of
        // what it is made from, so no shorter one would let `|auth| routes(auth)` pass.
        let kit: &'static AuthKit = Box::leak(Box::new(kit));
        let app = routes(kit).into_endpoint().map_to_response().boxed();
        kit.ping().await.must(place, "the store does not answer");
        Arc::new(Host::new(kit.clone(), clock, outbox, app))
    }
}

impl std::fmt::Debug for TestSetup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestSetup").field("config", &self.config).finish_non_exhaustive()
    }
}
