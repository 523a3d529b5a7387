//! Mails that go out the application's own way, in its own words: here to a mail service with an API, which is played by a
//! function that is busy at first.
//!
//! `cargo run --bin own_mailer`

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use authkit_core::{
    Actor, AuthKit, ClientInfo, Config, Mail, MailContent, MailFacts, MailKind, Profile, TrustedPassword, TrustedUser,
};
use authkit_mail_smtp::{DeliveryError, QueuedMailer};
use authkit_store_memory::MemoryStore;
use tokio::sync::Notify;

/// The mail service: answers as an HTTP API would.
async fn post(mail: &Mail, calls: &AtomicUsize, sent: &Notify) -> u16 {
    if calls.fetch_add(1, Ordering::SeqCst) == 0 {
        return 503;
    }
    println!("to {}: {}", mail.to, mail.subject);
    println!("{}", mail.text.lines().next().unwrap_or_default());
    sent.notify_one();
    202
}

/// The one mail that the application words itself; the others keep the built-in words.
fn words(facts: &MailFacts<'_>) -> Option<MailContent> {
    let MailKind::PasswordReset { link, .. } = facts.kind else { return None };
    Some(MailContent {
        subject: format!("{}: choose a new password", facts.product),
        text: format!("Hello {}, this link is good for a quarter of an hour:\n{link}\n", facts.to),
        html: None,
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (calls, sent) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let arrived = Arc::clone(&sent);
    // Answers never wait for this: mails stand in a queue, and what fails is tried again.
    let mailer = QueuedMailer::start_with(1_000, [1, 10, 60].map(Duration::from_secs), move |mail| {
        let (calls, sent) = (Arc::clone(&calls), Arc::clone(&sent));
        async move {
            match post(&mail, &calls, &sent).await {
                200..300 => Ok(()),
                status @ (429 | 500..) => Err(DeliveryError::retry(format!("the service answered {status}"))),
                status => Err(DeliveryError::give_up(format!("the service answered {status}"))),
            }
        }
    })?;
    let config = Config::development().product("Lumen");
    let builder = AuthKit::builder().store(MemoryStore::new()).mailer(mailer).mail_templates(words);
    let auth = builder.config(config).build()?;

    let ada = TrustedUser {
        email: "ada@example.com".into(),
        password: TrustedPassword::Plain("a lantern over the quay".into()),
        role: auth.settings().default_role,
        is_active: true,
        is_verified: true,
        profile: Profile::default(),
    };
    auth.create_user(ada, Actor::System).await?;
    auth.request_reset("ada@example.com", &ClientInfo::none()).await?;
    println!("answered");

    // A server lives on meanwhile; what is still in the queue when `authkit_poem::serve` is told to stop is tried again at once.
    arrived.notified().await;
    auth.drain_mails(Duration::from_secs(10)).await;
    Ok(())
}
