//! Examples that are code to build on rather than a program to run, and what the sandbox is filled with.

pub mod custom_store;
pub mod demo;
mod guide;
pub mod host_tests;
