//! Reading the `AUTHKIT_*` variables.

use zeroize::Zeroizing;

use super::Config;
use super::codes::ConfigCode;
use super::error::ConfigError;
use super::nearest::nearest;
use super::problems::Problems;
use super::settings::Environment;
use super::variables::{Kind, Variable, variables};
use crate::model::clean::printable;

/// One variable that was given.
struct Given {
    variable: &'static Variable,
    /// Its name as it was spelled.
    spelling: String,
    value: Zeroizing<String>,
}

/// What [`Config::from_vars`] does.
pub(super) fn read(vars: impl IntoIterator<Item = (String, String)>) -> Result<Config, ConfigError> {
    let mut problems = Problems::default();
    let given = known(vars, &mut problems);
    let mut config = Config::new(Environment::Production);
    for Given { variable, value, .. } in &given {
        let text = if variable.is_secret() { value.as_str() } else { value.trim() };
        if !text.is_empty() {
            set(&mut config, variable, text, &mut problems);
        }
    }
    if problems.is_empty() {
        return Ok(config);
    }
    // So that the next start does not tell the next mistake. What is missing may still be set in code.
    if let Err(error) = config.resolve() {
        problems.add_but_missing(error);
    }
    problems.finish(None)
}

/// The variables that there are, each once.
fn known(vars: impl IntoIterator<Item = (String, String)>, problems: &mut Problems) -> Vec<Given> {
    let mut given: Vec<Given> = Vec::new();
    for (spelling, value) in vars {
        let value = Zeroizing::new(value);
        let name = spelling.to_ascii_uppercase();
        if !name.starts_with("AUTHKIT_") || name.starts_with("AUTHKIT_TEST_") {
            continue;
        }
        let Some(variable) = variables().iter().find(|variable| variable.name() == name) else {
            unknown(&name, problems);
            continue;
        };
        match given.iter_mut().find(|earlier| earlier.variable.name() == name) {
            Some(earlier) if earlier.spelling == spelling => earlier.value = value,
            Some(_) => problems.refuse(
                ConfigCode::AmbiguousVariable,
                format!("{name} is given in upper and in lower case"),
                "keep one of the two",
            ),
            None => given.push(Given { variable, spelling, value }),
        }
    }
    given
}

fn unknown(name: &str, problems: &mut Problems) {
    // Long enough for every name that there is, and short enough to be compared with each.
    let shown = printable(name, 64);
    let nearest = nearest(&shown, variables().iter().map(Variable::name)).unwrap_or_default();
    problems.refuse(
        ConfigCode::UnknownVariable,
        format!("{shown} is set, and nothing reads it"),
        format!("did you mean {nearest}? Otherwise unset it"),
    );
}

fn set(config: &mut Config, variable: &Variable, text: &str, problems: &mut Problems) {
    let mut unfit = |code| {
        let why = format!("{} has a value that does not fit", variable.name());
        problems.refuse(code, why, format!("set it to {}", variable.expects()));
    };
    match variable.kind {
        Kind::Flag(set) => match flag(text) {
            Some(on) => set(config, on),
            None => unfit(ConfigCode::InvalidValue),
        },
        Kind::Number(_, min, max, set) => match text.parse::<u64>().map(u32::try_from) {
            Ok(Ok(number)) if (min..=max).contains(&number) => set(config, number),
            Ok(_) => unfit(ConfigCode::OutOfRange),
            Err(_) => unfit(ConfigCode::InvalidValue),
        },
        Kind::Choice(_, set) => {
            if set(config, text).is_none() {
                unfit(ConfigCode::InvalidValue);
            }
        }
        Kind::Text(_, set) | Kind::Secret(_, set) => {
            if let Err(reason) = set(config, text) {
                problems.unfit(variable.name(), reason);
            }
        }
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" | "t" | "y" => Some(true),
        "false" | "0" | "off" | "no" | "f" | "n" => Some(false),
        _ => None,
    }
}
