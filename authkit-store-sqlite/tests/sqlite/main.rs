//! The store as a whole, on files in the temporary directory.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod group_commit;
mod support;
