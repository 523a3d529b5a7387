//! Gathers ports and configuration, checks them, and makes the handle.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;

use crate::config::{Config, ConfigCode, ConfigError};
use crate::kit::{AuthKit, Inner, LastTidied, Purposes};
use crate::model::secret::{Password, SecretKey};
use crate::password::decoy::Decoy;
use crate::password::pool::HashPool;
use crate::ports::attempt_counter::AttemptCounter;
use crate::ports::audit_log::AuditLog;
use crate::ports::audit_sink::AuditSink;
use crate::ports::clock::{Clock, SystemClock};
use crate::ports::device_namer::DeviceNamer;
use crate::ports::mail_templates::MailTemplates;
use crate::ports::mailbox::Mailbox;
use crate::ports::mailer::Mailer;
use crate::ports::memory_attempts::MemoryAttempts;
use crate::ports::password_hasher::PasswordHasher;
use crate::ports::secure_random::{SecureRandom, SystemRandom};
use crate::ports::session_store::SessionStore;
use crate::ports::store::{Ports, Store};
use crate::ports::user_store::UserStore;
use crate::token::keys::{KeyRing, RingKey};
use crate::token::purpose::Purpose;
use crate::token::setup::SetupKey;

mod refusals;
mod required;

pub use required::{Given, HasAudit, HasSessions, HasUsers, NoAuditSink, NoSessions, NoUsers};

/// Makes an [`AuthKit`]. The three type parameters only say which required ports are there: a port that is missing is a
/// compile error in our own words.
///
/// ```
/// use authkit_core::{AuthKit, Config};
/// use authkit_store_memory::MemoryStore;
///
/// let kit = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
/// # let _ = kit;
/// # Ok::<(), authkit_core::ConfigError>(())
/// ```
pub struct AuthKitBuilder<U = NoUsers, S = NoSessions, A = NoAuditSink> {
    users: Option<Arc<dyn UserStore>>,
    sessions: Option<Arc<dyn SessionStore>>,
    audit: Option<Arc<dyn AuditSink>>,
    audit_log: Option<Arc<dyn AuditLog>>,
    attempts: Option<Arc<dyn AttemptCounter>>,
    ordered_reads: bool,
    no_verification: bool,
    store: Option<String>,
    mailer: Option<Arc<dyn Mailer>>,
    mail_templates: Option<Arc<dyn MailTemplates>>,
    hasher: Option<Arc<dyn PasswordHasher>>,
    device_namer: Option<Arc<dyn DeviceNamer>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecureRandom>,
    config: Option<Config>,
    required: PhantomData<(U, S, A)>,
}

impl AuthKit {
    /// Begins to make one.
    pub fn builder() -> AuthKitBuilder {
        AuthKitBuilder {
            users: None,
            sessions: None,
            audit: None,
            audit_log: None,
            attempts: None,
            ordered_reads: false,
            no_verification: false,
            store: None,
            mailer: None,
            mail_templates: None,
            hasher: None,
            device_namer: None,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            config: None,
            required: PhantomData,
        }
    }
}

impl<U, S, A> AuthKitBuilder<U, S, A> {
    /// One object for every port that it fills.
    pub fn store(self, store: impl Store) -> AuthKitBuilder<Given, Given, Given> {
        let ports = Arc::new(store).ports();
        let Ports { users, sessions, audit, audit_log, attempts, ordered_reads, no_verification, description } = ports;
        AuthKitBuilder {
            users: Some(users),
            sessions: Some(sessions),
            audit: Some(audit),
            audit_log,
            attempts,
            ordered_reads,
            no_verification,
            store: description,
            ..self.with()
        }
    }

    /// The user table.
    pub fn users(self, users: impl UserStore) -> AuthKitBuilder<Given, S, A> {
        // What the store said of its users is not true of these.
        let users = Some(Arc::new(users) as Arc<dyn UserStore>);
        AuthKitBuilder { users, ordered_reads: false, no_verification: false, store: None, ..self.with() }
    }

