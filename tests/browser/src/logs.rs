//! What a page said on the console, and what it asked the network for.

use serde_json::Value;

/// All since it was read last.
#[derive(Debug, Default)]
pub struct Logs {
    /// Messages of the console: level and text.
    pub console: Vec<(String, String)>,
    /// Addresses that were asked for.
    pub requests: Vec<String>,
}

impl Logs {
    pub(crate) fn of(console: &Value, performance: &Value) -> Self {
        let entry = |entry: &Value| (text(&entry["level"]), text(&entry["message"]));
        let console = console.as_array().into_iter().flatten().map(entry).collect();
        let mut requests = Vec::new();
        for entry in performance.as_array().into_iter().flatten() {
            let Ok(event) = serde_json::from_str::<Value>(entry["message"].as_str().unwrap_or_default()) else {
                continue;
            };
            let event = &event["message"];
            if event["method"] == "Network.requestWillBeSent" {
                requests.push(text(&event["params"]["request"]["url"]));
            }
        }
        Self { console, requests }
    }

    /// What must not be there: messages of any level, and requests to elsewhere. An answer with one of these statuses
    /// may be told of, since the test has asked for it.
    pub fn faults(&self, origin: &str, statuses: &[u16]) -> Vec<String> {
        let expected =
            |text: &str| statuses.iter().any(|status| text.contains(&format!("responded with a status of {status} ")));
        let said = self.console.iter().filter(|(_, text)| !expected(text));
        let said = said.map(|(level, text)| format!("console, {level}: {text}"));
        let left = self.requests.iter().filter(|url| !stays(url, origin));
        said.chain(left.map(|url| format!("a request to elsewhere: {url}"))).collect()
    }
}

fn stays(url: &str, origin: &str) -> bool {
    ["data:", "blob:", "about:"].iter().any(|scheme| url.starts_with(scheme))
        || url.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_that_only_begins_alike_is_elsewhere() {
        let origin = "http://127.0.0.1:80";
        assert!(stays("http://127.0.0.1:80/admin", origin) && stays("data:image/png;base64,AA", origin));
        assert!(!stays("http://127.0.0.1:8080/", origin) && !stays("https://fonts.example/", origin));
    }

    #[test]
    fn only_a_status_that_was_asked_for_may_be_told_of() {
        let said = "http://x/ - Failed to load resource: the server responded with a status of 401 (Unauthorized)";
        let logs = Logs { console: vec![("SEVERE".to_owned(), said.to_owned())], requests: Vec::new() };
        assert!(logs.faults("http://x", &[401]).is_empty());
        assert_eq!(logs.faults("http://x", &[403]).len(), 1);
    }
}
