//! What tokens promise, over all files of the module.

mod basics;
mod chain;
mod claims;
mod forged;
mod mutations;
mod oracle;
mod pinned;
mod reset;
mod ring;
mod time;
mod verification;
