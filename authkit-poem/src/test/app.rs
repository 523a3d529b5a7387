//! The application in memory.

use std::fmt;
use std::sync::Arc;

use authkit_core::testing::ManualClock;
use authkit_core::{AuthKit, Login, Operator, SignIn, User};
use poem::IntoEndpoint;
use tokio::sync::OnceCell;

use super::admin::Admin;
use super::audit::AuditView;
use super::client::{Somebody, TestClient};
use super::fail::{Must as _, Place};
use super::host::Host;
use super::jar::Jar;
use super::mail::MailView;
use super::sender::{Kind, Sender};
use super::setup::TestSetup;
use super::user::{NewTestUser, TestUser};

/// An application under test: its own routes over a kit in memory, whose hashes are cheap, whose clock stands at
/// 2026-01-01T00:00:00Z until it is moved, and whose mails are kept. See [the module](super).
pub struct TestApp {
    host: Arc<Host>,
    admin: OnceCell<TestClient>,
}

impl TestApp {
    /// The application with the development configuration: `routes` is what the application itself mounts, with its guards
    /// and its [`layer`](crate::layer()).
    ///
    /// # Panics
    /// `AUTHKIT_ENV` says `production`.
    pub async fn new<E: IntoEndpoint<Endpoint: 'static>>(routes: impl FnOnce(&'static AuthKit) -> E) -> Self {
        Self::setup().start(routes).await
    }

    /// The application with another configuration or another store.
    ///
    /// # Panics
    /// `AUTHKIT_ENV` says `production`.
    #[track_caller]
    pub fn setup() -> TestSetup {
        TestSetup::new()
    }

    /// The kit, for its flows.
    pub fn kit(&self) -> &AuthKit {
        &self.host.kit
    }

    /// The clock. It goes on by a microsecond with every look, and otherwise where it is sent.
    pub fn clock(&self) -> &ManualClock {
        &self.host.clock
    }

    /// The mails that were sent.
    pub fn mail(&self) -> MailView<'_> {
        MailView::new(&self.host.outbox)
    }

    /// The audit trail.
    pub fn audit(&self) -> AuditView<'_> {
        AuditView::new(&self.host.kit)
    }

    /// Begins to make a user: `app.user("ada@x.test").role("editor").verified().create().await`
    pub fn user(&self, email: &str) -> NewTestUser {
        NewTestUser::new(&self.host, email)
    }

    /// A user's row as it is now, deleted or not.
    ///
    /// # Panics
    /// There is none.
    #[track_caller]
    pub fn reload(&self, user: &dyn Somebody) -> impl Future<Output = User> + Send + use<'_> {
        let (id, place) = (user.id(), Place::here());
        async move { self.host.kit.find_user_for(&Operator::system(), &id).await.must(place, "no such user").user }
    }

    /// A browser of nobody.
    pub fn visitor(&self) -> TestClient {
        TestClient::new(&self.host, "a visitor".to_owned(), Kind::Browser(Jar::default()))
    }

    /// A program of nobody: no cookies, and none of the headers that browsers add.
    pub fn program(&self) -> TestClient {
        TestClient::new(&self.host, "a program".to_owned(), Kind::Program(None))
    }

    /// Signs a user in, and gives the browser with the cookies of the session: with the password that the user was made
    /// with, by the same flow as every sign-in; a user without one gets a session of the host's.
    ///
    /// # Panics
    /// The sign-in is refused.
    #[track_caller]
    pub fn login_as(&self, user: &TestUser) -> impl Future<Output = TestClient> + Send + use<> {
        let (host, user, place) = (Arc::clone(&self.host), user.clone(), Place::here());
        async move {
            let jar = Jar::default();
            let client = TestClient::new(&host, user.email().to_owned(), Kind::Browser(jar));
            let opened = open_session(client.sender(), &user, place).await;
            client.sender().adopt(&opened.tokens);
            client
        }
    }

    /// As [`Self::login_as`], and gives a program that sends the access token as a bearer token.
    ///
    /// # Panics
    /// The sign-in is refused.
    #[track_caller]
    pub fn program_as(&self, user: &TestUser) -> impl Future<Output = TestClient> + Send + use<> {
        let (host, user, place) = (Arc::clone(&self.host), user.clone(), Place::here());
        async move {
            let nobody = Sender::new(&host, user.email().to_owned(), Kind::Program(None));
            let opened = open_session(&nobody, &user, place).await;
            TestClient::new(&host, user.email().to_owned(), Kind::Program(Some(opened.tokens.access)))
        }
    }

    /// Signs somebody in as a person does: opens the page, fills in `email` and `password`, sends the form and goes where
    /// it leads. For the console that is `/admin/login`.
    ///
    /// # Panics
    /// The page has no such form, or nobody is signed in afterwards.
    #[track_caller]
    pub fn login_through_form(
        &self,
        page: &str,
        email: &str,
        password: &str,
    ) -> impl Future<Output = TestClient> + Send + use<> {
        let (host, place) = (Arc::clone(&self.host), Place::here());
        let (page, email, password) = (page.to_owned(), email.to_owned(), password.to_owned());
        async move {
            let client = TestClient::new(&host, email.clone(), Kind::Browser(Jar::default()));
            let form = client.open(&page).await;
            let arrived = client.submit(&form, &[("email", &email), ("password", &password)]).await;
            if client.sender().who().is_none() {
                place.fail(format_args!("expected {email} to be signed in\n{arrived}"));
            }
            client
        }
    }

    /// The administration, in the browser of an administrator who is made when it is first used.
    pub fn admin(&self) -> Admin<'_> {
        Admin::new(&self.host, &self.admin)
    }
}

impl TestSetup {
    /// Makes the application: `routes` is what the application itself mounts, with its guards and its
    /// [`layer`](crate::layer()). The kit lives as long as the process.
    ///
    /// # Panics
    /// The configuration is refused, or the store does not answer.
    pub async fn start<E: IntoEndpoint<Endpoint: 'static>>(
        self,
        routes: impl FnOnce(&'static AuthKit) -> E,
    ) -> TestApp {
        TestApp { host: self.host(routes).await, admin: OnceCell::new() }
    }
}

async fn open_session(sender: &Sender, user: &TestUser, place: Place) -> SignIn {
    let kit = &sender.host.kit;
    let client = authkit_core::ClientInfo::new(Some(sender.peer), Some("authkit-test"), None);
    let opened = match user.password() {
        Some(password) => kit.login(Login::new(user.email(), password), &client).await,
        None => kit.open_session_for(&user.user().id, &client).await,
    };
    opened.must(place, &format!("{} cannot sign in", user.email()))
}

impl fmt::Debug for TestApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestApp").field("kit", &self.host.kit).finish_non_exhaustive()
    }
}
