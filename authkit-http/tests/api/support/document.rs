//! Holding answers against the OpenAPI document: a reader of the part of JSON Schema that it uses.

use http::Method;
use serde_json::Value;

use super::Reply;

/// An answer of a route must be one that the document knows: its status, its media type, its body.
#[track_caller]
pub(crate) fn check(document: &Value, method: &Method, path: &str, reply: &Reply) {
    // Pages are for people: the document leaves them out.
    let is_page = reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    if is_page || reply.status == 303 {
        return;
    }
    let path = path.split(['?', '#']).next().expect("a path");
    // Methods are told apart by case: `get` is none.
    let wanted = match method {
        &Method::GET | &Method::HEAD => "get",
        &Method::POST => "post",
        &Method::PATCH => "patch",
        &Method::DELETE => "delete",
        _ => return,
    };
    let Some(operation) = operation(document, path, wanted) else { return };
    let responses = &operation["responses"];
    let response = &responses[reply.status.to_string()];
    let told = String::from_utf8_lossy(&reply.body).into_owned();
    assert!(response.is_object(), "{method} {path}: {} is not documented: {told}", reply.status);
    let content = response["content"].as_object();
    if reply.body.is_empty() {
        assert!(method == Method::HEAD || content.is_none(), "{method} {path}: {} has no body", reply.status);
        return;
    }
    let media = reply.header("content-type").expect("a media type");
    let schema = content.and_then(|content| content.get(media)).map(|media| &media["schema"]);
    let schema = schema.unwrap_or_else(|| panic!("{method} {path}: {media} is not documented: {told}"));
    let problems = schema_problems(document, schema, &reply.json(), "$");
    assert!(problems.is_empty(), "{method} {path} {}: {problems:#?}\n{told}", reply.status);
}

fn operation<'a>(document: &'a Value, path: &str, method: &str) -> Option<&'a Value> {
    let paths = document["paths"].as_object()?;
    let fits = |pattern: &str| {
        let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
        pattern.len() == path.len() && pattern.iter().zip(&path).all(|(one, other)| *one == "{id}" || one == other)
    };
    paths.iter().filter(|(pattern, _)| fits(pattern)).find_map(|(_, item)| item.get(method))
}

/// What of a value does not fit a schema. A word of JSON Schema that this reader does not know is a problem, too.
pub(crate) fn schema_problems(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (word, rule) in schema.as_object().expect("a schema is an object") {
        match word.as_str() {
            "$ref" => {
                let pointer = rule.as_str().and_then(|target| target.strip_prefix('#')).expect("a local reference");
                let target = document.pointer(pointer).unwrap_or_else(|| panic!("{rule} leads nowhere"));
                problems.extend(schema_problems(document, target, value, at));
            }
            "allOf" => {
                for part in rule.as_array().expect("a list") {
                    problems.extend(schema_problems(document, part, value, at));
                }
            }
            "type" if !is_of(value, rule) => problems.push(format!("{at} is no {rule}: {value}")),
            "const" if value != rule => problems.push(format!("{at} is not {rule}: {value}")),
            "enum" if !rule.as_array().is_some_and(|values| values.contains(value)) => {
                problems.push(format!("{at} is none of {rule}: {value}"));
            }
            "required" => {
                let missing = rule.as_array().into_iter().flatten().filter_map(Value::as_str);
                let missing = missing.filter(|name| value.get(name).is_none());
                problems.extend(missing.map(|name| format!("{at}.{name} is missing")));
            }
            "properties" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    match rule.get(name) {
                        Some(rule) => {
                            problems.extend(schema_problems(document, rule, member, &format!("{at}.{name}")));
                        }
                        None if schema["additionalProperties"] == false => {
                            problems.push(format!("{at}.{name} is not documented"));
                        }
                        None => {}
                    }
                }
            }
            "items" => {
                for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                    problems.extend(schema_problems(document, rule, item, &format!("{at}[{n}]")));
                }
            }
            "format" if !has_format(value, rule.as_str().expect("a name")) => {
                problems.push(format!("{at} is no {rule}: {value}"));
            }
            "minimum" if value.as_i64().is_some_and(|n| Some(n) < rule.as_i64()) => {
                problems.push(format!("{at} is below {rule}: {value}"));
            }
            "maxLength" if value.as_str().is_some_and(|text| Some(text.chars().count() as u64) > rule.as_u64()) => {
                problems.push(format!("{at} is longer than {rule}"));
            }
            "type"
            | "const"
            | "enum"
            | "format"
            | "minimum"
            | "minLength"
            | "maxLength"
            | "description"
            | "additionalProperties" => {}
            other => problems.push(format!("{at}: the schema uses {other}, which nothing here checks")),
        }
    }
    problems
}

fn is_of(value: &Value, kinds: &Value) -> bool {
    let is = |kind: &Value| match kind.as_str().expect("a name") {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        other => panic!("no such type: {other}"),
    };
    kinds.as_array().map_or_else(|| is(kinds), |kinds| kinds.iter().any(is))
}

fn has_format(value: &Value, format: &str) -> bool {
    let Some(text) = value.as_str() else { return true };
    match format {
        "date-time" => text.ends_with('Z') && authkit_core::Timestamp::parse(text).is_some(),
        "uuid" => text.len() == 36 && text.parse::<authkit_core::SessionId>().is_ok(),
        "email" => text.contains('@'),
        "password" => true,
        other => panic!("no such format: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_does_not_fit_is_told() {
        let document = json!({"definitions": {"name": {"type": "string", "maxLength": 3}}});
        let schema = json!({
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"$ref": "#/definitions/name"}, "n": {"type": ["integer", "null"], "minimum": 0}},
            "additionalProperties": false,
        });
        let told = |value| schema_problems(&document, &schema, &value, "$").len();
        assert_eq!(told(json!({"name": "abc", "n": 1})), 0);
        assert_eq!(told(json!({"name": "abc", "n": null})), 0);
        for bad in [
            json!([]),
            json!({}),
            json!({"name": "abcd"}),
            json!({"name": 1}),
            json!({"name": "a", "n": -1}),
            json!({"name": "a", "n": "1"}),
            json!({"name": "a", "other": 1}),
        ] {
            assert_ne!(told(bad.clone()), 0, "{bad}");
        }
    }
}
