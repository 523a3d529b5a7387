//! The span of a flow: its name, which is stable, and how the flow ended.

use std::future::Future;

use tracing::{Instrument as _, Span};

use crate::error::{AuthError, Fault};

/// A flow that decides or changes something.
macro_rules! info_span {
    ($name:literal) => {
        tracing::info_span!(target: "authkit", $name, outcome = tracing::field::Empty, code = tracing::field::Empty)
    };
}

/// A flow that looks, or that every request has.
macro_rules! debug_span {
    ($name:literal) => {
        tracing::debug_span!(target: "authkit", $name, outcome = tracing::field::Empty, code = tracing::field::Empty)
    };
}

pub(crate) use {debug_span, info_span};

/// Runs a flow inside its span and says there how it ended: `ok`, `refused` (a caller's fault) or `failed` (an operator's),
/// with the code of the refusal. No argument of a flow is ever a field: what they hold is secret, or somebody's address.
pub(crate) async fn observed<T>(span: Span, flow: impl Future<Output = Result<T, AuthError>>) -> Result<T, AuthError> {
    let answer = flow.instrument(span.clone()).await;
    match &answer {
        Ok(_) => drop(span.record("outcome", "ok")),
        Err(error) => {
            let outcome = if error.fault() == Fault::Caller { "refused" } else { "failed" };
            span.record("outcome", outcome).record("code", error.code());
        }
    }
    answer
}
