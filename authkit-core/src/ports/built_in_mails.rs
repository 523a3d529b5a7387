//! The words of mails where the application has none of its own.

use askama::Template;

use crate::model::mail::{MailContent, MailFacts, MailKind};
use crate::ports::mail_templates::MailTemplates;

/// The built-in words, in English: plain text and HTML that loads nothing. All links come from the configuration.
///
/// # Examples
/// To change a line and keep the rest:
/// ```
/// use authkit_core::{BuiltInMails, MailFacts, MailTemplates};
///
/// let templates = |facts: &MailFacts<'_>| {
///     let mut content = BuiltInMails.content(facts)?;
///     content.text.push_str("\nAcme Ltd., 1 Quay Street\n");
///     content.html = None;
///     Some(content)
/// };
/// # let _ = templates;
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct BuiltInMails;

impl MailTemplates for BuiltInMails {
    fn content(&self, facts: &MailFacts<'_>) -> Option<MailContent> {
        Some(content(facts))
    }
}

/// The built-in words of a mail.
pub(crate) fn content(facts: &MailFacts<'_>) -> MailContent {
    let letter = Letter::of(facts);
    MailContent { subject: letter.subject.clone(), text: letter.text(), html: letter.render().ok() }
}

/// What a mail says, in the order in which it says it. The template escapes every text.
#[derive(Template)]
#[template(path = "mail.html")]
struct Letter<'a> {
    product: &'a str,
    subject: String,
    /// Paragraphs before the link.
    before: Vec<String>,
    link: Option<Link<'a>>,
    /// Paragraphs after it.
    after: Vec<&'static str>,
}

struct Link<'a> {
    label: String,
    url: &'a str,
}

impl<'a> Letter<'a> {
    fn of(facts: &MailFacts<'a>) -> Self {
        let MailFacts { product, base_url, .. } = *facts;
        let within = minutes(facts);
        match facts.kind {
            MailKind::PasswordReset { link, .. } => Self {
                product,
                subject: format!("Reset your {product} password"),
                before: vec![
                    "Somebody asked for a new password for this address.".to_owned(),
                    format!("To set one, open this link{within}:"),
                ],
                link: Some(Link { label: "Set a new password".to_owned(), url: link }),
                after: vec!["It works once. If it was not you, do nothing: your password stays as it is."],
            },
            MailKind::Invitation { link, .. } => Self {
                product,
                subject: format!("Your {product} account"),
                before: vec![
                    format!("An account was made for you at {base_url}."),
                    format!("To choose a password, open this link{within}:"),
                ],
                link: Some(Link { label: "Choose a password".to_owned(), url: link }),
                after: vec!["It works once. Later, ask for a new one there with \"Forgot password\"."],
            },
            MailKind::Verification { link, .. } => Self {
                product,
                subject: format!("Confirm your address for {product}"),
                before: vec![
                    format!("An account was made with this address at {base_url}."),
                    format!("If it was you, open this link{within} to confirm the address:"),
                ],
                link: Some(Link { label: "Confirm the address".to_owned(), url: link }),
                after: vec!["It works once. If it was not you, do not confirm it."],
            },
            MailKind::AddressTaken => Self {
                product,
                subject: format!("You have a {product} account already"),
                before: vec![
                    "Somebody tried to register with this address, and it has an account already.".to_owned(),
                    "If it was you, sign in, or ask for a new password with \"Forgot password\":".to_owned(),
                ],
                link: Some(Link { label: format!("Go to {product}"), url: base_url }),
                after: vec!["If it was not you, do nothing: your account stays as it is."],
            },
            MailKind::PasswordChanged => Self {
                product,
                subject: format!("Your {product} password was changed"),
                before: vec![
                    "The password of your account was changed, and every other session was ended.".to_owned(),
                    "If it was not you, ask for a new password at once:".to_owned(),
                ],
                link: Some(Link { label: format!("Go to {product}"), url: base_url }),
                after: Vec::new(),
            },
        }
    }

    /// The plain text: paragraphs with an empty line between, the link on a line of its own below what announces it.
    fn text(&self) -> String {
        let mut text = self.before.join("\n\n");
        text.push('\n');
        if let Some(link) = &self.link {
            text.push_str(link.url);
            text.push('\n');
        }
        for paragraph in &self.after {
            text.push('\n');
            text.push_str(paragraph);
            text.push('\n');
        }
        text
    }
}

/// ` within 15 minutes`, in hours where they are whole; nothing for what has no end.
fn minutes(facts: &MailFacts<'_>) -> String {
    let Some(valid_for) = facts.valid_for else { return String::new() };
    let minutes = valid_for.as_secs().div_ceil(60);
    match (minutes / 60, minutes % 60) {
        (0, 1) => " within one minute".to_owned(),
        (1, 0) => " within 60 minutes".to_owned(),
        (hours, 0) => format!(" within {hours} hours"),
        _ => format!(" within {minutes} minutes"),
    }
}

#[cfg(test)]
mod tests;
