//! The store contract on the custom store, and the kit's flows on it.

use std::process::Command;
use std::sync::Arc;

use async_trait::async_trait;
use authkit_conformance::{Feature, Subject, Trail};
use authkit_core::testing::Outbox;
use authkit_core::{
    Actor, AuthError, AuthKit, ClientInfo, Config, Event, EventCode, Field, Login, Profile, Registration, Role,
    StoreError, TrustedPassword, TrustedUser, UserId,
};
use authkit_examples::custom_store::{CustomStore, Own};

/// The table makes its own keys; the two optional ports, the audit log and the counter of attempts, are left out.
async fn subject() -> Subject {
    let store = Arc::new(CustomStore::default());
    Subject::of(&store)
        .trail(Journal(store))
        .without(Feature::SuggestedKeys)
        .profiles(profile("Löwe & Söhne", 3), profile("Acme", 4_000_000_000))
}

// S-100
authkit_conformance::store_contract!(subject);

/// How the suite reads the events of a store without an audit log.
struct Journal(Arc<CustomStore>);

#[async_trait]
impl Trail for Journal {
    async fn events(&self) -> Result<Vec<Event>, StoreError> {
        Ok(self.0.tables().journal.clone())
    }
}

fn profile(company: &str, seats: i64) -> Profile {
    let own = Own { company: Some(company.to_owned()), seats: Some(seats) };
    Profile::from_typed(&own).expect("a profile")
}

#[tokio::test]
async fn an_account_is_registered_used_and_reset_on_the_applications_own_table() {
    let (store, mailbox, client) = (Arc::new(CustomStore::default()), Outbox::default(), ClientInfo::none());
    let fields = [Field::text("company").at_registration(), Field::integer("seats").at_registration()];
    let config = Config::development().profile_fields(fields);
    let kit = AuthKit::builder().store(Arc::clone(&store)).mailer(mailbox.clone()).config(config).build();
    let kit = kit.expect("the configuration fits");
    let registration = Registration {
        email: "Ada@Example.com".into(),
        password: "a lantern over the quay".into(),
        profile: profile("Acme", 12).fields().clone(),
    };

    let user = kit.register(registration, &client).await.expect("an account");
    let user = user.into_user().expect("no proof of the address is asked for");
    assert_eq!(user.id, UserId::from(1), "the table gave the key");
    {
        let tables = store.tables();
        let row = &tables.members[&1];
        assert_eq!((row.mail.as_str(), row.mail_folded.as_str()), ("Ada@Example.com", "ada@example.com"));
        assert_eq!(row.own, Own { company: Some("Acme".into()), seats: Some(12) });
        let registered = tables.journal.iter().find(|event| event.code == EventCode::USER_REGISTERED);
        assert_eq!(registered.and_then(|event| event.subject), Some(user.id), "the event is about the table's key");
    }

    let login = |password: &str| Login::new("ada@example.com", password);
    let first = kit.login(login("a lantern over the quay"), &client).await.expect("signed in");
    let second = kit.refresh(&first.tokens.refresh, &client).await.expect("refreshed");
    assert_eq!(second.session.generation, 1);
    assert_eq!(kit.current_user(&second.tokens.access).await.expect("a live session").user.id, user.id);

    kit.request_reset("ada@example.com", &client).await.expect("asked");
    let token = mailbox.all().pop().and_then(|mail| mail.kind.token().cloned()).expect("a mail with a link");
    kit.reset_password(&token, "seven boats in a bottle".into(), &client).await.expect("reset");
    let ended = kit.refresh(&second.tokens.refresh, &client).await;
    assert!(ended.is_err(), "the reset ended every session");
    let old = kit.login(login("a lantern over the quay"), &client).await;
    assert!(matches!(old, Err(AuthError::InvalidCredentials)));
    kit.login(login("seven boats in a bottle"), &client).await.expect("signed in with the new password");
}

#[tokio::test]
async fn a_field_without_a_column_is_refused_and_nothing_is_stored() {
    let store = Arc::new(CustomStore::default());
    let kit = AuthKit::builder().store(Arc::clone(&store)).config(Config::development()).build();
    let kit = kit.expect("the configuration fits");
    let mut profile = profile("Acme", 12);
    profile.fields_mut().insert("colour".into(), "red".into());
    let user = TrustedUser {
        email: "ada@example.com".into(),
        password: TrustedPassword::None,
        role: Role::new("user").expect("a role"),
        is_active: true,
        is_verified: true,
        profile,
    };
    let refused = kit.create_user(user, Actor::System).await;
    assert!(matches!(refused, Err(AuthError::Store(_))), "{refused:?}");
    let tables = store.tables();
    assert!(tables.members.is_empty() && tables.journal.is_empty());
}

#[test]
fn the_program_shows_the_tables_own_row() {
    let run = Command::new(env!("CARGO_BIN_EXE_custom_store")).output().expect("the example runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    let row = "1: Ada@Example.com, rank user, Own { company: Some(\"Acme\"), seats: Some(12) }";
    assert_eq!(said.lines().collect::<Vec<_>>(), ["signed in as number 1", row]);
}
