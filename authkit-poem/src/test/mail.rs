//! The mails that were sent, and the links in them.

use std::fmt;

use authkit_core::Mail;
use authkit_core::testing::Outbox;

use super::fail::fail;

/// What lies in the outbox.
#[derive(Debug, Clone, Copy)]
pub struct MailView<'a>(&'a Outbox);

/// One mail.
#[derive(Debug, Clone)]
pub struct TestMail(Mail);

impl<'a> MailView<'a> {
    pub(super) const fn new(outbox: &'a Outbox) -> Self {
        Self(outbox)
    }

    /// All of them, the oldest first.
    pub fn all(&self) -> Vec<TestMail> {
        self.0.all().into_iter().map(TestMail).collect()
    }

    /// The last one to an address, in any case.
    ///
    /// # Panics
    /// There is none.
    #[track_caller]
    pub fn last_to(&self, address: &str) -> TestMail {
        let all = self.all();
        match all.iter().rev().find(|mail| mail.0.to.eq_ignore_ascii_case(address)) {
            Some(mail) => mail.clone(),
            None => fail(format_args!("expected a mail to {address}\n{}", told(&all))),
        }
    }

    /// No mail went to an address.
    ///
    /// # Panics
    /// One did.
    #[track_caller]
    pub fn assert_none_to(&self, address: &str) {
        let all = self.all();
        if all.iter().any(|mail| mail.0.to.eq_ignore_ascii_case(address)) {
            fail(format_args!("expected no mail to {address}\n{}", told(&all)));
        }
    }
}

fn told(mails: &[TestMail]) -> String {
    if mails.is_empty() {
        return "  mails: none".to_owned();
    }
    let lines = mails.iter().map(|mail| format!("  mail to {}: {}", mail.0.to, mail.0.subject));
    lines.collect::<Vec<_>>().join("\n")
}

impl TestMail {
    /// The mail as the mailer got it.
    pub const fn mail(&self) -> &Mail {
        &self.0
    }

    /// What it is about.
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The first link in the text, whole. A client's `get` and `open` take it as it is.
    ///
    /// # Panics
    /// There is none.
    #[track_caller]
    pub fn link(&self) -> String {
        let mut words = self.0.text.split_whitespace();
        match words.find(|word| word.starts_with("https://") || word.starts_with("http://")) {
            Some(link) => link.to_owned(),
            None => fail(format_args!("expected a link\n{self}")),
        }
    }

    /// The token of the link, for the JSON API: what stands after `token=`.
    ///
    /// # Panics
    /// There is no link with one.
    #[track_caller]
    pub fn token(&self) -> String {
        let link = self.link();
        let token = link.split_once("token=").map(|(_, rest)| rest.split('&').next().unwrap_or(rest).to_owned());
        token.unwrap_or_else(|| fail(format_args!("expected a link with a token\n{self}")))
    }
}

/// The whole mail.
impl fmt::Display for TestMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  mail to {}: {}\n{}", self.0.to, self.0.subject, self.0.text)
    }
}
