//! The console in a real browser, served by the sandbox.

mod bulk;
mod crawl;
mod journey;
mod keyboard;
mod pages;
mod seeded;
