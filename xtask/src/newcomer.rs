//! `cargo xtask newcomer`: does what the guide's quickstart says, in an empty folder, and tells how long it takes.
//!
//! The page is what is run: its commands, its dependencies (the checkout stands in for the repository), its program. Only the
//! port is another one.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::program::{Folder, Server, free_address};
use crate::workspace::Workspace;

const PAGE: &str = "docs/guide/quickstart.md";
const ADDRESS: &str = "127.0.0.1:8000";
const ANSWER: &str = "Hello ada@example.com";

/// How many commands and lines it may take to a server that answers.
const COMMANDS: usize = 3;
const LINES: usize = 25;

/// # Errors
/// What of the page does not work, or that it asks for too much.
pub fn run(args: &[String]) -> Result<(), String> {
    if !args.is_empty() {
        return Err(format!("takes no arguments, not: {}", args.join(" ")));
    }
    let root = Workspace::open()?.root;
    let page = fs::read_to_string(root.join(PAGE)).map_err(|error| format!("{PAGE}: {error}"))?;
    let address = free_address()?;
    let page = page.replace(ADDRESS, &address.to_string());
    let steps = Steps::read(&page)?;
    let (commands, lines) = steps.size();
    if commands > COMMANDS || lines > LINES {
        return Err(format!("{PAGE} takes {commands} commands and {lines} lines; {COMMANDS} and {LINES} are allowed"));
    }

    let folder = Folder::new("authkit-newcomer")?;
    let begun = Instant::now();
    shell(&folder.0, steps.new, &root)?;
    let project = project(&folder.0)?;
    add(&project.join("Cargo.toml"), &from_checkout(steps.dependencies, &root))?;
    write(&project.join("src/main.rs"), steps.program)?;
    // The versions that this checkout is tested with, so that what is built already is not built again.
    fs::copy(root.join("Cargo.lock"), project.join("Cargo.lock")).map_err(|error| format!("Cargo.lock: {error}"))?;

    println!("$ {}", steps.start.trim());
    // The shell becomes cargo, and cargo the program: ending one ends all.
    let start = format!("exec {}", steps.start.trim());
    let mut server = Server::start(sh(&project, &start, &root))?;
    server.wait_for(address)?;
    let started = begun.elapsed();
    let link = server.setup_link()?.replace(ADDRESS, &address.to_string());
    let page = shell(&project, &format!("curl -sS -L -b '' -o page.html -w '%{{http_code}}\\n' '{link}'"), &root)?;
    if page.trim() != "200" {
        return Err("the link that the start prints leads to no page".to_owned());
    }
    let said = shell(&project, steps.ask, &root)?;
    if said.lines().last() != Some(ANSWER) {
        return Err(format!("the last answer is not \"{ANSWER}\":\n{said}"));
    }
    println!(
        "\n{commands} commands, {lines} lines of code. Built and listening after {:.0} s, signed in and answered after {:.1} s.",
        started.as_secs_f64(),
        begun.elapsed().as_secs_f64()
    );
    Ok(())
}

/// What the page tells a newcomer to do, in its order.
#[derive(Debug, PartialEq, Eq)]
struct Steps<'a> {
    new: &'a str,
    dependencies: &'a str,
    program: &'a str,
    start: &'a str,
    ask: &'a str,
}

impl<'a> Steps<'a> {
    fn read(page: &'a str) -> Result<Self, String> {
        let mut commands = blocks(page, "sh");
        let mut next = || commands.next().ok_or_else(|| format!("{PAGE}: fewer than three blocks of commands"));
        Ok(Self {
            new: next()?,
            start: next()?,
            ask: next()?,
            dependencies: blocks(page, "toml").next().ok_or_else(|| format!("{PAGE}: no dependencies"))?,
            program: blocks(page, "rust,no_run").next().ok_or_else(|| format!("{PAGE}: no program"))?,
        })
    }

    /// Commands to a server that listens, and lines of code without the empty ones.
    fn size(&self) -> (usize, usize) {
        let filled = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).count();
        (filled(self.new) + filled(self.start), filled(self.program))
    }
}

/// The texts between fences of this language.
fn blocks<'a>(page: &'a str, language: &str) -> impl Iterator<Item = &'a str> {
    let fence = format!("```{language}\n");
    let starts: Vec<usize> = page.match_indices(&fence).map(|(at, _)| at + fence.len()).collect();
    starts.into_iter().filter_map(|start| page[start..].split_once("```").map(|(block, _)| block))
}

/// `NAME = { git = "…" }` becomes the crate of that name in the checkout.
fn from_checkout(dependencies: &str, root: &Path) -> String {
    let line = |line: &str| match line.split_once(" = { git = ") {
        Some((name, _)) => format!("{name} = {{ path = {:?} }}\n", root.join(name)),
        None => format!("{line}\n"),
    };
    dependencies.lines().map(line).collect()
}

/// A command of the page, with its crates built where those of the checkout are.
fn sh(folder: &Path, script: &str, root: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-e", "-c", script]).current_dir(folder).env("CARGO_TARGET_DIR", root.join("target"));
    // As the checkout builds what others have written, so that it is built once.
    command.env("CARGO_PROFILE_DEV_DEBUG", "0");
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("AUTHKIT_") || ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|own| text.starts_with(own)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs it to its end and gives what it wrote to standard output.
fn shell(folder: &Path, script: &str, root: &Path) -> Result<String, String> {
    for line in script.lines() {
        println!("$ {line}");
    }
    let output = sh(folder, script, root).output().map_err(|error| format!("sh: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{said}");
    if output.status.success() {
        return Ok(said);
    }
    Err(format!("failed ({}):\n{script}{}", output.status, String::from_utf8_lossy(&output.stderr)))
}

/// The one folder that `cargo new` has made.
fn project(folder: &Path) -> Result<PathBuf, String> {
    let mut entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let first = entries.next().and_then(Result::ok);
    first.map(|entry| entry.path()).ok_or_else(|| "the first commands made no folder".to_owned())
}

fn add(file: &Path, text: &str) -> Result<(), String> {
    let before = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    write(file, &format!("{before}{text}"))
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "\
```sh\ncargo new x\ncd x\n```\n```toml\na = { git = \"u\" }\nb = \"1\"\n```\n```rust,no_run\nfn main() {\n\n}\n```\n\
```sh\ncargo run\n```\n```sh\ncurl u\n```\n";

    #[test]
    fn the_steps_are_read_in_the_order_of_the_page() {
        let steps = Steps::read(SMALL).unwrap();
        assert_eq!((steps.new, steps.start, steps.ask), ("cargo new x\ncd x\n", "cargo run\n", "curl u\n"));
        assert_eq!(steps.size(), (3, 2));
        assert!(Steps::read("```sh\nls\n```").unwrap_err().contains("fewer than three"));
    }

    #[test]
    fn the_repository_becomes_the_checkout() {
        let steps = Steps::read(SMALL).unwrap();
        assert_eq!(from_checkout(steps.dependencies, Path::new("/w")), "a = { path = \"/w/a\" }\nb = \"1\"\n");
    }

    #[test]
    fn the_page_of_the_guide_asks_for_no_more_than_is_promised() {
        let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/quickstart.md")).unwrap();
        let (commands, lines) = Steps::read(&page).unwrap().size();
        assert!(commands <= COMMANDS && lines <= LINES, "{commands} commands, {lines} lines");
    }
}
