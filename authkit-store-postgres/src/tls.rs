//! TLS to the server: which certificates are trusted, and how strictly the server's is checked.
//!
//! The provider is named here and never taken from the process: a host that links two of them has no default.

mod chain_only;

#[cfg(test)]
mod tests;

use std::fmt::{self, Debug, Formatter};
use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::open_error::OpenError;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TlsMode {
    /// Plain text.
    Off,
    /// The certificate comes from a trusted authority, whatever name it has.
    VerifyCa,
    /// It does, and its name is that of the host.
    VerifyFull,
}

/// The certificates that the server's has to lead to.
#[derive(Clone)]
pub(crate) enum Roots {
    /// Those of the system.
    Platform,
    /// Those of a file in PEM form, and no other.
    File(PathBuf),
    /// Those of a text in PEM form, and no other.
    Pem(Vec<u8>),
}

impl Debug for Roots {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform => f.write_str("Platform"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Pem(pem) => write!(f, "Pem({} bytes)", pem.len()),
        }
    }
}

/// What opens TLS on a connection. With [`TlsMode::Off`] it trusts nobody, since it is not used.
pub(crate) fn connector(mode: TlsMode, roots: &Roots) -> Result<MakeRustlsConnect, OpenError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = match (mode, roots) {
        (TlsMode::Off, _) => Arc::new(chain_only::ChainOnly::new(RootCertStore::empty(), &provider)),
        (TlsMode::VerifyCa, Roots::Platform) => {
            // Every certificate of the web leads to these, so a chain without the name proves nothing.
            return Err(OpenError::url(
                "has `sslmode=verify-ca` without a certificate authority of its own",
                "name its certificate by `sslrootcert=FILE`, or write `sslmode=verify-full`",
            ));
        }
        (TlsMode::VerifyCa, own) => Arc::new(chain_only::ChainOnly::new(own_roots(own)?, &provider)),
        (TlsMode::VerifyFull, Roots::Platform) => {
            let verifier = Verifier::new(Arc::clone(&provider));
            Arc::new(verifier.map_err(|error| OpenError::Tls {
                from: "the system".to_owned(),
                why: "has no certificate authorities: install them (package `ca-certificates`), or name the server's by \
                      `sslrootcert=FILE`"
                    .to_owned(),
                source: Some(Box::new(error)),
            })?)
        }
        (TlsMode::VerifyFull, own) => {
            let (from, store) = (name(own), own_roots(own)?);
            WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider))
                .build()
                .map_err(|error| unusable(&from, Box::new(error)))?
        }
    };
    client_config(provider, verifier).map(MakeRustlsConnect::new)
}

fn client_config(
    provider: Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
) -> Result<ClientConfig, OpenError> {
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|error| unusable("the TLS library", Box::new(error)))?;
    // Not dangerous here: every verifier above checks the chain, and leaves the name out only where that was asked for.
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

/// The certificates that were named, if all of them can be used.
fn own_roots(roots: &Roots) -> Result<RootCertStore, OpenError> {
    let from = name(roots);
    let read;
    let pem: &[u8] = match roots {
        Roots::Platform => &[],
        Roots::Pem(pem) => pem,
        Roots::File(path) => {
            read = std::fs::read(path).map_err(|error| OpenError::Tls {
                from: from.clone(),
                why: format!(
                    "cannot be read ({error}): name the right file in `sslrootcert`, and let the process read it"
                ),
                source: Some(Box::new(error)),
            })?;
            &read
        }
    };
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| unusable(&from, Box::new(error)))?;
        store.add(certificate).map_err(|error| unusable(&from, Box::new(error)))?;
    }
    if store.is_empty() {
        let why =
            "holds no certificate: it must have at least one in PEM form (`-----BEGIN CERTIFICATE-----`)".to_owned();
        return Err(OpenError::Tls { from, why, source: None });
    }
    Ok(store)
}

/// How an error names where the certificates come from.
fn name(roots: &Roots) -> String {
    match roots {
        Roots::Platform => "the system".to_owned(),
        Roots::File(path) => format!("`{}`", path.display()),
        Roots::Pem(_) => "the text given to `root_certificates`".to_owned(),
    }
}

fn unusable(from: &str, source: Box<dyn std::error::Error + Send + Sync>) -> OpenError {
    let why = format!("holds a certificate that cannot be used ({source}): write it anew in PEM form");
    OpenError::Tls { from: from.to_owned(), why, source: Some(source) }
}
