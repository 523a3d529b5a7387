//! A user replaces the password by proving the current one.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::event_code::EventCode;
use crate::model::secret::{Password, PasswordHash};
use crate::model::session::RevokeReason;
use crate::model::user::User;
use crate::ports::password_hasher::Verified;
use crate::ports::user_store::{EpochMove, PasswordSwap, ReplacePassword};
use crate::steps::credential::Claimed;
use crate::steps::observe::{info_span, observed};
use crate::steps::sign_in::{SignIn, SignedIn};

impl AuthKit {
    /// Replaces the password, ends every session and opens a new one.
    ///
    /// # Atomicity
    /// Compare-and-swap on the hash and the epoch that the proof rested on, the new epoch in the same write; the new
    /// session carries the epoch that this write made. Where only the hash moved meanwhile (a rehash at another sign-in),
    /// the proof is made once more.
    ///
    /// # Errors
    /// [`AuthError::WeakPassword`], [`AuthError::InvalidCredentials`] (counts as a failed sign-in),
    /// [`AuthError::Throttled`], [`AuthError::SessionRevoked`] (a reset, deactivation or sign-out won the race),
    /// [`AuthError::AccountDisabled`], [`AuthError::Busy`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, ClientInfo};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let current = kit.current_user(&ada.tokens.access).await?;
    /// let client = ClientInfo::none();
    /// let fresh = kit.change_password(&current, "a lantern over the quay".into(), "seven boats in a bottle".into(), &client).await?;
    /// assert!(kit.current_user(&ada.tokens.access).await.is_err());
    /// assert!(kit.current_user(&fresh.tokens.access).await.is_ok());
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn change_password(
        &self,
        who: &SignedIn,
        current: Password,
        new: Password,
        client: &ClientInfo,
    ) -> Result<SignIn, AuthError> {
        observed(info_span!("authkit.change_password"), self.change_password_observed(who, current, new, client)).await
    }

    async fn change_password_observed(
        &self,
        who: &SignedIn,
        current: Password,
        new: Password,
        client: &ClientInfo,
    ) -> Result<SignIn, AuthError> {
        let via = who.session.via;
        self.check_new_password(&new, &who.user.email)?;
        let mut user = self.prove(Claimed::SignedIn(&who.user), &current, via, client).await?.user;
        let new_hash = self.hash_password(new).await?;
        let mut swapped = self.swap(&user, &new_hash, who, client).await?;
        if swapped.is_none() {
            user = self.proven_again(who, &current).await?;
            swapped = self.swap(&user, &new_hash, who, client).await?;
        }
        let replaced = swapped.ok_or(AuthError::SessionRevoked)?;
        self.tidy_left_epoch(&user, RevokeReason::Password).await;
        let mail = self.password_changed_mail(&replaced);
        self.send(mail, &replaced, client).await?;
        let actor = Actor::User(replaced.id);
        self.open_session(replaced, via, actor, client).await
    }

    /// The row after the swap; `None`: what it rested on does not stand any more.
    async fn swap(
        &self,
        user: &User,
        new_hash: &PasswordHash,
        who: &SignedIn,
        client: &ClientInfo,
    ) -> Result<Option<User>, AuthError> {
        let swap = PasswordSwap {
            id: user.id,
            old_hash: user.password_hash.clone(),
            new_hash: new_hash.clone(),
            epochs: Some(EpochMove { from: user.session_epoch, to: self.new_epoch()? }),
        };
        let event = self.event(EventCode::PASSWORD_CHANGED, self.now(), client)?;
        let event = event.by(Actor::User(user.id)).about(user.id).in_session(who.session.id);
        match self.0.users.replace_password(swap, self.cause(event)).await? {
            ReplacePassword::Replaced(user) => Ok(Some(*user)),
            ReplacePassword::Stale => Ok(None),
            ReplacePassword::Missing => Err(AuthError::SessionRevoked),
        }
    }

    /// The row as it is now, if the epoch that let the caller in still stands and the password proves itself again.
    async fn proven_again(&self, who: &SignedIn, current: &Password) -> Result<User, AuthError> {
        let user = self.0.users.find_user(&who.user.id).await?.filter(User::exists).ok_or(AuthError::SessionRevoked)?;
        if !user.is_active {
            return Err(AuthError::AccountDisabled);
        }
        if user.session_epoch != who.user.session_epoch {
            return Err(AuthError::SessionRevoked);
        }
        match self.verify_password(user.password_hash.clone(), current).await? {
            Verified::Yes { .. } => Ok(user),
            Verified::No => Err(AuthError::InvalidCredentials),
        }
    }
}
