//! Roles of the application's own, routes for some of them, and a role that may do some things in the administration.
//! `cargo run --bin roles_and_permissions`

use authkit_core::{AuthKit, Config, Permissions};
use authkit_poem::{require_any_role, require_role};
use authkit_store_memory::MemoryStore;
use poem::{Endpoint, EndpointExt as _, Route, get, handler};

/// Whoever registers is a `member`. `desk` may look at users and help them, and change nothing else in the administration.
fn config(config: Config) -> Config {
    config
        .roles(["member", "trainer", "desk", "owner"])
        .default_role("member")
        .admin_role("owner")
        .console_roles([("desk", Permissions::SUPPORT)])
}

#[handler]
fn courses() -> &'static str {
    "The courses of this week."
}

#[handler]
fn accounts() -> &'static str {
    "What came in, what went out."
}

fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new()
        .at("/courses", get(courses).with(require_any_role(["trainer", "desk", "owner"])))
        // The admin role is not implied: where it shall pass, it is named.
        .at("/accounts", get(accounts).with(require_role("owner")))
        .nest("/auth", authkit_poem::routes(auth))
        .nest("/admin", authkit_poem::admin(auth))
        .with(authkit_poem::layer(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthKit::builder().store(MemoryStore::new()).config(config(Config::development())).build()?;
    Ok(authkit_poem::serve(&auth, "127.0.0.1:8000", routes(&auth)).await?)
}

#[cfg(test)]
mod tests {
    use authkit_poem::test::TestApp;

    use super::*;

    #[tokio::test]
    async fn each_role_gets_where_it_belongs() {
        let app = TestApp::setup().config(config).start(routes).await;
        for (role, at_courses, at_accounts, at_users) in
            [("member", 403, 403, 403), ("trainer", 200, 403, 403), ("desk", 200, 403, 200), ("owner", 200, 200, 200)]
        {
            let user = app.user(&format!("{role}@example.com")).role(role).create().await;
            let browser = app.login_as(&user).await;
            for (path, status) in [("/courses", at_courses), ("/accounts", at_accounts), ("/admin/api/users", at_users)]
            {
                assert_eq!(browser.get(path).await.status(), status, "{path} for {role}");
            }
        }
    }

    #[tokio::test]
    async fn the_desk_helps_users_and_deletes_none() {
        let app = TestApp::setup().config(config).start(routes).await;
        let member = app.user("ada@example.com").create().await;
        assert_eq!(member.user().role.as_str(), "member");
        let desk = app.login_as(&app.user("desk@example.com").role("desk").create().await).await;
        let user = format!("/admin/users/{}", member.user().id);
        desk.post(format!("{user}/send-reset")).await.assert_ok();
        desk.post(format!("{user}/delete")).await.assert_problem(403, "forbidden");
    }
}
