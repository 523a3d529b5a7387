//! docs/guide/configuration.md and .env.example say what the code says.

use std::fmt::Write as _;

use authkit_core::config::{env_example, variables};

const HEAD: &str = "\
# Configuration

Every `AUTHKIT_*` variable. `Config::from_vars(std::env::vars())` reads them, for production unless `AUTHKIT_ENV` says
`development`. What is set in code afterwards replaces what was read; code has finer settings, too: see the documentation of
`authkit_core::Config`.

- Names count in any case. One name in two spellings is an error.
- An empty value is as none. White space around a value does not count, but for secrets.
- An unknown name stops the start and names the nearest known one. Names under `AUTHKIT_TEST_` are left alone.
- A value that does not fit stops the start. The error names the setting and the mend, never the value.
- The library never reads a `.env` file by itself.
  [`.env.example`](https://github.com/authkit-rs/authkit/blob/main/.env.example) has all settings to copy.

This page and `.env.example` are made from the code, and a test keeps them true. To write them anew:

```sh
AUTHKIT_TEST_WRITE=1 cargo test -p authkit-flows settings_reference
```

| variable | type | what it says | takes | default | secret |
|---|---|---|---|---|---|
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for variable in variables() {
        let default = variable.default().map_or_else(|| "none".to_owned(), |text| format!("`{text}`"));
        let cell = |text: &str| text.replace('|', "\\|");
        let line = format!(
            "| `{}` | {} | {} | {} | {} | {} |",
            variable.name(),
            variable.type_name(),
            cell(variable.doc()),
            cell(&variable.expects()),
            cell(&default),
            if variable.is_secret() { "yes" } else { "" },
        );
        writeln!(page, "{line}").expect("a string takes text");
    }
    page
}

fn kept(file: &str, made: &str) {
    let path = format!("{}/../../{file}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("AUTHKIT_TEST_WRITE").is_some() {
        std::fs::write(&path, made).expect("the file can be written");
    }
    let kept = std::fs::read_to_string(path).expect("the file is there");
    assert!(kept == made, "{file} is old: run this test with AUTHKIT_TEST_WRITE=1 and look at what changed");
}

#[test]
fn the_page_of_settings_is_what_the_code_reads() {
    kept("docs/guide/configuration.md", &page());
}

#[test]
fn the_example_of_settings_is_what_the_code_reads() {
    kept(".env.example", &env_example());
}
