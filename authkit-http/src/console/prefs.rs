//! How a viewer wants to see the pages, kept in a cookie that holds words of ours and nothing else.

use http::HeaderMap;

use crate::credentials;

/// The cookie's name.
pub(crate) const COOKIE: &str = "authkit_console";
/// How long it lasts: 400 days, the longest that browsers keep one.
pub(crate) const LASTS: std::time::Duration = std::time::Duration::from_secs(400 * 24 * 60 * 60);

/// A viewer's choices. A word in the cookie that is not known counts for nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Prefs {
    /// Always dark, always light, or as the system says.
    pub(crate) dark: bool,
    pub(crate) light: bool,
    /// No glass.
    pub(crate) solid: bool,
    /// Less space.
    pub(crate) compact: bool,
    /// Times in the viewer's zone instead of UTC (needs script).
    pub(crate) local: bool,
    /// No shortcuts.
    pub(crate) no_keys: bool,
}

impl Prefs {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let text = credentials::cookie_named(headers, COOKIE).unwrap_or_default();
        let has = |word: &str| text.split('.').any(|found| found == word);
        Self {
            dark: has("dark"),
            light: has("light") && !has("dark"),
            solid: has("solid"),
            compact: has("compact"),
            local: has("local"),
            no_keys: has("nokeys"),
        }
    }

    /// What the cookie holds.
    pub(crate) fn cookie(self) -> String {
        let words = [
            (self.dark, "dark"),
            (self.light, "light"),
            (self.solid, "solid"),
            (self.compact, "compact"),
            (self.local, "local"),
            (self.no_keys, "nokeys"),
        ];
        let mut text = "v1".to_owned();
        for (_, word) in words.iter().filter(|(on, _)| *on) {
            text.push('.');
            text.push_str(word);
        }
        text
    }
}
