//! What every page knows of its request before anybody is known: the host's console, the viewer's choices, the notice.

use std::sync::Arc;

use authkit_core::AuthKit;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, Method};

use super::Console;
use super::notice;
use super::prefs::Prefs;
use crate::message::Request;

/// What a page needs of its request.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) console: Arc<Console>,
    pub(crate) prefs: Prefs,
    /// The key of the notice to show.
    pub(crate) notice: Option<String>,
    /// Where the console is mounted, such as `/admin`.
    pub(crate) base: String,
    /// Path and query below `base`.
    pub(crate) target: String,
    pub(crate) is_get: bool,
    pub(crate) request_id: String,
}

impl Frame {
    pub(crate) fn of(kit: &AuthKit, request: &Request) -> Self {
        Self {
            console: request.console.clone().unwrap_or_else(Console::plain),
            prefs: Prefs::read(&request.headers),
            notice: notice::read(&request.headers),
            base: kit.http().admin_path.clone(),
            target: request.uri.path_and_query().map(|target| target.as_str().to_owned()).unwrap_or_default(),
            is_get: matches!(request.method, Method::GET | Method::HEAD),
            request_id: request.id.get(kit).to_owned(),
        }
    }

    /// The frame of a request whose answer a person will read, whatever the answer is: a browser's navigation or form.
    pub(crate) fn of_person(kit: &AuthKit, request: &Request) -> Option<Self> {
        (wants_html(&request.headers) || is_form(&request.headers)).then(|| Self::of(kit, request))
    }

    /// A path of the console.
    pub(crate) fn path(&self, below: &str) -> String {
        format!("{}{below}", self.base)
    }
}

fn wants_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("text/html"))
}

/// Whether the body is said to be a form.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let mut stated = headers.get_all(CONTENT_TYPE).iter();
    let (Some(only), None) = (stated.next(), stated.next()) else { return false };
    let kind = only.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
