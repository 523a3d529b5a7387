//! Paths as they are written in real code.

use super::*;

fn read(text: &str) -> Named {
    named(text, &["flows".to_owned(), "login".to_owned()], "authkit_core")
}

/// `target` or `target as binding`, rooted ones only.
fn targets(text: &str) -> Vec<String> {
    let rooted = read(text).paths.into_iter().filter(|reference| reference.rooted);
    rooted.map(|reference| reference.target.join("::")).collect()
}

#[test]
fn every_branch_of_a_use_tree_is_found() {
    assert_eq!(targets("use crate::{a::b, c};"), ["a::b", "c"]);
    assert_eq!(targets("pub(crate) use crate::{a::{self, b::{C, D},}, e::*};"), ["a", "a::b::C", "a::b::D", "e"]);
    assert_eq!(targets("use {crate::a, std::fmt, super::b};"), ["a", "flows::b"]);
}

#[test]
fn super_and_self_and_the_crate_s_own_name_are_resolved() {
    assert_eq!(targets("use super::logout; use super::super::kit::AuthKit;"), ["flows::logout", "kit::AuthKit"]);
    assert_eq!(targets("use self::inner::X; use authkit_core::model;"), ["flows::login::inner::X", "model"]);
}

#[test]
fn paths_in_the_middle_of_code_are_found() {
    let code = "fn f(at: crate::model::Timestamp) -> Vec<super::x::Y> { $crate::kit::go::<u8>(self::z()) }";
    assert_eq!(targets(code), ["model::Timestamp", "flows::x::Y", "kit::go", "flows::login::z"]);
}

#[test]
fn an_inline_module_changes_what_super_means() {
    let code = "mod inner { use super::A; mod deeper { use super::super::B; } use super::C; } use super::D;";
    assert_eq!(targets(code), ["flows::login::A", "flows::login::B", "flows::login::C", "flows::D"]);
}

#[test]
fn tests_are_passed_over_and_what_follows_them_is_not() {
    let code = "#[cfg(test)] mod tests { use crate::a; fn f() { {} } }\n#[cfg(test)]\n#[path = \"x\"]\nuse crate::{b};\n\
                #[cfg(test)] fn g(x: [u8; 3]) { crate::c::d() } use crate::e;";
    assert_eq!(targets(code), ["e"]);
    assert_eq!(targets("#![cfg(test)] use crate::a;"), [""; 0]);
    assert_eq!(targets("#[cfg(any(test, feature = \"testing\"))] use crate::a;"), ["a"]);
    assert_eq!(targets("#[cfg(not(test))] use crate::a;"), ["a"]);
}

#[test]
fn a_module_file_for_tests_only_is_named() {
    assert_eq!(read("#[cfg(test)] mod tests; mod other;").test_only, [["flows", "login", "tests"]]);
}

#[test]
fn comments_strings_and_other_crates_are_not_ours() {
    assert_eq!(targets("// use crate::a;\n/// crate::b::C\nfn f() { \"crate::c::D\"; std::fmt::x(); }"), [""; 0]);
    assert_eq!(targets("use ::crate_like::x; fn f() -> impl Iterator + use<'_> {}"), [""; 0]);
}

#[test]
fn a_use_says_what_it_binds() {
    let found = read("pub use token::{Keys as Ring, Claims}; use crate::model::*; use super::x as _;").paths;
    let bound: Vec<_> = found.iter().map(|r| (r.target.join("::"), r.binding.as_deref().unwrap(), r.rooted)).collect();
    assert_eq!(
        bound,
        [
            ("flows::login::token::Keys".to_owned(), "Ring", false),
            ("flows::login::token::Claims".to_owned(), "Claims", false),
            ("model".to_owned(), "*", true),
            ("flows::x".to_owned(), "_", true),
        ]
    );
}

#[test]
fn a_reference_knows_its_line() {
    assert_eq!(read("\n\nuse crate::a;").paths[0].line, 3);
}
