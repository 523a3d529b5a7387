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
        // An authority that was made anew under its old name.
        CertificateError::BadSignature => {
            "the authority that is trusted here has not signed it, though it is named alike; name the one that did by \
             `sslrootcert=FILE` in the URL or by `.root_certificates(pem)`"
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::OtherError;
    use rustls::pki_types::ServerName;

    use super::*;

    #[test]
    fn each_trouble_has_its_mend() {
        let named = CertificateError::NotValidForNameContext {
            expected: ServerName::try_from("db.example.com").unwrap(),
            presented: vec!["one.example.com".to_owned()],
        };
        let authority = CertificateError::Other(OtherError(Arc::new(std::io::Error::other("CaUsedAsEndEntity"))));
        let cases = [
            (CertificateError::UnknownIssuer, "sslrootcert=FILE"),
            (CertificateError::BadSignature, "named alike"),
            (named, "one.example.com"),
            (CertificateError::NotValidForName, "sslmode=verify-ca"),
            (CertificateError::Expired, "renew it"),
            (CertificateError::NotValidYet, "clocks"),
            (authority, "CA:TRUE"),
            (CertificateError::Revoked, "Revoked"),
        ];
        for (trouble, mend) in cases {
            assert!(why(&trouble).contains(mend), "{}", why(&trouble));
        }
    }
}
