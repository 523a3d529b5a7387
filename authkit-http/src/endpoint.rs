//! One row of a table: method, path, who may, what happens, and what the OpenAPI document says about it.

use authkit_core::{AuthKit, Operator, SignedIn};
use futures_util::future::BoxFuture;
use http::Method;

use crate::message::{Answer, BODY_LIMIT, Request};
use crate::schema::Shape;

/// A function that serves a request of anybody.
pub type Open = for<'a> fn(&'a AuthKit, Request) -> BoxFuture<'a, Answer>;
/// A function that serves a request of somebody who is signed in.
pub type ForUser = for<'a> fn(&'a AuthKit, SignedIn, Request) -> BoxFuture<'a, Answer>;
/// A function that serves a request of somebody who is admitted to the administration.
pub type ForOperator = for<'a> fn(&'a AuthKit, Operator, Request) -> BoxFuture<'a, Answer>;

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
    /// Codes of its own, beside those of its guard and its body.
    pub refuses: &'static [&'static str],
    /// Longest body in bytes.
    pub limit: usize,
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
            refuses: &[],
            limit: BODY_LIMIT,
            around_id: around_id(path),
        }
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
