//! The rows of the contract that older clients do not know: own sessions, own profile, change of password, step-up; and
//! answers that get lost.

use authkit_e2e::{Client, Kind, Raw, Sandbox};
use http::Method;
use serde_json::{Value, json};

const USER: (&str, &str) = ("user@example.com", "userpass123");
const PASSWORD: &str = "a lantern over the quay";
const SESSION: [&str; 9] =
    ["created_at", "current", "device", "expires_at", "id", "ip_address", "last_used_at", "user_agent", "user_id"];

#[tokio::test(flavor = "multi_thread")]
async fn a_program_with_a_cookie_jar_keeps_house() {
    replay(Kind::Program).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_keeps_house() {
    replay(Kind::Browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_client_keeps_house() {
    replay(Kind::Bearer).await;
}

async fn replay(kind: Kind) {
    let sandbox = Sandbox::start(&[]);
    let devices = [(); 3].map(|()| Client::new(kind, sandbox.address));
    let [mut here, mut there, mut elsewhere] = devices;
    for device in [&mut here, &mut there, &mut elsewhere] {
        device.login(USER.0, USER.1).await.expect(200);
    }

    // S-38
    let sessions = here.get("/auth/sessions").await.expect(200).json();
    let sessions = sessions.as_array().expect("a bare array");
    assert_eq!(sessions.len(), 3);
    let mut names: Vec<_> = sessions[0].as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, SESSION);
    let current: Vec<_> = sessions.iter().map(|session| session["current"] == true).collect();
    assert_eq!(current, [false, false, true], "newest first");
    let path = |session: &Value| format!("/auth/sessions/{}", session["id"].as_str().expect("an id"));
    let mut admin = Client::new(kind, sandbox.address);
    admin.login("admin@example.com", "adminpass123").await.expect(200);
    admin.send(Method::DELETE, &path(&sessions[0]), None).await.refused(404, "not_found");
    admin.send(Method::DELETE, "/auth/sessions/nothing", None).await.refused(404, "not_found");
    elsewhere.get("/auth/me").await.expect(200);
    let gone = here.send(Method::DELETE, &path(&sessions[0]), None).await.expect(204);
    assert!(gone.body.is_empty() && gone.set_cookies().count() == 0, "{gone:?}");
    elsewhere.get("/auth/me").await.refused(401, "session_revoked");
    assert_eq!(here.post("/auth/sessions/revoke-others").await.expect(200).json(), json!({ "revoked": 1 }));
    there.get("/auth/me").await.refused(401, "session_revoked");

    let wrong = json!({ "password": "a guess that is wrong" });
    here.post_json("/auth/reauthenticate", wrong).await.refused(401, "invalid_credentials");
    let right = here.post_json("/auth/reauthenticate", json!({ "password": USER.1 })).await.expect(200);
    assert_eq!(right.members(), ["message"]);
    here.send(Method::PATCH, "/auth/me", Some(json!({ "role": "admin" }))).await.refused(422, "validation_failed");

    // S-7, S-37
    there.login(USER.0, USER.1).await.expect(200);
    let change = |current: &str, new: &str| json!({ "current_password": current, "new_password": new });
    let path = "/auth/change-password";
    here.post_json(path, change("a guess that is wrong", PASSWORD)).await.refused(401, "invalid_credentials");
    here.post_json(path, change(USER.1, "short")).await.refused(422, "weak_password");
    let mut before = here.clone();
    let changed = here.post_json(path, change(USER.1, PASSWORD)).await.expect(200);
    assert_eq!(changed.json()["token_type"], "bearer");
    for old in [&mut before, &mut there] {
        old.get("/auth/me").await.refused(401, "session_revoked");
    }
    here.get("/auth/me").await.expect(200);
    there.login(USER.0, USER.1).await.refused(401, "invalid_credentials");
    there.login(USER.0, PASSWORD).await.expect(200);

    // The last one takes its cookies along.
    let sessions = here.get("/auth/sessions").await.expect(200).json();
    let own = sessions.as_array().expect("an array").iter().find(|session| session["current"] == true);
    let path = format!("/auth/sessions/{}", own.expect("the own one")["id"].as_str().expect("an id"));
    assert!(here.send(Method::DELETE, &path, None).await.expect(204).clears_cookies());
    here.get("/auth/me").await.expect(401);
}

// S2 of the scoreboard, in small: the answer to a refresh is lost, and the client asks again.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_asked_for_again() {
    let sandbox = Sandbox::start(&[]);
    let mut client = Client::new(Kind::Bearer, sandbox.address);
    client.login(USER.0, USER.1).await.expect(200);
    for _ in 0..16 {
        let refresh = client.refresh.clone().expect("a token");
        let mut hasty = Raw::connect(sandbox.address).await;
        let request = format!("POST /auth/refresh HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {refresh}\r\n\r\n");
        hasty.say(request).await;
        drop(hasty);
        client.post("/auth/refresh").await.expect(200);
        client.get("/auth/me").await.expect(200);
    }
}
