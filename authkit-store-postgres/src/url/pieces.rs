//! A URL cut into its pieces, and the decoding of a piece.
//!
//! No error from here repeats what the URL holds: a password with a `/` or `@` in it that was not encoded makes its rest look
//! like any other piece.

use crate::open_error::OpenError;

/// What a URL that cannot be cut most likely has wrong.
const ENCODE: &str = "percent-encode `@ : / ? # % &` where they are part of a name or a password (`@` is `%40`)";
const FORM: &str = "write postgres://user:password@host:port/database";

/// The pieces as they are written, still encoded.
#[derive(Default)]
pub(super) struct Pieces<'a> {
    pub(super) user: Option<&'a str>,
    pub(super) password: Option<&'a str>,
    /// `host:port,host:port`; may be empty.
    pub(super) hosts: &'a str,
    pub(super) database: Option<&'a str>,
    pub(super) parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> Pieces<'a> {
    pub(super) fn split(url: &'a str) -> Result<Self, OpenError> {
        let rest = without_scheme(url.trim())?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        // The last `@`, as browsers do: the password may have one that is not encoded.
        let (user, password, hosts) = match authority.rsplit_once('@') {
            Some((who, hosts)) => match who.split_once(':') {
                Some((user, password)) => (Some(user), Some(password), hosts),
                None => (Some(who), None, hosts),
            },
            None => (None, None, authority),
        };
        if rest.contains('@') {
            return Err(OpenError::url("has an `@` behind its host", ENCODE));
        }
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let database = path.strip_prefix('/');
        if database.is_some_and(|name| name.contains('/')) {
            return Err(OpenError::url("has a `/` in the name of its database", ENCODE));
        }
        let mut parameters = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let pair = parameter.split_once('=');
            parameters.push(pair.ok_or_else(|| OpenError::url("has a parameter without a `=`", ENCODE))?);
        }
        Ok(Self { user, password, hosts, database, parameters })
    }
}

fn without_scheme(url: &str) -> Result<&str, OpenError> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(OpenError::url("does not begin with postgres://", FORM));
    };
    if ["postgres", "postgresql"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Ok(rest);
    }
    Err(OpenError::url("begins with another scheme than postgres:// or postgresql://", FORM))
}

/// A piece as text.
pub(super) fn text(what: &str, piece: &str) -> Result<String, OpenError> {
    String::from_utf8(bytes(what, piece)?)
        .map_err(|_| OpenError::url(format!("has a {what} that is not UTF-8"), "percent-encode the bytes of UTF-8"))
}

/// A piece as bytes.
pub(super) fn bytes(what: &str, piece: &str) -> Result<Vec<u8>, OpenError> {
    let mut decoded = Vec::with_capacity(piece.len());
    let mut rest = piece.bytes();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'%' => hex(rest.next(), rest.next()).ok_or_else(|| {
                let why = format!("has a `%` without two hexadecimal digits behind it in the {what}");
                OpenError::url(why, "write a percent sign as `%25`")
            })?,
            plain => plain,
        });
    }
    if decoded.contains(&0) {
        return Err(OpenError::url(format!("has a zero byte in the {what}"), "Postgres takes none: leave it out"));
    }
    Ok(decoded)
}

fn hex(high: Option<u8>, low: Option<u8>) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high?)? << 4 | digit(low?)?)
}
