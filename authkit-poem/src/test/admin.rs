//! The administration, as an administrator sees it.

use std::fmt;
use std::sync::Arc;

use authkit_core::ClientInfo;
use tokio::sync::OnceCell;

use super::answer::TestAnswer;
use super::client::TestClient;
use super::fail::{Must as _, Place};
use super::host::Host;
use super::jar::Jar;
use super::sender::Kind;
use super::user::NewTestUser;

/// The administrator's address.
const EMAIL: &str = "admin@authkit.test";

/// The browser of an administrator. The user `admin@authkit.test` and its session are made when they are first needed.
pub struct Admin<'a> {
    host: &'a Arc<Host>,
    client: &'a OnceCell<TestClient>,
}

impl<'a> Admin<'a> {
    pub(super) const fn new(host: &'a Arc<Host>, client: &'a OnceCell<TestClient>) -> Self {
        Self { host, client }
    }

    /// Opens a page, such as `/admin/users`, and follows where it leads.
    ///
    /// # Panics
    /// No page comes of it.
    #[track_caller]
    pub fn open(&self, path: &str) -> impl Future<Output = TestAnswer> + Send + use<'a> {
        let (host, client, path, place) = (self.host, self.client, path.to_owned(), Place::here());
        async move { signed_in(host, client, place).await.open(&path).await }
    }

    /// The browser itself, for everything else.
    ///
    /// # Panics
    /// The administrator cannot be made.
    #[track_caller]
    pub fn client(&self) -> impl Future<Output = TestClient> + Send + use<'a> {
        let (host, client, place) = (self.host, self.client, Place::here());
        async move { signed_in(host, client, place).await.clone() }
    }
}

async fn signed_in<'a>(host: &Arc<Host>, client: &'a OnceCell<TestClient>, place: Place) -> &'a TestClient {
    let sign_in = async {
        let role = host.kit.settings().admin_role.as_str().to_owned();
        let user = NewTestUser::new(host, EMAIL).role(&role).verified().without_password().create().await;
        let browser = TestClient::new(host, "the administrator".to_owned(), Kind::Browser(Jar::default()));
        let opened = host.kit.open_session_for(&user.user().id, &ClientInfo::none()).await;
        let opened = opened.must(place, "the administrator cannot sign in");
        browser.sender().adopt(&opened.tokens);
        browser
    };
    client.get_or_init(|| sign_in).await
}

impl fmt::Debug for Admin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Admin")
    }
}
