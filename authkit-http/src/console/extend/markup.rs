//! What a host puts into a page: text that is escaped, and HTML only where somebody has said that it is safe.

use std::fmt::Write as _;

/// A piece of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markup(String);

/// HTML that its maker vouches for: nothing in it comes from outside unescaped, nothing in it is style or script (the
/// content policy lets neither run).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedHtml(pub String);

impl Markup {
    /// Text, escaped.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self(String::new()).and_text(text)
    }

    /// A link to a path of the application, escaped. What is no path becomes plain text.
    pub fn link(href: impl AsRef<str>, text: impl AsRef<str>) -> Self {
        let href = href.as_ref();
        if !href.starts_with('/') || href.starts_with("//") || href.contains('\\') {
            return Self::text(text);
        }
        let (href, text) = (Self::text(href), Self::text(text));
        Self(format!("<a class=\"link\" href=\"{}\">{}</a>", href.0, text.0))
    }

    /// Names and values, one a line.
    pub fn facts<N: AsRef<str>, V: AsRef<str>>(facts: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut html = "<dl class=\"kv\">".to_owned();
        for (name, value) in facts {
            let (name, value) = (Self::text(name), Self::text(value));
            let _ = write!(html, "<dt>{}</dt><dd>{}</dd>", name.0, value.0); // writing to a `String` cannot fail
        }
        html.push_str("</dl>");
        Self(html)
    }

    /// HTML as it is.
    pub fn trusted(html: TrustedHtml) -> Self {
        Self(html.0)
    }

    /// With text after it, escaped.
    #[must_use]
    pub fn and_text(mut self, text: impl AsRef<str>) -> Self {
        for c in text.as_ref().chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// With another piece after it.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// The HTML.
    pub fn as_html(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // S-71
    #[test]
    fn text_is_escaped_and_links_stay_inside() {
        assert_eq!(Markup::text("<b a='\"'>&").as_html(), "&lt;b a=&#39;&quot;&#39;&gt;&amp;");
        for out in ["javascript:alert(1)", "//evil.example", "https://evil.example", "/\\evil"] {
            assert_eq!(Markup::link(out, "x").as_html(), "x", "{out}");
        }
        assert_eq!(Markup::link("/a\"b", "<x>").as_html(), "<a class=\"link\" href=\"/a&quot;b\">&lt;x&gt;</a>");
    }
}
