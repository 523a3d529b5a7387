//! A browser or a program that uses the application.

use std::fmt;
use std::sync::Arc;

use authkit_core::{User, UserId};
use poem::http::Method;
use poem::http::header::LOCATION;

use super::answer::TestAnswer;
use super::fail::{Place, fail};
use super::form::{Form, forms};
use super::host::Host;
use super::request::TestRequest;
use super::sender::{Kind, Sender};
use super::user::TestUser;

/// How often a browser lets itself be sent on.
const HOPS: usize = 10;

/// A browser with a jar of its own, or a program with a bearer token; each at an address of its own. Clones are one client.
///
/// A browser keeps cookies as long as they say, by the application's clock: after fifteen minutes the access cookie is gone
/// and the next request is nobody's, until something refreshes it.
#[derive(Clone)]
pub struct TestClient(Arc<Sender>);

impl TestClient {
    pub(super) fn new(host: &Arc<Host>, name: String, kind: Kind) -> Self {
        Self(Arc::new(Sender::new(host, name, kind)))
    }

    pub(super) fn sender(&self) -> &Sender {
        &self.0
    }

    /// `GET`
    #[track_caller]
    pub fn get(&self, path: impl Into<String>) -> TestRequest<'_> {
        self.request(Method::GET, path)
    }

    /// `POST`
    #[track_caller]
    pub fn post(&self, path: impl Into<String>) -> TestRequest<'_> {
        self.request(Method::POST, path)
    }

    /// `PUT`
    #[track_caller]
    pub fn put(&self, path: impl Into<String>) -> TestRequest<'_> {
        self.request(Method::PUT, path)
    }

    /// `PATCH`
    #[track_caller]
    pub fn patch(&self, path: impl Into<String>) -> TestRequest<'_> {
        self.request(Method::PATCH, path)
    }

    /// `DELETE`
    #[track_caller]
    pub fn delete(&self, path: impl Into<String>) -> TestRequest<'_> {
        self.request(Method::DELETE, path)
    }

    /// Any method. The path begins with `/`, or is a link into the application, such as one from a mail.
    #[track_caller]
    pub fn request(&self, method: Method, path: impl Into<String>) -> TestRequest<'_> {
        TestRequest::new(&self.0, method, path)
    }

    /// Opens a page as a person does: redirects are followed, and a page must come of it.
    ///
    /// # Panics
    /// The last answer is not 200 to 299.
    #[track_caller]
    pub fn open(&self, path: &str) -> impl Future<Output = TestAnswer> + Send + use<> {
        let (client, path, place) = (self.clone(), path.to_owned(), Place::here());
        async move {
            let answer = client.get(path).for_a_page().await;
            client.arrived(answer, place).await
        }
    }

    /// Fills in a form of a page, sends it and goes where it leads. The form is the first one that has all these fields;
    /// its hidden ones go along as they stand.
    ///
    /// # Panics
    /// The page has no such form.
    #[track_caller]
    pub fn submit(
        &self,
        page: &TestAnswer,
        fields: &[(&str, &str)],
    ) -> impl Future<Output = TestAnswer> + Send + use<> {
        let forms = forms(&page.text());
        let Some(form) = forms.iter().find(|form| fields.iter().all(|(name, _)| form.has(name))) else {
            let wanted: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
            page.fail(format_args!("a form with the fields {}, of: {}", wanted.join(", "), told(&forms)))
        };
        let method = if form.is_post { Method::POST } else { Method::GET };
        let action = if form.action.is_empty() { page.path() } else { &form.action }.to_owned();
        let (client, sent) = (self.clone(), form.filled(fields));
        async move {
            let request = client.request(method, action).for_a_page().form(sent).without_form_token();
            client.followed(request.await).await
        }
    }

    /// Goes where an answer leads.
    async fn followed(&self, mut answer: TestAnswer) -> TestAnswer {
        for _ in 0..HOPS {
            let Some(next) = answer.header(LOCATION.as_str()).filter(|_| answer.status.is_redirection()) else { break };
            answer = self.get(next).for_a_page().await;
        }
        answer
    }

    async fn arrived(&self, answer: TestAnswer, place: Place) -> TestAnswer {
        let answer = self.followed(answer).await;
        if answer.status.is_success() { answer } else { place.fail(format_args!("expected a page\n{answer}")) }
    }
}

/// What forms there are, for a message.
fn told(forms: &[Form]) -> String {
    let one = |form: &Form| form.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(" ");
    if forms.is_empty() { "none".to_owned() } else { forms.iter().map(one).collect::<Vec<_>>().join(" | ") }
}

impl fmt::Debug for TestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestClient({})", self.0.name)
    }
}

/// Whoever an event may be about: a user, or a client with which one signed in.
pub trait Somebody {
    /// The user's id.
    fn id(&self) -> UserId;
}

impl Somebody for TestUser {
    fn id(&self) -> UserId {
        self.user().id
    }
}

impl Somebody for User {
    fn id(&self) -> UserId {
        self.id
    }
}

impl Somebody for UserId {
    fn id(&self) -> UserId {
        *self
    }
}

impl Somebody for TestClient {
    #[track_caller]
    fn id(&self) -> UserId {
        match self.0.who() {
            Some((user, _)) => user,
            None => fail(format_args!("nobody has signed in as {}", self.0.name)),
        }
    }
}
