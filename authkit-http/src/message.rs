//! A request as an endpoint gets it, the part of it that a guard reads, and what an endpoint answers.

use std::net::IpAddr;
use std::sync::Arc;

use http::{HeaderMap, Method, Uri};

use crate::body::{Body, Response};
use crate::console::Console;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::request_id::RequestId;

/// Longest body that an endpoint reads unless it says otherwise, in bytes.
pub const BODY_LIMIT: usize = 16 * 1024;

/// What an endpoint comes to.
pub type Answer = Result<Response, Problem>;

/// A request. An adapter makes one of its framework's own by moving the parts over.
#[derive(Debug)]
#[non_exhaustive]
pub struct Request {
    /// How.
    pub method: Method,
    /// The path below the place where the table is mounted, and the query.
    pub uri: Uri,
    /// All headers.
    pub headers: HeaderMap,
    /// The socket's other end: a client or a proxy.
    pub peer: Option<IpAddr>,
    /// Its name in the audit trail and in problem bodies.
    pub id: RequestId,
    /// What the `{id}` of the endpoint's path stood for, decoded. The table fills it.
    pub param: Option<String>,
    /// What it carries.
    pub body: Body,
    /// How much of the body is read at the most, in bytes. The table fills it.
    pub limit: usize,
    /// The console as the host wants it, for the pages of the administration; `None`: as it comes.
    pub console: Option<Arc<Console>>,
    /// Whether an adapter has named it already.
    pub(crate) is_named: bool,
    /// The fields of a form whose token has been checked. The table fills it.
    pub(crate) form: Option<Fields>,
}

/// What guards read of a request, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// How.
    pub method: &'a Method,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The socket's other end: a client or a proxy.
    pub peer: Option<IpAddr>,
    /// The request's name.
    pub id: &'a RequestId,
}

impl Request {
    /// A request out of its parts, for a table to route.
    pub fn new(method: Method, uri: Uri, headers: HeaderMap, peer: Option<IpAddr>, body: Body) -> Self {
        Self {
            method,
            uri,
            headers,
            peer,
            id: RequestId::default(),
            param: None,
            body,
            limit: BODY_LIMIT,
            console: None,
            is_named: false,
            form: None,
        }
    }

    /// The request with the name that an adapter has given it, as its spans and guards have it. Otherwise the table names it.
    #[must_use]
    pub fn named(self, id: RequestId) -> Self {
        Self { id, is_named: true, ..self }
    }

    /// The fields of the form that a page was sent.
    ///
    /// # Errors
    /// 415: there is none.
    pub(crate) fn fields(&mut self) -> Result<Fields, Problem> {
        self.form.take().ok_or_else(Problem::unsupported_media_type)
    }

    /// What guards read of it.
    pub const fn head(&self) -> Head<'_> {
        Head { method: &self.method, headers: &self.headers, peer: self.peer, id: &self.id }
    }
}
