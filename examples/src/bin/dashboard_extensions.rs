//! The console with an application's own name, colour, column, panel, card, place and action.
//!
//! `cargo run --bin dashboard_extensions [ADDRESS:PORT]`, then open `/admin` and sign in as the user that it prints.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use authkit_core::{Actor, AuthKit, Config, Field, Permission, Profile, Role, TrustedPassword, TrustedUser};
use authkit_poem::Server;
use authkit_poem::console::{
    Accent, Branding, Column, Console, ConsoleError, HostError, Markup, NavItem, OverviewCard, RowAction, UserPanel,
};
use authkit_store_memory::MemoryStore;
use poem::{EndpointExt as _, Route, get, handler};

/// What the application keeps about its users beside AuthKit: by address, months that were given away.
type Gifts = Arc<Mutex<BTreeMap<String, u32>>>;

fn console(gifts: &Gifts) -> Result<Arc<Console>, ConsoleError> {
    let (given, shown, counted) = (Arc::clone(gifts), Arc::clone(gifts), Arc::clone(gifts));
    Console::new()
        .branding(
            Branding::new("Lumen")
                .environment("staging")
                .accent(Accent { light: "#7A3E00", dark: "#FFB86B" })
                .support_url("https://lumen.example/help"),
        )
        // Made of the row that the list has read anyway. Text is escaped, whatever is in it.
        .column(Column::new("Plan", |user| Markup::text(user.field("plan"))))
        .user_panel(UserPanel::new("Billing", Permission::UsersRead, move |user| {
            let months = months_of(&shown, Some(&user.email));
            async move {
                let months = months?.to_string();
                Ok(Markup::facts([("Plan", user.field("plan").as_str()), ("Months given", months.as_str())]))
            }
        }))
        .overview_card(OverviewCard::new("Given away", Permission::UsersRead, move || {
            let months = months_of(&counted, None);
            async move { Ok(Markup::text(format!("{} months", months?))) }
        }))
        .nav_item(NavItem::new("Billing", "/billing", Permission::UsersRead))
        // A button on the page of a user, a page that asks, a form with a token, and `month_given` in the audit trail.
        .row_action(
            RowAction::new("Give a month", "month_given", Permission::UsersWrite, move |user| {
                let done = give(&given, user.email);
                async move { done }
            })
            .asks("One month more, free of charge."),
        )
        .text("users.title", "People")
        .build()
}

fn months_of(gifts: &Gifts, email: Option<&str>) -> Result<u32, HostError> {
    let gifts = gifts.lock().map_err(|_| "the gifts are poisoned")?;
    Ok(email.map_or_else(|| gifts.values().sum(), |email| gifts.get(email).copied().unwrap_or_default()))
}

fn give(gifts: &Gifts, email: String) -> Result<(), HostError> {
    *gifts.lock().map_err(|_| "the gifts are poisoned")?.entry(email).or_default() += 1;
    Ok(())
}

#[handler]
fn billing() -> &'static str {
    "The application's own page. Guard it as any other route."
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    let listener = authkit_poem::listen(address).await?;
    let base = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
    let config = Config::development().base_url(&base).profile_fields([Field::text("plan").max(20).exposed()]);
    let auth = AuthKit::builder().store(MemoryStore::new()).config(config).build()?;
    for (role, plan) in [("admin", "team"), ("user", "<b>free</b>")] {
        let user = TrustedUser {
            email: format!("{role}@example.com"),
            password: TrustedPassword::Plain("a lantern over the quay".into()),
            role: Role::new(role).ok_or("no such role")?,
            is_active: true,
            is_verified: true,
            profile: Profile::from_typed(&serde_json::json!({ "plan": plan }))?,
        };
        println!("user: {} / a lantern over the quay", auth.create_user(user, Actor::System).await?.email);
    }
    let console = console(&Gifts::default())?;
    let app = Route::new()
        .at("/billing", get(billing))
        .nest("/auth", authkit_poem::routes(&auth))
        .nest("/admin", authkit_poem::admin_with(&auth, console))
        .with(authkit_poem::layer(&auth));
    let server = Server::new(&auth, listener)?;
    println!("listening on {base}");
    Ok(server.serve(app).await?)
}
