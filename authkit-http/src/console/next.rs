//! Where to go after a form: only to a path of the console's own, whatever the request says (S-73).

/// The path to go to, if the text is one of the console under `base`: it begins with a slash that neither a slash nor a
/// backslash follows, and holds no control character.
pub(crate) fn safe(base: &str, text: &str) -> Option<String> {
    let is_path = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\');
    let clean = !text.bytes().any(|byte| byte <= b' ' || byte == 0x7f) && text.is_ascii() && text.len() <= 2_048;
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let inside = path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let climbs = path.split('/').any(|segment| matches!(segment, "." | ".."));
    (is_path && clean && inside && !climbs).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    // S-73
    #[test]
    fn only_paths_of_the_console_are_gone_to() {
        for good in ["/admin", "/admin/users?query=a%20b", "/admin/users/1/delete"] {
            assert_eq!(safe("/admin", good).as_deref(), Some(good));
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\/evil",
            "https://evil.example",
            "javascript:alert(1)",
            "/other",
            "/administrator",
            "/admin/../x",
            "/admin\n",
            "/admin/\u{e9}",
            " /admin",
            "/admin /x",
        ] {
            assert_eq!(safe("/admin", bad), None, "{bad:?}");
        }
    }
}
