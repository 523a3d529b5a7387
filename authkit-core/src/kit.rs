//! The handle: its ports, its clock, its ids.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::config::settings::{HttpSettings, Settings};
use crate::error::AuthError;
use crate::model::cause::Cause;
use crate::model::clean::printable;
use crate::model::client::ClientInfo;
use crate::model::event::Event;
use crate::model::event_code::EventCode;
use crate::model::ids::{Epoch, EventId, SessionId};
use crate::model::log_code::LogCode;
use crate::model::timestamp::Timestamp;
use crate::password::decoy::Decoy;
use crate::password::pool::HashPool;
use crate::ports::attempt_counter::AttemptCounter;
use crate::ports::audit_log::AuditLog;
use crate::ports::audit_sink::AuditSink;
use crate::ports::clock::Clock;
use crate::ports::device_namer::DeviceNamer;
use crate::ports::mail_templates::MailTemplates;
use crate::ports::mailbox::Mailbox;
use crate::ports::mailer::Mailer;
use crate::ports::secure_random::SecureRandom;
use crate::ports::session_store::SessionStore;
use crate::ports::user_store::UserStore;
use crate::token::keys::KeyRing;
use crate::token::purpose::PurposeKey;
use crate::token::setup::SetupKey;

/// Longest name of a device, in bytes.
const DEVICE_MAX: usize = 64;

/// Everything that AuthKit does, behind one handle that is cheap to clone.
///
/// Made by [`AuthKit::builder`]. Each flow is a method and lives in a file of its own under `flows/`.
#[derive(Clone)]
pub struct AuthKit(pub(crate) Arc<Inner>);

/// What the handle holds.
pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) keys: KeyRing,
    pub(crate) purposes: Purposes,
    pub(crate) jwks: Option<String>,
    pub(crate) users: Arc<dyn UserStore>,
    pub(crate) sessions: Arc<dyn SessionStore>,
    pub(crate) audit: Arc<dyn AuditSink>,
    pub(crate) audit_log: Option<Arc<dyn AuditLog>>,
    pub(crate) attempts: Arc<dyn AttemptCounter>,
    pub(crate) mailer: Arc<dyn Mailer>,
    pub(crate) mail_templates: Option<Arc<dyn MailTemplates>>,
    pub(crate) mailbox: Option<Mailbox>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) device_namer: Option<Arc<dyn DeviceNamer>>,
    pub(crate) random: Arc<dyn SecureRandom>,
    pub(crate) pool: HashPool,
    pub(crate) decoy: Decoy,
    pub(crate) ordered_reads: bool,
    /// What the store says that it is.
    pub(crate) store: Option<String>,
    pub(crate) tidied: LastTidied,
    pub(crate) setup: SetupKey,
    pub(crate) warnings: Vec<String>,
}

/// When this process last tidied to the end.
#[derive(Default)]
pub(crate) struct LastTidied(Mutex<Option<Timestamp>>);

impl LastTidied {
    pub(crate) fn at(&self) -> Option<Timestamp> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }
}

/// One key a purpose, all from the signing secret.
pub(crate) struct Purposes {
    pub(crate) attempts: PurposeKey,
    pub(crate) cursors: PurposeKey,
    pub(crate) identifiers: PurposeKey,
    pub(crate) forms: PurposeKey,
}

impl AuthKit {
    /// The configuration in force.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// What HTTP needs of the configuration.
    pub fn http(&self) -> &HttpSettings {
        &self.0.settings.http
    }

    /// What is allowed but should be known: said once at the start.
    pub fn warnings(&self) -> &[String] {
        &self.0.warnings
    }

    /// The public keys as a JWK Set (RFC 7517 §5); `None` with symmetric keys only.
    pub fn jwks(&self) -> Option<&str> {
        self.0.jwks.as_deref()
    }

    /// The mails that were not sent: only in development, and only where the builder was given no mailer.
    pub fn mailbox(&self) -> Option<&Mailbox> {
        self.0.mailbox.as_ref()
    }

