//! The kinds of errors that the command has of its own, with their stable texts. Those of the configuration (`AK01xx`) are
//! the core's.

use crate::exit::Exit;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $exit:ident, $title:literal;)*) => {
        /// The kinds of errors that the command `authkit` has of its own. Their texts, `AK02xx`, are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum CliCode {
            $($(#[$doc])* $name,)*
        }

        impl CliCode {
            /// All of them, in the order of their texts.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable text, such as `AK0201`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What is wrong, in a few words.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                }
            }

            /// What the process ends with.
            pub(crate) const fn exit(self) -> Exit {
                match self {
                    $(Self::$name => Exit::$exit,)*
                }
            }
        }
    };
}

codes! {
    /// The file with the settings is not there or may not be read.
    SettingsFile = "AK0201", Failed, "the file with the settings cannot be read";
    /// A line of the file with the settings makes no sense.
    SettingsLine = "AK0202", Failed, "a line of the settings makes no sense";
    /// No URL of a database is set.
    DatabaseNotNamed = "AK0203", Failed, "no database is named";
    /// `memory:` cannot be reached from another process.
    DatabaseInMemory = "AK0204", Failed, "a database in memory belongs to one process alone";
    /// The database is not there, or lacks migrations.
    NotMigrated = "AK0205", Failed, "the database is not migrated";
    /// The database cannot be opened.
    DatabaseRefused = "AK0206", Failed, "the database cannot be used";
    /// Something would be destroyed, and nobody can be asked.
    NeedsYes = "AK0207", Refused, "this has to be confirmed";
    /// Something else was typed than what was asked for.
    NotConfirmed = "AK0208", Refused, "this was not confirmed";
    /// There is no terminal to ask for a password at.
    NoTerminal = "AK0209", Usage, "there is no terminal to ask at";
    /// There is no such user, session or file.
    NotFound = "AK0210", NotFound, "there is no such thing";
    /// A rule of safety is in the way.
    Refused = "AK0211", Refused, "a safety rule refuses this";
    /// What was given is not taken.
    NotTaken = "AK0212", Failed, "what was given is not taken";
    /// The store or the machine failed.
    Failed = "AK0213", Failed, "it was tried and failed";
    /// A mail would have to be sent, and nothing is set up for it.
    NoMail = "AK0214", Refused, "no mail can be sent";
    /// The words on the command line do not fit together.
    Usage = "AK0215", Usage, "wrong usage";
    /// A file that is there already would be overwritten.
    FileExists = "AK0216", Refused, "the file is there already";
    /// A file cannot be written.
    FileNotWritten = "AK0217", Failed, "the file cannot be written";
    /// A key that is in use would be replaced.
    KeyInUse = "AK0218", Refused, "there is a secret key already";
}
