//! Why a store could not be opened, in a word that stays.

use std::error::Error;
use std::fmt;
use std::iter::successors;

use crate::model::stable_code::stable_codes;

stable_codes! {
    /// The kinds of reasons why a store could not be opened, whatever the database. Their texts, `AK03xx`, are stable.
    OpenCode {
        /// The database URL cannot be used.
        Url = "AK0301", "the database URL cannot be used";
        /// The path is not one of a database file.
        Path = "AK0302", "the path is not one of a database file";
        /// The server cannot be reached.
        Unreachable = "AK0303", "the server cannot be reached";
        /// The certificates to check the server by cannot be used.
        Authority = "AK0304", "the certificates to check the server by cannot be used";
        /// The server's certificate is not trusted.
        CertificateNotTrusted = "AK0305", "the server's certificate is not trusted";
        /// The server does not speak TLS.
        TlsRefused = "AK0306", "the server does not speak TLS";
        /// Server and client agree on no way to speak TLS.
        TlsFailed = "AK0307", "server and client agree on no way to speak TLS";
        /// The server refuses the user or the password.
        WrongPassword = "AK0308", "the server refuses the user or the password";
        /// The server does not let this user in from here.
        NotLetIn = "AK0309", "the server does not let this user in from here";
        /// The database does not exist.
        DatabaseMissing = "AK0310", "the database does not exist";
        /// The server has no connection left.
        TooManyClients = "AK0311", "the server has no connection left";
        /// The server is starting up or shutting down.
        NotReady = "AK0312", "the server is starting up or shutting down";
        /// The database takes no writes.
        ReadOnly = "AK0313", "the database takes no writes";
        /// A pooler takes no start-up options.
        OptionsRefused = "AK0314", "a pooler takes no start-up options";
        /// The server is older than what is supported.
        TooOld = "AK0315", "the server is older than what is supported";
        /// The role lacks a right.
        NoRights = "AK0316", "the role lacks a right";
        /// Migrations are missing.
        NotMigrated = "AK0317", "migrations are missing";
        /// A newer version has migrated the database.
        NewerSchema = "AK0318", "a newer version has migrated the database";
        /// A migration is not the one of this version.
        ChangedStep = "AK0319", "a migration is not the one of this version";
        /// The database was made for users in another table.
        OtherUsers = "AK0320", "the database was made for users in another table";
        /// A table has one of our names and is not ours.
        NotOurs = "AK0321", "a table has one of our names and is not ours";
        /// The users table does not fit its mapping.
        UsersTable = "AK0322", "the users table does not fit its mapping";
        /// The pool that was given gives no connection.
        Pool = "AK0323", "the pool that was given gives no connection";
        /// Something else holds the database.
        Busy = "AK0324", "something else holds the database";
        /// No space is left.
        DiskFull = "AK0325", "no space is left";
        /// The file is damaged or no database.
        Corrupt = "AK0326", "the file is damaged or no database";
        /// A thread of the store could not be started.
        Thread = "AK0327", "a thread of the store could not be started";
        /// The database cannot be used.
        Other = "AK0328", "the database cannot be used";
    }
}

impl OpenCode {
    /// Writes a store's error of this kind as people read it, with all that is behind it: for its `Debug`, which is what a
    /// `main` that answers with a `Result` prints. The text of the error begins with the code and a colon.
    ///
    /// # Errors
    /// The formatter's.
    pub fn explain(self, error: &dyn Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = error.to_string();
        let text = text.split_once(": ").map_or(text.as_str(), |(_, text)| text);
        write!(f, "\nerror[{self}]: {}\n  {text}", self.title())?;
        for cause in successors(error.source(), |cause| (*cause).source()) {
            write!(f, "\n  because: {cause}")?;
        }
        write!(f, "\n  more: {}", self.page())
    }
}
