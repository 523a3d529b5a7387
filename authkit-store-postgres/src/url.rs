//! A Postgres URL, read into what the driver needs, how TLS is used and what stands in between.

mod encryption;
mod parameters;
mod pieces;
mod servers;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::slice;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, LoadBalanceHosts, SslMode, TargetSessionAttrs};

use crate::open_error::OpenError;
use crate::pooler::Pooler;
use crate::tls::TlsMode;
use parameters::Parameters;
use pieces::{Pieces, bytes, text};
use servers::{Server, servers};

/// How long those hosts together may take that do not answer, so that the last one is tried too and a failover is found.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Bounds how long what was sent may stay unacknowledged, so that a server that is gone without a word is noticed.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(5);
const APPLICATION_NAME: &str = "authkit";
/// Durable writes, no statement above 5 s, no wait for a lock above 2 s; and the isolation that the statements are made for.
const LIMITS: &str = "-c synchronous_commit=on -c statement_timeout=5000 -c lock_timeout=2000 \
                      -c default_transaction_isolation=read\\ committed";

/// Where the store is and how to get there.
///
/// `sslmode` is stricter than that of libpq: absent means `verify-full`, except for loopback hosts and sockets, which are
/// reached without TLS; `require` verifies as `verify-full` does; `prefer` and `allow`, which fall back to plain text
/// without a word, are refused where text would leave the machine.
#[derive(Debug)]
pub(crate) struct Target {
    /// All servers.
    pub(crate) config: Config,
    /// The same for each server alone, in the order in which they are tried. In a random order: one that names them all.
    pub(crate) servers: Vec<Config>,
    pub(crate) tls: TlsMode,
    /// The file of `sslrootcert`. None: the platform's roots.
    pub(crate) root_cert: Option<PathBuf>,
    pub(crate) pooler: Pooler,
    /// `host:port` of each server and the database, for messages. Never the password.
    pub(crate) hosts: String,
    /// What works and is unwise, to be said once.
    pub(crate) warnings: Vec<String>,
}

impl Target {
    pub(crate) fn parse(url: &str) -> Result<Self, OpenError> {
        let pieces = Pieces::split(url)?;
        let mut given = Parameters::read(&pieces.parameters)?;
        let servers = servers(pieces.hosts, &mut given)?;
        let (tls, warning) = encryption::decide(given.take("sslmode")?.as_deref(), &servers)?;

        let mut config = Config::new();
        config.ssl_mode(if tls == TlsMode::Off { SslMode::Disable } else { SslMode::Require });
        set_login(&mut config, &pieces, &mut given)?;
        set_session(&mut config, &mut given, servers.len())?;
        set_times(&mut config, &mut given, servers.len())?;
        let hosts = servers::for_messages(&servers, config.get_dbname());
        let (all, each) = places(&config, &servers);
        let root_cert = given.take("sslrootcert")?.filter(|file| file != "system").map(PathBuf::from);
        let pooler = given.one_of("pooler", POOLERS)?.unwrap_or_default();
        let warnings = warning.into_iter().collect();
        Ok(Self { config: all, servers: each, tls, root_cert, pooler, hosts, warnings })
    }

    /// Adds the limits that a server takes by start-up options. A pooler would refuse them.
    ///
    /// They come after the URL's own options, so they hold whatever those say.
    pub(crate) fn with_limits(&mut self) {
        let options = match self.config.get_options() {
            Some(own) if !own.is_empty() => format!("{own} {LIMITS}"),
            _ => LIMITS.to_owned(),
        };
        for config in self.servers.iter_mut().chain([&mut self.config]) {
            config.options(options.as_str());
        }
    }
}

const POOLERS: &[(&str, Pooler)] = &[
    ("none", Pooler::None),
    ("keeps-statements", Pooler::KeepsStatements),
    ("forgets-statements", Pooler::ForgetsStatements),
];

/// What the store cannot work with (`read-only`, `standby`, `prefer-standby`) is not among them.
const SESSIONS: &[(&str, TargetSessionAttrs)] = &[
    ("any", TargetSessionAttrs::Any),
    ("read-write", TargetSessionAttrs::ReadWrite),
    ("primary", TargetSessionAttrs::ReadWrite),
];

