//! What a host may change about the console.

use std::sync::{Arc, LazyLock};

use super::messages::Messages;

/// The console as a host wants it: its texts and its looks. [`Console::default`] is what comes without.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Console {
    /// Every text of the pages.
    pub messages: Messages,
    /// What the environment is called beside the product's name, such as `staging`; `None`: nothing stands there.
    pub environment: Option<String>,
}

static PLAIN: LazyLock<Arc<Console>> = LazyLock::new(Arc::default);

impl Console {
    /// The console without anything of a host.
    pub(crate) fn plain() -> Arc<Self> {
        Arc::clone(&PLAIN)
    }
}
