//! A window of the browser, and what can be done in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::BASE64;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::axe::{self, Violation};
use crate::{ADMIN, Driver, Logs};

/// How long something is waited for that must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// How wide the page is, and which colours its reader prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub width: u32,
    pub height: u32,
    pub dark: bool,
}

impl Look {
    pub const DESK: Self = Self { width: 1280, height: 900, dark: false };
    pub const PHONE: Self = Self { width: 375, height: 800, dark: false };

    #[must_use]
    pub const fn dark(self, dark: bool) -> Self {
        Self { dark, ..self }
    }

    pub const fn theme(self) -> &'static str {
        if self.dark { "dark" } else { "light" }
    }
}

/// A browser of its own: no cookie is shared with another.
#[derive(Debug)]
pub struct Window {
    pub client: Client,
    /// Scheme, host and port of the server; paths are relative to it.
    pub origin: String,
}

impl Window {
    pub async fn open(driver: &Driver, origin: &str) -> Self {
        let capabilities: Capabilities = serde_json::from_value(json!({
            "goog:chromeOptions": { "args": [
                "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
                "--force-device-scale-factor=1", "--lang=en-US",
            ] },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        }))
        .expect("an object");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&driver.url()).await.expect("a browser");
        Self { client, origin: origin.to_owned() }
    }

    /// Closes the browser. A test that has failed leaves that to the driver's end.
    pub async fn close(self) {
        self.client.close().await.expect("the browser closes");
    }

    pub async fn goto(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.origin)).await.unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// Path, query and fragment of the page.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("a page").to_string();
        url.strip_prefix(&self.origin).map_or(url.clone(), str::to_owned)
    }

    /// Signs in on the console's own page.
    pub async fn sign_in(&self, (email, password): (&str, &str)) {
        self.goto("/admin/login").await;
        self.fill("[name=email]", email).await;
        self.fill("[name=password]", password).await;
        self.submit("main form button:not([type=button])").await;
    }

    pub async fn find(&self, css: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("no {css} on {}: {error}\n{}", self.path().await, self.text("body").await),
        }
    }

    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.map_or(0, |found| found.len())
    }

    /// What is to be read in the first element that fits; nothing where there is none.
    pub async fn text(&self, css: &str) -> String {
        match self.client.find(Locator::Css(css)).await {
            Ok(element) => element.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.expect("a field");
        field.send_keys(text).await.expect("a field");
    }

    /// Chooses from a list by the words shown.
    pub async fn choose(&self, css: &str, words: &str) {
        self.find(css).await.select_by_label(words).await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Clicks; nothing is waited for.
    pub async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Clicks on what leads to another page, and waits for that.
    pub async fn submit(&self, css: &str) {
        let before = self.find("html").await;
        self.click(css).await;
        self.gone(before).await;
    }

    /// Waits until an element's page has been left.
    pub async fn gone(&self, element: Element) {
        let end = tokio::time::Instant::now() + PATIENCE;
        while element.tag_name().await.is_ok() {
            assert!(tokio::time::Instant::now() < end, "{} is not left", self.path().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.find("body").await;
    }

    /// Presses keys where the focus is.
    pub async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.unwrap_or_else(|error| panic!("{keys:?}: {error}"));
    }

    pub async fn press_key(&self, key: Key) {
        self.press(&char::from(key).to_string()).await;
    }

    /// Runs a script under the page's own content policy.
    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The size of the page and what its reader prefers; no motion, so that a picture is the end of it.
    pub async fn look(&self, look: Look) {
        let size = json!({ "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", size).await;
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": look.theme() },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.cdp("Emulation.setEmulatedMedia", features).await;
    }

    /// Whether the page's own scripts run.
    pub async fn scripts(&self, on: bool) {
        self.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": !on })).await;
    }

    /// Whether something lies beyond the right edge, at this width.
    pub async fn scrolls_sideways(&self, width: u32) -> Option<String> {
        self.look(Look { width, height: 800, dark: false }).await;
        let found = self.script(WIDER).await;
        found.as_str().map(|what| format!("scrolls sideways at {width}: {what}"))
    }

    /// What axe finds that is serious or worse.
    pub async fn violations(&self) -> Vec<Violation> {
        self.script(axe::SOURCE).await;
        let found = self.client.execute_async(axe::RUN, vec![]).await.unwrap_or_else(|error| panic!("axe: {error}"));
        Violation::grave(&found)
    }

    /// What has been said and asked for since the last time.
    pub async fn logs(&self) -> Logs {
        Logs::of(&self.log("browser").await, &self.log("performance").await)
    }

    /// A picture of the window; `whole`: of the page, however long.
    pub async fn picture(&self, file: &Path, whole: bool) -> PathBuf {
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        let png = if whole {
            let taken = self.cdp("Page.captureScreenshot", json!({ "captureBeyondViewport": true })).await;
            BASE64.decode(taken["data"].as_str().expect("a picture").as_bytes()).expect("base64")
        } else {
            self.client.screenshot().await.expect("a picture")
        };
        fs::write(file, png).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        file.to_owned()
    }

    /// A command of the browser's own protocol.
    pub async fn cdp(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.issue("goog/cdp/execute", body).await.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    async fn log(&self, kind: &str) -> Value {
        self.issue("se/log", json!({ "type": kind })).await.expect("a log")
    }

    async fn issue(&self, path: &'static str, body: Value) -> Result<Value, CmdError> {
        self.client.issue_cmd(Command { path, body }).await
    }

    /// The id of somebody in the demo who has sessions and a past.
    pub async fn somebody(&self) -> String {
        self.goto("/admin/api/users?query=maximiliane").await;
        let list: Value = serde_json::from_str(&self.text("body").await).unwrap_or_default();
        list["items"][0]["id"].as_str().unwrap_or_default().to_owned()
    }

    /// The administrator, signed in.
    pub async fn as_admin(driver: &Driver, origin: &str) -> Self {
        let window = Self::open(driver, origin).await;
        window.sign_in(ADMIN).await;
        window
    }
}

/// The widest element that does not scroll by itself, where the page is wider than its window.
const WIDER: &str = "
    const page = document.documentElement;
    if (page.scrollWidth <= page.clientWidth) return null;
    const right = e => e.getBoundingClientRect().right;
    const all = [...document.querySelectorAll('body *')].filter(e => right(e) > page.clientWidth + 1);
    const worst = all.sort((a, b) => right(b) - right(a))[0];
    return `${page.scrollWidth} px; ` + (worst ? worst.outerHTML.slice(0, 160) : 'no element');";

/// A command that WebDriver does not know.
#[derive(Debug)]
struct Command {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
