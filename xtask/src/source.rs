//! Rust source as far as the checks need it: words and signs, and the paths that they form. No full parser.

pub mod paths;
pub mod tokens;
