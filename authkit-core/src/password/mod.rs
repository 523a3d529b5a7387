//! Passwords: what hashes them, where it runs, what is verified from elsewhere, and which ones are refused.

pub mod argon2id;
mod common;
pub mod decoy;
mod legacy;
mod phc;
pub mod policy;
pub mod pool;

#[cfg(test)]
mod testing;
