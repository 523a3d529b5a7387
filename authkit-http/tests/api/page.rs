//! docs/HTTP-API.md names every route, query parameter and code that the tables have.

use authkit_http::{ACCOUNT, ADMIN, SERVICE, Table};

const PAGE: &str = include_str!("../../../docs/HTTP-API.md");

fn tables() -> [&'static Table; 3] {
    [&ACCOUNT, &ADMIN, &SERVICE]
}

#[test]
fn the_page_names_every_route() {
    let documented = tables().into_iter().flat_map(|table| table.rows).filter(|row| !row.path.starts_with("/docs/"));
    for row in documented {
        let route = format!("`{} {}`", row.method, row.path);
        assert!(PAGE.contains(&route), "docs/HTTP-API.md lacks {route}");
        for param in row.query {
            let named = PAGE.contains(&format!("`{}`", param.name)) || PAGE.contains(&format!("{},", param.name));
            assert!(
                named || PAGE.contains(&format!("{}`", param.name)),
                "docs/HTTP-API.md lacks {} of {route}",
                param.name
            );
        }
    }
}

#[test]
fn the_page_names_every_code() {
    for code in tables().into_iter().flat_map(|table| table.rows).flat_map(|row| row.refuses) {
        assert!(PAGE.contains(&format!("`{code}`")), "docs/HTTP-API.md lacks {code}");
    }
}
