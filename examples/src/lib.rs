//! Examples that are code to build on rather than a program to run.

pub mod custom_store;
