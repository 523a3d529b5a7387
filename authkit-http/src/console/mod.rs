//! The admin console: pages for people, over the same flows as the JSON API. No rule of authentication lives in a page.
//!
//! One file a page, named after its path (one for two that ask for a link), with its template in `templates/`. A template sees a view model, never a row.

pub(crate) mod ask_link;
pub(crate) mod assets;
pub(crate) mod audit;
pub(crate) mod audit_event;
pub(crate) mod audit_export;
mod audit_filter;
pub(crate) mod chart;
#[cfg(test)]
mod contrast;
pub(crate) mod door;
pub(crate) mod error_page;
pub(crate) mod event_view;
pub(crate) mod export;
pub(crate) mod extend;
pub(crate) mod form_token;
pub(crate) mod frame;
pub(crate) mod given;
pub(crate) mod html;
pub(crate) mod link_token;
pub(crate) mod login;
pub(crate) mod mailbox;
pub(crate) mod me;
mod messages;
mod named;
pub(crate) mod next;
pub(crate) mod notice;
pub(crate) mod overview;
pub(crate) mod overview_counts;
pub(crate) mod overview_events;
pub(crate) mod pager;
pub(crate) mod prefs;
pub(crate) mod reauth;
pub(crate) mod reset;
pub(crate) mod rows;
pub(crate) mod sessions;
mod sessions_filter;
pub(crate) mod setup;
pub(crate) mod shell;
pub(crate) mod system;
mod system_facts;
pub(crate) mod user;
pub(crate) mod user_activity;
pub(crate) mod user_confirm;
pub(crate) mod user_host_action;
pub(crate) mod user_security;
pub(crate) mod user_sessions;
pub(crate) mod users;
pub(crate) mod users_bulk;
pub(crate) mod users_export;
mod users_filter;
pub(crate) mod users_new;
pub(crate) mod verify_email;
pub(crate) mod view;

pub use extend::{
    Accent, Branding, Column, Console, ConsoleError, ConsoleUser, HostError, Markup, NavItem, OverviewCard, RowAction,
    TrustedHtml, UserPanel,
};
pub use messages::Messages;
