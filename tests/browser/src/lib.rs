//! A real browser for the tests of the console: Chromium through its driver, the sandbox it visits, and what it is asked.

mod axe;
mod driver;
mod logs;
mod pages;
mod run;
mod window;

pub use axe::Violation;
pub use driver::Driver;
pub use logs::Logs;
pub use pages::{PAGES, Page};
pub use run::{Run, Shared};
pub use window::{Look, Window};

/// Who is allowed everything in the sandbox.
pub const ADMIN: (&str, &str) = ("admin@example.com", "adminpass123");
