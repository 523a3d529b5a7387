//! Signed tokens: the key ring, and access, refresh, reset and verification tokens made and read with it; and the setup
//! token, which is random and signed by nobody. No I/O, no clock of its own.

pub mod access;
pub mod algorithm;
mod claims;
mod derive;
pub mod error;
mod jwks;
mod key;
pub mod keys;
mod kind;
pub(crate) mod link;
pub mod purpose;
mod reader;
pub(crate) mod refresh;
pub(crate) mod setup;
mod sign;
pub(crate) mod strength;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
