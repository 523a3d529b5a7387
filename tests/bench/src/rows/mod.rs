//! The rows of the table, a file each.

mod p1_me_stateless;
mod p2_me_strict_memory;
mod p3_me_strict_sqlite;
mod p5_rotation_sqlite;
mod p7_refresh_http;
mod p8_login;

use crate::Run;
use crate::disk::Disk;
use crate::failure::Failure;
use crate::report::Line;

/// Clients of a row over HTTP, unless the row says otherwise.
pub const CLIENTS: usize = 32;

pub struct Row {
    /// The number of the target.
    pub name: &'static str,
    pub what: &'static str,
    /// Where it is measured.
    pub disks: &'static [Disk],
    pub run: fn(&Run) -> Result<Vec<Line>, Failure>,
}

pub static ROWS: [Row; 6] = [
    Row { name: "P-1", what: "who is it, by the token alone", disks: &[Disk::Real], run: p1_me_stateless::run },
    Row { name: "P-2", what: "who is it, strict, in memory", disks: &[Disk::Real], run: p2_me_strict_memory::run },
    Row { name: "P-3", what: "who is it, strict, on SQLite", disks: &[Disk::Real], run: p3_me_strict_sqlite::run },
    Row {
        name: "P-5",
        what: "rotation through the port, SQLite",
        disks: &[Disk::Real, Disk::Slowed],
        run: p5_rotation_sqlite::run,
    },
    Row {
        name: "P-7",
        what: "refresh over HTTP, in memory and on SQLite",
        disks: &[Disk::Real, Disk::Slowed],
        run: p7_refresh_http::run,
    },
    Row { name: "P-8", what: "500 sign in at once", disks: &[Disk::Real], run: p8_login::run },
];
