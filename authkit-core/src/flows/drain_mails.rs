//! The last mails go out before the process stops.

use std::time::Duration;

use crate::kit::AuthKit;

impl AuthKit {
    /// Waits until the mailer has delivered or given up what it took, `grace` at the longest. For the stop of the process;
    /// `authkit_poem::serve` does it. What is lost is in the audit trail before this is ready.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// use std::time::Duration;
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// kit.drain_mails(Duration::from_secs(10)).await;
    /// # Ok::<(), authkit_core::AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn drain_mails(&self, grace: Duration) {
        self.0.mailer.drain(grace).await;
    }
}
