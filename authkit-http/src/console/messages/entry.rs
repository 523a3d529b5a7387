//! The texts of the pages before sign-in, of the step-up and of the mailbox.

use super::Part;

pub(super) const TEXTS: Part = &[
    ("sign_in.title", "Sign in"),
    ("sign_in.for", "{product} console"),
    ("sign_in.email", "Email"),
    ("sign_in.password", "Password"),
    ("sign_in.button", "Sign in"),
    ("sign_in.forgot", "Forgot password?"),
    ("sign_in.who", "Only admins reach the console"),
    ("sign_in.failed", "Email or password is not right."),
    ("sign_in.wait", "Too many tries. Wait {n} seconds, then try again."),
    (
        "sign_in.unverified",
        "Your address is not confirmed yet. Look for the link in your inbox, or ask for another one.",
    ),
    ("sign_in.busy", "The server is busy. Try again in a moment."),
    ("reauth.title", "Confirm that it is you"),
    ("reauth.text", "This needs a password not older than five minutes."),
    ("reauth.button", "Confirm"),
    ("reauth.failed", "The password is not right."),
    ("mailbox.title", "Mailbox"),
    ("mailbox.text", "Mails that would have been sent, newest first. This page exists in development alone."),
    ("mailbox.again", "Look again"),
    ("mailbox.console", "Console"),
    ("mailbox.none", "No mail yet"),
    ("mailbox.none_text", "What is sent while this process runs appears here, its links ready to be followed."),
    ("mailbox.ask", "Ask for a reset link"),
    ("mailbox.reset", "Reset link"),
    ("mailbox.invitation", "Invitation"),
    ("mailbox.verification", "Link that confirms an address"),
    ("mailbox.notice", "Notice"),
    ("mailbox.to", "to"),
    ("mailbox.kept", "Mails: {n}. The last hundred are kept, in memory alone."),
];
