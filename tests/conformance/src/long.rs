//! Whether the long run was asked for.

/// `AUTHKIT_TEST_LONG=1`: ten thousand histories instead of some hundred, and no limit in time.
pub(crate) fn is_long_run() -> bool {
    std::env::var_os("AUTHKIT_TEST_LONG").is_some_and(|value| value == "1")
}
