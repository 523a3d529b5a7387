//! The API as a file of requests (`.http`), which the HTTP clients of editors send. Made from the OpenAPI document, so
//! nothing of it can be missing here.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// What stands at the top of the file. The last two are filled by the answer to the sign-in.
const VARIABLES: [(&str, &str); 7] = [
    ("email", "ada@example.com"),
    ("password", "a lantern over the quay"),
    ("new_password", "seven boats in a bottle"),
    ("token", "the token of a mailed link"),
    ("id", "the id of a user or a session"),
    ("access_token", "{{post_login.response.body.access_token}}"),
    ("refresh_token", "{{post_login.response.body.refresh_token}}"),
];

const ABOUT: &str = "# Every request of the JSON API, made from its OpenAPI document.
# Send `post_login` first: the others take their tokens from its answer, in the way of VS Code's REST Client. Elsewhere put
# the tokens into the two variables.
";

/// Every request of an OpenAPI document, in the order of its paths, each with a name and a body to fill in.
///
/// # Examples
/// ```
/// use authkit_core::{AuthKit, Config};
/// use authkit_http::{mounts, openapi, requests};
/// use authkit_store_memory::MemoryStore;
///
/// let kit = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
/// let file = requests::file(&openapi::document(&kit, &mounts(&kit)));
/// assert!(file.contains("POST {{base}}/auth/login"));
/// # Ok::<(), authkit_core::ConfigError>(())
/// ```
pub fn file(document: &Value) -> String {
    let mut file = ABOUT.to_owned();
    let base = document.pointer("/servers/0/url").and_then(Value::as_str).unwrap_or_default();
    for (name, value) in [("base", base)].into_iter().chain(VARIABLES) {
        let _ = writeln!(file, "@{name} = {value}");
    }
    for (path, item) in members(document.get("paths")) {
        for (method, operation) in members(Some(item)) {
            request(&mut file, document, (path, method), operation);
        }
    }
    file
}

fn request(file: &mut String, document: &Value, (path, method): (&str, &str), operation: &Value) {
    let text = |name: &str| operation.get(name).and_then(Value::as_str).unwrap_or_default();
    let _ = write!(file, "\n### {}\n# @name {}\n", text("summary"), text("operationId"));
    for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten() {
        if parameter.get("in").is_some_and(|place| place == "query") {
            let part = |name: &str| parameter.get(name).and_then(Value::as_str).unwrap_or_default();
            let _ = writeln!(file, "# ?{}= {}", part("name"), part("description"));
        }
    }
    let _ = writeln!(file, "{} {{{{base}}}}{}", method.to_ascii_uppercase(), path.replace("{id}", "{{id}}"));
    if let Some(token) = token(operation) {
        let _ = writeln!(file, "Authorization: Bearer {{{{{token}}}}}");
    }
    if let Some(body) = body(document, operation) {
        let body = serde_json::to_string_pretty(&body).unwrap_or_default();
        let _ = write!(file, "Content-Type: application/json\n\n{body}\n");
    }
}

/// The variable with the token that a request needs.
fn token(operation: &Value) -> Option<&'static str> {
    let ways = operation.get("security")?.as_array()?;
    let takes = |name: &str| ways.iter().any(|way| way.get(name).is_some());
    match (takes("refreshCookie"), takes("bearer")) {
        (true, _) => Some("refresh_token"),
        (false, true) => Some("access_token"),
        (false, false) => None,
    }
}

/// The body that a request must have: its required members.
fn body(document: &Value, operation: &Value) -> Option<Value> {
    let body = operation.get("requestBody").filter(|body| body.get("required") == Some(&Value::Bool(true)))?;
    let reference = body.pointer("/content/application~1json/schema/$ref")?.as_str()?;
    let schema = document.pointer(reference.strip_prefix('#')?)?;
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let member = |name: &str| (name.to_owned(), sample(name, schema.pointer(&format!("/properties/{name}"))));
    Some(Value::Object(required.map(member).collect::<Map<_, _>>()))
}

/// Something that fits a member.
fn sample(name: &str, schema: Option<&Value>) -> Value {
    let variable = match name {
        "current_password" => "password",
        other => other,
    };
    if VARIABLES.iter().any(|(known, _)| *known == variable) {
        return Value::from(format!("{{{{{variable}}}}}"));
    }
    let choice = schema.and_then(|schema| schema.get("enum")?.get(0));
    let is_boolean = schema.is_some_and(|schema| schema.get("type") == Some(&Value::from("boolean")));
    choice.cloned().unwrap_or_else(|| if is_boolean { Value::Bool(false) } else { Value::from("") })
}

fn members(object: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    object.and_then(Value::as_object).into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}
