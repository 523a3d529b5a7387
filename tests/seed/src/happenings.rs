//! What happens, how often in a hundred thousand times, and what is told of it.

use authkit_core::{Change, Event, EventCode, EventOutcome, SessionId};
use serde_json::json;

use crate::dice::Dice;

/// Who does it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The user that it is about.
    Self_,
    /// Somebody who names a user.
    Nobody,
    Administrator,
    System,
}

/// One kind of event.
pub struct Happening {
    pub code: EventCode,
    pub outcome: EventOutcome,
    pub who: Who,
    /// What is told beside that.
    pub rest: fn(Event, &mut Dice) -> Event,
}

use EventOutcome::{Failure, Refused, Success};
use Who::{Administrator, Nobody, Self_, System};

const fn of(
    weight: u64,
    code: EventCode,
    outcome: EventOutcome,
    who: Who,
    rest: fn(Event, &mut Dice) -> Event,
) -> (u64, Happening) {
    (weight, Happening { code, outcome, who, rest })
}

pub static HAPPENINGS: [(u64, Happening); 31] = [
    of(46_000, EventCode::SESSION_OPENED, Success, Self_, opened),
    of(18_000, EventCode::SESSION_CLOSED, Success, Self_, in_session),
    of(14_000, EventCode::SESSION_OPEN_FAILED, Failure, Nobody, wrong),
    of(900, EventCode::SESSION_OPEN_FAILED, Refused, Nobody, throttled),
    of(3_000, EventCode::SESSION_REVOKED, Success, Self_, by_owner),
    of(300, EventCode::SESSION_REVOKED, Success, Administrator, by_admin),
    of(500, EventCode::SESSION_CLOSED_ALL, Success, Self_, ended_all),
    of(900, EventCode::SESSION_CONFIRMED, Success, Self_, in_session),
    of(400, EventCode::SESSION_REFRESH_REPLAYED, Success, Self_, in_session),
    of(30, EventCode::SESSION_REUSE_DETECTED, Refused, Self_, reused),
    of(3_500, EventCode::USER_REGISTERED, Success, Self_, plain),
    of(150, EventCode::USER_CREATED, Success, Administrator, plain),
    of(2_500, EventCode::USER_PROFILE_CHANGED, Success, Self_, renamed),
    of(120, EventCode::USER_DISABLED, Success, Administrator, disabled),
    of(60, EventCode::USER_ENABLED, Success, Administrator, enabled),
    of(80, EventCode::USER_ROLE_CHANGED, Success, Administrator, promoted),
    of(90, EventCode::USER_DELETED, Success, Administrator, with_reason),
    of(15, EventCode::USER_RESTORED, Success, Administrator, plain),
    of(10, EventCode::USER_PURGED, Success, Administrator, plain),
    of(10, EventCode::USER_EXPORTED, Success, Administrator, counted),
    of(1_500, EventCode::PASSWORD_CHANGED, Success, Self_, in_session),
    of(2_600, EventCode::PASSWORD_RESET_REQUESTED, Success, Nobody, plain),
    of(1_300, EventCode::PASSWORD_RESET_COMPLETED, Success, Self_, plain),
    of(350, EventCode::PASSWORD_RESET_FAILED, Failure, Nobody, plain),
    of(500, EventCode::ACCESS_REFUSED, Refused, Self_, needed),
    of(120, EventCode::REQUEST_CROSS_SITE_REFUSED, Refused, Nobody, plain),
    of(400, EventCode::THROTTLE_TRIPPED, Refused, Nobody, plain),
    of(40, EventCode::SYSTEM_STARTED, Success, System, started),
    of(30, EventCode::MAIL_FAILED, Failure, System, plain),
    of(15, EventCode::AUDIT_EXPORTED, Success, Administrator, counted),
    of(2_580, EventCode::EMAIL_VERIFIED, Success, Self_, plain),
];

fn plain(event: Event, _: &mut Dice) -> Event {
    event
}

fn in_session(event: Event, dice: &mut Dice) -> Event {
    // Opened up to a week before.
    let opened = event.at - std::time::Duration::from_secs(dice.below(7 * 86_400));
    let id = SessionId::from_uuid(dice.id(opened));
    event.in_session(id)
}

fn opened(event: Event, dice: &mut Dice) -> Event {
    let id = SessionId::from_uuid(dice.id(event.at));
    event.in_session(id).detail("via", "json")
}

fn wrong(event: Event, _: &mut Dice) -> Event {
    event.detail("reason", "credentials").detail("via", "json")
}

fn throttled(event: Event, dice: &mut Dice) -> Event {
    let reason = if dice.once_in(4) { "disabled" } else { "throttled" };
    event.detail("reason", reason).detail("via", "json")
}

fn by_owner(event: Event, dice: &mut Dice) -> Event {
    let by = *dice.weighed(&[(5, "owner"), (4, "replaced"), (1, "cap")]);
    in_session(event, dice).detail("by", by).counting(1)
}

fn by_admin(event: Event, dice: &mut Dice) -> Event {
    with_reason(in_session(event, dice).detail("by", "admin").counting(1), dice)
}

fn ended_all(event: Event, dice: &mut Dice) -> Event {
    let sessions: Vec<_> = (0..=dice.below(4)).map(|_| SessionId::from_uuid(dice.id(event.at))).collect();
    event.ending(&sessions)
}

fn reused(event: Event, dice: &mut Dice) -> Event {
    let generation = dice.below(200);
    in_session(event, dice).detail("presented_generation", generation)
}

fn renamed(mut event: Event, dice: &mut Dice) -> Event {
    let [before, after] = [(); 2].map(|()| *dice.pick(&["en", "de", "fr", "es", "it", "pt", "pl", "ja"]));
    event.change = Change::of("profile.locale", before, after);
    event
}

fn disabled(mut event: Event, dice: &mut Dice) -> Event {
    event.change = Change::of("is_active", true, false);
    with_reason(event, dice)
}

fn enabled(mut event: Event, dice: &mut Dice) -> Event {
    event.change = Change::of("is_active", false, true);
    with_reason(event, dice)
}

fn promoted(mut event: Event, dice: &mut Dice) -> Event {
    let (before, after) = *dice.weighed(&[(5, ("user", "support")), (2, ("support", "user")), (1, ("user", "admin"))]);
    event.change = Change::of("role", before, after);
    with_reason(event, dice)
}

fn with_reason(event: Event, dice: &mut Dice) -> Event {
    if dice.once_in(2) {
        return event;
    }
    let reasons = ["asked for by mail", "chargeback", "left the company", "spam", "lost device", "a mistake"];
    event.detail("reason", *dice.pick(&reasons))
}

fn counted(event: Event, dice: &mut Dice) -> Event {
    event.counting(1 + dice.below(100_000))
}

fn needed(event: Event, dice: &mut Dice) -> Event {
    let permission = *dice.pick(&["users.read", "audit.read", "sessions.revoke"]);
    in_session(event, dice).detail("needed", permission)
}

fn started(event: Event, _: &mut Dice) -> Event {
    event.detail("keys", json!(["seeded"])).detail("version", env!("CARGO_PKG_VERSION"))
}