const ORDERS: &[(&str, LoadBalanceHosts)] =
    &[("disable", LoadBalanceHosts::Disable), ("random", LoadBalanceHosts::Random)];

const BINDINGS: &[(&str, ChannelBinding)] =
    &[("disable", ChannelBinding::Disable), ("prefer", ChannelBinding::Prefer), ("require", ChannelBinding::Require)];

/// The configuration with all servers, and one for each.
fn places(config: &Config, servers: &[Server]) -> (Config, Vec<Config>) {
    let to = |servers: &[Server]| {
        let mut config = config.clone();
        servers::apply(servers, &mut config);
        config
    };
    let all = to(servers);
    let each = match config.get_load_balance_hosts() {
        LoadBalanceHosts::Random => vec![all.clone()],
        _ => servers.iter().map(|server| to(slice::from_ref(server))).collect(),
    };
    (all, each)
}

fn set_login(config: &mut Config, pieces: &Pieces<'_>, given: &mut Parameters<'_>) -> Result<(), OpenError> {
    if let Some(user) = or_piece(given.take("user")?, pieces.user, "user")? {
        config.user(user);
    }
    if let Some(password) = given.raw("password").or(pieces.password).filter(|password| !password.is_empty()) {
        config.password(bytes("password", password)?);
    }
    if let Some(database) = or_piece(given.take("dbname")?, pieces.database, "database")? {
        config.dbname(database);
    }
    Ok(())
}

/// What a parameter says, else what stands in a piece of the URL.
fn or_piece(parameter: Option<String>, piece: Option<&str>, what: &str) -> Result<Option<String>, OpenError> {
    match (parameter, piece.filter(|piece| !piece.is_empty())) {
        (Some(value), _) => Ok(Some(value)),
        (None, Some(piece)) => text(what, piece).map(Some),
        (None, None) => Ok(None),
    }
}

fn set_session(config: &mut Config, given: &mut Parameters<'_>, servers: usize) -> Result<(), OpenError> {
    let name = given.take("application_name")?.unwrap_or_else(|| APPLICATION_NAME.to_owned());
    config.application_name(name);
    if let Some(options) = given.take("options")? {
        config.options(options);
    }
    // Several servers are a primary and its replicas, and only the primary takes what a store writes.
    let usual = if servers > 1 { TargetSessionAttrs::ReadWrite } else { TargetSessionAttrs::Any };
    config.target_session_attrs(given.one_of("target_session_attrs", SESSIONS)?.unwrap_or(usual));
    if let Some(order) = given.one_of("load_balance_hosts", ORDERS)? {
        config.load_balance_hosts(order);
    }
    if let Some(binding) = given.one_of("channel_binding", BINDINGS)? {
        config.channel_binding(binding);
    }
    Ok(())
}

/// Units are those of libpq: seconds, and milliseconds for `tcp_user_timeout`.
fn set_times(config: &mut Config, given: &mut Parameters<'_>, servers: usize) -> Result<(), OpenError> {
    let seconds = |value: Option<u32>| value.map(|value| Duration::from_secs(value.into()));
    let others = u32::try_from(servers.saturating_sub(1).max(1)).unwrap_or(u32::MAX);
    config.connect_timeout(seconds(given.count("connect_timeout")?).unwrap_or(CONNECT_TIMEOUT / others));
    let user_timeout = given.count("tcp_user_timeout")?.map(|value| Duration::from_millis(value.into()));
    config.tcp_user_timeout(user_timeout.unwrap_or(TCP_USER_TIMEOUT));
    if let Some(on) = given.one_of("keepalives", &[("0", false), ("1", true)])? {
        config.keepalives(on);
    }
    if let Some(idle) = seconds(given.count("keepalives_idle")?) {
        config.keepalives_idle(idle);
    }
    if let Some(interval) = seconds(given.count("keepalives_interval")?) {
        config.keepalives_interval(interval);
    }
    if let Some(retries) = given.count("keepalives_count")?.or(given.count("keepalives_retries")?) {
        config.keepalives_retries(retries);
    }
    Ok(())
}
