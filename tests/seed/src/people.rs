//! The users.

use std::time::Duration;

use authkit_core::{Email, Epoch, Profile, Role, Timestamp, User, UserId};
use serde_json::{Map, Value};

use crate::dice::Dice;
use crate::failure::Failure;
use crate::names::{DOMAINS, FIRST, LAST};
use crate::plan::{DAY, Plan};

/// One of so many administers, and which of them.
const ADMINISTRATORS: u64 = 1_000;
const ADMINISTRATOR: u64 = 17;

/// Steps through all pairs of names; shares no factor with their number.
const STEP: u64 = 7_919;

/// A user who came by chance.
pub struct Person {
    pub n: u64,
    pub user: User,
}

impl Person {
    /// The n-th.
    pub fn new(plan: &Plan, n: u64) -> Result<Self, Failure> {
        let (id, created_at) = key(plan, n);
        let mut dice = Dice::of(plan.seed, 2, n);
        let (first, last, digits) = name(n);
        let domain = *dice.weighed(&DOMAINS);
        let address = format!("{}.{}{digits}@{domain}", first.to_lowercase(), last.to_lowercase());
        let role = role(n, &mut dice);
        let is_verified = dice.below(100) < 88;
        let is_active = n % ADMINISTRATORS == ADMINISTRATOR || dice.below(1_000) >= 15;
        // Restorable for a week: those who were deleted earlier are gone.
        let week = plan.at - DAY * 6;
        let is_deleted = is_active && role == "user" && created_at < week && dice.once_in(150);
        let deleted_at = is_deleted.then(|| dice.between(week, plan.at));
        let last_sign_in_at = last_sign_in(plan, created_at, deleted_at, &mut dice);
        let updated_at = if dice.once_in(3) { dice.between(created_at, plan.at) } else { created_at };
        let user = User {
            id,
            email: Email::from_stored(address.clone(), address),
            password_hash: None,
            role: Role::new(role).ok_or_else(|| Failure::new("no such role"))?,
            is_active,
            is_verified,
            session_epoch: Epoch::from_bytes(dice.bytes()),
            profile: profile(first, last, &mut dice),
            created_at,
            updated_at: deleted_at.unwrap_or(updated_at),
            last_sign_in_at,
            deleted_at,
        };
        Ok(Self { n, user })
    }
}

/// The n-th user's id and the instant that it begins with, without the rest.
pub fn key(plan: &Plan, n: u64) -> (UserId, Timestamp) {
    let mut dice = Dice::of(plan.seed, 1, n);
    let at = plan.came(n, dice.part());
    (UserId::from(dice.id(at)), at)
}

/// What the n-th user's address begins with.
pub fn address(plan: &Plan, n: u64) -> String {
    let (first, last, digits) = name(n);
    let domain = *Dice::of(plan.seed, 2, n).weighed(&DOMAINS);
    format!("{}.{}{digits}@{domain}", first.to_lowercase(), last.to_lowercase())
}

/// An administrator among the first so many; `None`: there is none yet.
pub fn administrator(among: u64, dice: &mut Dice) -> Option<u64> {
    let count = (among + ADMINISTRATORS - 1 - ADMINISTRATOR) / ADMINISTRATORS;
    (count > 0).then(|| dice.below(count) * ADMINISTRATORS + ADMINISTRATOR)
}

/// Each pair of names once without digits, then with.
fn name(n: u64) -> (&'static str, &'static str, String) {
    let pairs = (FIRST.len() * LAST.len()) as u64;
    let pair = (n * STEP % pairs) as usize;
    let digits = match n / pairs {
        0 => String::new(),
        times => (times + 1).to_string(),
    };
    (FIRST[pair / LAST.len()], LAST[pair % LAST.len()], digits)
}

fn role(n: u64, dice: &mut Dice) -> &'static str {
    if n % ADMINISTRATORS == ADMINISTRATOR {
        return "admin";
    }
    if dice.once_in(200) { "support" } else { "user" }
}

fn profile(first: &str, last: &str, dice: &mut Dice) -> Profile {
    let mut fields = Map::new();
    fields.insert("name".to_owned(), Value::from(format!("{first} {last}")));
    if dice.once_in(3) {
        fields.insert("locale".to_owned(), Value::from(*dice.pick(&["en", "de", "fr", "es", "it", "pt", "pl", "ja"])));
    }
    Profile::new(fields)
}

/// Mostly of late; some never came back.
fn last_sign_in(plan: &Plan, created: Timestamp, deleted: Option<Timestamp>, dice: &mut Dice) -> Timestamp {
    if dice.once_in(9) {
        return created;
    }
    let end = deleted.unwrap_or(plan.at);
    let ago = end.since(created).mul_f64(dice.part().powi(4));
    (end - ago - Duration::from_millis(dice.below(5_000))).max(created)
}
