//! What several examples share with the tests that run them.
