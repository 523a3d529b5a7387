//! What is processes and files: finding the programs, starting and stopping them, leaving nothing behind. Blocking, on
//! the standard library alone, so that xtask can use it. Errors are sentences for whoever typed the command.

mod account;
mod certificates;
mod cluster;
mod options;
mod pooler;
mod programs;
mod service;
mod signal;
mod system;

pub use account::is_root;
pub use cluster::{Cluster, Stop};
pub use options::Options;
pub use pooler::{PgBouncer, PoolerOptions};
pub use programs::{OLDEST, Programs, find_pgbouncer};
