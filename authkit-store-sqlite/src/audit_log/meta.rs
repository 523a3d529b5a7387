//! Small facts that the audit trail keeps about itself.

use authkit_core::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::trouble::SqliteTrouble;

const SET: &str = include_str!("../../sql/audit/set_meta.sql");
const FIND: &str = include_str!("../../sql/audit/find_meta.sql");
const CLEAR: &str = include_str!("../../sql/audit/clear_meta.sql");

/// What a fact is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    /// Events before it may be removed; there only while retention removes them.
    RetentionFloor,
    /// The first hour that the statistics do not hold yet.
    RollUpMark,
}

impl Fact {
    const fn name(self) -> &'static str {
        match self {
            Self::RetentionFloor => "retention_floor",
            Self::RollUpMark => "roll_up_mark",
        }
    }

    pub(super) fn set(self, conn: &Connection, at: Timestamp) -> Result<(), SqliteTrouble> {
        conn.prepare_cached(SET)?.execute(params![self.name(), at.as_micros().to_string()])?;
        Ok(())
    }

    pub(super) fn find(self, conn: &Connection) -> Result<Option<Timestamp>, SqliteTrouble> {
        let text: Option<String> =
            conn.prepare_cached(FIND)?.query_row(params![self.name()], |row| row.get(0)).optional()?;
        let unfit = || SqliteTrouble::Row { table: "ak_meta", column: "value".to_owned(), id: self.name().to_owned() };
        text.map(|text| text.parse().map(Timestamp::from_micros).map_err(|_| unfit())).transpose()
    }

    pub(super) fn clear(self, conn: &Connection) -> Result<(), SqliteTrouble> {
        conn.prepare_cached(CLEAR)?.execute(params![self.name()])?;
        Ok(())
    }
}
