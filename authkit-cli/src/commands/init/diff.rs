//! What would change, as a diff.

use similar::TextDiff;

use super::files::{File, State};

/// The change of one file; `None`: there is none. Settings are secrets, so of them the names alone are shown.
pub(super) fn of(file: &File) -> Option<String> {
    let (before, after) = match &file.state {
        State::New(text) => (String::new(), text.clone()),
        State::Changed { before, after } => (before.clone(), after.clone()),
        State::Same | State::Kept => return None,
    };
    let (before, after) = if file.is_private { (masked(&before), masked(&after)) } else { (before, after) };
    let path = file.path.display();
    let old = if matches!(file.state, State::New(_)) { "/dev/null".to_owned() } else { format!("a/{path}") };
    let diff = TextDiff::from_lines(&before, &after);
    Some(diff.unified_diff().header(&old, &format!("b/{path}")).to_string())
}

fn masked(text: &str) -> String {
    let line = |line: &str| match line.split_once('=') {
        Some((name, _)) if !line.trim_start().starts_with('#') => format!("{name}=…\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}
