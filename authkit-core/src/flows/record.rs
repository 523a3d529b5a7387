//! Events without a change behind them: the application's own, refusals, start and stop.

use serde_json::{Map, Value, json};

use crate::error::{AuthError, FieldError};
use crate::kit::AuthKit;
use crate::model::clean::{printable, printable_json};
use crate::model::client::ClientInfo;
use crate::model::event::{Actor, EventOutcome};
use crate::model::event_code::EventCode;
use crate::model::event_filter::EventFilter;
use crate::model::ids::SessionId;
use crate::model::page::PageRequest;
use crate::model::user_id::UserId;
use crate::steps::observe::{debug_span, observed};
use crate::steps::sign_in::SignedIn;

/// An event of the application's own, with or without a user or a request.
///
/// ```
/// use authkit_core::AppEvent;
/// use serde_json::json;
///
/// let event = AppEvent::new("trained_ai_model")?.detail("model", json!("tiny"));
/// assert!(AppEvent::new("user.deleted").is_err()); // AuthKit's own names are taken
/// # Ok::<(), authkit_core::AuthError>(())
/// ```
#[derive(Debug, Clone)]
pub struct AppEvent {
    code: EventCode,
    outcome: EventOutcome,
    user: Option<UserId>,
    session: Option<SessionId>,
    client: ClientInfo,
    details: Map<String, Value>,
}

impl AppEvent {
    /// An event of that name: 1 to 64 characters of `a-z A-Z 0-9 . _ -`.
    ///
    /// # Errors
    /// [`AuthError::Validation`]: another character, too long, or it begins as one of AuthKit's own codes does.
    pub fn new(code: &str) -> Result<Self, AuthError> {
        let text = "1 to 64 letters, digits, dots, underscores or hyphens, not beginning as AuthKit's own codes do.";
        let error = || AuthError::Validation(vec![FieldError::new("code", "invalid", text)]);
        Ok(Self {
            code: EventCode::of_application(code).ok_or_else(error)?,
            outcome: EventOutcome::Success,
            user: None,
            session: None,
            client: ClientInfo::none(),
            details: Map::new(),
        })
    }

    /// The user who did it and whom it is about.
    #[must_use]
    pub fn user(self, id: UserId) -> Self {
        Self { user: Some(id), ..self }
    }

    /// The user and the session of a request.
    #[must_use]
    pub fn signed_in(self, who: &SignedIn) -> Self {
        Self { user: Some(who.user.id), session: Some(who.session.id), ..self }
    }

    /// From where.
    #[must_use]
    pub fn client(self, client: ClientInfo) -> Self {
        Self { client, ..self }
    }

    /// How it ended; success unless said otherwise.
    #[must_use]
    pub fn outcome(self, outcome: EventOutcome) -> Self {
        Self { outcome, ..self }
    }

    /// One detail more. No secrets: the trail is kept for long and read by many.
    #[must_use]
    pub fn detail(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.details.insert(name.into(), value.into());
        self
    }

    /// All details.
    #[must_use]
    pub fn details(self, details: Map<String, Value>) -> Self {
        Self { details, ..self }
    }
}

impl AuthKit {
    /// Appends an event of the application's own.
    ///
    /// # Errors
    /// The operator's: the event may be lost.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AppEvent, AuthError};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// kit.record(AppEvent::new("report.exported")?.user(ada.user.id).detail("rows", 42)).await?;
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn record(&self, event: AppEvent) -> Result<(), AuthError> {
        observed(debug_span!("authkit.record"), self.record_observed(event)).await
    }

    async fn record_observed(&self, event: AppEvent) -> Result<(), AuthError> {
        let actor = event.user.map_or(Actor::System, Actor::User);
        let mut entry = self.event(event.code, self.now(), &event.client)?.ended(event.outcome).by(actor);
        entry.subject = event.user;
        entry.session_id = event.session;
        let details = event.details.into_iter();
        entry.details = details.map(|(name, value)| (printable(&name, usize::MAX), printable_json(value))).collect();
        self.record_event(entry).await
    }

    /// Records that a signed-in user was refused for want of a role or permission.
    ///
    /// # Errors
    /// The operator's.
    pub async fn record_access_refused(
        &self,
        who: &SignedIn,
        needed: &str,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        let event = self.event(EventCode::ACCESS_REFUSED, self.now(), client)?.ended(EventOutcome::Refused);
        let event = event.by(Actor::User(who.user.id)).about(who.user.id).in_session(who.session.id);
        self.record_event(event.detail("needed", needed)).await
    }

    /// Records that a request from another site was refused.
    ///
    /// # Errors
    /// The operator's.
    pub async fn record_cross_site_refused(&self, client: &ClientInfo) -> Result<(), AuthError> {
        let event = self.event(EventCode::REQUEST_CROSS_SITE_REFUSED, self.now(), client)?;
        self.record_event(event.ended(EventOutcome::Refused)).await
    }

    /// Records that the process started, and that its keys are others than at the start before, if they are.
    ///
    /// # Errors
    /// The operator's.
    pub async fn record_started(&self) -> Result<(), AuthError> {
        let kids: Vec<Value> = self.0.keys.kids().map(|kid| Value::from(kid.as_str())).collect();
        let version = env!("CARGO_PKG_VERSION");
        tracing::info!(name: "authkit.started", target: "authkit", version, keys = kids.len(), "started");
        let before = self.kids_at_last_start().await?;
        let event = |code| {
            let event = self.event(code, self.now(), &ClientInfo::none())?.by(Actor::System);
            Ok::<_, AuthError>(event.detail("keys", kids.clone()).detail("version", version))
        };
        self.record_event(event(EventCode::SYSTEM_STARTED)?).await?;
        match before {
            Some(before) if before != json!(kids) => {
                self.record_event(event(EventCode::KEYS_CHANGED)?.detail("before", before)).await
            }
            _ => Ok(()),
        }
    }

    /// Records that the process stops.
    ///
    /// # Errors
    /// The operator's.
    pub async fn record_stopped(&self) -> Result<(), AuthError> {
        tracing::info!(name: "authkit.stopped", target: "authkit", "stopped");
        let event = self.event(EventCode::SYSTEM_STOPPED, self.now(), &ClientInfo::none())?;
        self.record_event(event.by(Actor::System)).await
    }

    async fn kids_at_last_start(&self) -> Result<Option<Value>, AuthError> {
        let Ok(log) = self.audit_log() else { return Ok(None) };
        let filter = EventFilter::of(EventCode::SYSTEM_STARTED);
        let page = log.list_events(&filter, &PageRequest::first(1)).await?;
        Ok(page.items.into_iter().next().and_then(|event| event.details.get("keys").cloned()))
    }
}
