//! TLS: whose certificate is trusted, under which name, and what is said of the others.

use std::fs;
use std::path::Path;

use authkit_store_postgres::{OpenError, PostgresStore};
use authkit_test_postgres::{Cluster, Options, Stop, Url};

use crate::{open, refusal, with};

/// Its key was thrown away: it has signed nothing.
const ANOTHER_AUTHORITY: &str = include_str!("another_authority.pem");

/// Lets nobody in over the network without TLS, so that whoever gets in has used it.
async fn demand_tls(cluster: &Cluster) {
    let rules = "local all all scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n";
    fs::write(cluster.process().data().join("pg_hba.conf"), rules).unwrap();
    cluster.restart(Stop::Fast).await;
}

/// The parameters that trust the authority of this file.
fn trusting(mode: &str, authority: &Path) -> String {
    format!("sslmode={mode}&sslrootcert={}", authority.display())
}

#[tokio::test]
async fn a_certificate_is_trusted_for_its_authority_and_its_name() {
    let cluster = Cluster::start_with(Options::default().tls_for(&["localhost"])).await;
    demand_tls(&cluster).await;
    let by_address = cluster.process().url();
    let by_name = by_address.at("localhost", by_address.port);
    let authority = cluster.root_certificate();

    for mode in ["verify-full", "require", "verify-ca"] {
        open(&with(&by_name, &trusting(mode, &authority))).await.unwrap();
    }
    let pem = fs::read(&authority).unwrap();
    let in_memory = PostgresStore::builder(with(&by_name, "sslmode=verify-full")).root_certificates(pem);
    in_memory.connect().await.unwrap();

    // Its name is not that of the host.
    open(&with(&by_address, &trusting("verify-ca", &authority))).await.unwrap();
    for mode in ["verify-full", "require"] {
        let error = refusal(&with(&by_address, &trusting(mode, &authority))).await;
        assert!(matches!(error, OpenError::CertificateNotTrusted { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("127.0.0.1") && text.contains("localhost") && text.contains("verify-ca"), "{text}");
    }

    // Its authority is another one than the one that is trusted.
    let stranger = PostgresStore::builder(with(&by_name, "sslmode=verify-full")).root_certificates(ANOTHER_AUTHORITY);
    let error = stranger.connect().await.unwrap_err();
    assert!(matches!(error, OpenError::CertificateNotTrusted { .. }), "{error:?}");
    assert!(error.to_string().contains("nobody known here"), "{error}");
    // It has the same name, as one that was made anew.
    let other = Cluster::start_with(Options::default().tls()).await;
    for mode in ["verify-full", "require", "verify-ca"] {
        let error = refusal(&with(&by_name, &trusting(mode, &other.root_certificate()))).await;
        assert!(matches!(error, OpenError::CertificateNotTrusted { .. }), "{mode}: {error:?}");
        assert!(error.to_string().contains("sslrootcert=FILE"), "{error}");
    }
}

#[tokio::test]
async fn plain_text_is_not_let_in_where_the_server_wants_tls() {
    let cluster = Cluster::start_with(Options::default().tls()).await;
    demand_tls(&cluster).await;
    // Absent means no TLS on loopback.
    for options in ["sslmode=disable", ""] {
        let error = refusal(&with(&cluster.process().url(), options)).await;
        assert!(matches!(error, OpenError::NotLetIn { .. }), "{error:?}");
        assert!(error.to_string().contains("sslmode=verify-full"), "{error}");
    }
    // A socket has no TLS, whatever `sslmode` says.
    open(&with(&cluster.process().socket_url(), "sslmode=verify-full")).await.unwrap();
}

#[tokio::test]
async fn a_server_without_tls_is_not_spoken_to_in_plain_text() {
    let cluster = Cluster::start().await;
    let trusted = Cluster::start_with(Options::default().tls()).await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let error = refusal(&with(&cluster.process().url(), &trusting(mode, &trusted.root_certificate()))).await;
        assert!(matches!(error, OpenError::TlsRefused { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_root_certificate_that_cannot_be_read_is_named() {
    let error = refusal("postgres://u:canary@localhost/a?sslmode=require&sslrootcert=/nonexistent/ca.pem").await;
    assert!(matches!(error, OpenError::Tls { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("`/nonexistent/ca.pem`") && text.contains("cannot be read"), "{text}");
}

#[tokio::test]
async fn a_certificate_that_signs_itself_as_an_authority_is_explained() {
    let cluster = Cluster::start_with(Options::default().tls()).await;
    let data = cluster.process().data();
    // Copied into the files that are there, which keep their owner and mode.
    fs::copy(data.join("authority.pem"), data.join("server.crt")).unwrap();
    fs::copy(data.join("authority.key"), data.join("server.key")).unwrap();
    cluster.restart(Stop::Fast).await;
    let error = refusal(&with(&cluster.process().url(), &trusting("verify-full", &cluster.root_certificate()))).await;
    assert!(matches!(error, OpenError::CertificateNotTrusted { .. }), "{error:?}");
    assert!(error.to_string().contains("CA:TRUE"), "{error}");
}

#[tokio::test]
async fn a_server_that_speaks_only_old_tls_is_not_spoken_to() {
    let old = Options::default()
        .tls()
        .setting("ssl_min_protocol_version", "TLSv1")
        .setting("ssl_max_protocol_version", "TLSv1.1");
    let cluster = Cluster::start_with(old).await;
    let url: Url = cluster.process().url();
    let error = refusal(&with(&url, &trusting("verify-full", &cluster.root_certificate()))).await;
    assert!(matches!(error, OpenError::TlsFailed { .. }), "{error:?}");
}
