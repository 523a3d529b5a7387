//! What the warnings and errors in the log are called.

use crate::model::stable_code::stable_codes;

stable_codes! {
    /// The kinds of warnings and errors that AuthKit logs through `tracing`, in the field `ak`. Their texts, `AK04xx`, are
    /// stable.
    LogCode {
        /// A stored password hash cannot be verified.
        PasswordHash = "AK0401", "a stored password hash cannot be verified";
        /// Something that does not matter for the answer was left undone.
        LeftUndone = "AK0402", "something that does not matter for the answer was left undone";
        /// A count of the throttles could not be given back.
        CountNotGivenBack = "AK0403", "a count of the throttles could not be given back";
        /// The users table keeps no mark for proven addresses.
        NoMarkForVerified = "AK0404", "the users table keeps no mark for proven addresses";
        /// A request could not be served.
        NotServed = "AK0405", "a request could not be served";
        /// A request goes without an id.
        NoRequestId = "AK0406", "a request goes without an id";
        /// A cookie is not sent.
        CookieNotSent = "AK0407", "a cookie is not sent";
        /// A part of the console that the application gave could not be shown.
        HostPart = "AK0408", "a part of the console that the application gave could not be shown";
        /// The start or the stop is not in the audit trail.
        StartNotRecorded = "AK0409", "the start or the stop is not in the audit trail";
        /// Tidying goes on in a minute.
        TidyLater = "AK0410", "tidying goes on in a minute";
        /// A signal cannot be caught.
        Signal = "AK0411", "a signal cannot be caught";
        /// A connection ended by a panic.
        ConnectionPanicked = "AK0412", "a connection ended by a panic";
        /// Requests were still in flight at the end of the stop.
        StoppedEarly = "AK0413", "requests were still in flight at the end of the stop";
        /// No connection can be accepted at the moment.
        NotAccepting = "AK0414", "no connection can be accepted at the moment";
        /// A route is served outside of AuthKit's layer.
        LayerMissing = "AK0415", "a route is served outside of AuthKit's layer";
        /// Something is accepted that should be known.
        Accepted = "AK0416", "something is accepted that should be known";
        /// SQLite's writer could not put something right.
        SqliteWriter = "AK0417", "SQLite's writer could not put something right";
        /// Whether there is an administrator is not known.
        SetupNotKnown = "AK0418", "whether there is an administrator is not known";
        /// A mail is lost.
        MailLost = "AK0419", "a mail is lost";
        /// The loss of a mail is not in the audit trail.
        MailLossNotRecorded = "AK0420", "the loss of a mail is not in the audit trail";
    }
}
