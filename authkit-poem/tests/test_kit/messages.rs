//! A failing assertion fails, and says what it is about.

use std::panic::{AssertUnwindSafe, catch_unwind};

use authkit_poem::test::{TestAnswer, TestApp};
use futures_util::FutureExt as _;
use serde_json::json;

use crate::app::routes;

/// What a failing assertion says, and the assertion.
type Case<'a> = (&'a str, fn(TestAnswer) -> TestAnswer);

/// What a panic said.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    panic.downcast_ref::<String>().cloned().expect("a text")
}

fn refused(answer: &TestAnswer, assert: impl FnOnce(TestAnswer) -> TestAnswer) -> String {
    let answer = answer.clone();
    said(&*catch_unwind(AssertUnwindSafe(|| drop(assert(answer)))).expect_err("the assertion fails"))
}

async fn fails<T>(work: impl Future<Output = T>) -> String {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(_) => panic!("it does not fail"),
        Err(panic) => said(&*panic),
    }
}

#[tokio::test]
async fn a_failing_assertion_shows_the_request_the_status_and_the_body() {
    let app = TestApp::new(routes).await;
    let ada = app.user("ada@x.test").create().await;
    let ada = app.login_as(&ada).await;
    let answer = ada.post("/publish").json(&json!({"article": "lanterns"})).await.assert_ok();
    let asserts: [Case<'_>; 8] = [
        ("expected 404", |answer| answer.assert_status(404)),
        ("expected the problem 403 forbidden", |answer| answer.assert_problem(403, "forbidden")),
        ("expected a redirect to /x", |answer| answer.assert_redirect_to("/x")),
        ("expected the body \"x\"", |answer| answer.assert_text("x")),
        ("expected a body with \"x<y\"", |answer| answer.assert_contains("x<y")),
        ("expected a body without \"lanterns\"", |answer| answer.assert_lacks("lanterns")),
        ("expected the JSON {\"a\":1}", |answer| answer.assert_json(&json!({"a": 1}))),
        ("expected x-y: z and not none", |answer| answer.assert_header("x-y", "z")),
    ];
    for (expected, assert) in asserts {
        let message = refused(&answer, assert);
        for part in [
            expected,
            "request: POST /publish by ada@x.test",
            "with: {\"article\":\"lanterns\"}",
            "status:  200 OK",
            "body:    {\"published\":{\"article\":\"lanterns\"}}",
        ] {
            assert!(message.contains(part), "{part} is not in:\n{message}");
        }
    }
    let missing = ada.get("/drafts").await;
    let message = refused(&missing, TestAnswer::assert_ok);
    assert!(message.contains("expected 200 to 299") && message.contains("status:  403 Forbidden"), "{message}");
    assert!(message.contains("\"code\":\"forbidden\""), "{message}");
    assert!(format!("{missing:?}").contains("GET /drafts by ada@x.test"));
}

#[tokio::test]
async fn a_body_that_is_no_json_or_very_long_is_shown_as_far_as_it_helps() {
    let app = TestApp::new(routes).await;
    let answer = app.visitor().get("/auth/me").await;
    assert_eq!(answer.json()["code"], "missing_token");
    let editor = app.user("ed@x.test").role("editor").create().await;
    let text = app.login_as(&editor).await.get("/drafts").await.assert_ok();
    let message = refused(&text, |answer| {
        answer.json();
        answer
    });
    assert!(message.contains("expected a JSON body") && message.contains("body:    drafts"), "{message}");
    let long = app.visitor().post("/echo").form([("a", "b".repeat(9_000))]).await.assert_ok();
    let message = refused(&long, |answer| answer.assert_text(""));
    assert!(message.contains(" … (") && message.contains("bytes in all)"), "{}", message.len());
}

#[tokio::test]
async fn what_is_missing_is_told_with_what_there_is() {
    let app = TestApp::new(routes).await;
    let ada = app.user("ada@x.test").create().await;
    let here = fails(app.audit().assert_has("session.closed", &ada)).await;
    for part in ["expected an event session.closed", "user.created success", "messages.rs:"] {
        assert!(here.contains(part), "{part} is not in:\n{here}");
    }
    app.audit().assert_has_no("session.closed", &ada).await;
    let none = fails(app.audit().assert_has_no("user.created", &ada)).await;
    assert!(none.contains("expected no event user.created"), "{none}");

    let mail = fails(async { app.mail().last_to("ada@x.test") }).await;
    assert!(mail.contains("expected a mail to ada@x.test") && mail.contains("mails: none"), "{mail}");
    let visitor = app.visitor();
    visitor.post("/auth/forgot-password").json(&json!({"email": "ada@x.test"})).await.assert_ok();
    let mail = fails(async { app.mail().assert_none_to("ADA@x.test") }).await;
    assert!(mail.contains("expected no mail to ADA@x.test") && mail.contains("Reset your"), "{mail}");

    let nobody = fails(async { app.audit().assert_has("session.closed", &visitor).await }).await;
    assert!(nobody.contains("nobody has signed in as a visitor"), "{nobody}");
    let page = visitor.open("/admin/login").await;
    let form = fails(async { visitor.submit(&page, &[("nonsense", "x")]).await }).await;
    assert!(form.contains("expected a form with the fields nonsense, of: email password"), "{form}");
    let open = fails(visitor.open("/nowhere")).await;
    assert!(open.contains("expected a page") && open.contains("GET /nowhere by a visitor"), "{open}");
    let role = fails(app.user("eve@x.test").role("emperor").create()).await;
    assert!(role.contains("eve@x.test cannot be a emperor: the roles are user"), "{role}");
    let twice = fails(app.user("ada@x.test").create()).await;
    assert!(twice.contains("ada@x.test cannot be made: EmailTaken"), "{twice}");
    let gone = app.user("gone@x.test").disabled().create().await;
    let gone = fails(app.login_as(&gone)).await;
    assert!(gone.contains("gone@x.test cannot sign in: AccountDisabled"), "{gone}");
    let wrong = fails(app.login_through_form("/admin/login", "ada@x.test", "wrong")).await;
    assert!(wrong.contains("expected ada@x.test to be signed in") && wrong.contains("status:  401"), "{wrong}");
}
