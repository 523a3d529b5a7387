//! What tokens promise, over all files of the module.

mod basics;
mod chain;
mod claims;
mod forged;
mod link;
mod mutations;
mod oracle;
mod pinned;
mod ring;
mod time;
