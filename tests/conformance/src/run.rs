//! Runs cases and tells what came of them.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use crate::bench::Bench;
use crate::case::Case;
use crate::failure::{Checked, Failure};
use crate::feature::Feature;
use crate::list::cases;
use crate::long::is_long_run;
use crate::stores::Stores;
use crate::subject::Subject;

/// A case that is not done after this time hangs. The long run has no limit.
const PATIENCE: Duration = Duration::from_secs(300);

/// What came of a run.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The cases that passed.
    pub passed: Vec<Case>,
    /// The cases that failed, each with what was expected and what was seen.
    pub failed: Vec<(Case, String)>,
    /// The cases that were waived, each with what the store said it lacks.
    pub waived: Vec<(Case, Feature)>,
}

impl Report {
    /// Whether nothing failed.
    pub fn is_ok(&self) -> bool {
        self.failed.is_empty()
    }

    /// Whether a case whose name begins with this clause (`R-2`) failed.
    pub fn rejects(&self, clause: &str) -> bool {
        let names = |case: &Case| case.clauses().iter().any(|name| name == clause);
        self.failed.iter().any(|(case, _)| names(case))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (case, message) in &self.failed {
            writeln!(f, "FAILED {}: {message}", case.title())?;
        }
        for (case, feature) in &self.waived {
            writeln!(f, "waived {}: the store lacks {}", case.title(), feature.name())?;
        }
        let (passed, failed, waived) = (self.passed.len(), self.failed.len(), self.waived.len());
        write!(f, "{passed} passed, {failed} failed, {waived} waived")
    }
}

/// Runs every case, each on a fresh store that `factory` makes.
///
/// Needs a runtime of several threads: `#[tokio::test(flavor = "multi_thread")]`.
pub async fn run<F, S>(factory: F) -> Report
where
    F: Fn() -> S + Send + Sync + 'static,
    S: Future<Output = Subject> + Send + 'static,
{
    run_cases(cases(), factory).await
}

/// Runs some cases.
pub async fn run_cases<F, S>(cases: impl IntoIterator<Item = Case>, factory: F) -> Report
where
    F: Fn() -> S + Send + Sync + 'static,
    S: Future<Output = Subject> + Send + 'static,
{
    let stores = Stores::new(factory);
    let mut report = Report::default();
    for case in cases {
        match run_case(case, stores.clone()).await {
            Ok(()) => report.passed.push(case),
            Err(Failure::Waived(feature)) => report.waived.push((case, feature)),
            Err(Failure::Wrong(message)) => report.failed.push((case, message)),
        }
    }
    report
}

/// Runs one case by its name, on a runtime of its own; what [`crate::store_contract!`] calls.
///
/// # Panics
/// When the case fails, with its name, what was expected and what was seen.
pub fn check<F, S>(module: &str, name: &str, factory: F)
where
    F: Fn() -> S + Send + Sync + 'static,
    S: Future<Output = Subject> + Send + 'static,
{
    let case = cases()
        .into_iter()
        .find(|case| case.module == module && case.name == name)
        .unwrap_or_else(|| panic!("no case {module}::{name}"));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("a runtime");
    let outcome = runtime.block_on(run_case(case, Stores::new(factory)));
    // A store that hangs must not hang the run.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => {}
        Err(Failure::Waived(feature)) => println!("waived {}: the store lacks {}", case.title(), feature.name()),
        Err(Failure::Wrong(message)) => panic!("{}: {message}", case.title()),
    }
}

/// Makes one test of each case.
#[doc(hidden)]
#[macro_export]
macro_rules! __tests {
    (($factory:expr) $($module:ident { $($name:ident,)* })*) => {
        fn __authkit_store_contract(module: &str, name: &str) {
            $crate::check(module, name, $factory);
        }

        /// The store contract: one test a case, see `docs/STORE-CONTRACT.md`.
        mod store_contract {
            $(
                mod $module {
                    $(
                        #[test]
                        fn $name() {
                            super::super::__authkit_store_contract(stringify!($module), stringify!($name));
                        }
                    )*
                }
            )*
        }
    };
}

async fn run_case(case: Case, stores: Stores) -> Checked {
    let task = tokio::spawn(async move { (case.run)(Bench::new(stores).await).await });
    let stop = task.abort_handle();
    let outcome = if is_long_run() {
        task.await
    } else {
        tokio::time::timeout(PATIENCE, task).await.map_err(|_| {
            stop.abort();
            Failure::Wrong(format!("not done after {} s", PATIENCE.as_secs()))
        })?
    };
    match outcome {
        Ok(outcome) => outcome,
        Err(error) => Err(Failure::Wrong(match error.try_into_panic() {
            Ok(panic) => format!("panicked: {}", text_of(&*panic)),
            Err(error) => error.to_string(),
        })),
    }
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(no text)")
}
