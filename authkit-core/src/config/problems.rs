//! Gathering what is wrong until everything is checked.

use super::codes::ConfigCode;
use super::error::{ConfigError, ConfigProblem};
use super::setting::{Setting, Unfit};

/// What is wrong so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<ConfigProblem>);

impl Problems {
    pub(super) fn refuse(&mut self, code: ConfigCode, why: impl Into<String>, fix: impl Into<String>) {
        self.0.extend(ConfigError::one(code, why, fix).into_problems());
    }

    /// Refuses a value that could not be read.
    pub(super) fn unfit(&mut self, place: &str, unfit: Unfit) {
        self.refuse(unfit.code, format!("{place} {}", unfit.why), unfit.fix);
    }

    /// Refuses a number outside of `allowed`.
    pub(super) fn out_of_range(&mut self, place: &str, allowed: &str) {
        let why = format!("{place} is outside of what is allowed: {allowed}");
        self.refuse(ConfigCode::OutOfRange, why, "choose a value in this range, or leave it out for the default");
    }

    /// The value, or the reason why there is none.
    pub(super) fn fit<'a, T>(&mut self, setting: &'a Setting<Result<T, Unfit>>) -> Option<&'a T> {
        setting.value().as_ref().map_err(|unfit| self.unfit(&setting.place(), *unfit)).ok()
    }

    /// The value of a setting that may be left out, or the reason why there is none.
    pub(super) fn fit_if_set<'a, T>(&mut self, setting: &'a Setting<Option<Result<T, Unfit>>>) -> Option<&'a T> {
        setting.value().as_ref()?.as_ref().map_err(|unfit| self.unfit(&setting.place(), *unfit)).ok()
    }

    /// Takes over what another error holds, but for what is only missing.
    pub(super) fn add_but_missing(&mut self, error: ConfigError) {
        let missing = [ConfigCode::SecretMissing, ConfigCode::BaseUrlMissing];
        self.0.extend(error.into_problems().into_iter().filter(|problem| !missing.contains(&problem.code())));
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `value`, if nothing was refused. It is `None` only where something was.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, ConfigError> {
        value.filter(|_| self.0.is_empty()).ok_or(ConfigError::of(self.0))
    }
}
