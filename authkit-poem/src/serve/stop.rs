//! When the process is told to stop.

use authkit_core::LogCode;

/// Ready at SIGTERM (what service managers send) or ctrl-c.
#[cfg(unix)]
pub(super) async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};

    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                () = interrupt() => {}
            }
        }
        Err(error) => {
            tracing::error!(
                ak = LogCode::Signal.as_str(),
                %error,
                "SIGTERM cannot be caught: it ends the process without waiting for requests"
            );
            interrupt().await;
        }
    }
}

/// Ready at ctrl-c.
#[cfg(not(unix))]
pub(super) async fn signal() {
    interrupt().await;
}

async fn interrupt() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(
            ak = LogCode::Signal.as_str(),
            %error,
            "ctrl-c cannot be caught: it ends the process without waiting for requests"
        );
        std::future::pending::<()>().await;
    }
}