    /// The sessions.
    pub fn sessions(self, sessions: impl SessionStore) -> AuthKitBuilder<U, Given, A> {
        AuthKitBuilder { sessions: Some(Arc::new(sessions)), ordered_reads: false, store: None, ..self.with() }
    }

    /// Where events go that have no change behind them. A log that came with `.store(..)` stays only if it is set again:
    /// it would read another trail.
    pub fn audit(self, audit: impl AuditSink) -> AuthKitBuilder<U, S, Given> {
        AuthKitBuilder { audit: Some(Arc::new(audit)), audit_log: None, ..self.with() }
    }

    /// Reads the trail back.
    #[must_use]
    pub fn audit_log(self, log: impl AuditLog) -> Self {
        Self { audit_log: Some(Arc::new(log)), ..self }
    }

    /// What throttles count in when they are shared between nodes.
    #[must_use]
    pub fn attempts(self, attempts: impl AttemptCounter) -> Self {
        Self { attempts: Some(Arc::new(attempts)), ..self }
    }

    /// Sends mail. Default in development: a [`Mailbox`], which writes to standard output.
    #[must_use]
    pub fn mailer(self, mailer: impl Mailer) -> Self {
        Self { mailer: Some(Arc::new(mailer)), ..self }
    }

    /// As [`Self::mailer`] where there is one; otherwise whatever was given before stays. For a mailer that the settings
    /// switch on, such as `SmtpMailer::from_config(&config)?` of `authkit-mail-smtp`.
    #[must_use]
    pub fn mailer_if(self, mailer: Option<impl Mailer>) -> Self {
        match mailer {
            Some(mailer) => self.mailer(mailer),
            None => self,
        }
    }

    /// Words mails. Default: [`BuiltInMails`](crate::BuiltInMails), which also stands in for whatever this leaves out.
    #[must_use]
    pub fn mail_templates(self, templates: impl MailTemplates) -> Self {
        Self { mail_templates: Some(Arc::new(templates)), ..self }
    }

    /// Hashes passwords. Default: Argon2id with the configured parameters.
    #[must_use]
    pub fn hasher(self, hasher: impl PasswordHasher) -> Self {
        Self { hasher: Some(Arc::new(hasher)), ..self }
    }

    /// Names devices. Default: the common browsers and systems, which also name whatever this leaves out.
    #[must_use]
    pub fn device_namer(self, namer: impl DeviceNamer) -> Self {
        Self { device_namer: Some(Arc::new(namer)), ..self }
    }

    /// Tells the time. Default: the system's clock.
    #[must_use]
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Makes randomness. Default: the operating system's.
    #[must_use]
    pub fn random(self, random: impl SecureRandom) -> Self {
        Self { random: Arc::new(random), ..self }
    }

    /// The configuration.
    #[must_use]
    pub fn config(self, config: Config) -> Self {
        Self { config: Some(config), ..self }
    }

    fn with<V, T, B>(self) -> AuthKitBuilder<V, T, B> {
        AuthKitBuilder {
            users: self.users,
            sessions: self.sessions,
            audit: self.audit,
            audit_log: self.audit_log,
            attempts: self.attempts,
            ordered_reads: self.ordered_reads,
            no_verification: self.no_verification,
            store: self.store,
            mailer: self.mailer,
            mail_templates: self.mail_templates,
            hasher: self.hasher,
            device_namer: self.device_namer,
            clock: self.clock,
            random: self.random,
            config: self.config,
            required: PhantomData,
        }
    }
}

