//! Wrong usage: one line and a hint, with what was probably meant.

use clap::ColorChoice;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::codes::CliCode;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{BAD, DIM, Output};

/// Says what is wrong with the words on the command line. Help and version are no mistake.
pub(crate) fn report(error: &clap::Error, json: bool, color: ColorChoice) -> Exit {
    let out = Output::bare(json, color);
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            return Exit::Ok;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            return Exit::Usage;
        }
        _ => {}
    }
    let (line, hint) = (line(error), hint(error));
    if json {
        return out.failed(&Failure::new(CliCode::Usage, line).fix(hint));
    }
    out.tell(&format!("{BAD}error{BAD:#}: {line}\n{DIM}hint{DIM:#}:  {hint}"));
    Exit::Usage
}

/// What is wrong: the first line of what clap says, with the names that it puts on lines of their own.
fn line(error: &clap::Error) -> String {
    let text = error.to_string();
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(first);
    if !first.ends_with(':') {
        return first.to_owned();
    }
    let names: Vec<&str> = lines.map_while(|line| line.strip_prefix("  ")).map(str::trim).collect();
    format!("{first} {}", names.join(", "))
}

/// What to type instead.
fn hint(error: &clap::Error) -> String {
    let suggested = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let meant = suggested.into_iter().find_map(|kind| texts(error.get(kind)?).into_iter().next());
    if let Some(meant) = meant {
        return format!("did you mean `{meant}`?");
    }
    if let Some(values) = error.get(ContextKind::ValidValue).map(texts).filter(|values| !values.is_empty()) {
        return format!("one of {}", values.join(", "));
    }
    if let Some(commands) = error.get(ContextKind::ValidSubcommand).map(texts).filter(|names| !names.is_empty()) {
        return format!("one of {}", commands.join(", "));
    }
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    let usage = anstream::adapter::strip_str(&usage).to_string();
    let usage = usage.trim().trim_start_matches("Usage:").split_whitespace().collect::<Vec<_>>().join(" ");
    if usage.is_empty() { "authkit --help".to_owned() } else { usage }
}

fn texts(value: &ContextValue) -> Vec<String> {
    match value {
        ContextValue::String(text) => vec![text.clone()],
        ContextValue::Strings(texts) => texts.clone(),
        _ => Vec::new(),
    }
}

/// The known name that is nearest to one that is not known, if it is near at all.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.into_iter().map(|known| (strsim::damerau_levenshtein(name, known), known)).min()?;
    (near.0 * 2 <= name.chars().count().max(2)).then_some(near.1)
}
