//! The servers of a URL: names, addresses, ports, sockets.

use std::fmt::{self, Display, Formatter};
use std::net::IpAddr;

use tokio_postgres::Config;

use super::parameters::Parameters;
use super::pieces::text;
use crate::open_error::OpenError;

const PORT: u16 = 5432;

/// One server: a host's name or address, or the folder of a socket.
pub(super) struct Server {
    host: String,
    /// Where to connect to instead of looking the name up.
    address: Option<IpAddr>,
    port: u16,
}

impl Server {
    pub(super) fn is_socket(&self) -> bool {
        self.host.starts_with('/')
    }

    /// Whether what is sent stays on this machine.
    pub(super) fn is_local(&self) -> bool {
        let loopback = |address: IpAddr| address.to_canonical().is_loopback();
        match self.address {
            Some(address) => loopback(address),
            None => {
                self.is_socket()
                    || self.host.eq_ignore_ascii_case("localhost")
                    || self.host.parse::<IpAddr>().is_ok_and(loopback)
            }
        }
    }
}

impl Display for Server {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.host {
            socket if self.is_socket() => write!(f, "{}/.s.PGSQL.{}", socket.trim_end_matches('/'), self.port),
            v6 if v6.contains(':') => write!(f, "[{v6}]:{}", self.port),
            name => write!(f, "{name}:{}", self.port),
        }
    }
}

/// The servers in the order in which they are tried. As in libpq, `host` and `port` replace what stands before the path.
pub(super) fn servers(authority: &str, given: &mut Parameters<'_>) -> Result<Vec<Server>, OpenError> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for entry in authority.split(',').filter(|_| !authority.is_empty()) {
        let (host, port) = host_and_port(entry)?;
        hosts.push(text("host", host)?);
        ports.push(port_number(port)?);
    }
    if let Some(list) = given.take("host")? {
        hosts = list.split(',').map(str::to_owned).collect();
    }
    if let Some(list) = given.take("port")? {
        ports = list.split(',').map(port_number).collect::<Result<_, _>>()?;
    }
    let addresses = match given.take("hostaddr")? {
        Some(list) => list.split(',').map(address).collect::<Result<Vec<_>, _>>()?,
        None => Vec::new(),
    };
    if hosts.is_empty() {
        // Without a name the certificate is checked for the address itself.
        hosts = addresses.iter().map(IpAddr::to_string).collect();
    }
    combine(hosts, &addresses, &ports)
}

/// As the driver wants them.
pub(super) fn apply(servers: &[Server], config: &mut Config) {
    for server in servers {
        config.host(server.host.as_str()).port(server.port);
        if let Some(address) = server.address {
            config.hostaddr(address);
        }
    }
}

pub(super) fn for_messages(servers: &[Server], database: Option<&str>) -> String {
    let hosts: Vec<_> = servers.iter().map(ToString::to_string).collect();
    match database {
        Some(database) => format!("{}/{database}", hosts.join(",")),
        None => hosts.join(","),
    }
}

fn combine(hosts: Vec<String>, addresses: &[IpAddr], ports: &[u16]) -> Result<Vec<Server>, OpenError> {
    let count = hosts.len();
    if count == 0 {
        return Err(OpenError::url(
            "names no host",
            "write postgres://user:password@host:port/database, or `?host=/folder` for a socket",
        ));
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(OpenError::url("has another number of ports than of hosts", "give one for all, or one for each"));
    }
    if !addresses.is_empty() && addresses.len() != count {
        return Err(OpenError::url("has another number in `hostaddr` than of hosts", "give one for each host"));
    }
    let server = |(place, host): (usize, String)| {
        check_host(&host)?;
        let port = ports.get(place).or(ports.first()).copied().unwrap_or(PORT);
        Ok(Server { host, address: addresses.get(place).copied(), port })
    };
    hosts.into_iter().enumerate().map(server).collect()
}

/// The host without its brackets, and the port if there is one.
fn host_and_port(entry: &str) -> Result<(&str, &str), OpenError> {
    let Some(bracketed) = entry.strip_prefix('[') else {
        return Ok(entry.split_once(':').unwrap_or((entry, "")));
    };
    let closed = bracketed.split_once(']').and_then(|(host, rest)| match rest {
        "" => Some((host, "")),
        rest => Some((host, rest.strip_prefix(':')?)),
    });
    closed.ok_or_else(|| OpenError::url("has a `[` before its host that is not closed", "write [::1]:5432"))
}

fn port_number(port: &str) -> Result<u16, OpenError> {
    match port.parse() {
        _ if port.is_empty() => Ok(PORT),
        Ok(port) if port > 0 => Ok(port),
        // It may be a password behind which an `@` is missing.
        _ => Err(OpenError::url(
            "has a port that is no number from 1 to 65535",
            "give such a number; percent-encode `@ : / ?` in a password; put an IPv6 address into brackets",
        )),
    }
}

fn address(text: &str) -> Result<IpAddr, OpenError> {
    text.parse().map_err(|_| OpenError::url("has a `hostaddr` that is no IP address", "give an address, or use `host`"))
}

fn check_host(host: &str) -> Result<(), OpenError> {
    if host.starts_with('/') && cfg!(unix) {
        return Ok(());
    }
    let in_names = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:%".contains(&byte);
    if !host.is_empty() && host.bytes().all(in_names) {
        return Ok(());
    }
    Err(OpenError::url(
        "has a host that no host is named like",
        "write postgres://user:password@host:port/database; a name with other letters than a to z in its `xn--` form",
    ))
}
