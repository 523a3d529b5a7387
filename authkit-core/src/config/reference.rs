//! The settings as text for people: an example of a file of variables, made of the one list.

use std::fmt::Write as _;

use super::variables::{Variable, variables};

/// All variables as a file to copy and fill in: each under what it says, switched off by a `#`, with its default.
///
/// Nothing in it is in force, and it holds no secret.
///
/// # Examples
/// ```
/// let text = authkit_core::config::env_example();
/// assert!(text.contains("\n#AUTHKIT_ENV=production\n"));
/// ```
pub fn env_example() -> String {
    let mut text = String::from(
        "# The settings of AuthKit. Copy this file to .env and take the # away from what you set.\n\
         # What stands behind a = is the default; where nothing does, there is none.\n",
    );
    for variable in variables() {
        entry(&mut text, variable);
    }
    text
}

fn entry(text: &mut String, variable: &Variable) {
    let secret = if variable.is_secret() { " Secret: only the process may read it." } else { "" };
    let default = variable.default().unwrap_or_default();
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "\n# {}\n# Takes {}.{secret}\n#{}={default}\n",
        variable.doc(),
        variable.expects(),
        variable.name()
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a shell or a reader of such files would make of the example with every `#` before a name taken away.
    fn switched_on() -> Vec<(String, String)> {
        let text = env_example();
        let lines = text.lines().filter_map(|line| line.strip_prefix("#AUTHKIT_")?.split_once('='));
        lines.map(|(name, value)| (format!("AUTHKIT_{name}"), value.to_owned())).collect()
    }

    #[test]
    fn the_example_names_every_variable_once_and_sets_none() {
        let names: Vec<_> = switched_on().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, variables().iter().map(Variable::name).collect::<Vec<_>>());
        assert!(env_example().lines().all(|line| line.is_empty() || line.starts_with('#')));
    }

    #[test]
    fn the_example_switched_on_is_read_and_changes_nothing() {
        let read = super::super::Config::from_vars(switched_on()).map(|config| format!("{:?}", config.resolve()));
        let unset = super::super::Config::from_vars([]).map(|config| format!("{:?}", config.resolve()));
        assert_eq!(read, unset);
    }
}
