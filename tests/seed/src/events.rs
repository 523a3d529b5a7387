//! The trail: a year of what people did, tried and were refused, in the order of time.

use authkit_core::{Actor, Event, EventId};

use crate::clients;
use crate::dice::Dice;
use crate::happenings::{HAPPENINGS, Who};
use crate::people;
use crate::plan::Plan;

/// Who does far more than others, and how often it is one of them.
const BUSY: u64 = 40;
const BUSY_SHARE: u64 = 25;

/// All of them.
pub fn events(plan: &Plan) -> impl Iterator<Item = Event> {
    let plan = *plan;
    (0..plan.audit).map(move |n| event(&plan, n))
}

fn event(plan: &Plan, n: u64) -> Event {
    let mut dice = Dice::of(plan.seed, 4, n);
    let at = plan.happened(n, dice.part());
    let there = plan.there(at).max(1).min(plan.people().max(1));
    let happening = dice.weighed(&HAPPENINGS);
    let n = if dice.once_in(BUSY_SHARE) { dice.below(BUSY.min(there)) } else { dice.below(there) };
    let (subject, _) = people::key(plan, n);
    let by_stranger = happening.who == Who::Nobody && dice.below(3) < 2;
    let client =
        if by_stranger { clients::stranger(plan.seed, &mut dice) } else { clients::own(plan.seed, n, &mut dice) };
    let mut event =
        Event::new(EventId::from_uuid(dice.id(at)), at, happening.code.clone(), &client).ended(happening.outcome);
    match happening.who {
        Who::Self_ => event = event.by(Actor::User(subject)).about(subject),
        Who::Nobody => {
            event.identifier = Some(people::address(plan, n));
            // Of many a name nobody knows whose it is.
            if !dice.once_in(4) {
                event = event.about(subject);
            }
        }
        Who::Administrator => {
            event = match people::administrator(there, &mut dice) {
                Some(n) => event.by(Actor::User(people::key(plan, n).0)).about(subject),
                None => event.by(Actor::Cli("root".to_owned())).about(subject),
            }
        }
        Who::System => {
            event = event.by(Actor::System);
            event.client = authkit_core::ClientInfo::none();
        }
    }
    (happening.rest)(event, &mut dice)
}
