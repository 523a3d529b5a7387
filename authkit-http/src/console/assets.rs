//! The console's own files: embedded, named after their content, kept by browsers for ever.

use std::fmt::Write as _;
use std::sync::LazyLock;

use http::HeaderValue;
use http::header::CACHE_CONTROL;
use sha2::{Digest as _, Sha256};

use super::Console;
use crate::answer;
use crate::message::{Answer, Request};
use crate::problem::Problem;

/// The style sheet.
pub(crate) const STYLE: &str = concat!(
    include_str!("../../assets/console/tokens.css"),
    include_str!("../../assets/console/base.css"),
    include_str!("../../assets/console/parts.css"),
    include_str!("../../assets/console/users.css"),
    include_str!("../../assets/console/audit.css"),
    include_str!("../../assets/console/overview.css"),
    include_str!("../../assets/console/own.css"),
);
/// The one script, a module. Every page works without it.
pub(crate) const SCRIPT: &str = include_str!("../../assets/console/console.js");
/// The icon in the browser's tab.
const ICON: &str = include_str!("../../assets/console/icon.svg");

/// A file, and the name that tells of its content.
struct Asset {
    name: String,
    content_type: &'static str,
    text: &'static str,
}

static ASSETS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        ("css", "text/css; charset=utf-8", STYLE),
        ("js", "text/javascript; charset=utf-8", SCRIPT),
        ("svg", "image/svg+xml", ICON),
    ]
    .map(|(kind, content_type, text)| {
        let mut name = "console.".to_owned();
        for byte in Sha256::digest(text.as_bytes()).iter().take(8) {
            let _ = write!(name, "{byte:02x}"); // writing to a `String` cannot fail
        }
        name.push('.');
        name.push_str(kind);
        Asset { name, content_type, text }
    })
});

/// The names of style sheet, script and icon.
pub(crate) fn names() -> [&'static str; 3] {
    let [style, script, icon] = &*ASSETS;
    [&style.name, &script.name, &icon.name]
}

/// `console.0123456789abcdef.css`: what and which content.
fn named(what: &str, kind: &str, text: &str) -> String {
    let mut name = format!("{what}.");
    for byte in Sha256::digest(text.as_bytes()).iter().take(8) {
        let _ = write!(name, "{byte:02x}"); // writing to a `String` cannot fail
    }
    name.push('.');
    name.push_str(kind);
    name
}

/// The name of the style sheet that a host's colours make; `None`: there are none.
pub(crate) fn brand_name(console: &Console) -> Option<String> {
    let style = console.branding.style();
    (!style.is_empty()).then(|| named("brand", "css", &style))
}

/// `GET /assets/{id}`
pub(crate) fn serve(request: &Request) -> Answer {
    let wanted = request.param.as_deref().unwrap_or_default();
    let brand = request.console.as_deref().filter(|console| brand_name(console).is_some_and(|name| name == wanted));
    let mut response = match (ASSETS.iter().find(|asset| asset.name == wanted), brand) {
        (Some(asset), _) => answer::text(asset.content_type, asset.text),
        (None, Some(console)) => answer::text("text/css; charset=utf-8", console.branding.style()),
        (None, None) => return Err(Problem::not_found()),
    };
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(CACHE_CONTROL, forever);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_and_script_stay_small() {
        assert!(STYLE.len() <= 24 * 1024, "{} bytes of style", STYLE.len());
        assert!(SCRIPT.len() <= 12 * 1024, "{} bytes of script", SCRIPT.len());
    }
}
