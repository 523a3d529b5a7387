//! Statements as templates: names of tables and columns in braces, filled in once when a store is opened.

/// Fills the tokens of a statement. A token is `{name}` or `{name argument}`, its name of `a-z`, `_` and `.`; what the
/// function does not know stays as it is, and so does any other brace (`'{}'`).
///
/// ```
/// let sql = authkit_sql::render("UPDATE {users} SET {touch $2} WHERE x = '{}'", |name, argument| match name {
///     "users" => Some("\"app\".\"users\"".to_owned()),
///     "touch" => Some(format!("\"changed\" = {argument}")),
///     _ => None,
/// });
/// assert_eq!(sql, "UPDATE \"app\".\"users\" SET \"changed\" = $2 WHERE x = '{}'");
/// ```
pub fn render(template: &str, fill: impl Fn(&str, &str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let filled = after.split_once('}').and_then(|(token, beyond)| {
            let (name, argument) = token.split_once(' ').unwrap_or((token, ""));
            let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'.');
            is_name.then(|| fill(name, argument)).flatten().map(|text| (text, beyond))
        });
        rest = if let Some((text, beyond)) = filled {
            out.push_str(&text);
            beyond
        } else {
            out.push('{');
            after
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_token_stays() {
        let fill = |name: &str, _: &str| (name == "known").then(|| "K".to_owned());
        for (template, text) in [
            ("", ""),
            ("{known}{known}", "KK"),
            ("{unknown} {known}", "{unknown} K"),
            ("'{}' {", "'{}' {"),
            ("{{known}}", "{K}"),
        ] {
            assert_eq!(render(template, fill), text);
        }
    }

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        assert_eq!(render("{a}", |_, _| Some("{a}".to_owned())), "{a}");
    }
}
