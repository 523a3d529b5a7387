//! From a mail to the bytes that go over the wire.

use std::time::{Duration, SystemTime};

use authkit_core::{Clock, Email, Mail, SecureRandom, SystemClock, SystemRandom};
use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};

use crate::delivery::DeliveryError;
use crate::error::StartError;

/// Who sends.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    mailbox: Mailbox,
}

impl Sender {
    /// `name <address>`.
    pub(crate) fn new(name: Option<String>, address: &str) -> Result<Self, StartError> {
        let email = parsed(address).ok_or(StartError::Sender)?;
        Ok(Self { mailbox: Mailbox::new(name.map(|name| one_line(&name)), email) })
    }

    /// The part behind the `@`: what the server is greeted with, and what ids of messages end with.
    pub(crate) fn domain(&self) -> &str {
        self.mailbox.email.domain()
    }

    /// The mail in the form of RFC 5322, with a date and an id of its own.
    pub(crate) fn message(&self, mail: &Mail) -> Result<Wire, DeliveryError> {
        // Core only ever sends to what it has canonicalised, but a mail may come from elsewhere.
        let to =
            parsed(&mail.to).ok_or_else(|| DeliveryError::give_up("the address is none that mail can be sent to"))?;
        let builder = Message::builder()
            .from(self.mailbox.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(&mail.subject))
            .date(now())
            .message_id(Some(format!("<{}@{}>", random_id()?, self.domain())))
            // So that no machine answers (RFC 3834 §5).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        let text = mail.text.clone();
        let message = match &mail.html {
            Some(html) => builder.multipart(MultiPart::alternative_plain_html(text, html.clone())),
            None => builder.singlepart(SinglePart::plain(text)),
        };
        let message = message.map_err(|_| DeliveryError::give_up("the mail cannot be written as a message"))?;
        Ok(Wire { envelope: message.envelope().clone(), bytes: message.formatted() })
    }
}

/// A message as it is sent.
pub(crate) struct Wire {
    pub(crate) envelope: Envelope,
    pub(crate) bytes: Vec<u8>,
}

/// The address as SMTP takes it: a domain in ASCII. Where the text is not ASCII, its canonical form is used.
fn parsed(text: &str) -> Option<Address> {
    if let Some((user, domain)) = text.rsplit_once('@')
        && domain.starts_with('[')
    {
        return Address::new(user, domain).ok();
    }
    let email = Email::parse(text).ok()?;
    if text.is_ascii() { text.parse().ok() } else { email.key().as_str().parse().ok() }
}

/// Without what could end a header. Core has done it; this holds for every other mail.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn now() -> SystemTime {
    let micros = u64::try_from(SystemClock.now().as_micros()).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_micros(micros)
}

fn random_id() -> Result<uuid::Uuid, DeliveryError> {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes).map_err(|_| DeliveryError::retry("the system gives no random bytes"))?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}
