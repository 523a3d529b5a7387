//! Reading addresses: base URL, links, paths, proxies and origins. Nothing of a text that is refused is kept.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};

use super::codes::ConfigCode;
use super::origin::{NoOrigin, Origin};
use super::setting::Unfit;

/// A base URL: an origin, with a slash at the end or none.
pub(super) fn base_url(text: &str) -> Result<Origin, Unfit> {
    let unfit = |why| Unfit { code: ConfigCode::BaseUrlInvalid, why, fix: "write it like https://example.com" };
    let (origin, rest) = Origin::split(text.trim()).map_err(|reason| unfit(no_origin(reason)))?;
    match rest {
        "" | "/" => Ok(origin),
        _ => Err(unfit("has a path, a query or a fragment; only scheme, host and port may stand there")),
    }
}

/// A link with one place for a token.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) template: String,
    pub(super) is_safe: bool,
}

impl Link {
    pub(super) const TOKEN: &str = "{token}";

    pub(super) fn parse(text: &str) -> Result<Self, Unfit> {
        let unfit = |why| Unfit {
            code: ConfigCode::MailLink,
            why,
            fix: "write it like https://app.example.com/reset?token={token}",
        };
        let (origin, rest) = Origin::split(text.trim()).map_err(|reason| unfit(no_origin(reason)))?;
        if rest.matches(Self::TOKEN).count() != 1 {
            return Err(unfit("must hold {token} once, in its path, query or fragment"));
        }
        let printable =
            rest.replace(Self::TOKEN, "").bytes().all(|b| b.is_ascii_graphic() && !br#"<>"\^`{}"#.contains(&b));
        if !printable {
            return Err(unfit("holds a character that has to be percent-encoded in a URL"));
        }
        Ok(Self { template: format!("{origin}{rest}"), is_safe: origin.is_safe() })
    }
}

const fn no_origin(reason: NoOrigin) -> &'static str {
    match reason {
        NoOrigin::Scheme => "does not begin with https:// or http://",
        NoOrigin::UserInfo => "holds a user name or a password",
        NoOrigin::Host => "has no host that can be used",
        NoOrigin::Port => "has a port that is not between 1 and 65535",
    }
}

/// A path that routes are mounted under, without a slash at the end.
pub(super) fn path(text: &str) -> Result<String, Unfit> {
    let text = text.trim();
    let path = text.strip_suffix('/').unwrap_or(text);
    let segment = |segment: &str| {
        let plain = segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
        plain && !matches!(segment, "" | "." | "..")
    };
    let fits = path.strip_prefix('/').is_some_and(|below| below.split('/').all(segment));
    fits.then(|| path.to_owned()).ok_or(Unfit {
        code: ConfigCode::Path,
        why: "is no path of letters, digits and - . _ ~ that begins with a slash",
        fix: "write it like /auth",
    })
}

/// Networks of proxies, the address of one proxy as a network of its own, IPv4 in IPv6 as IPv4.
pub(super) fn proxies<N: AsRef<str>>(texts: impl IntoIterator<Item = N>) -> Result<Vec<IpNet>, Unfit> {
    let networks: Vec<IpNet> = texts.into_iter().map(|text| network(text.as_ref())).collect::<Result<_, _>>()?;
    // Halves of everything are everything, too.
    let wide = IpNet::aggregate(&networks).iter().any(|network| match network {
        IpNet::V4(network) => network.prefix_len() == 0,
        // The addresses of IPv4 in IPv6 lie inside.
        IpNet::V6(network) => network.contains(&MAPPED),
    });
    if wide {
        return Err(Unfit {
            code: ConfigCode::ProxiesTooWide,
            why: "holds every address there is, so that every client could name itself any other",
            fix: "list the addresses of the proxies, such as 10.0.0.0/8",
        });
    }
    Ok(networks)
}

/// The first address of `::ffff:0:0/96`.
const MAPPED: Ipv6Addr = Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0);

