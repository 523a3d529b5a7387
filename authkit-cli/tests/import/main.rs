//! `authkit import fast-authkit`, run as a program over databases as that system leaves them.

#![expect(clippy::expect_used, reason = "what is called by tests fails as a test does")]

mod postgres;
mod sqlite;
mod support;
