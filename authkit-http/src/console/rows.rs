//! The pages of the console as rows of the administration's table, beside the JSON routes.

use http::{Method, StatusCode};

use super::{
    ask_link, assets, audit, audit_event, audit_export, html, login, overview, reauth, reset, sessions, user,
    user_activity, user_confirm, user_host_action, user_security, user_sessions, users, users_bulk, users_export,
    users_new,
};
use crate::endpoint::{Endpoint, Handler};

/// Every page, by the file that makes it.
pub(crate) static PAGES: &[&[Endpoint]] = &[
    &login::ROWS,
    &overview::ROWS,
    &super::me::ROWS,
    &super::system::ROWS,
    &ask_link::ROWS,
    &reset::ROWS,
    &super::verify_email::ROWS,
    &super::setup::ROWS,
    &reauth::ROWS,
    &users::ROWS,
    &users_new::ROWS,
    &users_export::ROWS,
    &users_bulk::ROWS,
    &user_sessions::ROWS,
    &user_security::ROWS,
    &user_activity::ROWS,
    &user_confirm::ROWS,
    &user_host_action::ROWS,
    &user::ROWS,
    &audit::ROWS,
    &audit_export::ROWS,
    &audit_event::ROWS,
    &sessions::ROWS,
    &OTHERS,
];

/// The console's files, and paths of the system that this one replaces.
static OTHERS: [Endpoint; 3] = [
    Endpoint::of_page(
        Method::GET,
        "/assets/{id}",
        Handler::Public(|_, request| Box::pin(std::future::ready(assets::serve(&request)))),
    ),
    Endpoint::of_page(
        Method::GET,
        "/dashboard",
        Handler::Public(|kit, request| Box::pin(std::future::ready(moved(kit, &request, "")))),
    ),
    Endpoint::of_page(
        Method::GET,
        "/audit-logs",
        Handler::Public(|kit, request| Box::pin(std::future::ready(moved(kit, &request, "/audit")))),
    ),
];

/// 308 to where the page is now, with its query.
fn moved(kit: &authkit_core::AuthKit, request: &crate::message::Request, below: &str) -> crate::message::Answer {
    let query = request.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    html::redirect(StatusCode::PERMANENT_REDIRECT, &format!("{}{below}{query}", kit.http().admin_path))
}
