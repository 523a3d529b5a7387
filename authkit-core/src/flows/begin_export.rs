//! An operator takes a list out of the system.

use serde_json::{Map, Value};

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::clean::printable_json;
use crate::model::client::ClientInfo;
use crate::model::event_code::EventCode;
use crate::model::permission::Permission;
use crate::steps::administration::Note;
use crate::steps::observe::{info_span, observed};
use crate::steps::operator::Operator;

/// The list that an export takes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportOf {
    /// Users: recorded as `user.exported`.
    Users,
    /// The audit trail: recorded as `audit.exported`.
    Events,
}

impl AuthKit {
    /// Allows an export and records it, before the first row leaves. Needs `export` and a password that was proven in the
    /// last five minutes. `details` say what is taken: the form and the filters.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::ReauthenticationRequired`], [`AuthError::NotKept`] (no audit log), and the
    /// operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// use authkit_core::{AuthError, ClientInfo, ExportOf, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// let details = [("format".to_owned(), "csv".into())].into_iter().collect();
    /// kit.begin_export(&Operator::cli("root"), ExportOf::Users, details, &ClientInfo::none()).await?;
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn begin_export(
        &self,
        operator: &Operator,
        of: ExportOf,
        details: Map<String, Value>,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        observed(info_span!("authkit.begin_export"), self.begin_export_observed(operator, of, details, client)).await
    }

    async fn begin_export_observed(
        &self,
        operator: &Operator,
        of: ExportOf,
        details: Map<String, Value>,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        operator.require(Permission::Export)?;
        operator.require_recent_proof(self.now())?;
        let code = match of {
            ExportOf::Users => EventCode::USER_EXPORTED,
            ExportOf::Events => EventCode::AUDIT_EXPORTED,
        };
        if of == ExportOf::Events {
            self.audit_log()?;
        }
        let mut event = self.action(code, operator, &Note::default(), client)?;
        event.details.extend(details.into_iter().map(|(name, value)| (name, printable_json(value))));
        self.record_event(event).await
    }
}
