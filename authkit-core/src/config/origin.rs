//! Scheme, host and port: what a base URL, an origin and the beginning of a link are.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// `http` or `https`, a host and a port, as a browser writes an origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) https: bool,
    host: Host,
    /// `None`: the scheme's own.
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Name(String),
    Ip(IpAddr),
}

/// Why a text is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoOrigin {
    Scheme,
    UserInfo,
    Host,
    Port,
}

impl Origin {
    /// The origin that a URL begins with, and the rest of the URL.
    pub(super) fn split(url: &str) -> Result<(Self, &str), NoOrigin> {
        let (scheme, rest) = url.split_once("://").ok_or(NoOrigin::Scheme)?;
        let https = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(NoOrigin::Scheme),
        };
        // A browser takes a backslash for a slash, so it ends the host here, too.
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(end).ok_or(NoOrigin::Host)?;
        if authority.contains('@') {
            return Err(NoOrigin::UserInfo);
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let port = port.map(|port| port_number(port).ok_or(NoOrigin::Port)).transpose()?;
        let own = if https { 443 } else { 80 };
        let host = Host::parse(host).ok_or(NoOrigin::Host)?;
        Ok((Self { https, host, port: port.filter(|port| *port != own) }, rest))
    }

    /// Whether the host is this machine: 127.0.0.0/8, `[::1]`, `localhost` and what ends with `.localhost` (RFC 6761).
    pub(super) fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Ip(ip) => ip.is_loopback(),
            Host::Name(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }

    /// Whether nobody between can read along.
    pub(super) fn is_safe(&self) -> bool {
        self.https || self.is_loopback()
    }

    /// The host without port, an IPv6 address in brackets.
    pub(super) fn host(&self) -> String {
        match &self.host {
            Host::Name(name) => name.clone(),
            Host::Ip(IpAddr::V4(ip)) => ip.to_string(),
            Host::Ip(IpAddr::V6(ip)) => format!("[{ip}]"),
        }
    }

    /// The host as it stands behind the `@` of an address. In place of an IP address it is `localhost`: many programs take
    /// no address with brackets.
    pub(super) fn mail_domain(&self) -> String {
        match &self.host {
            Host::Name(name) => name.clone(),
            Host::Ip(_) => "localhost".to_owned(),
        }
    }

    /// Whether cookies of this lower-case domain reach the host: it is the host, or a parent of it.
    pub(super) fn is_within(&self, domain: &str) -> bool {
        match &self.host {
            Host::Ip(_) => false,
            Host::Name(name) => name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
        }
    }
}

/// `https://example.com`, in lower case, without the scheme's own port.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.host())?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl Host {
    fn parse(text: &str) -> Option<Self> {
        if let Some(ip) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            return ip.parse::<Ipv6Addr>().ok().map(|ip| Self::Ip(ip.into()));
        }
        if let Ok(ip) = text.parse::<Ipv4Addr>() {
            return Some(Self::Ip(ip.into()));
        }
        Some(Self::Name(host_name(text)?))
    }
}

/// A name of a host in ASCII and lower case, as a browser writes it.
pub(super) fn host_name(text: &str) -> Option<String> {
    let name = idna::domain_to_ascii_cow(text.as_bytes(), idna::AsciiDenyList::URL).ok()?.into_owned();
    let label = |label: &str| {
        let inner = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        !label.is_empty() && label.len() <= 63 && inner && !label.starts_with('-') && !label.ends_with('-')
    };
    // What ends like a number is an IPv4 address to a browser, in whatever notation.
    let numeric = name.rsplit('.').next().is_some_and(|last| {
        last.bytes().all(|b| b.is_ascii_digit())
            || last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    (name.len() <= 253 && name.split('.').all(label) && !numeric).then_some(name)
}

fn port_number(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &str) -> Result<String, NoOrigin> {
        Origin::split(url).map(|(origin, rest)| format!("{origin} {rest}"))
    }

    #[test]
    fn an_origin_is_written_as_a_browser_writes_it() {
        for (url, expected) in [
            ("https://example.com", "https://example.com "),
            ("HTTPS://Example.COM:443/", "https://example.com /"),
            ("http://example.com:80", "http://example.com "),
            ("http://example.com:443", "http://example.com:443 "),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000 "),
            ("http://[::1]:8000?x", "http://[::1]:8000 ?x"),
            ("https://[2001:DB8::0]/a", "https://[2001:db8::] /a"),
            ("https://b\u{fc}cher.example#f", "https://xn--bcher-kva.example #f"),
        ] {
            assert_eq!(origin(url).as_deref(), Ok(expected), "{url}");
        }
    }

    #[test]
    fn what_is_no_origin_is_told_apart() {
        for (url, expected) in [
            ("example.com", NoOrigin::Scheme),
            ("ftp://example.com", NoOrigin::Scheme),
            ("//example.com", NoOrigin::Scheme),
            ("https://ada@example.com", NoOrigin::UserInfo),
            ("https://ada:pw@example.com", NoOrigin::UserInfo),
            ("https://", NoOrigin::Host),
            ("https:///path", NoOrigin::Host),
            ("https://exa mple.com", NoOrigin::Host),
            ("https://*.example.com", NoOrigin::Host),
            ("https://example..com", NoOrigin::Host),
            ("https://-a.com", NoOrigin::Host),
            ("https://127.1", NoOrigin::Host),
            ("https://0x7f000001", NoOrigin::Host),
            ("https://[::1", NoOrigin::Host),
            ("https://[fe80::1%25eth0]", NoOrigin::Host),
            ("https://example.com:", NoOrigin::Port),
            ("https://example.com:0", NoOrigin::Port),
            ("https://example.com:65536", NoOrigin::Port),
            ("https://example.com:+1", NoOrigin::Port),
        ] {
            assert_eq!(origin(url), Err(expected), "{url}");
        }
    }

    #[test]
    fn loopback_is_this_machine_and_nothing_that_looks_like_it() {
        let loopback = |url| Origin::split(url).unwrap().0.is_loopback();
        for url in ["http://127.0.0.1", "http://127.8.9.10", "http://[::1]:1", "http://LOCALHOST", "http://a.localhost"]
        {
            assert!(loopback(url), "{url}");
        }
        for url in ["http://128.0.0.1", "http://localhost.example.com", "http://notlocalhost", "http://0.0.0.0"] {
            assert!(!loopback(url), "{url}");
        }
    }

    #[test]
    fn a_domain_holds_its_own_subdomains_only() {
        let within = |url, domain| Origin::split(url).unwrap().0.is_within(domain);
        assert!(within("https://app.example.com", "example.com") && within("https://example.com", "example.com"));
        assert!(!within("https://badexample.com", "example.com") && !within("https://10.0.0.1", "0.0.1"));
        assert!(!within("https://example.com", "app.example.com"));
    }
}
