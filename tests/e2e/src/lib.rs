//! What the end-to-end tests share: the sandbox as a process, clients of three kinds, and raw sockets.

mod answer;
mod client;
mod jar;
mod raw;
mod sandbox;
mod server;

pub use answer::Answer;
pub use client::{Client, Kind, send};
pub use raw::Raw;
pub use sandbox::{Sandbox, binary};
pub use server::{Running, kit, start};
