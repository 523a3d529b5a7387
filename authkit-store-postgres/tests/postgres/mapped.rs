//! The store contract on users tables that exist already: one module a table.

use authkit_conformance::Feature;
use serde_json::json;
use tokio::sync::OnceCell;

use crate::tables::{self, FAST_AUTHKIT, MEMBERS, PEOPLE};

mod uuid_key_and_every_column {
    use super::*;

    authkit_conformance::store_contract!(|| async {
        static MIGRATED: OnceCell<authkit_test_postgres::Database> = OnceCell::const_new();
        let profiles = [
            json!({
                "company": "Löwe & Söhne", "Seats %": -3, "total": 4_000_000_000_u64,
                "born": "2001-02-03T04:05:06.000007Z", "it's {tags}": [1, {"a": null}],
            }),
            json!({
                "Seats %": 7, "beta": true, "device": "018d5e1c-0000-7000-8000-000000000001",
                "more": {"b": [1.5, "é"]},
            }),
        ];
        tables::subject(&MIGRATED, PEOPLE, tables::people(), profiles, &[]).await
    });
}

mod own_keys_and_no_optional_column {
    use super::*;

    authkit_conformance::store_contract!(|| async {
        static MIGRATED: OnceCell<authkit_test_postgres::Database> = OnceCell::const_new();
        let profiles = [json!({"company": "Löwe & Söhne"}), json!({"company": "Acme"})];
        let lacks = [
            Feature::SuggestedKeys,
            Feature::SoftDelete,
            Feature::Verification,
            Feature::UpdatedAt,
            Feature::LastSignIn,
        ];
        tables::subject(&MIGRATED, MEMBERS, tables::members(), profiles, &lacks).await
    });
}

mod text_key_and_instants_without_a_zone {
    use super::*;

    authkit_conformance::store_contract!(|| async {
        static MIGRATED: OnceCell<authkit_test_postgres::Database> = OnceCell::const_new();
        let profiles = [
            json!({"full_name": "Löwe & Söhne", "seen_at": "2001-02-03T04:05:06.000007Z"}),
            json!({"full_name": "Acme", "seen_at": "2026-07-03T23:59:59.999999Z"}),
        ];
        let make = FAST_AUTHKIT.replace("{table}", "authkit_users");
        let users = tables::fast_authkit("authkit_users");
        tables::subject(&MIGRATED, &make, users, profiles, &[Feature::SoftDelete, Feature::LastSignIn]).await
    });
}
