//! Asking the server to break off a statement that nobody waits for any more.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio_postgres::{CancelToken, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a request to break off may take; it goes over a connection of its own.
const LIMIT: Duration = Duration::from_secs(2);

/// How the server is reached for that.
#[derive(Clone)]
pub(crate) enum Cancel {
    /// Without TLS.
    Plain,
    /// With the TLS that the connections have.
    Tls(MakeRustlsConnect),
}

impl Cancel {
    /// Sends the request beside everything else. What becomes of it is of no importance: the server has its own limits.
    pub(crate) fn send(&self, token: CancelToken) {
        let Ok(runtime) = Handle::try_current() else { return };
        let how = self.clone();
        runtime.spawn(async move {
            let sent = async {
                match how {
                    Self::Plain => token.cancel_query(NoTls).await,
                    Self::Tls(tls) => token.cancel_query(tls).await,
                }
            };
            if !matches!(tokio::time::timeout(LIMIT, sent).await, Ok(Ok(()))) {
                tracing::debug!("the server could not be asked to break a statement off");
            }
        });
    }
}
