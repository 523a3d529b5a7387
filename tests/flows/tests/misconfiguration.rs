//! What `build()` refuses beyond the settings themselves.

use authkit_core::testing::CheapHasher;
use authkit_core::{AuthKit, Config, ConfigCode, Mail, MailError, Mailer, Ports, Store, ThrottleMode};
use authkit_flows::world::SECRET;
use authkit_store_memory::MemoryStore;
use std::sync::Arc;

#[derive(Debug)]
struct WithoutCounters(Arc<MemoryStore>);

impl Store for WithoutCounters {
    fn ports(self: Arc<Self>) -> Ports {
        Ports::of(&self.0)
    }
}

/// A store whose users table has no column for proven addresses.
#[derive(Debug)]
struct WithoutMark(Arc<MemoryStore>);

impl Store for WithoutMark {
    fn ports(self: Arc<Self>) -> Ports {
        Ports::of(&self.0).without_verification()
    }
}

/// A mailer that is not for development.
struct Delivers;

impl Mailer for Delivers {
    fn enqueue(&self, _: Mail) -> Result<(), MailError> {
        Ok(())
    }
}

fn codes(built: Result<AuthKit, authkit_core::ConfigError>) -> Vec<ConfigCode> {
    built
        .err()
        .map(|error| error.problems().iter().map(authkit_core::ConfigProblem::code).collect())
        .unwrap_or_default()
}

// S-94
#[test]
fn production_needs_a_mailer_that_delivers_and_tells_it_with_everything_else() {
    let production = || Config::production("https://example.com", SECRET);
    let builder = || AuthKit::builder().store(MemoryStore::new());
    assert_eq!(codes(builder().config(production()).build()), [ConfigCode::MailerMissing]);
    let kit = builder().config(production()).mailer(Delivers).build().expect("a kit");
    assert!(kit.mailbox().is_none());
    let both = codes(builder().config(production().session_cap(0)).build());
    assert!(both.len() == 2 && both.contains(&ConfigCode::MailerMissing), "{both:?}");
}

// S-94
#[test]
fn production_refuses_a_hasher_for_tests_and_tells_it_with_everything_else() {
    let builder = |config| AuthKit::builder().store(MemoryStore::new()).config(config).hasher(CheapHasher);
    let production = || Config::production("https://example.com", SECRET);
    assert_eq!(codes(builder(production()).mailer(Delivers).build()), [ConfigCode::HasherForTests]);
    let all = codes(builder(production().session_cap(0)).build());
    let wanted = [ConfigCode::OutOfRange, ConfigCode::MailerMissing, ConfigCode::HasherForTests];
    assert!(all.len() == 3 && wanted.iter().all(|code| all.contains(code)), "{all:?}");
    assert!(builder(Config::development()).build().is_ok());
}

// S-94
#[test]
fn smtp_that_is_switched_on_needs_a_mailer_that_somebody_made() {
    let builder = || AuthKit::builder().store(MemoryStore::new());
    for config in [Config::development(), Config::production("https://example.com", SECRET)] {
        let config = config.smtp(true).smtp_host("mail.example.com");
        let error = builder().config(config.clone()).build().expect_err("refused");
        assert_eq!(error.problems()[0].code(), ConfigCode::MailerMissing);
        assert!(error.problems()[0].why().contains("AUTHKIT_ENABLE_SMTP"), "{error}");
        assert!(error.problems()[0].fix().contains(".mailer_if(SmtpMailer::from_config(&config)?)"), "{error}");
        assert!(builder().config(config.clone()).mailer_if(None::<Delivers>).build().is_err());
        assert!(builder().config(config).mailer_if(Some(Delivers)).build().is_ok());
    }
}

// S-94
#[test]
fn without_a_configuration_it_is_production_and_refused() {
    let refused = codes(AuthKit::builder().store(MemoryStore::new()).mailer(Delivers).build());
    assert!(
        refused.contains(&ConfigCode::SecretMissing) && refused.contains(&ConfigCode::BaseUrlMissing),
        "{refused:?}"
    );
}

// S-94
#[test]
fn shared_throttles_need_a_store_that_counts() {
    let config = || Config::development().throttle(ThrottleMode::Shared);
    let without = WithoutCounters(Arc::new(MemoryStore::new()));
    assert_eq!(codes(AuthKit::builder().store(without).config(config()).build()), [ConfigCode::PortMissing]);
    assert!(AuthKit::builder().store(MemoryStore::new()).config(config()).build().is_ok());
}

#[test]
fn proofs_that_a_store_cannot_keep_are_refused_and_of_a_store_that_says_nothing_they_are_not() {
    let config = || Config::development().require_verified_email(true);
    let unmarked = || WithoutMark(Arc::new(MemoryStore::new()));
    let refused = AuthKit::builder().store(unmarked()).config(config()).build();
    assert!(refused.as_ref().is_err_and(|error| error.to_string().contains(".is_verified(..)")), "{refused:?}");
    assert_eq!(codes(refused), [ConfigCode::NoMarkForVerified]);
    let both = codes(AuthKit::builder().store(unmarked()).config(config().session_cap(0)).build());
    assert!(both.len() == 2 && both.contains(&ConfigCode::NoMarkForVerified), "{both:?}");
    assert!(AuthKit::builder().store(unmarked()).config(Config::development()).build().is_ok());
    assert!(AuthKit::builder().store(WithoutCounters(Arc::default())).config(config()).build().is_ok());
    // Users of another place: what the store said is not about them.
    let elsewhere = AuthKit::builder().store(unmarked()).users(MemoryStore::new());
    assert!(elsewhere.config(config()).build().is_ok());
}
