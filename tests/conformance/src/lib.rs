//! The contract of AuthKit's stores as a suite that runs on any store.
//!
//! One line in a test file of a store makes one test of every case, named after the clause of the contract
//! (`docs/STORE-CONTRACT.md`) that it tries:
//!
//! ```ignore
//! authkit_conformance::store_contract!(|| async {
//!     let store = std::sync::Arc::new(MyStore::open_empty().await);
//!     authkit_conformance::Subject::of(&store).audit_log(&store).attempts(&store)
//! });
//! ```
//!
//! What a table lacks is said openly ([`Subject::without`]) and waives only what it excludes.

mod bench;
mod case;
mod cases;
mod failure;
mod feature;
pub mod fixtures;
mod list;
mod lists;
mod lockstep;
mod long;
mod reference;
mod run;
mod subject;
mod trail;

pub use case::Case;
pub use feature::Feature;
pub use list::cases;
pub use run::{Report, check, run, run_cases};
pub use subject::Subject;
pub use trail::{Recorder, Trail};

/// Makes one test of every case of the contract, each on a fresh store.
///
/// The argument is a closure without arguments whose future answers with a [`Subject`]. The tests bring a runtime of
/// their own.
#[macro_export]
macro_rules! store_contract {
    ($factory:expr $(,)?) => {
        $crate::__each_case!([$crate::__tests] $factory);
    };
}

#[cfg(test)]
mod tests {
    use crate::reference::Reference;
    use crate::subject::Shape;

    // The reference passes its own suite: what a case asks for can be had.
    crate::store_contract!(|| async { Reference::new(Shape::full()).as_subject() });

    #[test]
    fn every_case_names_a_clause_and_no_name_is_given_twice() {
        let cases = crate::cases();
        let names: std::collections::BTreeSet<_> = cases.iter().map(|case| case.name).collect();
        assert_eq!(names.len(), cases.len());
        for case in cases {
            assert!(!case.clauses().is_empty(), "{case:?}");
        }
    }
}
