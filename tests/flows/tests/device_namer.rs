//! The application names devices that nobody else knows.

use authkit_core::{AuthKit, ClientInfo, Config, Login, Via};
use authkit_flows::hasher::QuickHasher;
use authkit_flows::world::{PASSWORD, client, registration};
use authkit_store_memory::MemoryStore;

const APP: &str = "Lumen/3.1 okhttp/4.12";

fn kit(name: &'static str) -> AuthKit {
    let namer = move |agent: &str| agent.starts_with("Lumen/").then(|| name.to_owned());
    let builder = AuthKit::builder().store(MemoryStore::new()).config(Config::development());
    builder.hasher(QuickHasher::default()).device_namer(namer).build().expect("a kit")
}

fn from(kit: &AuthKit, agent: &str) -> ClientInfo {
    kit.client(None, Some(agent), None)
}

#[tokio::test]
async fn a_session_keeps_the_name_that_the_application_gave_its_device() {
    let kit = kit("Lumen app");
    kit.register(registration("ada@example.com"), &client()).await.expect("an account");
    let login =
        Login { email: "ada@example.com".to_owned(), password: PASSWORD.into(), via: Via::Json, replaces: None };
    let here = kit.login(login, &from(&kit, APP)).await.expect("signed in");
    let who = kit.current_user(&here.tokens.access).await.expect("somebody");
    assert_eq!(who.session.client.device.as_deref(), Some("Lumen app"));
}

#[test]
fn what_the_application_does_not_know_has_the_built_in_name() {
    assert_eq!(from(&kit("Lumen app"), "curl/8.5.0").device.as_deref(), Some("curl"));
    assert_eq!(from(&kit(""), APP).device.as_deref(), Some("Android app"), "an empty name is none");
}

#[test]
fn a_name_is_cleaned_and_cut_as_all_that_comes_from_outside() {
    let long: &'static str =
        "Lumen\r\n app of a very long name indeed, longer than anybody would want to read in a list";
    let name = from(&kit(long), APP).device.expect("a name");
    assert!(name.len() <= 64 && !name.chars().any(char::is_control), "{name:?}");
}
