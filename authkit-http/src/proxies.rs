//! Which proxies are believed, and the client's address behind them.

use std::net::{IpAddr, SocketAddr};

use authkit_core::HttpSettings;
use http::HeaderMap;
use http::header::HeaderName;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client: the socket's other end, unless that is a trusted proxy. Then the chain in
/// `X-Forwarded-For` is walked from its right end, which the nearest proxy wrote, to the first address that is no trusted
/// proxy; what stands further left anybody may have written. Something that is no address ends the walk.
///
/// Every other forwarding header is ignored: a proxy passes them on unread, so a client would choose its own address.
pub fn client_ip(http: &HttpSettings, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<IpAddr> {
    let mut nearest = peer?.to_canonical();
    if !is_trusted(http, nearest) {
        return Some(nearest);
    }
    for line in headers.get_all(FORWARDED_FOR).iter().rev() {
        let Ok(line) = line.to_str() else { return Some(nearest) };
        for hop in line.rsplit(',') {
            let Some(address) = address(hop.trim()) else { return Some(nearest) };
            nearest = address;
            if !is_trusted(http, nearest) {
                return Some(nearest);
            }
        }
    }
    Some(nearest)
}

/// Whether what a peer says about others is believed.
pub(crate) fn is_trusted(http: &HttpSettings, address: IpAddr) -> bool {
    let address = address.to_canonical();
    http.trusted_proxies.iter().any(|net| net.contains(&address))
}

/// An address, with or without a port, as proxies write it.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let parsed = bare.parse().ok().or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()));
    parsed.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::settings;

    fn seen(peer: &str, lines: &[(&'static str, &str)]) -> String {
        let mut http = settings();
        http.trusted_proxies = ["10.0.0.0/8", "2001:db8::/32"].map(|net| net.parse().expect("a net")).to_vec();
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().expect("a header"));
        }
        client_ip(&http, &headers, peer.parse().ok()).expect("a peer").to_string()
    }

    const XFF: &str = "x-forwarded-for";

    // S-83
    #[test]
    fn nobody_but_a_trusted_proxy_says_who_sent_a_request() {
        for name in [XFF, "x-real-ip", "forwarded", "x-client-ip", "cf-connecting-ip", "true-client-ip"] {
            assert_eq!(seen("203.0.113.9", &[(name, "198.51.100.1")]), "203.0.113.9", "{name}");
        }
        for name in ["x-real-ip", "forwarded", "x-client-ip", "cf-connecting-ip", "true-client-ip"] {
            assert_eq!(seen("10.0.0.1", &[(name, "198.51.100.1")]), "10.0.0.1", "{name}");
        }
        assert_eq!(seen("10.0.0.1", &[(XFF, "198.51.100.1")]), "198.51.100.1");
    }

    // S-83
    #[test]
    fn the_right_most_untrusted_hop_is_the_client() {
        for (line, client) in [
            ("1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("1.1.1.1, 198.51.100.1", "198.51.100.1"),
            ("10.9.9.9, 10.0.0.2", "10.9.9.9"),
            ("198.51.100.1:4711", "198.51.100.1"),
            ("[2001:db9::1]:4711, 10.0.0.2", "2001:db9::1"),
            ("[2001:db9::1]", "2001:db9::1"),
            ("2001:db9::1,2001:db8::5", "2001:db9::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
            ("::ffff:10.0.0.7", "10.0.0.7"),
            ("198.51.100.1, nonsense, 10.0.0.2", "10.0.0.2"),
            ("198.51.100.1, ", "10.0.0.1"),
            ("unknown", "10.0.0.1"),
        ] {
            assert_eq!(seen("10.0.0.1", &[(XFF, line)]), client, "{line}");
        }
    }

    #[test]
    fn several_lines_are_one_chain() {
        assert_eq!(seen("10.0.0.1", &[(XFF, "1.1.1.1"), (XFF, "198.51.100.1, 10.0.0.2")]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &[(XFF, "198.51.100.1"), (XFF, "10.0.0.2")]), "198.51.100.1");
    }

    #[test]
    fn an_ipv4_address_in_ipv6_clothes_is_undressed() {
        assert_eq!(seen("::ffff:203.0.113.9", &[]), "203.0.113.9");
        assert_eq!(seen("::ffff:10.0.0.1", &[(XFF, "198.51.100.1")]), "198.51.100.1");
    }
}
