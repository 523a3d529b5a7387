//! The first run: whoever started the process makes the first administrator in a browser.

use data_encoding::BASE64URL_NOPAD;

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::event_code::EventCode;
use crate::model::page::PageRequest;
use crate::model::secret::{Password, SetupToken};
use crate::model::session::Via;
use crate::model::user::{UserFilter, UserStatus};
use crate::steps::observe::{debug_span, info_span, observed};
use crate::steps::sign_in::SignIn;

impl AuthKit {
    /// Whether there is no active administrator. One read.
    ///
    /// # Errors
    /// The operator's.
    pub async fn needs_setup(&self) -> Result<bool, AuthError> {
        observed(debug_span!("authkit.needs_setup"), self.needs_setup_observed()).await
    }

    async fn needs_setup_observed(&self) -> Result<bool, AuthError> {
        let (status, role) = (Some(UserStatus::Active), Some(self.0.settings.admin_role));
        let filter = UserFilter { status, role, ..UserFilter::default() };
        Ok(self.0.users.list_users(&filter, &PageRequest::first(1)).await?.items.is_empty())
    }

    /// The token for [`AuthKit::setup`], to be shown to whoever started the process and to nobody else. There is one a
    /// process, made at the first call and kept in its memory alone: good for 30 minutes and one use. `None`: there is an
    /// administrator, or it has run out; then only a new start, or the command line, helps.
    ///
    /// # Errors
    /// The operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// use authkit_core::{AuthError, ClientInfo};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// assert!(kit.needs_setup().await?);
    /// let token = kit.setup_token().await?.ok_or(AuthError::NotFound)?;
    /// kit.check_setup(&token).await?;
    /// let root = kit.setup(&token, "root@example.com", "a lantern over the quay".into(), &ClientInfo::none()).await?;
    /// kit.operator(&kit.current_user(&root.tokens.access).await?)?;
    /// assert!(!kit.needs_setup().await? && kit.setup_token().await?.is_none());
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn setup_token(&self) -> Result<Option<SetupToken>, AuthError> {
        if !self.needs_setup().await? {
            self.0.setup.kill();
            return Ok(None);
        }
        self.0.setup.token(self.now(), || Ok(SetupToken::new(BASE64URL_NOPAD.encode(&self.random::<32>()?))))
    }

    /// Whether [`AuthKit::setup`] would take this token now; uses nothing up.
    ///
    /// # Timing
    /// The token is compared in constant time, and a wrong one reaches no store.
    ///
    /// # Errors
    /// [`AuthError::NotFound`]: another token, run out or used, or there is an administrator. The operator's.
    pub async fn check_setup(&self, token: &SetupToken) -> Result<(), AuthError> {
        observed(debug_span!("authkit.check_setup"), self.check_setup_observed(token)).await
    }

    async fn check_setup_observed(&self, token: &SetupToken) -> Result<(), AuthError> {
        if !self.0.setup.fits(token, self.now()) {
            return Err(AuthError::NotFound);
        }
        if self.needs_setup().await? {
            return Ok(());
        }
        self.0.setup.kill();
        Err(AuthError::NotFound)
    }

    /// Makes the first administrator, as [`AuthKit::create_first_admin`], and signs that user in to the console. The
    /// token is dead afterwards; what the user can mend (address, password) leaves it good.
    ///
    /// # Atomicity
    /// Look and write are one step of the store: of racing calls, on any number of nodes, one makes an administrator.
    ///
    /// # Errors
    /// [`AuthError::NotFound`]: as [`AuthKit::check_setup`], and nothing was asked or hashed. [`AuthError::AdminExists`]:
    /// somebody was faster. [`AuthError::Validation`] (not an address), [`AuthError::WeakPassword`],
    /// [`AuthError::EmailTaken`], [`AuthError::Busy`], and the operator's.
    pub async fn setup(
        &self,
        token: &SetupToken,
        email: &str,
        password: Password,
        client: &ClientInfo,
    ) -> Result<SignIn, AuthError> {
        observed(info_span!("authkit.setup"), self.setup_observed(token, email, password, client)).await
    }

    async fn setup_observed(
        &self,
        token: &SetupToken,
        email: &str,
        password: Password,
        client: &ClientInfo,
    ) -> Result<SignIn, AuthError> {
        if !self.0.setup.fits(token, self.now()) {
            return Err(AuthError::NotFound);
        }
        let made = self.event(EventCode::USER_CREATED, self.now(), client)?.by(Actor::System).detail("via", "setup");
        let made = self.insert_first_admin(email, password, made).await;
        if matches!(made, Ok(_) | Err(AuthError::AdminExists)) {
            self.0.setup.kill();
        }
        let user = made?;
        let actor = Actor::User(user.id);
        self.open_session(user, Via::Console, actor, client).await
    }
}
