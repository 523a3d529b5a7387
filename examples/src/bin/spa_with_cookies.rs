//! A page whose script talks to the API: the session lives in cookies that no script can read.
//! `cargo run --bin spa_with_cookies`, then open <http://127.0.0.1:8000>
//!
//! A browser says with each request where it comes from, and AuthKit gives a browser cookies and no tokens. So the script
//! keeps nothing, sends no header of its own, and requests of other sites are refused.

use authkit_core::{AuthKit, Config};
use authkit_poem::{CurrentUser, MaybeUser};
use authkit_store_memory::MemoryStore;
use poem::web::{Html, Json};
use poem::{Endpoint, EndpointExt as _, Route, get, handler};
use serde_json::{Value, json};

/// `again`: after fifteen minutes the access cookie is gone; one refresh, and the request is sent once more.
const PAGE: &str = r#"<!doctype html><title>Notes</title><form id=f><input name=email type=email value=ada@example.com>
<input name=password type=password value="a lantern over the quay"><button>Sign in</button></form><pre id=out></pre><script>
const send = (path, body) => fetch(path, body === undefined ? {} :
  { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const again = async (path, body) => {
  const answer = await send(path, body);
  if (answer.status !== 401 || !(await fetch("/auth/refresh", { method: "POST" })).ok) return answer;
  return send(path, body);
};
f.onsubmit = async (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(f));
  await send("/auth/register", fields);
  await send("/auth/login", fields);
  await again("/api/notes", { text: "from the page" });
  out.textContent = await (await again("/api/notes")).text();
};
</script>"#;

#[handler]
fn page(_: MaybeUser) -> Html<&'static str> {
    Html(PAGE)
}

#[handler]
fn notes(CurrentUser(user): CurrentUser) -> Json<Value> {
    Json(json!({ "notes_of": user.email.as_str() }))
}

#[handler]
fn write(CurrentUser(_): CurrentUser, Json(note): Json<Value>) -> Json<Value> {
    Json(json!({ "kept": note }))
}

fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new()
        .at("/", get(page))
        .at("/api/notes", get(notes).post(write))
        .nest("/auth", authkit_poem::routes(auth))
        .with(authkit_poem::layer(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
    Ok(authkit_poem::serve(&auth, "127.0.0.1:8000", routes(&auth)).await?)
}

#[cfg(test)]
mod tests {
    use authkit_poem::test::{PASSWORD, TestApp, minutes};

    use super::*;

    #[tokio::test]
    async fn the_script_sees_no_token_and_other_sites_get_nowhere() {
        let app = TestApp::new(routes).await;
        app.user("ada@example.com").create().await;
        let browser = app.visitor();
        browser.get("/").await.assert_contains("/api/notes");
        let sign_in = json!({ "email": "ada@example.com", "password": PASSWORD });
        let answer = browser.post("/auth/login").json(&sign_in).await.assert_ok().assert_lacks("access_token");
        assert!(
            answer.header("set-cookie").is_some_and(|line| line.contains("HttpOnly") && line.contains("SameSite=Lax"))
        );
        let note = json!({ "text": "x" });
        browser.post("/api/notes").json(&note).await.assert_ok();
        browser.post("/api/notes").json(&note).from_another_site().await.assert_problem(403, "cross_site_request");
        app.clock().advance(minutes(16));
        browser.get("/api/notes").await.assert_status(401);
        browser.post("/auth/refresh").await.assert_ok();
        browser.get("/api/notes").await.assert_contains("ada@example.com");
    }
}
