//! Users tables that exist already: the store contract on three of them, how they are opened, and what their rows may hold.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "support/temp_db.rs"]
#[expect(dead_code, reason = "these tests need only the path and a plain connection")]
mod temp_db;

#[path = "mapped/opening.rs"]
mod opening;

#[path = "mapped/rows.rs"]
mod rows;

#[path = "mapped/tables.rs"]
mod tables;

mod contract {
    //! One module a table.

    use std::sync::Arc;

    use authkit_conformance::{Feature, Subject};
    use authkit_core::Profile;
    use authkit_store_sqlite::UsersTable;
    use serde_json::{Value, json};

    use super::tables::{self, FAST_AUTHKIT, MEMBERS, PEOPLE};
    use super::temp_db::TempDb;

    async fn subject(make: &str, users: UsersTable, profiles: [Value; 2]) -> Subject {
        let db = TempDb::new();
        db.raw().execute_batch(make).expect("a table");
        let store = Arc::new(tables::open(&db, users).await.expect("it fits"));
        let [first, second] = profiles.map(|it| Profile::new(it.as_object().cloned().unwrap_or_default()));
        Subject::of(&store).audit_log(&store).attempts(&store).profiles(first, second).keep(db)
    }

    mod text_key_and_every_column {
        use super::*;

        authkit_conformance::store_contract!(|| subject(
            PEOPLE,
            tables::people(),
            [
                json!({"company": "Löwe & Söhne", "seats": 3, "born": "2001-02-03T04:05:06.000007Z", "tags": [1, {"a": null}]}),
                json!({"seats": 4_000_000_000_u64, "beta": true, "device": "018d5e1c-0000-7000-8000-000000000001"}),
            ]
        ));
    }

    mod own_keys_and_no_optional_column {
        use super::*;

        authkit_conformance::store_contract!(|| async {
            let profiles = [json!({"company": "Löwe & Söhne"}), json!({"company": "Acme"})];
            let features = [
                Feature::SuggestedKeys,
                Feature::SoftDelete,
                Feature::Verification,
                Feature::UpdatedAt,
                Feature::LastSignIn,
            ];
            features.into_iter().fold(subject(MEMBERS, tables::members(), profiles).await, Subject::without)
        });
    }

    mod fast_authkit {
        use super::*;

        authkit_conformance::store_contract!(|| async {
            let profiles = [json!({"full_name": "Löwe & Söhne"}), json!({"full_name": "Acme"})];
            let make = FAST_AUTHKIT.replace("{table}", "authkit_users");
            let users = tables::fast_authkit("authkit_users");
            let features = [Feature::SoftDelete, Feature::LastSignIn];
            features.into_iter().fold(subject(&make, users, profiles).await, Subject::without)
        });
    }
}
