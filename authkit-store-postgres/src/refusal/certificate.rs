//! What is wrong with a certificate, and what to do about it.

use rustls::CertificateError;

pub(super) fn why(trouble: &CertificateError) -> String {
    let said = trouble.to_string();
    match trouble {
        CertificateError::UnknownIssuer => {
            "nobody known here has signed it; name the certificate of its authority by `sslrootcert=FILE` in the URL or by \
             `.root_certificates(pem)`"
                .to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => format!(
            "{said}; write the host in the URL as the certificate names it, or, if its authority signs your servers only, \
             `sslmode=verify-ca`"
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            format!("{said}; renew it on the server, or set the clock of this machine right")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            format!("{said}; set the clocks of both machines right")
        }
        // The TLS library has no name of its own for it.
        _ if said.contains("CaUsedAsEndEntity") => {
            "it is that of an authority (it signs itself, `CA:TRUE`) and not of a server; make an authority, let it sign \
             one for the server, and name the authority's by `sslrootcert=FILE`"
                .to_owned()
        }
        _ => said,
    }
}
