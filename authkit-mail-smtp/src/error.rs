//! Why a mailer cannot be started.

use authkit_core::ConfigError;

/// A mailer cannot be started. No text holds a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The settings are refused.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// There is no tokio runtime whose task could deliver.
    #[error("a mailer delivers on a task of its own: make it inside of a tokio runtime, such as in `#[tokio::main]`")]
    NoRuntime,
    /// The connection would not be encrypted and leaves this machine.
    #[error(
        "mails without TLS would travel in the clear, working links included: use `Security::StartTls` or \
         `Security::Tls`; `Security::Plain` is for a server on this machine (127.0.0.0/8, ::1, localhost)"
    )]
    PlainOffThisMachine,
    /// The sender is no address.
    #[error("the sender is not an email address: write it like no-reply@example.com")]
    Sender,
    /// The host is neither a name nor an address.
    #[error("the mail server's host is neither a name nor an IP address")]
    Host,
    /// The certificates to trust cannot be used.
    #[error("the certificates to trust cannot be used: give at least one in PEM form (`-----BEGIN CERTIFICATE-----`)")]
    Certificates(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The system has no certificates to trust.
    #[error(
        "the system has no certificate authorities: install them (package `ca-certificates`), or give the mail server's \
         by `root_certificates`"
    )]
    NoAuthorities(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The folder for mails cannot be used.
    #[error("the folder for mails cannot be used")]
    Folder(#[source] std::io::Error),
}
