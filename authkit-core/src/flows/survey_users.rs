//! An operator looks at all accounts at once for what is left over from before.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::page::{MAX_PAGE, PageRequest};
use crate::model::permission::Permission;
use crate::model::timestamp::Timestamp;
use crate::model::user::{User, UserFilter};
use crate::password::argon2id::Argon2id;
use crate::steps::observe::{debug_span, observed};
use crate::steps::operator::Operator;

/// How the hashes begin that are made now; whatever else is stored came from elsewhere.
const CURRENT: &str = "$argon2id$v=19$";

/// What is left over among the accounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UserSurvey {
    /// Users that were looked at, deleted ones not among them.
    pub users: u64,
    /// Whose password is hashed by another scheme than Argon2id: it is replaced at the next sign-in.
    pub old_hashes: u64,
    /// Whose role the configuration does not know: it grants nothing.
    pub unknown_roles: u64,
    /// The parameters of the newest Argon2id hash: of the user who signed in or was made last, and so the ones in use.
    pub argon2id: Option<Argon2id>,
    /// Users were left out, since `cap` was reached.
    pub limited: bool,
}

impl AuthKit {
    /// Looks at the newest users, `cap` of them at the most, 200 a read. Needs `users.read`.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let survey = kit.survey_users(&Operator::cli("root"), 10_000).await?;
    /// assert_eq!((survey.users, survey.unknown_roles, survey.limited), (1, 0, false));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn survey_users(&self, operator: &Operator, cap: u64) -> Result<UserSurvey, AuthError> {
        observed(debug_span!("authkit.survey_users"), self.survey_users_observed(operator, cap)).await
    }

    async fn survey_users_observed(&self, operator: &Operator, cap: u64) -> Result<UserSurvey, AuthError> {
        operator.require(Permission::UsersRead)?;
        let (mut survey, mut newest) = (UserSurvey::default(), None);
        let mut request = PageRequest::first(MAX_PAGE);
        loop {
            let page = self.0.users.list_users(&UserFilter::default(), &request).await?;
            page.items.iter().for_each(|user| self.add(&mut survey, &mut newest, user));
            let Some(position) = page.next else { return Ok(survey) };
            if survey.users >= cap {
                return Ok(UserSurvey { limited: true, ..survey });
            }
            request = PageRequest::first(MAX_PAGE).after(position);
        }
    }

    fn add(&self, survey: &mut UserSurvey, newest: &mut Option<Timestamp>, user: &User) {
        survey.users += 1;
        let old = user.password_hash.as_ref().is_some_and(|hash| !hash.expose().starts_with(CURRENT));
        survey.old_hashes += u64::from(old);
        survey.unknown_roles += u64::from(!self.0.settings.roles.contains(&user.role));
        // The row repeats the day of its making until the first sign-in, which replaces a hash of other parameters.
        let at = user.last_sign_in_at;
        if newest.is_none_or(|newest| at > newest)
            && let Some(argon2id) = user.password_hash.as_ref().and_then(Argon2id::of)
        {
            (*newest, survey.argon2id) = (Some(at), Some(argon2id));
        }
    }
}
