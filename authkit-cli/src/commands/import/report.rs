//! What an import did, for people and for scripts.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use authkit_core::{Email, ImportedUser, UserId, printable};
use serde::Serialize;

use crate::output::count;
use crate::table::{Cell, Table};

/// How many rows that were not taken are told one by one.
const TOLD: usize = 20;

#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub(super) users: Counts,
    pub(super) events: Counts,
    /// Open sessions of the old system: none is taken over, and their users sign in again.
    pub(super) sessions: u64,
    /// Instants that did not say their zone and were read as UTC.
    pub(super) zoneless: u64,
    /// Users without a password: a reset link sets one.
    pub(super) without_password: u64,
    /// Events whose details were the word `null`.
    pub(super) null_details: u64,
    /// Columns of the application's own, now fields of the profile.
    pub(super) columns: BTreeSet<String>,
    /// Actions of the application's own, which keep their names.
    pub(super) own_actions: BTreeMap<String, u64>,
    /// The first rows that were not taken.
    pub(super) refused: Vec<Refused>,
    /// Addresses that a dry run has seen.
    #[serde(skip)]
    seen: BTreeMap<String, UserId>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Counts {
    pub(super) read: u64,
    pub(super) imported: u64,
    pub(super) present: u64,
    pub(super) refused: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Refused {
    row: String,
    why: String,
}

impl Report {
    pub(super) fn refuse_user(&mut self, row: String, why: String) {
        self.users.refused += 1;
        self.tell(row, why);
    }

    pub(super) fn refuse_event(&mut self, why: String) {
        self.events.refused += 1;
        self.tell("audit trail".to_owned(), why);
    }

    fn tell(&mut self, row: String, why: String) {
        if self.refused.len() < TOLD {
            self.refused.push(Refused { row, why });
        }
    }

    /// Whether a dry run has had the address before: the user who had it, if so.
    pub(super) fn seen(&mut self, user: &ImportedUser) -> Option<UserId> {
        let key = Email::parse(&user.email).ok()?.key().as_str().to_owned();
        match self.seen.entry(key) {
            Entry::Occupied(other) => Some(*other.get()),
            Entry::Vacant(place) => {
                place.insert(user.id);
                None
            }
        }
    }

    /// The counts, then what is worth knowing.
    pub(super) fn table(&self) -> String {
        let mut table = Table::new(["", ">read", ">imported", ">here already", ">not taken"]);
        for (name, counts) in [("users", &self.users), ("events", &self.events)] {
            let Counts { read, imported, present, refused } = counts;
            let numbers = [read, imported, present, refused].map(|n| Cell::from(n.to_string()));
            table.row([vec![Cell::from(name)], numbers.to_vec()].concat());
        }
        let mut text = table.text("");
        let mut note = |told: bool, line: String| {
            if told {
                let _ = writeln!(text, "{line}");
            }
        };
        note(
            self.sessions > 0,
            format!("{} end: their users sign in again", count(self.sessions, "session", "sessions")),
        );
        note(self.without_password > 0, format!("{} without a password: a reset link sets one", self.without_password));
        note(self.zoneless > 0, format!("{} without a zone, read as UTC", count(self.zoneless, "instant", "instants")));
        note(
            self.null_details > 0,
            format!("{} with `null` for details, read as none", count(self.null_details, "event", "events")),
        );
        let columns: Vec<_> = self.columns.iter().map(String::as_str).collect();
        note(!columns.is_empty(), format!("columns of your own, now in the profile: {}", columns.join(", ")));
        let own: Vec<_> = self.own_actions.iter().map(|(name, n)| format!("{name} ({n})")).collect();
        note(!own.is_empty(), format!("events of your own, with their names: {}", own.join(", ")));
        for Refused { row, why } in &self.refused {
            note(true, format!("not taken: {}: {}", printable(row, 200), printable(why, 200)));
        }
        let more = (self.users.refused + self.events.refused).saturating_sub(self.refused.len() as u64);
        note(more > 0, format!("not taken: {more} more"));
        text
    }

    pub(super) fn sentence(&self, dry_run: bool) -> String {
        let (users, events) =
            (count(self.users.imported, "user", "users"), count(self.events.imported, "event", "events"));
        if dry_run {
            return format!("{users} and {events} would be imported");
        }
        format!("{users} and {events} imported")
    }
}
