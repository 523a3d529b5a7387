//! How the connection to the mail server is protected. A certificate is always verified.

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::error::StartError;
use crate::host::Host;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Security {
    /// It begins in the clear and turns to TLS before anything is said; a server that does not offer it gets no mail.
    /// Usual on port 587.
    StartTls,
    /// TLS from the first byte (RFC 8314). Usual on port 465.
    Tls,
    /// None. Only for a server on this machine.
    Plain,
}

impl Security {
    /// What goes without saying: TLS from the first byte on port 465, nothing on this machine, else STARTTLS.
    pub(crate) fn usual(host: &Host, port: u16) -> Self {
        match port {
            465 => Self::Tls,
            _ if host.is_loopback() => Self::Plain,
            _ => Self::StartTls,
        }
    }
}

/// The parameters of TLS: the roots of the system, or those of the PEM text and no other.
pub(crate) fn tls_parameters(host: &Host, pem: Option<&[u8]>) -> Result<TlsParameters, StartError> {
    let builder = TlsParameters::builder(host.as_str().to_owned());
    let Some(pem) = pem else {
        return builder.build().map_err(|error| StartError::NoAuthorities(Box::new(error)));
    };
    let mut builder = builder.certificate_store(CertificateStore::None);
    let mut any = false;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let unusable = |error| StartError::Certificates(error);
        let der = certificate.map_err(|error| unusable(Box::new(error)))?;
        let certificate = Certificate::from_der(der.to_vec()).map_err(|error| unusable(Box::new(error)))?;
        builder = builder.add_root_certificate(certificate);
        any = true;
    }
    if !any {
        return Err(StartError::Certificates("there is none in it".into()));
    }
    builder.build().map_err(|error| StartError::Certificates(Box::new(error)))
}
