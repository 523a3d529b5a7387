//! The mailbox of development.

use authkit_core::testing::Outbox;
use authkit_core::{AuthKit, Config, MailKind, Note, Operator};
use authkit_flows::clock::ManualClock;
use authkit_flows::hasher::QuickHasher;
use authkit_flows::world::{PASSWORD, client, registration};
use authkit_store_memory::MemoryStore;

#[tokio::test]
async fn in_development_a_mail_that_nobody_sends_can_be_read() {
    let builder = AuthKit::builder().store(MemoryStore::new()).config(Config::development());
    let kit = builder.clock(ManualClock::new()).hasher(QuickHasher::default()).build().expect("a kit");
    let ada = kit.register(registration("ada@example.com"), &client()).await.expect("an account");
    let ada = ada.into_user().expect("no proof of the address is asked for");
    let mailbox = kit.mailbox().expect("a mailbox");
    assert!(mailbox.mails().is_empty());
    kit.request_reset_for(&Operator::system(), &ada.id, Note::default(), &client()).await.expect("sent");
    let [kept] = &mailbox.mails()[..] else { panic!("one mail") };
    assert_eq!((kept.at, kept.mail.to.as_str()), (kit.now(), "ada@example.com"));
    let MailKind::PasswordReset { token, .. } = &kept.mail.kind else { panic!("another mail") };
    kit.reset_password(token, PASSWORD.into(), &client()).await.expect("its link works");
    assert!(matches!(mailbox.mails()[0].mail.kind, MailKind::PasswordChanged), "newest first");
}

#[test]
fn where_mails_are_sent_there_is_none() {
    let builder = AuthKit::builder().store(MemoryStore::new()).config(Config::development());
    assert!(builder.mailer(Outbox::default()).build().expect("a kit").mailbox().is_none());
}
