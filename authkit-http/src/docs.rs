//! The reference page: the tables as HTML, written on the server, with a style sheet of its own and no script.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use authkit_core::{AuthKit, Settings};
use serde_json::Value;

use crate::endpoint::{Endpoint, Handler, Takes};
use crate::openapi::{Mount, codes};
use crate::problem::status_of;
use crate::schema::Shape;

/// The page's style sheet.
pub(crate) const STYLE: &str = include_str!("../assets/docs.css");

/// The page.
pub(crate) fn page(kit: &AuthKit, mounts: &[Mount<'_>]) -> String {
    let mut html = String::with_capacity(64 * 1024);
    // Writing to a `String` cannot fail.
    let _ = write_page(&mut html, kit.settings(), mounts);
    html
}

fn write_page(html: &mut String, settings: &Settings, mounts: &[Mount<'_>]) -> fmt::Result {
    let product = Escaped(&settings.product);
    write!(
        html,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{product} API</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"docs/style.css\">\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#routes\">Skip to the routes</a>\n<header>\n<h1>{product} API</h1>\n\
         <p>Base URL <code>{}</code> · <a href=\"openapi.json\">OpenAPI document</a></p>\n",
        Escaped(&settings.base_url)
    )?;
    html.write_str(INTRODUCTION)?;
    html.write_str("<nav aria-label=\"Sections\"><ul>\n")?;
    for (number, mount) in mounts.iter().enumerate() {
        writeln!(html, "<li><a href=\"#part-{number}\">{}</a></li>", Escaped(mount.tag))?;
    }
    html.write_str("</ul></nav>\n</header>\n<main id=\"routes\">\n")?;
    for (number, mount) in mounts.iter().enumerate() {
        writeln!(html, "<section id=\"part-{number}\">\n<h2>{}</h2>", Escaped(mount.tag))?;
        for row in mount.table.rows.iter().filter(|row| !row.is_page) {
            write_route(html, settings, mount.prefix, row)?;
        }
        html.write_str("</section>\n")?;
    }
    html.write_str("<section id=\"shapes\">\n<h2>Objects</h2>\n")?;
    for shape in Shape::ALL {
        write_shape(html, settings, shape)?;
    }
    html.write_str("</section>\n</main>\n</body>\n</html>\n")
}

const INTRODUCTION: &str = "<p>Bodies are JSON in UTF-8. Errors are problem bodies (RFC 9457) with a stable \
    <code>code</code>: decide by it, not by the text. The access token comes in its cookie or as \
    <code>Authorization: Bearer</code>; where both are sent, the cookie decides alone. <code>503</code> and \
    <code>429</code> say in <code>Retry-After</code> when to come again.</p>\n";

fn write_route(html: &mut String, settings: &Settings, prefix: &str, row: &Endpoint) -> fmt::Result {
    let method = row.method.as_str();
    let who = match row.handler {
        Handler::Public(_) => "anyone",
        Handler::Token(_) => "refresh token",
        Handler::User(_) => "signed in",
        Handler::Operator(_) | Handler::Page(_) => "administration",
    };
    write!(
        html,
        "<details class=\"route\">\n<summary><span class=\"method {}\">{method}</span> <code>{}{}</code> \
         <span class=\"who\">{who}</span></summary>\n<p>{}</p>\n",
        method.to_ascii_lowercase(),
        Escaped(prefix),
        Escaped(row.path),
        Escaped(row.about)
    )?;
    if !row.query.is_empty() {
        html.write_str("<h3>Query</h3>\n<table><thead><tr><th>Name</th><th>Meaning</th></tr></thead><tbody>\n")?;
        for param in row.query {
            let (name, about) = (Escaped(param.name), Escaped(param.about));
            writeln!(html, "<tr><td><code>{name}</code></td><td>{about}</td></tr>")?;
        }
        html.write_str("</tbody></table>\n")?;
    }
    if let Takes::Object(shape) | Takes::Optional(shape) = row.takes {
        let optional = if matches!(row.takes, Takes::Optional(_)) { " (may be left out)" } else { "" };
        writeln!(html, "<h3>Request body{optional}</h3>")?;
        write_members(html, &shape.schema(settings))?;
    }
    html.write_str("<h3>Answers</h3>\n<table><thead><tr><th>Status</th><th>What</th></tr></thead><tbody>\n")?;
    let (status, shape) = row.answers;
    match shape {
        Some(shape) => {
            let name = shape.name();
            writeln!(html, "<tr><td>{status}</td><td><a href=\"#shape-{name}\">{name}</a></td></tr>")?;
        }
        None => writeln!(html, "<tr><td>{status}</td><td>done</td></tr>")?,
    }
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in codes(row) {
        by_status.entry(status_of(code).map_or(500, |status| status.as_u16())).or_default().push(code);
    }
    for (status, codes) in by_status {
        writeln!(html, "<tr><td>{status}</td><td><code>{}</code></td></tr>", codes.join("</code> <code>"))?;
    }
    html.write_str("</tbody></table>\n</details>\n")
}

fn write_shape(html: &mut String, settings: &Settings, shape: Shape) -> fmt::Result {
    let name = shape.name();
    writeln!(html, "<details class=\"shape\" id=\"shape-{name}\">\n<summary><code>{name}</code></summary>")?;
    let schema = shape.schema(settings);
    if schema.get("items").is_some() {
        writeln!(html, "<p>{}</p>", kind_of(&schema))?;
    } else {
        write_members(html, &schema)?;
    }
    html.write_str("</details>\n")
}

fn write_members(html: &mut String, schema: &Value) -> fmt::Result {
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let members = schema.get("properties").and_then(Value::as_object).filter(|members| !members.is_empty());
    let Some(members) = members else { return html.write_str("<p>No fixed fields.</p>\n") };
    html.write_str("<table><thead><tr><th>Field</th><th>Type</th><th>Notes</th></tr></thead><tbody>\n")?;
    for (name, member) in members {
        let mut notes: Vec<String> = Vec::new();
        if !required.contains(&name.as_str()) {
            notes.push("optional".to_owned());
        }
        for (key, words) in [("minLength", "at least"), ("maxLength", "at most")] {
            if let Some(n) = member.get(key) {
                notes.push(format!("{words} {n} characters"));
            }
        }
        notes.extend(member.get("description").and_then(Value::as_str).map(|text| Escaped(text).to_string()));
        let (name, kind, notes) = (Escaped(name), kind_of(member), notes.join(", "));
        writeln!(html, "<tr><td><code>{name}</code></td><td>{kind}</td><td>{notes}</td></tr>")?;
    }
    html.write_str("</tbody></table>\n")
}

/// A member's type in words, as HTML.
fn kind_of(schema: &Value) -> String {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.rsplit('/').next()) {
        return format!("<a href=\"#shape-{name}\">{name}</a>");
    }
    if let Some(items) = schema.get("items") {
        return format!("list of {}", kind_of(items));
    }
    if let Some(only) = schema.get("const") {
        return format!("<code>{}</code>", Escaped(&only.to_string()));
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let values: Vec<_> =
            values.iter().map(|value| format!("<code>{}</code>", Escaped(&value.to_string()))).collect();
        return values.join(" ");
    }
    let kinds = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        Some(Value::String(kind)) => kind.clone(),
        _ => "any".to_owned(),
    };
    match schema.get("format").and_then(Value::as_str) {
        Some(format) => format!("{} ({})", Escaped(&kinds), Escaped(format)),
        None => Escaped(&kinds).to_string(),
    }
}

/// Text in HTML, between tags and in quoted attributes.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // S-71
    #[test]
    fn text_from_the_configuration_stays_text() {
        assert_eq!(Escaped("<script>'&\"").to_string(), "&lt;script&gt;&#39;&amp;&quot;");
    }
}