fn network(text: &str) -> Result<IpNet, Unfit> {
    let text = text.trim();
    let network: Option<IpNet> = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    let network = network.ok_or(Unfit {
        code: ConfigCode::InvalidValue,
        why: "holds something else than addresses and networks",
        fix: "write it like 10.0.0.0/8,192.0.2.7",
    })?;
    Ok(match network {
        IpNet::V6(wide) if wide.prefix_len() >= 96 => wide
            .addr()
            .to_ipv4_mapped()
            .and_then(|addr| Ipv4Net::new(addr, wide.prefix_len() - 96).ok())
            .map_or(network, IpNet::V4),
        _ => network,
    }
    .trunc())
}

/// Exact origins, each once.
pub(super) fn cors_origins<O: AsRef<str>>(texts: impl IntoIterator<Item = O>) -> Result<Vec<Origin>, Unfit> {
    let unfit =
        |why| Unfit { code: ConfigCode::CorsOrigin, why, fix: "list exact origins, such as https://app.example.com" };
    let mut origins: Vec<Origin> = Vec::new();
    for text in texts {
        let text = text.as_ref().trim();
        if text.contains('*') {
            return Err(unfit("holds a wildcard, and answers carry credentials"));
        }
        let (origin, rest) =
            Origin::split(text).map_err(|_| unfit("holds something that is no http or https origin"))?;
        if !matches!(rest, "" | "/") {
            return Err(unfit("holds an origin with a path"));
        }
        if !origin.is_safe() {
            return Err(unfit("holds an http origin off this machine, where anybody between could read along"));
        }
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Ok(origins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_in_their_shortest_form() {
        let read = |texts: &[&str]| proxies(texts).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(read(&["10.1.2.3/8", " 192.0.2.7 "]), ["10.0.0.0/8", "192.0.2.7/32"]);
        assert_eq!(
            read(&["::ffff:10.0.0.0/104", "::ffff:10.0.0.1", "fd00::/8"]),
            ["10.0.0.0/8", "10.0.0.1/32", "fd00::/8"]
        );
        assert_eq!(read(&[]), [""; 0]);
    }

    // S-94
    #[test]
    fn a_list_of_proxies_that_holds_everybody_is_refused_in_each_spelling() {
        for texts in [
            &["0.0.0.0/0"][..],
            &["10.0.0.1/0"],
            &["::/0"],
            &["0.0.0.0/1", "128.0.0.0/1"],
            &["::ffff:0:0/96"],
            &["::/64"],
            &["::ffff:0.0.0.0/97", "::ffff:128.0.0.0/97"],
        ] {
            assert_eq!(proxies(texts).unwrap_err().code, ConfigCode::ProxiesTooWide, "{texts:?}");
        }
    }

    #[test]
    fn a_path_begins_with_a_slash_and_needs_no_decoding() {
        assert_eq!(path("/auth").as_deref(), Ok("/auth"));
        assert_eq!(path("/api/v1.0/auth/").as_deref(), Ok("/api/v1.0/auth"));
        for text in ["", "/", "//", "auth", "/a//b", "/a/../b", "/./a", "/a%20b", "/a b", "/a?b", "/{id}", "/:id", "/*"]
        {
            assert!(path(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_link_holds_its_token_once_and_behind_the_host() {
        let link = Link::parse(" HTTPS://App.example.com/reset?token={token}&x=1 ").unwrap();
        assert_eq!(link.template, "https://app.example.com/reset?token={token}&x=1");
        assert!(link.is_safe && Link::parse("https://a.example/#t={token}").unwrap().is_safe);
        assert!(!Link::parse("http://a.example/{token}").unwrap().is_safe);
        for text in [
            "https://app.example.com/reset",
            "https://{token}.example.com/",
            "https://a.example/{token}/{token}",
            "https://a.example/<{token}>",
            "https://a.example/{other}/{token}",
            "https://a.example/a b/{token}",
            "https://ada:pw@a.example/{token}",
            "myapp://reset?token={token}",
        ] {
            assert_eq!(Link::parse(text).unwrap_err().code, ConfigCode::MailLink, "{text}");
        }
    }
}
