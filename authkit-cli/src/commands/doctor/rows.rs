//! What the rows tell: whether there is an administrator, what is left over, whether the housekeeping is done.

use std::time::Duration;

use authkit_core::{AuthError, AuthKit, Event, EventCode, EventFilter, ListRequest, Operator, RowState, SessionQuery};

use super::hashing;
use super::report::Report;
use crate::failure::chain;
use crate::output::count;
use crate::times::{length, relative};

/// Users that are looked at.
const SURVEYED: u64 = 20_000;
/// A clock that is further off than this spoils tokens.
const SKEW: Duration = Duration::from_millis(2_500);
/// Housekeeping that is later than this is not done at all.
const LATE: Duration = Duration::from_secs(86_400);

/// What is asked.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) kit: AuthKit,
    pub(super) operator: Operator,
}

pub(super) async fn check(rows: &Rows, report: &mut Report) {
    let checks = [
        ("administrator", rows.administrator(report).await),
        ("users", rows.users(report).await),
        ("audit trail", rows.trail(report).await),
        ("version", rows.version(report).await),
        ("housekeeping", rows.housekeeping(report).await),
    ];
    for (name, result) in checks {
        if let Err(error) = result {
            report.fail(name, chain(&error), "see the text; the database did not answer");
        }
    }
}

impl Rows {
    async fn administrator(&self, report: &mut Report) -> Result<(), AuthError> {
        if self.kit.needs_setup().await? {
            let why = "there is no active one: nobody gets into the administration";
            report.fail("administrator", why, "authkit create-admin");
        } else {
            report.pass("administrator", "there is an active one");
        }
        Ok(())
    }

    async fn users(&self, report: &mut Report) -> Result<(), AuthError> {
        let survey = self.kit.survey_users(&self.operator, SURVEYED).await?;
        let of = format!("{}{}", if survey.limited { "the newest " } else { "" }, count(survey.users, "user", "users"));
        if survey.old_hashes > 0 {
            let why = format!("{} of {of} have a hash of an older scheme, until they sign in", survey.old_hashes);
            report.warn("old hashes", why, "ask them to sign in, or mail them: authkit user reset-link USER");
        } else {
            report.pass("old hashes", format!("none, of {of}"));
        }
        if survey.unknown_roles > 0 {
            let why = format!(
                "{} of {of} have a role that AUTHKIT_ROLES does not name: it grants nothing",
                survey.unknown_roles
            );
            report.warn("roles", why, "add the role to AUTHKIT_ROLES, or: authkit user set-role USER ROLE");
        } else {
            report.pass("roles", "every user has one that is known");
        }
        hashing::check(survey.argon2id, report);
        Ok(())
    }

    /// The newest event of a code, or of all.
    async fn newest(&self, code: Option<EventCode>) -> Result<Option<Event>, AuthError> {
        let filter = code.map(EventFilter::of).unwrap_or_default();
        let first = ListRequest { cursor: None, limit: Some(1) };
        Ok(self.kit.list_events(&self.operator, &filter, &first).await?.items.into_iter().next())
    }

    async fn trail(&self, report: &mut Report) -> Result<(), AuthError> {
        if !self.kit.has_audit_log() {
            let why = "none is kept: nobody can tell later who did what";
            report.warn("audit trail", why, "set AUTHKIT_ENABLE_AUDIT_LOGS=true");
            return Ok(());
        }
        let now = self.kit.now();
        match self.newest(None).await? {
            Some(event) if event.at.since(now) > SKEW => {
                let ahead = length(event.at.since(now));
                let why = format!(
                    "the newest event is {ahead} ahead: this machine's clock is behind, or a server's was ahead"
                );
                report.fail("clock", why, "let every machine follow a time server (NTP)");
            }
            Some(event) => report.pass("audit trail", format!("the newest event was {}", relative(event.at, now))),
            None => report.pass("audit trail", "empty"),
        }
        if let Some(event) = self.newest(Some(EventCode::MAIL_FAILED)).await?
            && now.since(event.at) < LATE
        {
            let why = format!("one could not be sent {}", relative(event.at, now));
            report.warn("mail", why, "authkit audit list --code mail.failed");
        }
        Ok(())
    }

    /// The server says its own at every start.
    async fn version(&self, report: &mut Report) -> Result<(), AuthError> {
        if !self.kit.has_audit_log() {
            return Ok(());
        }
        let ours = env!("CARGO_PKG_VERSION");
        let started = self.newest(Some(EventCode::SYSTEM_STARTED)).await?;
        let theirs = started.as_ref().and_then(|event| event.details.get("version")).and_then(|text| text.as_str());
        match theirs {
            Some(theirs) if theirs != ours => {
                let why = format!("this command is {ours}, and the server that started last is {theirs}");
                report.warn("version", why, format!("cargo install authkit-cli --version {theirs}"));
            }
            Some(_) => report.pass("version", format!("{ours}, as the server's")),
            None => report.pass("version", format!("{ours}; no server has started yet")),
        }
        Ok(())
    }

    /// The server does it by itself, once a minute.
    async fn housekeeping(&self, report: &mut Report) -> Result<(), AuthError> {
        let now = self.kit.now();
        let query = SessionQuery { state: Some(RowState::Expired), ..SessionQuery::default() };
        let page = ListRequest { cursor: None, limit: Some(200) };
        let sessions = self.kit.list_sessions(&self.operator, &query, &page).await?.items;
        let late =
            |item: &&authkit_core::SessionItem| now.since(item.session.idle_at.min(item.session.absolute_at)) > LATE;
        let sessions = sessions.iter().filter(late).count() as u64;
        let events =
            if self.kit.has_audit_log() { self.kit.count_events_past_retention(&self.operator, 200).await? } else { 0 };
        if sessions + events > 0 {
            let why = format!(
                "{} over for more than a day, {} past the retention: the server does not tidy",
                count(sessions, "session", "sessions"),
                count(events, "event", "events")
            );
            report.warn("housekeeping", why, "authkit cleanup, and let the server run `AuthKit::tidy`");
        } else {
            report.pass("housekeeping", "nothing is overdue");
        }
        Ok(())
    }
}
