//! `/system`: the configuration that is in force and what the process knows of itself, to look at. It holds no secret, and
//! nothing here changes it.

use askama::Template;
use authkit_core::{AuthKit, Permission};
use http::{Method, StatusCode};

use super::door::Visit;
use super::html;
use super::shell::{Nav, Shell};
use super::system_facts::{Group, groups};
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::Answer;

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 1] = [Endpoint::of_page(
    Method::GET,
    "/system",
    Handler::Page(Page(|kit, visit, _| Box::pin(std::future::ready(show(kit, &visit))))),
)];

#[derive(Template)]
#[template(path = "system.html")]
struct SystemPage {
    s: Shell,
    warnings: Vec<String>,
    groups: Vec<Group>,
}

fn show(kit: &AuthKit, visit: &Visit) -> Answer {
    visit.operator.require(Permission::AuditRead)?;
    let s = Shell::of(kit, visit, Nav::System, visit.frame.console.messages.text("nav.system"))?;
    html::page(StatusCode::OK, &SystemPage { warnings: kit.warnings().to_vec(), groups: groups(kit, &s), s })
}
