//! What the driver or a pool says when no connection can be had, turned into the error that names it.
//!
//! The driver's own words are of no use ("db error", "error connecting to server"), so the code and the causes are read.

mod certificate;
mod reach;

#[cfg(test)]
mod tests;

use std::error::Error;
use std::io;
use std::iter::successors;

use deadpool_postgres::{HookError, PoolError, TimeoutType};
use rustls::pki_types::InvalidDnsNameError;
use tokio_postgres::error::SqlState;

use crate::open_error::OpenError;

/// Why no connection could be made, or why a statement of the opening was refused.
pub(crate) fn refusal(target: &str, error: tokio_postgres::Error) -> OpenError {
    let said = error.as_db_error().map(|db| (db.code().clone(), db.message().to_owned()));
    match said {
        Some((code, said)) => by_server(target.to_owned(), &code, said, Box::new(error)),
        None => on_the_way(target.to_owned(), error),
    }
}

/// Why a pool gave no connection.
pub(crate) fn pool_refusal(target: &str, error: PoolError) -> OpenError {
    let why = match error {
        PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
            return refusal(target, error);
        }
        PoolError::Timeout(TimeoutType::Wait) => {
            "all its connections are busy: give back what is taken, or make it larger"
        }
        PoolError::Timeout(TimeoutType::Create | TimeoutType::Recycle) => {
            return OpenError::Unreachable {
                target: target.to_owned(),
                why: reach::SILENT.to_owned(),
                source: Some(Box::new(error)),
            };
        }
        PoolError::Closed => "it is closed: give one that is open",
        PoolError::NoRuntimeSpecified => "it has timeouts and no runtime: build it with `.runtime(Runtime::Tokio1)`",
        PoolError::PostCreateHook(HookError::Message(_)) => "its `post_create` hook refuses: see the source",
    };
    OpenError::Pool { target: target.to_owned(), why: why.to_owned(), source: Some(Box::new(error)) }
}

/// What a server, or a pooler in front of it, answered.
fn by_server(target: String, code: &SqlState, said: String, source: Box<dyn Error + Send + Sync>) -> OpenError {
    match *code {
        SqlState::INVALID_PASSWORD => OpenError::WrongPassword { target, said, source },
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            let mend = mend_of_entry(&said).to_owned();
            OpenError::NotLetIn { target, said, mend, source }
        }
        SqlState::INVALID_CATALOG_NAME => OpenError::DatabaseMissing { target, source },
        SqlState::TOO_MANY_CONNECTIONS => OpenError::TooManyClients { target, source },
        SqlState::CANNOT_CONNECT_NOW | SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN => {
            OpenError::NotReady { target, source }
        }
        SqlState::READ_ONLY_SQL_TRANSACTION => OpenError::ReadOnly { target, source: Some(source) },
        SqlState::INSUFFICIENT_PRIVILEGE => OpenError::NoRights { target, what: said, source: Some(source) },
        SqlState::LOCK_NOT_AVAILABLE | SqlState::QUERY_CANCELED => OpenError::Busy { target, source },
        SqlState::DISK_FULL => OpenError::DiskFull { target, source },
        ref other if other.code().starts_with("08") => by_pooler(target, said, source),
        _ => OpenError::Other { target, said, source },
    }
}

/// PgBouncer answers most of what it refuses with one code, and its texts are never translated.
fn by_pooler(target: String, said: String, source: Box<dyn Error + Send + Sync>) -> OpenError {
    let says = |part: &str| said.contains(part);
    if says("unsupported startup parameter") {
        OpenError::OptionsRefused { target, source }
    } else if says("no such database") {
        OpenError::DatabaseMissing { target, source }
    } else if says("no more connections allowed") || says("query_wait_timeout") {
        OpenError::TooManyClients { target, source }
    } else if says("no such user") || says("authentication failed") || says("Auth failed") {
        OpenError::WrongPassword { target, said, source }
    } else if says("SSL required") {
        OpenError::NotLetIn { target, said, mend: WANTS_TLS.to_owned(), source }
    } else if says("server login") || says("connect to server") {
        let why = format!("the pooler reaches no server behind it ({said}); see its log");
        OpenError::Unreachable { target, why, source: Some(source) }
    } else {
        OpenError::Other { target, said, source }
    }
}

const WANTS_TLS: &str = "it lets nobody in without TLS, or not from here: write `sslmode=verify-full`, or add a line for \
                         this user, database and address to `pg_hba.conf`";

/// The codes of all these are one, so the text has to do; one in another language gets the general answer.
fn mend_of_entry(said: &str) -> &'static str {
    if said.contains("client certificate") {
        "client certificates are not supported yet: let its line in `pg_hba.conf` ask for a password alone"
    } else if said.contains("no encryption") || said.contains("SSL off") {
        WANTS_TLS
    } else if said.contains("pg_hba.conf") {
        "add a line for this user, database and address to `pg_hba.conf`"
    } else {
        "see that the role exists and may log in (`CREATE ROLE … LOGIN`), and which line of `pg_hba.conf` is for it"
    }
}

/// What happened before a server could answer.
fn on_the_way(target: String, error: tokio_postgres::Error) -> OpenError {
    let cause = Cause::of(&error);
    let source = Box::new(error);
    match cause {
        Cause::Certificate(why) => OpenError::CertificateNotTrusted { target, why, source },
        Cause::Handshake(why) => OpenError::TlsFailed { target, why, source },
        Cause::NoTls => OpenError::TlsRefused { target, source },
        Cause::ReadOnly => OpenError::ReadOnly { target, source: Some(source) },
        Cause::NoPassword => {
            OpenError::WrongPassword { target, said: "it asks for a password and there is none".to_owned(), source }
        }
        Cause::Network(why) => OpenError::Unreachable { target, why, source: Some(source) },
        Cause::Unknown(said) => OpenError::Other { target, said, source },
    }
}

/// What the causes of an error come to, with what is to be said of it.
enum Cause {
    Certificate(String),
    Handshake(String),
    NoTls,
    ReadOnly,
    NoPassword,
    Network(String),
    Unknown(String),
}

impl Cause {
    fn of(error: &tokio_postgres::Error) -> Self {
        let causes = causes(error);
        for cause in &causes {
            match cause.downcast_ref::<rustls::Error>() {
                Some(rustls::Error::InvalidCertificate(trouble)) => {
                    return Self::Certificate(certificate::why(trouble));
                }
                Some(other) => return Self::Handshake(other.to_string()),
                None if cause.is::<InvalidDnsNameError>() => {
                    return Self::Handshake("the host is named as no certificate can name it".to_owned());
                }
                None => {}
            }
        }
        // The driver says these by words alone.
        let said = causes.last().map_or_else(|| error.to_string(), ToString::to_string);
        match said.as_str() {
            "server does not support TLS" => return Self::NoTls,
            "database does not allow writes" => return Self::ReadOnly,
            "password missing" => return Self::NoPassword,
            _ => {}
        }
        match causes.iter().find_map(|cause| cause.downcast_ref::<io::Error>()) {
            Some(io) => Self::Network(reach::why(io)),
            None if error.is_closed() => Self::Network(reach::CLOSED.to_owned()),
            None => Self::Unknown(said),
        }
    }
}

/// The error and its causes. What an I/O error carries is a cause of it, though it does not say so itself.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    fn next<'a>(error: &&'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
        let error: &'a (dyn Error + 'static) = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(carried) => Some(carried),
            None => error.source(),
        }
    }
    successors(Some(error), next).collect()
}
