//! How the tokens of a sign-in get to the client: in cookies, in the body, or both.

use authkit_core::{AuthKit, TokenDelivery, Tokens};
use http::{HeaderMap, StatusCode};

use crate::answer::json;
use crate::cookies;
use crate::cross_site::SEC_FETCH_SITE;
use crate::message::Answer;
use crate::shapes::TokenObject;

/// Answers with the tokens, in the way that the configuration says.
///
/// A page's script that can read tokens can lose them, so by default a browser's own request gets cookies alone; a browser
/// gives itself away by `Sec-Fetch-Site`, which no script can leave out.
pub(crate) fn deliver(kit: &AuthKit, request: &HeaderMap, tokens: &Tokens) -> Answer {
    let http = kit.http();
    let is_browser = request.contains_key(SEC_FETCH_SITE);
    let (with_tokens, with_cookies) = match http.token_delivery {
        TokenDelivery::Auto => (!is_browser, true),
        TokenDelivery::Both => (true, true),
        TokenDelivery::Cookie => (false, true),
        TokenDelivery::Bearer => (true, false),
    };
    let mut response = json(StatusCode::OK, &TokenObject { tokens, with_tokens })?;
    if with_cookies {
        cookies::set(response.headers_mut(), http, tokens);
    }
    Ok(response)
}
