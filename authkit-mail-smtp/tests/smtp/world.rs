//! A kit whose mails go through the mailer under test.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use authkit_core::{
    Actor, AuditSink, AuthKit, ClientInfo, Config, Event, EventCode, Mail, MailContent, MailKind, Mailer, Profile,
    Role, StoreError, TrustedPassword, TrustedUser,
};
use authkit_mail_smtp::{Security, SmtpMailer, SmtpMailerBuilder};
use authkit_store_memory::MemoryStore;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::sink::{LOGIN, Sink};

const SOON: Duration = Duration::from_secs(20);

/// Keeps events for whoever waits for them.
#[derive(Debug, Clone)]
struct Trail(Arc<watch::Sender<Vec<Event>>>);

#[async_trait]
impl AuditSink for Trail {
    async fn record(&self, event: Event) -> Result<(), StoreError> {
        self.0.send_modify(|events| events.push(event));
        Ok(())
    }
}

/// A kit with one user, ada@example.com.
pub(crate) struct World {
    pub(crate) kit: AuthKit,
    events: watch::Receiver<Vec<Event>>,
}

impl World {
    pub(crate) async fn new(mailer: impl Mailer) -> Self {
        let (events, watched) = watch::channel(Vec::new());
        let builder = AuthKit::builder().store(MemoryStore::new()).audit(Trail(Arc::new(events)));
        let config = Config::development().base_url("https://app.example.com");
        let kit = builder.mailer(mailer).config(config).build().expect("a kit");
        for email in ["ada@example.com", "bob@example.com"] {
            let user = TrustedUser {
                email: email.to_owned(),
                password: TrustedPassword::None,
                role: Role::new("user").expect("a role"),
                is_active: true,
                is_verified: true,
                profile: Profile::default(),
            };
            kit.create_user(user, Actor::System).await.expect("a user");
        }
        Self { kit, events: watched }
    }

    /// Somebody asks for a link.
    pub(crate) async fn ask(&self, email: &str) {
        self.kit.request_reset(email, &ClientInfo::none()).await.expect("the same answer");
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.events.borrow().clone()
    }

    /// The reasons of the mails that were lost, as soon as there are this many.
    pub(crate) async fn losses(&self, count: usize) -> Vec<String> {
        let lost = |events: &Vec<Event>| -> Vec<String> {
            let lost = events.iter().filter(|event| event.code == EventCode::MAIL_FAILED);
            lost.map(|event| event.details["reason"].as_str().expect("a reason").to_owned()).collect()
        };
        let mut events = self.events.clone();
        let waited = timeout(SOON, events.wait_for(|events| lost(events).len() >= count)).await;
        lost(&waited.expect("the losses are recorded").expect("a kit"))
    }
}

/// A mailer to this sink that tries again at once, and often.
pub(crate) fn mailer(sink: &Sink) -> SmtpMailerBuilder {
    mailer_at(sink.address.port())
}

pub(crate) fn mailer_at(port: u16) -> SmtpMailerBuilder {
    let builder = SmtpMailer::builder("127.0.0.1", "no-reply@example.com").port(port).security(Security::StartTls);
    builder.credentials(LOGIN.0, LOGIN.1).retries([Duration::from_millis(1); 3])
}

/// A mail that no flow made.
pub(crate) fn mail(to: &str, subject: &str) -> Mail {
    let mut mail = Mail::new(
        to,
        MailKind::PasswordChanged,
        MailContent { subject: String::new(), text: "Hello.\n".to_owned(), html: None },
    );
    subject.clone_into(&mut mail.subject);
    mail
}
