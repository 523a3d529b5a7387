//! Whoever runs the installation does to it what no other flow tells of.

use serde_json::{Map, Value};

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::clean::printable_json;
use crate::model::client::ClientInfo;
use crate::model::event_code::EventCode;
use crate::steps::administration::Note;
use crate::steps::observe::{info_span, observed};
use crate::steps::operator::Operator;

/// What was done to an installation as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upkeep {
    /// Migrations were run: recorded as `system.migrated`.
    Migrated,
    /// Housekeeping was asked for out of its turn: recorded as `system.tidied`.
    Tidied,
    /// The secret key was replaced where it is kept: recorded as `keys.changed`.
    KeysChanged,
}

impl AuthKit {
    /// Records what an operator has done to the installation. Only who may do everything does such things. `details` say
    /// how much; no secrets.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// use authkit_core::{AuthError, ClientInfo, Operator, Upkeep};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// let details = [("steps".to_owned(), 2.into())].into_iter().collect();
    /// kit.record_upkeep(&Operator::cli("root"), Upkeep::Migrated, details, &ClientInfo::none()).await?;
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn record_upkeep(
        &self,
        operator: &Operator,
        what: Upkeep,
        details: Map<String, Value>,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        observed(info_span!("authkit.record_upkeep"), self.record_upkeep_observed(operator, what, details, client))
            .await
    }

    async fn record_upkeep_observed(
        &self,
        operator: &Operator,
        what: Upkeep,
        details: Map<String, Value>,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        if !operator.is_admin() {
            return Err(AuthError::Forbidden);
        }
        let code = match what {
            Upkeep::Migrated => EventCode::SYSTEM_MIGRATED,
            Upkeep::Tidied => EventCode::SYSTEM_TIDIED,
            Upkeep::KeysChanged => EventCode::KEYS_CHANGED,
        };
        let mut event = self.action(code, operator, &Note::default(), client)?;
        event.details.extend(details.into_iter().map(|(name, value)| (name, printable_json(value))));
        self.record_event(event).await
    }
}
