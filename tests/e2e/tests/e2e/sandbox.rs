//! The sandbox's start and what it refuses.

use authkit_e2e::{Client, Kind, Sandbox};

#[test]
fn production_is_refused() {
    for value in ["production", " Production "] {
        let (said, status) = Sandbox::refused(&[], &[("AUTHKIT_ENV", value)]);
        assert!(!status.success() && said.contains("AUTHKIT_ENV"), "{said}");
    }
}

#[test]
fn a_database_that_does_not_answer_is_refused_by_name() {
    // Nobody listens on the first port.
    let (said, status) = Sandbox::refused(&[], &[("AUTHKIT_DATABASE_URL", "postgres://root:secret@127.0.0.1:1/x")]);
    assert!(!status.success() && said.contains("127.0.0.1:1"), "{said}");
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn a_setting_that_does_not_fit_is_refused_by_name() {
    let (said, status) = Sandbox::refused(&[], &[("AUTHKIT_COOKIE_SECUR", "yes")]);
    assert!(!status.success() && said.contains("AUTHKIT_COOKIE_SECURE"), "{said}");
    let (said, status) = Sandbox::refused(&["--port", "1"], &[]);
    assert!(!status.success() && said.contains("usage"), "{said}");
}

#[test]
fn smtp_without_a_host_is_refused() {
    let (said, status) = Sandbox::refused(&[], &[("AUTHKIT_ENABLE_SMTP", "on")]);
    assert!(!status.success() && said.contains("AK0135") && said.contains("AUTHKIT_SMTP_HOST"), "{said}");
}

// S25 of the scoreboard for the process itself: SIGTERM is a clean end.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_finds_the_users_and_what_they_did() {
    let key = [("AUTHKIT_SECRET_KEY", "4d9f0c27a1e8b35d7c60f2a94be81d53")];
    let sandbox = Sandbox::start(&key);
    assert!(sandbox.folder.join("authkit.db").is_file());
    for text in ["/docs", "admin@example.com", "adminpass123", "/openapi.json", "/auth/dev/mailbox"] {
        assert!(sandbox.greeting.contains(text), "{}", sandbox.greeting);
    }
    assert!(!sandbox.greeting.contains("random key"), "{}", sandbox.greeting);
    let mut client = Client::new(Kind::Bearer, sandbox.address);
    client.login("user@example.com", "userpass123").await.expect(200);
    sandbox.terminate();
    let (status, folder) = sandbox.ended();
    assert!(status.success(), "{status}");

    let sandbox = Sandbox::start_in(folder, &key);
    client.address = sandbox.address;
    client.get("/auth/me").await.expect(200);
    client.post("/auth/refresh").await.expect(200);
    let mut admin = Client::new(Kind::Bearer, sandbox.address);
    admin.login("admin@example.com", "adminpass123").await.expect(200);
    let users = admin.get("/admin/api/users").await.expect(200).json();
    assert_eq!(users["items"].as_array().map(Vec::len), Some(3), "seeded once");
    for (code, count) in [("system.started", 2), ("system.stopped", 1), ("user.created", 3)] {
        let events = admin.get(&format!("/admin/api/audit?code={code}")).await.expect(200).json();
        assert_eq!(events["items"].as_array().map(Vec::len), Some(count), "{code}");
    }
}

#[test]
fn the_accounts_are_in_the_database_that_the_variable_names() {
    for (url, file) in [("", "authkit.db"), ("sqlite+aiosqlite:///./named.db", "named.db")] {
        let sandbox = Sandbox::start(&[("AUTHKIT_DATABASE_URL", url)]);
        let found = ["authkit.db", "named.db"].map(|name| (name, sandbox.folder.join(name).exists()));
        assert_eq!(found, ["authkit.db", "named.db"].map(|name| (name, name == file)), "{url}");
    }
    let (said, status) = Sandbox::refused(&[], &[("AUTHKIT_DATABASE_URL", "mysql://root:secret@127.0.0.1/x")]);
    assert!(!status.success() && said.contains("AUTHKIT_DATABASE_URL") && !said.contains("secret"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_variables_are_read() {
    let variables = [
        ("AUTHKIT_DATABASE_URL", "memory:"),
        ("AUTHKIT_COOKIE_SECURE", "true"),
        ("AUTHKIT_AUTH_PATH", "/accounts"),
        ("authkit_enable_register", "no"),
        ("AUTHKIT_ENV", ""),
    ];
    let sandbox = Sandbox::start(&variables);
    assert!(!sandbox.folder.join("authkit.db").exists());
    assert!(sandbox.greeting.contains("a random key for this run"), "{}", sandbox.greeting);
    let mut client = Client::new(Kind::Program, sandbox.address);
    let login = serde_json::json!({ "email": "user@example.com", "password": "userpass123" });
    client.post_json("/auth/login", login.clone()).await.refused(404, "not_found");
    let answer = client.post_json("/accounts/login", login).await.expect(200);
    // S-43
    assert!(
        answer.set_cookies().all(|line| line.starts_with("__Host-authkit_") && line.contains("Secure")),
        "{answer:?}"
    );
    let new = serde_json::json!({ "email": "new@example.com", "password": "a lantern over the quay" });
    client.post_json("/accounts/register", new).await.refused(403, "registration_disabled");
}
