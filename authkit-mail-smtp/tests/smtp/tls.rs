//! No certificate is taken on trust, and nothing is said in the clear.

use authkit_mail_smtp::Security;

use crate::certificates::Authority;
use crate::sink::{Sink, Tls};
use crate::world::{World, mailer};

/// Sends a mail to a server that must not get it, and says why it was lost.
async fn lost(tls: Tls, security: Security, roots: Option<String>) -> (String, Vec<String>) {
    let sink = Sink::start(tls, true, &[]).await;
    let mut builder = mailer(&sink).security(security).retries([]);
    if let Some(roots) = roots {
        builder = builder.root_certificates(roots);
    }
    let mailer = builder.start().expect("a mailer");
    assert!(mailer.check().await.is_err());
    let world = World::new(mailer).await;
    world.ask("ada@example.com").await;
    let reason = world.losses(1).await.remove(0);
    assert!(sink.seen().mails.is_empty());
    (reason, sink.seen().lines)
}

#[tokio::test]
async fn a_certificate_of_another_name_is_refused() {
    let authority = Authority::new();
    let names = &["mail.example.com", "127.0.0.2"];
    for (tls, security) in [
        (Tls::Offered(authority.server(names)), Security::StartTls),
        (Tls::AtOnce(authority.server(names)), Security::Tls),
    ] {
        let (reason, lines) = lost(tls, security, Some(authority.pem())).await;
        assert!(reason.contains("TLS failed") && reason.contains("not valid for name"), "{reason}");
        assert!(!lines.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{lines:?}");
    }
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    let (ours, other) = (Authority::new(), Authority::new());
    // By our own authority, and by those of the system.
    for roots in [Some(other.pem()), None] {
        for (tls, security) in [
            (Tls::Offered(ours.server(&["127.0.0.1"])), Security::StartTls),
            (Tls::AtOnce(ours.server(&["127.0.0.1"])), Security::Tls),
        ] {
            let (reason, lines) = lost(tls, security, roots.clone()).await;
            assert!(reason.contains("TLS failed") && reason.contains("certificate"), "{reason}");
            assert!(!lines.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{lines:?}");
        }
    }
}

#[tokio::test]
async fn a_server_that_offers_no_starttls_gets_neither_password_nor_mail() {
    let authority = Authority::new();
    let (reason, lines) = lost(Tls::Unknown, Security::StartTls, Some(authority.pem())).await;
    assert!(reason.contains("STARTTLS"), "{reason}");
    assert!(lines.iter().all(|line| line.starts_with("EHLO") || line == "QUIT"), "{lines:?}");
}

#[tokio::test]
async fn a_server_that_speaks_plainly_where_tls_is_expected_gets_nothing() {
    let (reason, lines) = lost(Tls::Unknown, Security::Tls, Some(Authority::new().pem())).await;
    assert!(reason.contains("TLS failed") || reason.contains("network failed"), "{reason}");
    assert!(!lines.iter().any(|line| line.starts_with("EHLO") || line.starts_with("AUTH")), "{lines:?}");
}
