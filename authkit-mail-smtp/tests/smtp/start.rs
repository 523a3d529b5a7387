//! What cannot be started, and what the text says.

use authkit_mail_smtp::{Security, SmtpMailer, StartError};

use crate::certificates::Authority;

#[tokio::test]
async fn mail_leaves_this_machine_with_tls_only() {
    for host in ["mail.example.com", "192.0.2.1", "localhost.example.com"] {
        let refused = SmtpMailer::builder(host, "no-reply@example.com").security(Security::Plain).start();
        assert!(matches!(refused, Err(StartError::PlainOffThisMachine)), "{host}");
        let usual = SmtpMailer::builder(host, "no-reply@example.com").root_certificates(Authority::new().pem()).start();
        assert!(format!("{:?}", usual.expect("a mailer")).contains("StartTls"), "{host}");
    }
    for host in ["127.0.0.1", "[::1]", "localhost"] {
        let usual = SmtpMailer::builder(host, "no-reply@example.com").start().expect("a mailer");
        assert!(format!("{usual:?}").contains("Plain"), "{host}");
    }
    let implicit = SmtpMailer::builder("mail.example.com", "no-reply@example.com").port(465);
    let implicit = implicit.root_certificates(Authority::new().pem()).start().expect("a mailer");
    assert!(format!("{implicit:?}").contains("security: Tls"), "{implicit:?}");
}

#[tokio::test]
async fn what_cannot_be_used_is_told() {
    let builder = || SmtpMailer::builder("mail.example.com", "no-reply@example.com");
    let pem = |text: &str| builder().root_certificates(text).start();
    assert!(matches!(SmtpMailer::builder("mail:587", "a@example.com").start(), Err(StartError::Host)));
    for from in ["", "no-reply", "A <a@example.com>", "a@example.com\r\nBcc: b@example.com"] {
        assert!(matches!(SmtpMailer::builder("mail.example.com", from).start(), Err(StartError::Sender)), "{from}");
    }
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for text in ["", "no certificate", broken] {
        assert!(matches!(pem(text), Err(StartError::Certificates(_))), "{text}");
    }
}

// S-96
#[tokio::test]
async fn a_password_prints_itself_nowhere() {
    let builder = SmtpMailer::builder("127.0.0.1", "no-reply@example.com").credentials("ada", "canary-sparrow");
    let shown = format!("{builder:?} {:?}", builder.clone().start().expect("a mailer"));
    assert!(!shown.contains("canary-sparrow"), "{shown}");
}