    /// Whether the audit trail can be read back.
    pub fn has_audit_log(&self) -> bool {
        self.audit_log().is_ok()
    }

    /// The trail as it can be read back.
    pub(crate) fn audit_log(&self) -> Result<&dyn AuditLog, AuthError> {
        self.0.audit_log.as_deref().filter(|_| self.0.settings.audit).ok_or(AuthError::NotKept)
    }

    /// The key that form tokens are bound to their session with.
    pub fn form_key(&self) -> &PurposeKey {
        &self.0.purposes.forms
    }

    /// The instant it is now.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// A new id in the order of time, down to the microsecond, for a request or for a host's own rows: a UUIDv7 whose
    /// first twelve bits after the millisecond are its fraction (RFC 9562 §6.2, method 3) and whose other 62 are random.
    ///
    /// # Errors
    /// [`AuthError::Random`]: the source of randomness failed.
    pub fn new_uuid(&self, at: Timestamp) -> Result<Uuid, AuthError> {
        Ok(uuid_at(u64::try_from(at.as_micros()).unwrap_or_default(), &self.random()?))
    }

    /// What is known of a client, as [`ClientInfo::new`]; its device is named by the builder's namer, if that knows it.
    pub fn client(&self, ip: Option<IpAddr>, user_agent: Option<&str>, request_id: Option<&str>) -> ClientInfo {
        let client = ClientInfo::new(ip, user_agent, request_id);
        let named = self.0.device_namer.as_ref().zip(client.user_agent.as_deref());
        let named = named.and_then(|(namer, agent)| namer.name_device(agent));
        let named = named.map(|name| printable(&name, DEVICE_MAX)).filter(|name| !name.is_empty());
        ClientInfo { device: named.or(client.device), ..client }
    }

    /// Random bytes.
    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], AuthError> {
        let mut bytes = [0; N];
        self.0.random.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn new_session_id(&self, at: Timestamp) -> Result<SessionId, AuthError> {
        self.new_uuid(at).map(SessionId::from_uuid)
    }

    pub(crate) fn new_epoch(&self) -> Result<Epoch, AuthError> {
        self.random().map(Epoch::from_bytes)
    }

    /// An event that happens at an instant.
    pub(crate) fn event(&self, code: EventCode, at: Timestamp, client: &ClientInfo) -> Result<Event, AuthError> {
        Ok(Event::new(EventId::from_uuid(self.new_uuid(at)?), at, code, client))
    }

    /// The event as what must become durable with a change; with the audit trail switched off, nothing is.
    pub(crate) fn cause(&self, event: Event) -> Cause {
        Cause { at: event.at, event: self.audited(event) }
    }

    pub(crate) fn audited(&self, event: Event) -> Option<Event> {
        self.0.settings.audit.then_some(event)
    }

    /// Writes an event that has no change behind it.
    pub(crate) async fn record_event(&self, event: Event) -> Result<(), AuthError> {
        if let Some(event) = self.audited(event) {
            self.0.audit.record(event).await?;
        }
        Ok(())
    }
}

/// The UUIDv7 of an instant, with these bytes where it is random; the first two give way to the microseconds.
pub(crate) fn uuid_at(micros: u64, random: &[u8; 10]) -> Uuid {
    let mut random = *random;
    // 0 to 999 µs as 0 to 4091 of 4096.
    let [high, low] = u16::try_from(micros % 1_000 * 4_096 / 1_000).unwrap_or_default().to_be_bytes();
    let [first, second, ..] = &mut random;
    (*first, *second) = (high, low);
    uuid::Builder::from_unix_timestamp_millis(micros / 1_000, &random).into_uuid()
}

/// Where what failed does not matter for the answer: says it in the log and goes on.
pub(crate) fn harmless<T, E: std::error::Error + 'static>(what: &'static str, result: Result<T, E>) {
    if let Err(error) = result {
        tracing::warn!(
            target: "authkit",
            ak = LogCode::LeftUndone.as_str(),
            what,
            error = &error as &dyn std::error::Error,
            "left undone"
        );
    }
}

impl fmt::Debug for AuthKit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthKit").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}
