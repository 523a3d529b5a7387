//! docs/SETTINGS.md says what the code says.

use std::fmt::Write as _;

use authkit_core::config::variables;

const HEAD: &str = "# Settings\n\nThe `AUTHKIT_*` variables, read by `Config::from_vars`. Each can also be set in code, and code has finer ones: see \
the documentation of `authkit_core::Config`. Names count in any case; an empty value is as none; an unknown name stops the start and names \
the nearest known one, and so does a value that does not fit.\n\nThis page is made from the code; a test keeps it true \
(`AUTHKIT_TEST_WRITE=1 cargo test -p authkit-flows settings_reference` writes it anew).\n\n\
| variable | what it says | takes | default |\n|---|---|---|---|\n";

#[test]
fn the_page_of_settings_is_what_the_code_reads() {
    let mut page = HEAD.to_owned();
    for variable in variables() {
        let default = variable.default().map_or_else(|| "none".to_owned(), |text| format!("`{text}`"));
        let cell = |text: &str| text.replace('|', "\\|");
        let line = format!(
            "| `{}` | {} | {} | {} |",
            variable.name(),
            cell(variable.doc()),
            cell(&variable.expects()),
            cell(&default)
        );
        writeln!(page, "{line}").expect("a string takes text");
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/SETTINGS.md");
    if std::env::var_os("AUTHKIT_TEST_WRITE").is_some() {
        std::fs::write(path, &page).expect("the page can be written");
    }
    let kept = std::fs::read_to_string(path).expect("docs/SETTINGS.md is there");
    assert!(kept == page, "docs/SETTINGS.md is old: run this test with AUTHKIT_TEST_WRITE=1 and look at what changed");
}
