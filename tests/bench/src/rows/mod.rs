//! The rows of the table, a file each.

mod connections;
mod p11_beside;
mod p11_pages;
mod p12_growth;
mod p16_audit_row;
mod p1_me_stateless;
mod p2_me_strict_memory;
mod p3_me_strict_sqlite;
mod p4_me_strict_postgres;
mod p5_rotation_sqlite;
mod p6_rotation_postgres;
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
    /// Measured only when it is named.
    pub on_demand: bool,
}

pub static ROWS: [Row; 15] = [
    Row {
        name: "P-1",
        what: "who is it, by the token alone",
        disks: &[Disk::Real],
        run: p1_me_stateless::run,
        on_demand: false,
    },
    Row {
        name: "P-2",
        what: "who is it, strict, in memory",
        disks: &[Disk::Real],
        run: p2_me_strict_memory::run,
        on_demand: false,
    },
    Row {
        name: "P-3",
        what: "who is it, strict, on SQLite",
        disks: &[Disk::Real],
        run: p3_me_strict_sqlite::run,
        on_demand: false,
    },
    Row {
        name: "P-4",
        what: "who is it, strict, on PostgreSQL",
        disks: &[Disk::Real],
        run: p4_me_strict_postgres::run,
        on_demand: false,
    },
    Row {
        name: "P-5",
        what: "rotation through the port, SQLite",
        disks: &[Disk::Real, Disk::Slowed],
        run: p5_rotation_sqlite::run,
        on_demand: false,
    },
    Row {
        name: "P-6",
        what: "rotation through the port, PostgreSQL",
        disks: &[Disk::Real, Disk::Slowed],
        run: p6_rotation_postgres::run,
        on_demand: false,
    },
    Row {
        name: "P-7",
        what: "refresh over HTTP, on each store",
        disks: &[Disk::Real, Disk::Slowed],
        run: p7_refresh_http::run,
        on_demand: false,
    },
    Row { name: "P-8", what: "500 sign in at once", disks: &[Disk::Real], run: p8_login::run, on_demand: false },
    Row {
        name: "P-11",
        what: "pages of the administration, PostgreSQL",
        disks: &[Disk::Real],
        run: p11_pages::on_postgres,
        on_demand: false,
    },
    Row {
        name: "P-11-sqlite",
        what: "pages of the administration, SQLite",
        disks: &[Disk::Real],
        run: p11_pages::on_sqlite,
        on_demand: false,
    },
    Row {
        name: "P-11-beside",
        what: "operators beside everybody else, SQLite",
        disks: &[Disk::Real],
        run: p11_beside::run,
        on_demand: false,
    },
    Row {
        name: "P-12",
        what: "a million sessions, PostgreSQL",
        disks: &[Disk::Real],
        run: p12_growth::run,
        on_demand: false,
    },
    Row {
        name: "P-12-heap",
        what: "what rotations leave in the table, PostgreSQL",
        disks: &[Disk::Real],
        run: p12_growth::heap_only,
        on_demand: false,
    },
    Row {
        name: "P-16",
        what: "the audit row of a rotation, PostgreSQL",
        disks: &[Disk::Real, Disk::Slowed],
        run: p16_audit_row::run,
        on_demand: false,
    },
    Row {
        name: "connections",
        what: "other numbers of connections, PostgreSQL",
        disks: &[Disk::Real, Disk::Slowed],
        run: connections::run,
        on_demand: true,
    },
];
