//! One setting: its value, what it is called, and who set it.

use std::fmt;

use super::codes::ConfigCode;

/// A value of the configuration with its names and its source.
#[derive(Clone)]
pub(super) struct Setting<T> {
    pub(super) variable: Option<&'static str>,
    pub(super) method: &'static str,
    pub(super) source: Source,
    value: T,
}

/// Who set a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Default,
    Code,
    Variable,
}

/// A value that was given and cannot be used. It is not kept: only why it cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unfit {
    pub(super) code: ConfigCode,
    /// What is wrong, after the name of the setting.
    pub(super) why: &'static str,
    pub(super) fix: &'static str,
}

impl<T> Setting<T> {
    /// A setting with a variable and a method of [`Config`](super::Config).
    pub(super) const fn new(variable: &'static str, method: &'static str, default: T) -> Self {
        Self { variable: Some(variable), method, source: Source::Default, value: default }
    }

    /// A setting that has no variable.
    pub(super) const fn in_code_only(method: &'static str, default: T) -> Self {
        Self { variable: None, method, source: Source::Default, value: default }
    }

    /// Sets it in code.
    pub(super) fn set(&mut self, value: T) {
        self.value = value;
        self.source = Source::Code;
    }

    /// Sets it from its variable.
    pub(super) fn read(&mut self, value: T) {
        self.value = value;
        self.source = Source::Variable;
    }

    pub(super) const fn value(&self) -> &T {
        &self.value
    }

    /// The name under which it was set, or can be.
    pub(super) fn name(&self) -> String {
        match (self.source, self.variable) {
            (Source::Code, _) | (_, None) => format!("Config::{}", self.method),
            (_, Some(variable)) => variable.to_owned(),
        }
    }

    /// The name, and who set it where the name alone does not say so.
    pub(super) fn place(&self) -> String {
        match self.source {
            Source::Default => format!("{} (the default)", self.name()),
            Source::Code => format!("{} (set in code)", self.name()),
            Source::Variable => self.name(),
        }
    }

    /// Both names, for a setting that is missing.
    pub(super) fn both(&self) -> String {
        match self.variable {
            Some(variable) => format!("{variable} or Config::{}", self.method),
            None => self.name(),
        }
    }
}

/// The value as it prints itself, so that a secret stays one, and the name it was set under.
impl<T: fmt::Debug> fmt::Debug for Setting<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} from {}", self.value, self.place())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_says_who_set_it() {
        let mut setting = Setting::new("AUTHKIT_X", "x", 1);
        assert_eq!(format!("{setting:?}"), "1 from AUTHKIT_X (the default)");
        setting.read(2);
        assert_eq!(format!("{setting:?}"), "2 from AUTHKIT_X");
        setting.set(3);
        assert_eq!(format!("{setting:?}"), "3 from Config::x (set in code)");
        assert_eq!(Setting::in_code_only("y", 0).place(), "Config::y (the default)");
    }
}
