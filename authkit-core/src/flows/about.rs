//! What a running process knows of itself, for whoever runs it.

use std::time::Duration;

use crate::kit::AuthKit;
use crate::model::timestamp::Timestamp;

/// What a process knows of itself. Holds no secret and no place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct About {
    /// What the store says that it is, such as `SQLite 3.50.2, schema 1`; `None`: it does not say, or the ports were given
    /// one by one.
    pub store: Option<String>,
    /// How long the first hash took, which is made at the start with the configured parameters; `None`: it is not done yet.
    pub hash_cost: Option<Duration>,
    /// How many passwords are hashed at once.
    pub hash_threads: usize,
    /// When this process last did a whole step of [`AuthKit::tidy`]; other processes may have done so since.
    pub tidied_at: Option<Timestamp>,
}

impl AuthKit {
    /// What this process knows of itself. Asks no store.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// use authkit_core::{AuthError, Budget};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// assert_eq!(kit.about().tidied_at, None);
    /// kit.tidy(Budget::default()).await?;
    /// assert!(kit.about().tidied_at.is_some());
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub fn about(&self) -> About {
        About {
            store: self.0.store.clone(),
            hash_cost: self.0.pool.first_hash(),
            hash_threads: self.0.pool.threads().get(),
            tidied_at: self.0.tidied.at(),
        }
    }
}
