//! axe-core, as it comes, run in a page. Version 4.14.1, under the MPL 2.0: see the folder `axe-core`.

use std::fmt;

use serde_json::Value;

pub(crate) const SOURCE: &str = include_str!("../axe-core/axe.min.js");

/// Called with the rules of WCAG 2.2 AA and of good practice; the answer is its list of violations.
pub(crate) const RUN: &str = "const done = arguments[arguments.length - 1]; \
    axe.run({ resultTypes: ['violations'] }).then(found => done(found.violations), error => done(String(error)))";

/// Something that shuts people out.
#[derive(Debug, Clone)]
pub struct Violation {
    pub rule: String,
    pub impact: String,
    /// The first elements that it was found at, and why.
    pub at: Vec<String>,
}

impl Violation {
    /// The serious and critical ones of what axe has answered.
    pub(crate) fn grave(found: &Value) -> Vec<Self> {
        let all = found.as_array().unwrap_or_else(|| panic!("axe did not run: {found}"));
        all.iter().map(Self::of).filter(|violation| ["serious", "critical"].contains(&&*violation.impact)).collect()
    }

    fn of(found: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let nodes = found["nodes"].as_array().into_iter().flatten().take(4);
        let at = nodes.map(|node| {
            let why = text(&node["failureSummary"]).replace('\n', " ");
            format!("{} {}: {why}", node["target"], text(&node["html"]))
        });
        Self { rule: text(&found["id"]), impact: text(&found["impact"]), at: at.collect() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "axe, {}: {} at {}", self.impact, self.rule, self.at.join(" | "))
    }
}
