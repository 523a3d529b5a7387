//! `/auth/dev/mailbox`: the mails that development does not send, working links included. Anywhere else there is no such
//! page.

use std::net::IpAddr;

use askama::Template;
use authkit_core::{AuthKit, HttpSettings, KeptMail, MailKind};
use http::header::HOST;
use http::{HeaderMap, StatusCode};

use super::frame::Frame;
use super::html;
use super::shell::Shell;
use super::view::Moment;
use crate::message::{Answer, Request};
use crate::problem::Problem;

/// A mail as the page shows it.
struct Shown {
    at: Moment,
    kind: &'static str,
    to: String,
    subject: String,
    /// The text in its order, each piece with whether it is a link.
    pieces: Vec<(String, bool)>,
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    s: Shell,
    mails: Vec<Shown>,
}

/// `GET /dev/mailbox`
pub(crate) fn show(kit: &AuthKit, request: &Request) -> Answer {
    let mailbox = kit.mailbox().filter(|_| is_local(kit.http(), &request.headers)).ok_or_else(Problem::not_found)?;
    let frame = Frame::of(kit, request);
    let s = Shell::outside(kit, &frame, frame.console.messages.text("mailbox.title"));
    let now = kit.now();
    let shown = |kept: KeptMail| Shown {
        at: Moment::of(kept.at, now),
        kind: match kept.mail.kind {
            MailKind::PasswordReset { .. } => "mailbox.reset",
            MailKind::Invitation { .. } => "mailbox.invitation",
            MailKind::Verification { .. } => "mailbox.verification",
            MailKind::AddressTaken | MailKind::PasswordChanged => "mailbox.notice",
        },
        pieces: pieces(&kept.mail.text),
        to: kept.mail.to,
        subject: kept.mail.subject,
    };
    html::page(StatusCode::OK, &MailboxPage { mails: mailbox.mails().into_iter().map(shown).collect(), s })
}

/// Whether the page was asked for by a name that is this server's: a page elsewhere whose own name it let point here (DNS
/// rebinding) could read it otherwise. What is no name cannot be made to point anywhere.
fn is_local(http: &HttpSettings, headers: &HeaderMap) -> bool {
    let host = |text: &str| {
        let text = text.rsplit_once("://").map_or(text, |(_, authority)| authority);
        match text.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => host.to_ascii_lowercase(),
            _ => text.to_ascii_lowercase(),
        }
    };
    let Some(asked) = headers.get(HOST).and_then(|value| value.to_str().ok()).map(host) else { return false };
    asked == host(&http.origin)
        || asked == "localhost"
        || asked.ends_with(".localhost")
        || asked.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}

/// A plain text in pieces: what follows `http://` or `https://` up to a blank is a link.
fn pieces(text: &str) -> Vec<(String, bool)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(from.len());
        let link = from.get(..end).unwrap_or(from).trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        pieces.push((before.to_owned(), false));
        pieces.push((link.to_owned(), true));
        rest = from.get(link.len()..).unwrap_or_default();
    }
    pieces.push((rest.to_owned(), false));
    pieces.retain(|(piece, _)| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::testing::settings;

    #[test]
    fn a_link_ends_where_its_sentence_does() {
        for (text, expected) in [
            ("", &[][..]),
            ("no link", &[("no link", false)]),
            ("see https://a.example/x?t=1.\n", &[("see ", false), ("https://a.example/x?t=1", true), (".\n", false)]),
            ("(http://a)http://b", &[("(", false), ("http://a)http://b", true)]),
            ("javascript:alert(1) http:// x", &[("javascript:alert(1) ", false), ("http://", true), (" x", false)]),
        ] {
            let pieces = pieces(text);
            let pieces: Vec<_> = pieces.iter().map(|(piece, is_link)| (piece.as_str(), *is_link)).collect();
            assert_eq!(pieces, expected);
        }
    }

    #[test]
    fn another_name_does_not_lead_to_the_mailbox() {
        let http = settings();
        for (host, is_here) in [
            ("127.0.0.1:8000", true),
            ("LOCALHOST:1", true),
            ("app.localhost", true),
            ("[::1]:8000", true),
            ("192.0.2.7", true),
            ("evil.example:8000", false),
            ("127.0.0.1.evil.example:8000", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))]);
            assert_eq!(is_local(&http, &headers), is_here, "{host}");
        }
        assert!(!is_local(&http, &HeaderMap::new()));
    }
}
