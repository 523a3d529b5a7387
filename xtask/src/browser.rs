//! The browser of the tests: Chromium and its driver, which are there, installed, or asked for. And `cargo xtask browser`.

use crate::cargo;
use crate::packages::{self, has, line};
use crate::workspace::Workspace;

/// What the browser and its driver may be called.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const DRIVERS: [&str; 2] = ["chromedriver", "chromium.chromedriver"];

/// The package managers, and what they call the packages.
const LINES: [(&str, &str); 4] = [
    ("apt-get", "sudo apt-get install chromium chromium-driver"),
    ("dnf", "sudo dnf install chromium chromedriver"),
    ("pacman", "sudo pacman -S chromium"),
    ("brew", "brew install --cask chromium chromedriver"),
];

/// Makes sure that both are there.
///
/// # Errors
/// What is missing, and the exact line to type.
pub fn provide() -> Result<(), String> {
    let packages = missing(&has);
    if packages.is_empty() || (packages::install(&packages)? && missing(&has).is_empty()) {
        return Ok(());
    }
    Err(advice(&missing(&has), &has))
}

/// Screenshots of pages.
///
/// # Errors
/// As [`provide`], or what the program that takes them says.
pub fn run(args: &[String]) -> Result<(), String> {
    provide()?;
    let root = Workspace::open()?.root;
    let mut command = vec!["run", "--quiet", "--package", "authkit-browser", "--bin", "screenshots", "--"];
    command.extend(args.iter().map(String::as_str));
    cargo::run(&root, &command, &[])
}

fn missing(has: &dyn Fn(&str) -> bool) -> Vec<&'static str> {
    let wanted = [("chromium", &BROWSERS[..]), ("chromium-driver", &DRIVERS[..])];
    wanted.into_iter().filter(|(_, names)| !names.iter().any(|name| has(name))).map(|(package, _)| package).collect()
}

fn advice(missing: &[&str], has: &dyn Fn(&str) -> bool) -> String {
    format!(
        "the tests of the console need Chromium and its driver; not found: {}. Install them:\n    {}\n\
         Or leave those tests out: cargo xtask test --without browser",
        missing.join(", "),
        line(&LINES, has)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_of_the_names_will_do() {
        assert!(missing(&|name| ["google-chrome", "chromedriver"].contains(&name)).is_empty());
        assert_eq!(missing(&|name| name == "chromium"), ["chromium-driver"]);
        assert_eq!(missing(&|_| false), ["chromium", "chromium-driver"]);
    }

    #[test]
    fn the_line_to_type_is_that_of_the_machine() {
        let debian = advice(&["chromium-driver"], &|name| name == "apt-get");
        assert!(debian.contains("sudo apt-get install chromium chromium-driver"), "{debian}");
        assert!(advice(&["chromium"], &|name| name == "dnf").contains("sudo dnf install"));
        assert!(debian.contains("--without browser"), "{debian}");
    }
}
