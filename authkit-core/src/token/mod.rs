//! Signed tokens: the key ring, and access, refresh and reset tokens made and read with it. No I/O, no clock of its own.

pub mod access;
pub mod algorithm;
mod claims;
mod derive;
pub mod error;
mod jwks;
mod key;
pub mod keys;
mod kind;
pub mod purpose;
mod reader;
pub(crate) mod refresh;
pub(crate) mod reset;
mod sign;
pub(crate) mod strength;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
