//! The scenarios by name.

mod failover;
mod kill;
mod locks;
mod lost_answer;
mod pause;
mod refusals;
mod restart;
mod two_nodes;

use futures_util::future::BoxFuture;

use crate::{Form, Row};

/// Something that happens to a database, and what its nodes make of it.
#[derive(Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    pub run: fn(Form) -> BoxFuture<'static, Vec<Row>>,
}

macro_rules! scenarios {
    ($($name:literal = $module:ident::$function:ident,)*) => {
        /// All of them, in the order of the table.
        pub const SCENARIOS: &[Scenario] =
            &[$(Scenario { name: $name, run: |form| Box::pin($module::$function(form)) },)*];
    };
}

scenarios! {
    "refreshes" = two_nodes::refreshes,
    "resets" = two_nodes::resets,
    "registrations" = two_nodes::registrations,
    "admins" = two_nodes::admins,
    "throttle" = two_nodes::throttle,
    "lost-answer" = lost_answer::lost_answer,
    "kill-node" = kill::kill_node,
    "kill-server" = kill::kill_server,
    "restart" = restart::restart,
    "pause" = pause::pause,
    "locks" = locks::locks,
    "failover" = failover::failover,
    "server-full" = refusals::server_full,
    "disk-full" = refusals::disk_full,
    "password" = refusals::password,
    "read-only" = refusals::read_only,
}

/// The scenario of a name.
///
/// # Panics
/// There is none.
pub fn find(name: &str) -> Scenario {
    *SCENARIOS.iter().find(|scenario| scenario.name == name).unwrap_or_else(|| panic!("no scenario {name}"))
}

/// In seconds, to a hundredth.
fn seconds(duration: std::time::Duration) -> String {
    format!("{:.2} s", duration.as_secs_f64())
}
