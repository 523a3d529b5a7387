//! Secrets, looked for wherever something is written down.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::span;

use crate::certificates::Authority;
use crate::sink::{Fault, LOGIN, Sink, Tls};
use crate::world::{World, mailer};

/// Writes every log line down, all its fields too.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut self.clone());
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut self.clone());
    }

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        writeln!(self.0.lock().expect("no test panics here"), "{field}={value:?}").expect("a string takes text");
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let mut next = Some(value);
        while let Some(error) = next {
            self.record_debug(field, &format_args!("{error} {error:?}"));
            next = error.source();
        }
    }
}

// S-78 S-96
#[tokio::test]
async fn no_link_token_or_password_is_in_a_log_an_event_or_an_error() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let authority = Authority::new();
    // A server that repeats the mail when it refuses it, at first for now and then for good.
    let faults = [
        Fault::Answer("451 4.7.1 suspicious: {}"),
        Fault::CutInData,
        Fault::Answer("550 5.7.1 suspicious: {}"),
        Fault::Silent,
    ];
    let sink = Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, &faults).await;
    let mailer = mailer(&sink).root_certificates(authority.pem()).timeout(Duration::from_millis(500));
    let mailer = mailer.start().expect("a mailer");
    let world = World::new(mailer.clone()).await;
    world.ask("ada@example.com").await;
    let losses = world.losses(1).await;
    assert_eq!(losses, ["the server answered 550 at the mail"]);
    let mut written = format!("{:?} {:?} {losses:?}", mailer.check().await.expect_err("silence"), mailer);
    world.ask("bob@example.com").await;
    let mails = sink.mails(1).await;
    writeln!(written, "{:?}", world.events()).expect("a string takes text");
    written.push_str(&log.0.lock().expect("no test panics here"));

    assert!(written.contains("a mail is lost") && written.contains("a mail is tried again later"), "{written}");
    // Whatever token there is begins like this, and the mail that arrived shows that one would be seen.
    assert!(mails[0].data.contains("token=") || mails[0].data.contains("token=3D"), "{}", mails[0].data);
    for secret in ["token=", "eyJ", "reset-password?", LOGIN.1, "ada@example.com, "] {
        assert!(!written.contains(secret), "{secret} in {written}");
    }
}
