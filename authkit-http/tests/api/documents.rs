//! The OpenAPI document and the page made of it. That answers fit it, every other test proves by the way.

use authkit_core::{Config, Field};
use authkit_http::schema::Shape;
use authkit_http::{mounts, openapi, problem};
use serde_json::Value;

use crate::support::{SECRET, Server, schema_problems};

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(target) if name == "$ref" => found.push(target),
                    _ => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_holds_every_route_with_its_refusals_as_mounted() {
    let server = Server::with(|config| config.auth_path("/api/auth").admin_path("/backstage"));
    let document = server.get("/openapi.json").send().await.expect(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut operations = 0;
    for mount in mounts(&server.kit) {
        for row in mount.table.rows.iter().filter(|row| !row.is_page) {
            let path = format!("{}{}", mount.prefix, row.path);
            let operation = &document["paths"][&path][row.method.as_str().to_ascii_lowercase()];
            assert!(operation["summary"].is_string() && operation["security"].is_array(), "{path}");
            assert!(operation["responses"][row.answers.0.to_string()].is_object(), "{path}");
            for code in openapi::codes(row) {
                let status = problem::status_of(code).unwrap_or_else(|| panic!("{path}: no such code: {code}"));
                let schema = &operation["responses"][status.as_str()]["content"]["application/problem+json"]["schema"];
                let codes = schema["allOf"][1]["properties"]["code"]["enum"].as_array().expect("codes");
                assert!(codes.iter().any(|known| known == code), "{path}: {code}");
            }
            operations += 1;
        }
    }
    let listed: usize = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .map(|item| item.as_object().map_or(0, serde_json::Map::len))
        .sum();
    assert_eq!(operations, listed);
    let ids: Vec<_> = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .flat_map(|item| item.as_object().expect("methods").values())
        .map(|operation| operation["operationId"].to_string())
        .collect();
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_shape_is_used() {
    let server = Server::new();
    let document = openapi::document(&server.kit, &mounts(&server.kit));
    let mut found = Vec::new();
    references(&document, &mut found);
    for target in &found {
        assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target}");
    }
    for shape in Shape::ALL {
        let target = format!("#/components/schemas/{}", shape.name());
        assert!(found.contains(&target.as_str()), "{target}");
    }
}

#[tokio::test]
async fn security_schemes_name_the_cookies_of_the_configuration() {
    let production = Config::production("https://app.example", SECRET);
    let server = Server::with(|_| production.docs(true));
    let document = server.get("/openapi.json").send().await.expect(200).json();
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["accessCookie"]["name"], "__Host-authkit_access");
    assert_eq!(schemes["refreshCookie"]["name"], "__Host-authkit_refresh");
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
    assert_eq!(document["servers"][0]["url"], "https://app.example");
}

#[tokio::test]
async fn the_application_s_own_fields_are_documented() {
    let fields = [Field::text("company").max(9).at_registration().exposed(), Field::integer("seats").editable()];
    let server = Server::with(|config| config.profile_fields(fields));
    let document = openapi::document(&server.kit, &mounts(&server.kit));
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["RegisterRequest"]["properties"]["company"]["maxLength"], 9);
    assert!(schemas["RegisterRequest"]["properties"].get("seats").is_none());
    assert!(schemas["ProfileRequest"]["properties"].get("company").is_none());
    assert!(
        schemas["User"]["properties"].get("company").is_some() && schemas["User"]["properties"].get("seats").is_none()
    );
    let user = serde_json::json!({"id": 1});
    assert!(!schema_problems(&document, &schemas["User"], &user, "$").is_empty());
}

#[tokio::test]
async fn in_production_they_are_off_unless_asked_for() {
    let production = Config::production("https://app.example", SECRET);
    let server = Server::with(|_| production);
    for path in ["/openapi.json", "/docs", "/docs/style.css"] {
        server.get(path).send().await.refused(404, "not_found");
    }
    server.get("/healthz").send().await.expect(200);
}

#[tokio::test]
async fn the_page_names_every_route() {
    let server = Server::with(|config| config.product("Salt & <Pepper>"));
    let page = server.get("/docs").send().await.expect(200);
    let html = String::from_utf8(page.body.to_vec()).expect("UTF-8");
    assert!(html.contains("Salt &amp; &lt;Pepper&gt;") && !html.contains("<Pepper>"));
    for mount in mounts(&server.kit) {
        for row in mount.table.rows.iter().filter(|row| !row.is_page) {
            assert!(html.contains(&format!("<code>{}{}</code>", mount.prefix, row.path)), "{}", row.path);
        }
    }
    for link in html.match_indices("href=\"#").map(|(at, found)| &html[at + found.len()..]) {
        let id = link.split('"').next().expect("an id");
        assert!(html.contains(&format!("id=\"{id}\"")), "{id}");
    }
}
