//! The kit's own refusal of production.

use super::fail::Place;

/// Ends the process that calls itself production: hashes that cost nothing and a clock that anybody moves are no service.
pub(super) fn refuse(environment: Option<&str>, place: Place) {
    if environment.is_some_and(|text| text.trim().eq_ignore_ascii_case("production")) {
        place.fail(
            "authkit_poem::test is for tests, and AUTHKIT_ENV says production\n  \
             its password hashes are worth nothing, its clock is moved by hand, and its mails go nowhere\n  \
             fix: unset AUTHKIT_ENV for the tests, and keep the feature `test` of authkit-poem in [dev-dependencies]",
        );
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    // S-94
    #[test]
    fn only_production_is_refused_and_the_text_says_how_to_mend_it() {
        for allowed in [None, Some(""), Some("development"), Some("test")] {
            refuse(allowed, Place::here());
        }
        for refused in ["production", " PRODUCTION "] {
            let panic = catch_unwind(|| refuse(Some(refused), Place::here())).expect_err("refused");
            let text = panic.downcast_ref::<String>().expect("a text");
            assert!(text.contains("AUTHKIT_ENV says production") && text.contains("dev-dependencies"), "{text}");
        }
    }
}
