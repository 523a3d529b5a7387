//! Who is at the other end, as the audit trail and the throttles know it.

use authkit_core::{AuthKit, ClientInfo};
use http::header::USER_AGENT;

use crate::message::Head;
use crate::proxies::client_ip;

/// What is known of who sent a request: address, user agent, and the request's id.
pub fn client(kit: &AuthKit, head: Head<'_>) -> ClientInfo {
    // A user agent may say anything: what is no UTF-8 is replaced, what would forge a line is written out by `ClientInfo`.
    let agent = head.headers.get(USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let ip = client_ip(kit.http(), head.headers, head.peer);
    kit.client(ip, agent.as_deref(), Some(head.id.get(kit)))
}
