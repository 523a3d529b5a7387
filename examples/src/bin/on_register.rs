//! What an application does when somebody registers: a row of its own for every new user.
//! `cargo run --bin on_register`, then register and ask for `/wallet`.
//!
//! The application's route stands in the place of AuthKit's, calls the same flow, and then makes its row. These are two
//! steps, and the second can fail when the first is done: the account is there, and its owner has been promised nothing else.
//! So that is no failed registration. It is logged, the answer is the account, and the row is made by whoever needs it
//! first, in the same one statement that does nothing where the row is there. That also covers users who came another way
//! (the console, the command line, an import) or whose registration goes on by mail (`AUTHKIT_REQUIRE_VERIFIED_EMAIL`).
//!
//! The other way round, the row first, leaves rows of users that there never were: addresses are taken, passwords too weak.

use std::sync::{Arc, Mutex, PoisonError};

use authkit_core::{AuthKit, Config, Password, Registered, Registration, UserId};
use authkit_poem::{ClientInfo, CurrentUser, Refused, SameOrigin};
use authkit_store_memory::MemoryStore;
use poem::error::InternalServerError;
use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{Endpoint, EndpointExt as _, IntoResponse as _, Response, Result, Route, get, handler, post};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::json;

/// The application's own table.
#[derive(Clone)]
struct Wallets(Arc<Mutex<Connection>>);

impl Wallets {
    fn open() -> rusqlite::Result<Self> {
        let database = Connection::open_in_memory()?;
        database.execute_batch("CREATE TABLE wallets (user_id TEXT PRIMARY KEY, credit INTEGER NOT NULL)")?;
        Ok(Self(Arc::new(Mutex::new(database))))
    }

    /// The credit of a user, who gets the welcome gift at the first time: once, however often and from wherever it is asked.
    fn credit(&self, user: &UserId) -> rusqlite::Result<i64> {
        let database = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let insert = "INSERT INTO wallets (user_id, credit) VALUES (?1, 10) ON CONFLICT (user_id) DO NOTHING";
        database.execute(insert, [user.as_str()])?;
        database.query_row("SELECT credit FROM wallets WHERE user_id = ?1", [user.as_str()], |row| row.get(0))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    email: String,
    password: String,
}

/// `SameOrigin` first, as on every form that signs up or in.
#[handler]
async fn register(
    _: SameOrigin,
    ClientInfo(client): ClientInfo,
    Data(auth): Data<&AuthKit>,
    Data(wallets): Data<&Wallets>,
    Json(form): Json<Form>,
) -> Result<Response> {
    let registration =
        Registration { email: form.email, password: Password::new(form.password), profile: Default::default() };
    let registered = auth.register(registration, &client).await.map_err(|error| Refused::new(auth, error))?;
    let Registered::Created(user) = registered else {
        // A mail says how it goes on, whether the address was new or taken; the answer must not tell either.
        return Ok(StatusCode::ACCEPTED.into());
    };
    if let Err(error) = wallets.credit(&user.id) {
        eprintln!("no wallet yet for {}: {error}", user.id);
    }
    let account = Json(json!({ "id": user.id.as_str(), "email": user.email.as_str() }));
    Ok(account.with_status(StatusCode::CREATED).into_response())
}

#[handler]
fn wallet(CurrentUser(user): CurrentUser, Data(wallets): Data<&Wallets>) -> Result<String> {
    Ok(format!("credit {}", wallets.credit(&user.id).map_err(InternalServerError)?))
}

fn routes(auth: &AuthKit, wallets: &Wallets) -> impl Endpoint + 'static {
    Route::new()
        // The exact path goes before what is nested, so there is no second way past it.
        .at("/auth/register", post(register))
        .nest("/auth", authkit_poem::routes(auth))
        .at("/wallet", get(wallet))
        .with(authkit_poem::layer(auth))
        .data(auth.clone())
        .data(wallets.clone())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
    Ok(authkit_poem::serve(&auth, "127.0.0.1:8000", routes(&auth, &Wallets::open()?)).await?)
}

#[cfg(test)]
mod tests {
    use authkit_poem::test::{PASSWORD, TestAnswer, TestApp};

    use super::*;

    async fn app(change: impl FnOnce(Config) -> Config) -> (TestApp, Wallets) {
        let wallets = Wallets::open().expect("a table");
        (TestApp::setup().config(change).start(|auth| routes(auth, &wallets)).await, wallets)
    }

    async fn registered(app: &TestApp, email: &str) -> TestAnswer {
        app.visitor().post("/auth/register").json(&json!({ "email": email, "password": PASSWORD })).await
    }

    fn sql(wallets: &Wallets, sql: &str) {
        wallets.0.lock().expect("no test panics here").execute_batch(sql).expect("it runs");
    }

    fn count(wallets: &Wallets) -> i64 {
        let database = wallets.0.lock().expect("no test panics here");
        database.query_row("SELECT count(*) FROM wallets", (), |row| row.get(0)).expect("a number")
    }

    #[tokio::test]
    async fn whoever_registers_has_a_row_at_once_and_whoever_is_refused_has_none() {
        let (app, wallets) = app(|config| config).await;
        registered(&app, "ada@example.com").await.assert_status(201).assert_contains("ada@example.com");
        assert_eq!(count(&wallets), 1);
        registered(&app, "ADA@example.com").await.assert_problem(409, "email_taken");
        let eve = json!({ "email": "eve@example.com", "password": PASSWORD });
        let forged = app.visitor().post("/auth/register").json(&eve).from_another_site().await;
        forged.assert_problem(403, "cross_site_request");
        assert_eq!(count(&wallets), 1);
    }

    #[tokio::test]
    async fn where_the_second_step_fails_the_account_is_there_and_the_row_follows() {
        let (app, wallets) = app(|config| config).await;
        sql(&wallets, "ALTER TABLE wallets RENAME TO away");
        registered(&app, "ada@example.com").await.assert_status(201);
        let sign_in = json!({ "email": "ada@example.com", "password": PASSWORD });
        let ada = app.visitor();
        ada.post("/auth/login").json(&sign_in).await.assert_ok();
        ada.get("/wallet").await.assert_status(500);
        sql(&wallets, "ALTER TABLE away RENAME TO wallets");
        for _ in 0..2 {
            ada.get("/wallet").await.assert_text("credit 10");
        }
        assert_eq!(count(&wallets), 1);
    }

    #[tokio::test]
    async fn who_came_another_way_has_a_row_when_it_is_needed() {
        let (app, wallets) = app(|config| config.require_verified_email(true)).await;
        registered(&app, "ada@example.com").await.assert_status(202);
        assert_eq!(count(&wallets), 0);
        let made = app.user("grace@example.com").verified().create().await;
        app.login_as(&made).await.get("/wallet").await.assert_text("credit 10");
    }
}
