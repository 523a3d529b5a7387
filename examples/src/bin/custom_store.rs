//! Accounts in a table that the application has already. `cargo run --bin custom_store`
//!
//! The store is in `examples/src/custom_store.rs`.

use std::sync::Arc;

use authkit_core::{AuthKit, ClientInfo, Config, Field, Login, Registration};
use authkit_examples::custom_store::CustomStore;
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = Arc::new(CustomStore::default());
    let fields = [Field::text("company").at_registration(), Field::integer("seats").at_registration()];
    let config = Config::development().profile_fields(fields);
    let kit = AuthKit::builder().store(Arc::clone(&store)).config(config).build()?;

    let ada = Registration {
        email: "Ada@Example.com".into(),
        password: "a lantern over the quay".into(),
        profile: json!({"company": "Acme", "seats": 12}).as_object().cloned().unwrap_or_default(),
    };
    let client = ClientInfo::none();
    kit.register(ada, &client).await?;
    let signed_in = kit.login(Login::new("ada@example.com", "a lantern over the quay"), &client).await?;
    println!("signed in as number {}", signed_in.user.id);
    for row in store.tables().members.values() {
        println!("{}: {}, rank {}, {:?}", row.number, row.mail, row.rank, row.own);
    }
    Ok(())
}
