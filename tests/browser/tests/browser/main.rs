//! The console in a real browser, served by the sandbox.

mod pages;
