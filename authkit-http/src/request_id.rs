//! The name of a request, as the audit trail and problem bodies carry it.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use authkit_core::{AuthKit, LogCode};
use http::HeaderMap;
use http::header::HeaderName;

use crate::proxies::is_trusted;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The name of a request. Clones are the same name, which is made when it is first asked for: most requests need none.
#[derive(Debug, Clone, Default)]
pub struct RequestId(Arc<OnceLock<String>>);

impl RequestId {
    /// The name that a trusted proxy gave the request in `X-Request-Id`, if it did.
    pub fn of(kit: &AuthKit, headers: &HeaderMap, peer: Option<IpAddr>) -> Self {
        let given = headers.get(HEADER).filter(|_| peer.is_some_and(|peer| is_trusted(kit.http(), peer)));
        let given = given.and_then(|value| value.to_str().ok());
        match given.filter(|text| (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())) {
            Some(text) => Self(Arc::new(OnceLock::from(text.to_owned()))),
            None => Self::default(),
        }
    }

    /// The name as text: what a proxy gave, otherwise a UUID in the order of time.
    pub fn get(&self, kit: &AuthKit) -> &str {
        self.0.get_or_init(|| match kit.new_uuid(kit.now()) {
            Ok(id) => id.to_string(),
            Err(error) => {
                tracing::error!(ak = LogCode::NoRequestId.as_str(), %error, "a request goes without an id");
                String::new()
            }
        })
    }
}
