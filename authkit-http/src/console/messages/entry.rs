//! The texts of the pages before sign-in and of the step-up.

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
    ("sign_in.busy", "The server is busy. Try again in a moment."),
    ("reauth.title", "Confirm that it is you"),
    ("reauth.text", "This needs a password not older than five minutes."),
    ("reauth.button", "Confirm"),
    ("reauth.failed", "The password is not right."),
];
