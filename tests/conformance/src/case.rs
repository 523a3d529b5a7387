//! A case: one thing that the contract says, tried on a fresh store.

use std::fmt;

use futures_util::future::BoxFuture;

use crate::bench::Bench;
use crate::failure::Checked;

/// One thing that the contract says, tried on a fresh store.
#[derive(Clone, Copy)]
pub struct Case {
    /// What it is about: the module that holds it.
    pub module: &'static str,
    /// Its name as an identifier: clauses first, then what must be so.
    pub name: &'static str,
    pub(crate) run: fn(Bench) -> BoxFuture<'static, Checked>,
}

impl Case {
    /// The clauses that its name begins with, such as `R-2`.
    pub fn clauses(&self) -> Vec<String> {
        self.name.split('_').map_while(clause).collect()
    }

    /// Clauses and sentence: `R-2 racing rotations have one winner`.
    pub fn title(&self) -> String {
        let clauses = self.clauses();
        let words = self.name.split('_').skip(clauses.len());
        let sentence = words.collect::<Vec<_>>().join(" ");
        format!("{} {sentence}", clauses.join(", "))
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.module, self.name)
    }
}

/// `r2` is R-2; the invariants of the state machine are written without a hyphen, I2.
fn clause(word: &str) -> Option<String> {
    let (letter, number) = word.split_at_checked(1)?;
    let is_clause = matches!(letter, "u" | "l" | "r" | "a" | "c" | "p" | "i")
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit());
    let hyphen = if letter == "i" { "" } else { "-" };
    is_clause.then(|| format!("{}{hyphen}{number}", letter.to_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_called_by_its_clauses_and_a_sentence() {
        let case = Case {
            module: "rotation",
            name: "r2_i13_racing_rotations_have_one_winner",
            run: |_| Box::pin(async { Ok(()) }),
        };
        assert_eq!(case.clauses(), ["R-2", "I13"]);
        assert_eq!(case.title(), "R-2, I13 racing rotations have one winner");
    }
}
