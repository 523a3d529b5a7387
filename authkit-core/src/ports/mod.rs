//! What AuthKit asks of its surroundings, one trait a file.

pub mod password_hasher;
