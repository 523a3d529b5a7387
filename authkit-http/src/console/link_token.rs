//! The token of a mail's link, on its way through a page of ours.
//!
//! It stands in the URL of the mail only. The first answer moves it into a cookie and sends the browser to the bare page,
//! so that neither history nor a referrer keeps it. Looking consumes nothing: a mail scanner may follow the link (S-56).

use std::time::Duration;

use authkit_core::AuthKit;
use http::header::REFERRER_POLICY;
use http::{HeaderMap, HeaderValue};

use super::html;
use crate::body::Response;
use crate::message::{Answer, Request};
use crate::query::Query;
use crate::{cookies, credentials};

/// Longer than any token of ours, and short enough for a cookie.
const LONGEST: usize = 2_048;

/// Where the token of one kind of link is kept, and for which page.
#[derive(Debug)]
pub(crate) struct LinkToken {
    /// Lax and not strict: a click in a web mailer begins at another site, and what follows its redirect would come without
    /// a strict cookie. A form of another site brings neither.
    pub(crate) cookie: &'static str,
    /// The page below the administration.
    pub(crate) page: &'static str,
    /// Time to think, in minutes. The token's own life is checked when it is used.
    pub(crate) minutes: u64,
}

/// What the page of a link says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Asking,
    Expired,
    Done,
}

impl LinkToken {
    /// The answer to whoever looks: a token in the URL is taken out of it, and `page` makes what is shown without one.
    pub(crate) fn show(&self, kit: &AuthKit, request: &Request, page: impl FnOnce(State) -> Answer) -> Answer {
        let mut query = Query::of(&request.uri);
        if let Some(token) = query.text("token") {
            return self.move_from_url(kit, &token);
        }
        page(match (query.text("done"), self.of(&request.headers)) {
            (Some(_), _) => State::Done,
            (None, Some(_)) => State::Asking,
            (None, None) => State::Expired,
        })
    }

    /// The answer to the link of the mail: on to the bare page. What cannot be a token leads to the page that says so, and
    /// takes the place of one that was there before.
    pub(crate) fn move_from_url(&self, kit: &AuthKit, token: &str) -> Answer {
        let mut response = html::see_other(&self.path(kit))?;
        let headers = response.headers_mut();
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        let (kept, lasts) = if is_token(token) { (token, self.minutes) } else { ("", 0) };
        self.keep(headers, kit, kept, lasts);
        Ok(response)
    }

    /// The token that the browser keeps.
    pub(crate) fn of<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        credentials::cookie_named(headers, self.cookie).filter(|token| is_token(token))
    }

    /// Takes it out of the browser.
    pub(crate) fn forget(&self, response: &mut Response, kit: &AuthKit) {
        self.keep(response.headers_mut(), kit, "", 0);
    }

    /// Where the page is.
    pub(crate) fn path(&self, kit: &AuthKit) -> String {
        format!("{}{}", kit.http().admin_path, self.page)
    }

    fn keep(&self, headers: &mut HeaderMap, kit: &AuthKit, token: &str, minutes: u64) {
        let lasts = Duration::from_secs(minutes * 60);
        cookies::put_here(headers, kit.http(), self.cookie, token, lasts, &self.path(kit));
    }
}

/// Whether it is spelled as tokens are: nothing in it can break out of a cookie.
fn is_token(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    plain && !text.is_empty() && text.len() <= LONGEST
}
