//! What was said through `tracing`, kept for a test.

use std::fmt::{self, Debug, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, Interest, set_default};
use tracing::{Event, Level, Metadata, Subscriber};

/// Keeps every span and event of the thread that it was started on, at every level and from every crate.
///
/// # Examples
/// ```
/// use authkit_core::testing::TraceLog;
///
/// let (log, _on) = TraceLog::start();
/// tracing::info!(name: "shop.opened", doors = 2, "good morning");
/// let line = &log.lines()[0];
/// assert_eq!((line.name.as_str(), line.field("doors")), ("shop.opened", Some("2")));
/// ```
#[derive(Debug, Clone, Default)]
pub struct TraceLog(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    lines: Vec<TraceLine>,
    /// The spans that were entered and not left, by their place in `lines`.
    inside: Vec<usize>,
}

/// A span or an event.
#[derive(Debug, Clone)]
pub struct TraceLine {
    /// Whether it lasts.
    pub is_span: bool,
    /// Its name. An event that has none is called by its place in the source.
    pub name: String,
    /// Who says it.
    pub target: String,
    /// How important it is.
    pub level: Level,
    /// What it says, in order; the text of an event is the field `message`.
    pub fields: Vec<(String, String)>,
    /// The names that its fields may have.
    pub knows: Vec<&'static str>,
    /// The span around it, as its place in [`TraceLog::lines`].
    pub parent: Option<usize>,
}

impl TraceLine {
    /// The last value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl TraceLog {
    /// Listens on this thread until the guard is dropped.
    #[must_use = "it listens until the guard is dropped"]
    pub fn start() -> (Self, DefaultGuard) {
        let log = Self::default();
        let guard = set_default(log.clone());
        (log, guard)
    }

    /// All that was said so far, spans in the order of their beginnings.
    pub fn lines(&self) -> Vec<TraceLine> {
        self.lock().lines.clone()
    }

    /// The spans of a name.
    pub fn spans(&self, name: &str) -> Vec<TraceLine> {
        self.named(name, true)
    }

    /// The events of a name.
    pub fn events(&self, name: &str) -> Vec<TraceLine> {
        self.named(name, false)
    }

    /// All of it as text, to look for what must not be there.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.lock().lines {
            let _ = write!(text, "{} {} {}", line.level, line.target, line.name);
            for (name, value) in &line.fields {
                let _ = write!(text, " {name}={value}");
            }
            text.push('\n');
        }
        text
    }

    fn named(&self, name: &str, is_span: bool) -> Vec<TraceLine> {
        self.lines().into_iter().filter(|line| line.is_span == is_span && line.name == name).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(
        &self,
        metadata: &'static Metadata<'static>,
        is_span: bool,
        root: bool,
        say: impl FnOnce(&mut Fields),
    ) -> usize {
        let mut fields = Fields::default();
        say(&mut fields);
        let mut kept = self.lock();
        let line = TraceLine {
            is_span,
            name: metadata.name().to_owned(),
            target: metadata.target().to_owned(),
            level: *metadata.level(),
            fields: fields.0,
            knows: metadata.fields().iter().map(|field| field.name()).collect(),
            parent: kept.inside.last().copied().filter(|_| !root),
        };
        kept.lines.push(line);
        kept.lines.len() - 1
    }
}

/// The place of a span: ids begin at 1.
fn place(id: &Id) -> usize {
    usize::try_from(id.into_u64()).unwrap_or(usize::MAX).saturating_sub(1)
}

impl Subscriber for TraceLog {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        // Another thread may have another subscriber, or none.
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let place = self.add(span.metadata(), true, span.is_root(), |fields| span.record(fields));
        Id::from_u64(u64::try_from(place).unwrap_or_default() + 1)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(line) = self.lock().lines.get_mut(place(span)) {
            line.fields.append(&mut fields.0);
        }
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.add(event.metadata(), false, event.is_root(), |fields| event.record(fields));
    }

    fn enter(&self, span: &Id) {
        self.lock().inside.push(place(span));
    }

    fn exit(&self, span: &Id) {
        let mut kept = self.lock();
        if let Some(at) = kept.inside.iter().rposition(|inside| *inside == place(span)) {
            kept.inside.remove(at);
        }
    }
}

#[derive(Default)]
struct Fields(Vec<(String, String)>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name().to_owned(), value.to_owned()));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.0.push((field.name().to_owned(), chain(value)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.name().to_owned(), format!("{value:?}")));
    }
}

/// An error with all that it stands on.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut under = error.source();
    while let Some(error) = under {
        let _: fmt::Result = write!(text, ": {error}");
        under = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_events_fields_and_what_is_inside_what_are_kept() {
        let (log, on) = TraceLog::start();
        let span = tracing::info_span!("outer", a = 1, b = tracing::field::Empty);
        span.in_scope(|| tracing::warn!(name: "inner", c = "text", "hello {}", 2));
        span.record("b", "late");
        drop(on);
        tracing::warn!("nobody listens");
        let lines = log.lines();
        assert_eq!(lines.len(), 2, "{}", log.text());
        assert_eq!((lines[0].field("a"), lines[0].field("b"), lines[0].is_span), (Some("1"), Some("late"), true));
        assert_eq!((lines[1].field("message"), lines[1].field("c")), (Some("hello 2"), Some("text")));
        assert_eq!((lines[1].parent, lines[0].parent, log.events("inner").len()), (Some(0), None, 1));
        assert!(log.text().contains("WARN") && lines[0].knows == ["a", "b"]);
    }
}
