//! The texts of the pages that recover an account.

use super::Part;

pub(super) const TEXTS: Part = &[
    ("forgot.title", "Forgot your password?"),
    ("forgot.text", "Tell us your address, and a link to choose another one goes there."),
    ("forgot.button", "Send the link"),
    ("forgot.invalid", "This is not an email address."),
    ("forgot.sent_title", "Look into your inbox"),
    (
        "forgot.sent_text",
        "If there is an account with this address, a link is on its way. It works once, for {n} minutes.",
    ),
    ("forgot.sent_hint", "Nothing arrived? Look into the spam folder, or ask again in a minute."),
    ("forgot.again", "Ask again"),
    ("forgot.sign_in", "Back to sign-in"),
    ("reset.title", "Choose a new password"),
    ("reset.new", "New password"),
    ("reset.rule_length", "At least {n} characters. Spaces and any letters will do."),
    ("reset.rule_common", "None of the passwords that are tried first."),
    ("reset.rule_context", "Not built on your address or on the name {product}."),
    ("reset.ends", "Every session ends: you sign in again wherever you are signed in now."),
    ("reset.button", "Set the password"),
    ("reset.missing", "Type the new password."),
    ("reset.expired_title", "This link does not work any more"),
    ("reset.expired_text", "It was used, or it is too old, or a newer one has replaced it. Ask for another one."),
    ("reset.expired_button", "Ask for another link"),
    ("reset.done_title", "Your password is set"),
    ("reset.done_text", "Every session has ended. Sign in with the new password wherever you need it."),
    ("reset.done_button", "Sign in to the console"),
    ("setup.title", "Set up"),
    ("setup.text", "You become the first administrator. This page works once."),
    ("setup.taken", "This address has an account already."),
    ("setup.button", "Make the account"),
];
