//! Who is at the other end of a call.

use std::net::IpAddr;

use crate::model::clean::printable;
use crate::model::device::device_name;

/// What is known of the client that made a call. All of it may be missing: a worker has none.
///
/// Build it with [`ClientInfo::new`], which cleans what came from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientInfo {
    /// The client's address, canonical (an IPv4 address in IPv6 clothes is undressed).
    pub ip: Option<IpAddr>,
    /// The user agent's text, printable, at most 256 bytes.
    pub user_agent: Option<String>,
    /// What the user agent says it is, such as "Firefox on Linux"; at most 64 bytes.
    pub device: Option<String>,
    /// The id of the request, printable, at most 64 bytes.
    pub request_id: Option<String>,
}

impl ClientInfo {
    /// Cleans, cuts and names: see the fields.
    pub fn new(ip: Option<IpAddr>, user_agent: Option<&str>, request_id: Option<&str>) -> Self {
        Self {
            ip: ip.map(|ip| ip.to_canonical()),
            user_agent: user_agent.map(|text| printable(text, 256)).filter(|text| !text.is_empty()),
            device: user_agent.and_then(device_name),
            request_id: request_id.map(|text| printable(text, 64)).filter(|text| !text.is_empty()),
        }
    }

    /// Nobody: the process itself.
    pub const fn none() -> Self {
        Self { ip: None, user_agent: None, device: None, request_id: None }
    }
}
