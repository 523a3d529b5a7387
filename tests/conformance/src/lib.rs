//! The contract of AuthKit's stores as a suite that runs on any store.
//!
//! One line in a test file of a store makes one test of every case, named after the clause of the contract
//! (`docs/STORE-CONTRACT.md`) that it tries:
//!
//! ```
//! # use authkit_store_memory::MemoryStore as MyStore;
//! authkit_conformance::store_contract!(|| async {
//!     let store = std::sync::Arc::new(MyStore::new());
//!     authkit_conformance::Subject::of(&store).audit_log(&store).attempts(&store)
//! });
//! # fn main() {}
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
mod stores;
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
    use std::collections::BTreeSet;

    use crate::feature::Feature;
    use crate::reference::Reference;
    use crate::subject::Shape;

    // The reference passes its own suite: what a case asks for can be had.
    crate::store_contract!(|| async { Reference::new(Shape::full()).as_subject() });

    #[test]
    fn every_clause_of_the_contract_has_a_case_and_every_case_a_clause() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/STORE-CONTRACT.md");
        let text = std::fs::read_to_string(path).expect("the contract in prose");
        // A row of a table begins with its clause in bold; the invariants of histories are prose.
        let rows = text.lines().filter_map(|line| line.strip_prefix("| **")?.split_once("**"));
        let written: BTreeSet<String> = rows.map(|(clause, _)| clause.to_owned()).collect();
        let clauses = crate::cases().into_iter().flat_map(|case| case.clauses());
        let tried: BTreeSet<String> = clauses.filter(|clause| !clause.starts_with('I')).collect();
        assert_eq!(tried, written);
    }

    const LACKING: [Feature; 5] =
        [Feature::SoftDelete, Feature::Verification, Feature::UpdatedAt, Feature::LastSignIn, Feature::OneDatabase];

    /// The histories take their time: they run for what changes most.
    fn some_cases(feature: Feature) -> impl Iterator<Item = crate::Case> {
        let all = matches!(feature, Feature::SoftDelete | Feature::OneDatabase);
        crate::cases().into_iter().filter(move |case| all || case.module != "machine")
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_store_that_says_what_it_lacks_passes_and_the_rest_is_waived() {
        for feature in LACKING {
            let report = crate::run_cases(some_cases(feature), move || async move {
                Reference::new(Shape::lacking(feature)).as_subject()
            });
            let report = report.await;
            assert!(report.is_ok(), "{feature:?}: {report}");
            assert!(!report.passed.is_empty());
            assert!(report.waived.iter().all(|(_, waived)| *waived == feature), "{report}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_table_with_keys_of_its_own_passes_when_it_says_so_and_fails_when_not() {
        let factory =
            |shape: fn() -> Shape| move || async move { Reference::new(shape()).with_own_keys().as_subject() };
        let report = crate::run(factory(|| Shape::lacking(Feature::SuggestedKeys))).await;
        assert!(report.is_ok() && report.waived.is_empty(), "{report}");
        let users = crate::cases().into_iter().filter(|case| case.module == "users");
        let report = crate::run_cases(users, factory(Shape::full)).await;
        assert!(report.rejects("U-2"), "{report}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_store_that_hides_what_it_lacks_is_rejected() {
        for feature in LACKING {
            let factory = move || async move {
                let mut subject = Reference::new(Shape::lacking(feature)).as_subject();
                subject.shape = Shape::full();
                subject
            };
            let report = crate::run_cases(some_cases(feature), factory).await;
            assert!(!report.is_ok(), "{feature:?}: {report}");
            assert!(report.waived.is_empty(), "{report}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_failing_history_is_shrunk_to_the_steps_that_matter() {
        let machine = crate::cases().into_iter().filter(|case| case.name.contains("histories_of_users"));
        let factory = || async {
            let mut subject = Reference::new(Shape::lacking(Feature::SoftDelete)).as_subject();
            subject.shape = Shape::full();
            subject
        };
        let report = crate::run_cases(machine, factory).await;
        let [(_, message)] = &report.failed[..] else { panic!("{report}") };
        let steps = message.split("the history").nth(1).unwrap_or_default().lines().skip(1);
        let steps: Vec<&str> = steps.map(str::trim).collect();
        assert!(steps.len() <= 3 && steps.concat().contains("Delete"), "{message}");
    }

    #[test]
    fn every_case_names_a_clause_and_no_name_is_given_twice() {
        let cases = crate::cases();
        let names: BTreeSet<_> = cases.iter().map(|case| case.name).collect();
        assert_eq!(names.len(), cases.len());
        for case in cases {
            assert!(!case.clauses().is_empty(), "{case:?}");
        }
    }
}