impl<U, S, A> AuthKitBuilder<U, S, A> {
    /// Checks everything and makes the handle. Starts the threads that hash passwords and nothing else.
    ///
    /// # Errors
    /// [`ConfigError`]: all that is wrong, each with the setting's name and the mend; never a value.
    pub fn build(self) -> Result<AuthKit, ConfigError>
    where
        // On the method and not on the block: only then the compiler says what the traits have to say.
        U: HasUsers,
        S: HasSessions,
        A: HasAudit,
    {
        // Without a configuration it is production, and what production needs is missing.
        let config = self.config.map_or_else(|| Config::from_vars([]), Ok)?;
        let refused = refusals::of(&config, self.mailer.as_deref(), self.hasher.as_deref(), self.no_verification);
        let (mailer, mailbox): (Arc<dyn Mailer>, _) = if let Some(mailer) = self.mailer {
            (mailer, None)
        } else {
            let mailbox = Mailbox::new(Arc::clone(&self.clock));
            (Arc::new(mailbox.clone()), Some(mailbox))
        };
        let resolved = match (config.resolve(), refused) {
            (Ok(resolved), None) => resolved,
            (Ok(_), Some(error)) | (Err(error), None) => return Err(error),
            (Err(error), Some(refused)) => return Err(error.and(refused)),
        };
        let settings = resolved.settings;
        let warnings = resolved.warnings;

        let attempts = match (settings.throttle_shared, self.attempts) {
            (true, Some(attempts)) => attempts,
            (true, None) => {
                return Err(ConfigError::one(
                    ConfigCode::PortMissing,
                    "AUTHKIT_THROTTLE=shared counts in the store, and this store does not count",
                    "give the builder `.attempts(..)` or a store that fills the port, or set AUTHKIT_THROTTLE=on",
                ));
            }
            (false, _) => Arc::new(MemoryAttempts::new()),
        };
        let random = self.random;
        let secret = if let Some(secret) = resolved.secret {
            secret
        } else {
            SecretKey::new(BASE64URL_NOPAD.encode(&fresh::<32>(&*random)?))
        };
        let ring_key = |secret| RingKey { secret, algorithm: resolved.algorithm };
        let previous: Vec<RingKey<'_>> = resolved.previous.iter().map(ring_key).collect();
        let keys =
            KeyRing::new(ring_key(&secret), &previous, &resolved.issuer, &resolved.audience).map_err(|error| {
                ConfigError::one(ConfigCode::Keys, error.to_string(), "give other keys: `AUTHKIT_SECRET_KEY`")
            })?;

        let hasher = self.hasher.unwrap_or_else(|| Arc::new(resolved.argon2));
        let pool = HashPool::new(hasher, resolved.hash_concurrency).map_err(start_failed)?;
        let unknown = Password::new(BASE64URL_NOPAD.encode(&fresh::<16>(&*random)?));
        let decoy = Decoy::start(&pool, unknown, fresh(&*random)?);
        let purposes = Purposes {
            attempts: keys.purpose(Purpose::Attempt),
            cursors: keys.purpose(Purpose::Cursor),
            identifiers: keys.purpose(Purpose::Identifier),
            forms: keys.purpose(Purpose::Form),
        };
        let jwks = keys.jwks();
        // The markers promise these three; `Store`, `users`, `sessions` and `audit` are the only ways to set them.
        let (Some(users), Some(sessions), Some(audit)) = (self.users, self.sessions, self.audit) else {
            return Err(start_failed("a required port is missing"));
        };
        Ok(AuthKit(Arc::new(Inner {
            settings,
            keys,
            purposes,
            jwks,
            users,
            sessions,
            audit,
            audit_log: self.audit_log,
            attempts,
            mailer,
            mail_templates: self.mail_templates,
            mailbox,
            clock: self.clock,
            device_namer: self.device_namer,
            random,
            pool,
            decoy,
            ordered_reads: self.ordered_reads,
            store: self.store,
            tidied: LastTidied::default(),
            setup: SetupKey::default(),
            warnings,
        })))
    }
}

/// Fresh random bytes.
fn fresh<const N: usize>(random: &dyn SecureRandom) -> Result<[u8; N], ConfigError> {
    let mut bytes = [0; N];
    random.fill(&mut bytes).map_err(start_failed)?;
    Ok(bytes)
}

fn start_failed(error: impl fmt::Display) -> ConfigError {
    ConfigError::one(ConfigCode::System, error.to_string(), "see the text; it is not a matter of a setting")
}

impl<U, S, A> fmt::Debug for AuthKitBuilder<U, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthKitBuilder").field("config", &self.config).finish_non_exhaustive()
    }
}
