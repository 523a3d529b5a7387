//! One row of a table: method, path, who may, what happens, and what the OpenAPI document says about it.

use authkit_core::{AuthKit, Operator, SignedIn};
use futures_util::future::BoxFuture;
use http::Method;

use crate::console::door::Visit;
use crate::message::{Answer, BODY_LIMIT, Request};
use crate::schema::Shape;

/// A function that serves a request of anybody.
pub type Open = for<'a> fn(&'a AuthKit, Request) -> BoxFuture<'a, Answer>;
/// A function that serves a request of somebody who is signed in.
pub type ForUser = for<'a> fn(&'a AuthKit, SignedIn, Request) -> BoxFuture<'a, Answer>;
/// A function that serves a request of somebody who is admitted to the administration.
pub type ForOperator = for<'a> fn(&'a AuthKit, Operator, Request) -> BoxFuture<'a, Answer>;

/// A function that serves somebody who is in the console: a page, or a form of one.
pub(crate) type ForVisit = for<'a> fn(&'a AuthKit, Visit, Request) -> BoxFuture<'a, Answer>;

/// Who may use an endpoint, and what it does then. A guarded function cannot be called without what its guard gives.
#[derive(Debug, Clone, Copy)]
pub enum Handler {
    /// Anybody.
    Public(Open),
    /// Whoever holds a token that the function itself reads: the refresh token.
    Token(Open),
    /// Whoever is signed in.
    User(ForUser),
    /// Whoever is admitted to the administration.
    Operator(ForOperator),
    /// Whoever is in the console, for a page: the refresh cookie will do where the access cookie is gone, and what changes
    /// something is a form that was made for the session.
    Page(Page),
}

/// A function of the console's own.
#[derive(Debug, Clone, Copy)]
pub struct Page(pub(crate) ForVisit);

/// What follows a form that was sent to an action of the JSON API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    /// Where to go on, with `{id}` for the path's own, unless the form says otherwise.
    pub(crate) back: &'static str,
    /// The key of what is said there.
    pub(crate) notice: &'static str,
}

/// What an endpoint reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// No body at all.
    Nothing,
    /// A JSON object.
    Object(Shape),
    /// A JSON object that may be left out.
    Optional(Shape),
}

/// A parameter of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryParam {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// One row of a [`Table`](crate::table::Table).
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// How. `HEAD` comes with `GET`.
    pub method: Method,
    /// Below the place where the table is mounted; at most one segment is `{id}`.
    pub path: &'static str,
    /// Who, and what happens.
    pub handler: Handler,
    /// What it is for, in one sentence.
    pub about: &'static str,
    /// What it reads.
    pub takes: Takes,
    /// Whether it answers with something for people, which the OpenAPI document leaves out.
    pub is_page: bool,
    /// What the query may hold.
    pub query: &'static [QueryParam],
    /// The status of success and what comes with it.
    pub answers: (u16, Option<Shape>),
    /// Another status of success and what comes with it, where a setting decides between the two.
    pub or_answers: Option<(u16, Shape)>,
    /// Codes of its own, beside those of its guard and its body.
    pub refuses: &'static [&'static str],
    /// Longest body in bytes.
    pub limit: usize,
    /// What follows where it is sent as a form; `None`: it takes no form.
    pub(crate) form: Option<Form>,
    /// What stands before and after the `{id}` of the path: looked up once, not at every request.
    around_id: Option<(&'static str, &'static str)>,
}

impl Endpoint {
    /// A row that takes nothing and answers 204 without a body.
    pub const fn new(method: Method, path: &'static str, handler: Handler, about: &'static str) -> Self {
        Self {
            method,
            path,
            handler,
            about,
            takes: Takes::Nothing,
            is_page: false,
            query: &[],
            answers: (204, None),
            or_answers: None,
            refuses: &[],
            limit: BODY_LIMIT,
            form: None,
            around_id: around_id(path),
        }
    }

    /// A page of the console, or a form of one.
    pub(crate) const fn of_page(method: Method, path: &'static str, handler: Handler) -> Self {
        Self::new(method, path, handler, "").page()
    }

    /// May be sent as a form of the console, too: then the answer is 303 to `back`, where the notice is shown.
    #[must_use]
    pub(crate) const fn or_form(mut self, back: &'static str, notice: &'static str) -> Self {
        self.form = Some(Form { back, notice });
        self
    }

    /// Reads a JSON object.
    #[must_use]
    pub const fn takes(mut self, shape: Shape) -> Self {
        self.takes = Takes::Object(shape);
        self
    }

    /// Reads a JSON object that may be left out.
    #[must_use]
    pub const fn may_take(mut self, shape: Shape) -> Self {
        self.takes = Takes::Optional(shape);
        self
    }

    /// Answers with something for people.
    #[must_use]
    pub const fn page(mut self) -> Self {
        self.is_page = true;
        self
    }

    /// Reads these of the query.
    #[must_use]
    pub const fn query(mut self, params: &'static [QueryParam]) -> Self {
        self.query = params;
        self
    }

    /// Answers with this.
    #[must_use]
    pub const fn answers(mut self, status: u16, shape: Shape) -> Self {
        self.answers = (status, Some(shape));
        self
    }

    /// Answers with this where a setting says so.
    #[must_use]
    pub const fn or_answers(mut self, status: u16, shape: Shape) -> Self {
        self.or_answers = Some((status, shape));
        self
    }

    /// May answer with these codes, too.
    #[must_use]
    pub const fn refuses(mut self, codes: &'static [&'static str]) -> Self {
        self.refuses = codes;
        self
    }

    /// What the `{id}` of the path stands for, where the path fits; empty for one without.
    pub(crate) fn fits<'a>(&self, path: &'a str) -> Option<&'a str> {
        let Some((before, after)) = self.around_id else { return (self.path == path).then_some("") };
        let id = path.strip_prefix(before)?.strip_suffix(after)?;
        (!id.is_empty() && !id.contains('/')).then_some(id)
    }
}

/// What stands before and after `{id}`; `None`: the path has none.
const fn around_id(path: &'static str) -> Option<(&'static str, &'static str)> {
    let mut at = 0;
    while at < path.len() {
        let (before, rest) = path.split_at(at);
        if let [b'{', ..] = rest.as_bytes() {
            let (_, after) = rest.split_at("{id}".len());
            return Some((before, after));
        }
        at += 1;
    }
    None
}
