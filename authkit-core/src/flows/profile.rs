//! A user reads and changes the own profile.

use serde_json::{Map, Value};

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::event_code::EventCode;
use crate::model::profile::Field;
use crate::model::user::User;
use crate::ports::user_store::SetUser;
use crate::steps::observe::{info_span, observed};
use crate::steps::sign_in::SignedIn;

/// How often a change is put on top of another that got in between.
const TRIES: usize = 4;

impl AuthKit {
    /// The profile fields that the API may show, in the order of the configuration. What the row lacks is left out.
    pub fn exposed_profile<'a>(&'a self, user: &'a User) -> impl Iterator<Item = (&'static str, &'a Value)> {
        let exposed = self.0.settings.profile_fields.iter().filter(|field| field.is_exposed());
        exposed.filter_map(|field| Some((field.name(), user.profile.fields().get(field.name())?)))
    }

    /// Changes profile fields that the configuration lets their user change; fields not given stay as they are, `null`
    /// clears one. Answers with the row as it is now.
    ///
    /// # Errors
    /// [`AuthError::Validation`]; [`AuthError::SessionRevoked`] and [`AuthError::AccountDisabled`] (the user is gone, signed
    /// out everywhere or disabled meanwhile); [`AuthError::Stale`] (changed by others again and again); the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, ClientInfo};
    ///
    /// # block_on(async {
    /// # let kit = kit(); // configured with `Field::text("company").editable()`
    /// # let ada = signed_in(&kit).await;
    /// let current = kit.current_user(&ada.tokens.access).await?;
    /// let fields = serde_json::Map::from_iter([("company".to_owned(), "Acme".into())]);
    /// let user = kit.update_profile(&current, fields, &ClientInfo::none()).await?;
    /// assert_eq!(user.profile.fields()["company"], "Acme");
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn update_profile(
        &self,
        who: &SignedIn,
        fields: Map<String, Value>,
        client: &ClientInfo,
    ) -> Result<User, AuthError> {
        observed(info_span!("authkit.update_profile"), self.update_profile_observed(who, fields, client)).await
    }

    async fn update_profile_observed(
        &self,
        who: &SignedIn,
        fields: Map<String, Value>,
        client: &ClientInfo,
    ) -> Result<User, AuthError> {
        let errors = self.profile_errors(&fields, Field::is_editable);
        if !errors.is_empty() {
            return Err(AuthError::Validation(errors));
        }
        let mut user = who.user.clone();
        for _ in 0..TRIES {
            let mut profile = user.profile.clone();
            profile.fields_mut().extend(fields.clone());
            let event = self.event(EventCode::USER_PROFILE_CHANGED, self.now(), client)?;
            let event = event.by(Actor::User(user.id)).about(user.id).in_session(who.session.id);
            let guard = Some(user.updated_at);
            match self.0.users.replace_profile(&user.id, profile, guard, self.cause(event)).await? {
                SetUser::Done { after, .. } => return Ok(*after),
                SetUser::Unchanged => return Ok(user),
                SetUser::Missing | SetUser::LastAdmin => return Err(AuthError::SessionRevoked),
                SetUser::Stale => {
                    let found = self.0.users.find_user(&user.id).await?;
                    user = found.filter(User::exists).ok_or(AuthError::SessionRevoked)?;
                    if !user.is_active {
                        return Err(AuthError::AccountDisabled);
                    }
                    // What let the caller in must still stand: a change in flight survives no sign-out.
                    if user.session_epoch != who.user.session_epoch {
                        return Err(AuthError::SessionRevoked);
                    }
                }
            }
        }
        Err(AuthError::Stale)
    }
}
