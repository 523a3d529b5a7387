//! The application's own table of users in use, and under the contract's suite.

use std::sync::Arc;

use authkit_conformance::{Feature, Subject};
use authkit_core::{AuthKit, ClientInfo, Config, Field, Login, Profile, Registration};
use authkit_examples::custom_store::{Members, More};
use authkit_store_memory::MemoryStore;
use serde_json::json;

#[tokio::test]
async fn accounts_live_in_the_applications_own_table() {
    let others = Arc::new(MemoryStore::without_users());
    let members = Members::new(Arc::clone(&others));
    let config = Config::development().profile_fields([Field::text("company").at_registration()]);
    let kit = AuthKit::builder().users(members).sessions(Arc::clone(&others)).audit(others).config(config);
    let kit = kit.build().expect("a sound configuration");

    let registration = Registration {
        email: "ada@example.com".into(),
        password: "a lantern over the quay".into(),
        profile: json!({ "company": "Acme" }).as_object().cloned().expect("an object"),
    };
    let ada = kit.register(registration, &ClientInfo::none()).await.expect("a new member");
    assert_eq!((ada.id.as_i64(), ada.profile.fields()["company"].as_str()), (Some(1), Some("Acme")));
    let login = Login::new("ada@example.com", "a lantern over the quay");
    let signed_in = kit.login(login, &ClientInfo::none()).await.expect("a session");
    assert_eq!(kit.current_user(&signed_in.tokens.access).await.expect("signed in").user, ada);
}

authkit_conformance::store_contract!(|| async {
    let others = Arc::new(MemoryStore::without_users());
    let members = Arc::new(Members::new(Arc::clone(&others)));
    let more = |company: &str, seats| Profile::from_typed(&More { company: Some(company.to_owned()), seats });
    let profiles = more("Acme", Some(3)).and_then(|one| Ok((one, more("Löwe & Söhne", None)?)));
    let (one, other) = profiles.expect("both are objects");
    Subject::of_ports(members, others.clone(), others.clone())
        .audit_log(&others)
        .profiles(one, other)
        .without(Feature::SuggestedKeys)
        .without(Feature::SoftDelete)
        .without(Feature::Verification)
        .without(Feature::UpdatedAt)
        .without(Feature::LastSignIn)
        .without(Feature::OneDatabase)
});
