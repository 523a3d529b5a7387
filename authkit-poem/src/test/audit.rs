//! What a test says about the audit trail.

use authkit_core::{AuthKit, Event, EventCode, EventFilter, ListRequest, Operator, UserId};

use super::client::Somebody;
use super::fail::{Must as _, Place};

/// Rows a page, the most that there may be.
const PAGE: u32 = 200;

/// The audit trail, read with the rights of the system.
#[derive(Debug, Clone, Copy)]
pub struct AuditView<'a>(&'a AuthKit);

impl<'a> AuditView<'a> {
    pub(super) const fn new(kit: &'a AuthKit) -> Self {
        Self(kit)
    }

    /// All events, newest first.
    ///
    /// # Panics
    /// The trail cannot be read.
    #[track_caller]
    pub fn all(&self) -> impl Future<Output = Vec<Event>> + Send + use<'a> {
        read(self.0, EventFilter::default(), Place::here())
    }

    /// The events of one code, newest first.
    ///
    /// # Panics
    /// The trail cannot be read.
    #[track_caller]
    pub fn of(&self, code: &str) -> impl Future<Output = Vec<Event>> + Send + use<'a> {
        read(self.0, EventFilter { codes: vec![EventCode::from_stored(code)], ..EventFilter::default() }, Place::here())
    }

    /// There is an event of this code that the user did or that is about the user.
    ///
    /// # Panics
    /// There is none; the message shows those that there are.
    #[track_caller]
    pub fn assert_has(&self, code: &str, who: &dyn Somebody) -> impl Future<Output = ()> + Send + use<'a> {
        self.assert(code, who.id(), true, Place::here())
    }

    /// There is no event of this code that the user did or that is about the user.
    ///
    /// # Panics
    /// There is one.
    #[track_caller]
    pub fn assert_has_no(&self, code: &str, who: &dyn Somebody) -> impl Future<Output = ()> + Send + use<'a> {
        self.assert(code, who.id(), false, Place::here())
    }

    fn assert(self, code: &str, who: UserId, wanted: bool, place: Place) -> impl Future<Output = ()> + Send + use<'a> {
        let (kit, code) = (self.0, code.to_owned());
        async move {
            let mut all = read(kit, EventFilter::default(), place).await;
            all.retain(|event| event.actor.user() == Some(&who) || event.subject == Some(who));
            if all.iter().any(|event| event.code.as_str() == code) != wanted {
                let lines: Vec<_> = all
                    .iter()
                    .map(|event| format!("    {} {} {}", event.at, event.code.as_str(), event.outcome.as_str()))
                    .collect();
                let lines = if lines.is_empty() { "    none".to_owned() } else { lines.join("\n") };
                let wanted = if wanted { "an" } else { "no" };
                place.fail(format_args!(
                    "expected {wanted} event {code} of {who}\n  events of {who}, newest first:\n{lines}"
                ));
            }
        }
    }
}

async fn read(kit: &AuthKit, filter: EventFilter, place: Place) -> Vec<Event> {
    let (mut events, mut cursor) = (Vec::new(), None);
    loop {
        let request = ListRequest { cursor, limit: Some(PAGE) };
        let page = kit.list_events(&Operator::system(), &filter, &request).await;
        let page = page.must(place, "the audit trail cannot be read");
        events.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return events;
        }
    }
}
