//! What the built-in mails say, and what they do not.

use std::time::Duration;

use super::*;

/// A link as the configuration may make it, with every character that HTML has a meaning for.
const LINK: &str = "https://app.example.com/reset?a=1&token='tok'";

fn kinds() -> Vec<MailKind> {
    let (link, token) = (LINK.to_owned(), "tok".into());
    vec![
        MailKind::PasswordReset { link: link.clone(), token },
        MailKind::Invitation { link: link.clone(), token: "tok".into() },
        MailKind::Verification { link, token: "tok".into() },
        MailKind::AddressTaken,
        MailKind::PasswordChanged,
    ]
}

fn facts<'a>(kind: &'a MailKind, product: &'a str) -> MailFacts<'a> {
    let valid_for = Some(Duration::from_secs(900));
    MailFacts { kind, to: "ada@example.com", product, base_url: "https://app.example.com", valid_for }
}

/// All that stands in `text` between a mark and the quote that ends it.
fn between<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    text.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

// S-55
#[test]
fn the_only_links_are_the_configured_ones() {
    for kind in kinds() {
        let MailContent { text, html, .. } = content(&facts(&kind, "Widgets"));
        let html = html.expect("a template that renders");
        let has_link = kind.token().is_some() || kind.verification_token().is_some();
        let expected = if has_link { LINK } else { "https://app.example.com" };
        assert!(text.lines().any(|line| line == expected), "{text}");
        assert_eq!(between(&html, "href=\""), [expected.replace('&', "&#38;").replace('\'', "&#39;")], "{html}");
        assert_eq!(
            text.matches("://").count(),
            if matches!(kind, MailKind::Invitation { .. } | MailKind::Verification { .. }) { 2 } else { 1 },
            "{text}"
        );
    }
}

#[test]
fn html_loads_nothing_and_runs_nothing() {
    for kind in kinds() {
        let html = content(&facts(&kind, "Widgets")).html.expect("a template that renders").to_lowercase();
        for part in
            ["<img", "<link", "<script", "<style", "<iframe", "src=", "url(", "@import", "onclick", "http-equiv"]
        {
            assert!(!html.contains(part), "{part} in {html}");
        }
    }
}

#[test]
fn every_text_is_escaped() {
    let product = "<b onload=\"x\">& Söhne</b>";
    for kind in kinds() {
        let MailContent { subject, html, .. } = content(&facts(&kind, product));
        let html = html.expect("a template that renders");
        assert!(subject.contains(product), "{subject}");
        assert!(!html.contains("<b ") && !html.contains("\"x\""), "{html}");
        assert!(html.contains("&#60;b onload=&#34;x&#34;&#62;&#38; Söhne"), "{html}");
    }
}

#[test]
fn text_and_html_say_the_same() {
    for kind in kinds() {
        let facts = facts(&kind, "Widgets");
        let letter = Letter::of(&facts);
        let MailContent { text, html, .. } = content(&facts);
        let html = html.expect("a template that renders").replace("&#34;", "\"");
        for paragraph in letter.before.iter().map(String::as_str).chain(letter.after.iter().copied()) {
            assert!(text.contains(paragraph) && html.contains(paragraph), "{paragraph}");
        }
    }
}

#[test]
fn a_time_is_told_in_the_unit_that_people_use() {
    let kind = MailKind::PasswordChanged;
    for (seconds, text) in [
        (1, " within one minute"),
        (60, " within one minute"),
        (900, " within 15 minutes"),
        (3_600, " within 60 minutes"),
        (5_400, " within 90 minutes"),
        (86_400, " within 24 hours"),
    ] {
        let facts = MailFacts { valid_for: Some(Duration::from_secs(seconds)), ..facts(&kind, "Widgets") };
        assert_eq!(minutes(&facts), text);
    }
    assert_eq!(minutes(&MailFacts { valid_for: None, ..facts(&kind, "Widgets") }), "");
}
