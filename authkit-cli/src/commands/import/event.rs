//! A row of the old audit trail as an event, by the table of docs/HTTP-API.md.

use std::net::IpAddr;

use authkit_core::{Actor, ClientInfo, EventCode, EventOutcome, ImportedEvent, UserId};
use serde_json::{Map, Value, json};

use super::convert::{FROM, Row, dashed, id, instant, text};
use super::report::Report;

/// What an action is here.
struct Meaning {
    code: EventCode,
    outcome: EventOutcome,
    via: Option<&'static str>,
    reason: Option<&'static str>,
}

/// The event, or why there is none.
pub(super) fn convert(mut row: Row, report: &mut Report) -> Result<ImportedEvent, String> {
    let key = text(&mut row, "id").ok_or("an event without an id")?;
    let created = text(&mut row, "created_at").unwrap_or_default();
    let (at, has_zone) =
        instant(&created).ok_or_else(|| format!("event {key}: created_at is no instant: {created:?}"))?;
    report.zoneless += u64::from(!has_zone);
    let action = text(&mut row, "action").unwrap_or_default();
    let mut details = details(&mut row, report);
    let user = text(&mut row, "user_id").and_then(|text| id(&text));
    let ip = text(&mut row, "ip_address").and_then(|text| text.trim().parse::<IpAddr>().ok());
    let client = ClientInfo::new(ip, text(&mut row, "user_agent").as_deref(), None);

    let Meaning { code, outcome, via, reason } = meaning(&action, &details, report)
        .ok_or_else(|| format!("event {key}: its action {action:?} cannot be a code"))?;
    // Whom it is about, the session and the address have columns of their own here.
    let named = |details: &mut Map<String, Value>, name: &str| match details.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let target: Option<UserId> = named(&mut details, "target_user_id").and_then(|text| id(&text));
    let session = named(&mut details, "revoked_session_id");
    let session = session.and_then(|text| dashed(&text).unwrap_or(text).parse().ok());
    let email = named(&mut details, "email");
    let failed = code == EventCode::SESSION_OPEN_FAILED;
    details.extend(via.map(|via| ("via".to_owned(), json!(via))));
    details.extend(reason.map(|reason| ("reason".to_owned(), json!(reason))));
    if code == EventCode::SESSION_REVOKED {
        details.insert("by".to_owned(), json!("admin"));
    }
    details.insert("imported_from".to_owned(), json!(FROM));
    Ok(ImportedEvent {
        key,
        at,
        code,
        outcome,
        actor: user.filter(|_| !failed).map_or(Actor::Anonymous, Actor::User),
        subject: target.or(user),
        session_id: session,
        identifier: email.filter(|_| failed),
        client,
        details,
    })
}

/// The details: an object, its text, or what Python writes for nothing.
fn details(row: &mut Row, report: &mut Report) -> Map<String, Value> {
    match row.remove("details") {
        Some(Value::Object(details)) => details,
        Some(Value::String(text)) => match serde_json::from_str(&text) {
            Ok(Value::Object(details)) => details,
            Ok(Value::Null) => {
                report.null_details += 1;
                Map::new()
            }
            Ok(other) => Map::from_iter([("details".to_owned(), other)]),
            Err(_) => Map::from_iter([("details".to_owned(), Value::String(text))]),
        },
        None | Some(Value::Null) => Map::new(),
        Some(other) => Map::from_iter([("details".to_owned(), other)]),
    }
}

fn meaning(action: &str, details: &Map<String, Value>, report: &mut Report) -> Option<Meaning> {
    let plain = |code| Meaning { code, outcome: EventOutcome::Success, via: None, reason: None };
    let signed_in = |via| Meaning { via: Some(via), ..plain(EventCode::SESSION_OPENED) };
    let failed = |via, reason| Meaning {
        code: EventCode::SESSION_OPEN_FAILED,
        outcome: EventOutcome::Failure,
        via: Some(via),
        reason: Some(reason),
    };
    Some(match action {
        "user_registered" => plain(EventCode::USER_REGISTERED),
        "user_logged_in" => signed_in("json"),
        "admin_logged_in" => signed_in("console"),
        "failed_login_attempt" => failed("json", "credentials"),
        "failed_admin_login" => failed("console", "credentials"),
        "unauthorized_admin_login_attempt" => failed("console", "not_admin"),
        "user_logged_out" => plain(EventCode::SESSION_CLOSED),
        "user_logged_out_all_devices" => plain(EventCode::SESSION_CLOSED_ALL),
        "admin_revoked_session" => plain(EventCode::SESSION_REVOKED),
        "password_reset_requested" => plain(EventCode::PASSWORD_RESET_REQUESTED),
        "password_reset_completed" => plain(EventCode::PASSWORD_RESET_COMPLETED),
        "admin_toggled_user_active" => match details.get("is_active") {
            Some(Value::Bool(true)) => plain(EventCode::USER_ENABLED),
            _ => plain(EventCode::USER_DISABLED),
        },
        "admin_changed_user_role" => plain(EventCode::USER_ROLE_CHANGED),
        "admin_deleted_user" => plain(EventCode::USER_DELETED),
        // The application's own, which keep their names as far as a name here allows.
        own => {
            let is_kept = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            let name: String = own.chars().take(64).map(|c| if is_kept(c) { c } else { '_' }).collect();
            let code = EventCode::of_application(&name)?;
            *report.own_actions.entry(name).or_default() += 1;
            plain(code)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(action: &str, details: &Value) -> Row {
        let row = json!({
            "id": "aa1b2c3400004000800000000000abcd", "action": action, "details": details,
            "user_id": "6f1b2c3400004000800000000000abcd", "ip_address": "192.0.2.7", "user_agent": "curl/8",
            "created_at": "2024-03-01 12:00:00",
        });
        row.as_object().cloned().expect("an object")
    }

    #[test]
    fn who_was_acted_upon_is_the_subject_and_who_acted_the_actor() {
        let details = json!({"target_user_id": "42", "old_role": "user", "new_role": "admin"});
        let event = convert(row("admin_changed_user_role", &details), &mut Report::default()).expect("an event");
        assert_eq!(event.code, EventCode::USER_ROLE_CHANGED);
        assert_eq!(event.subject.map(|id| id.to_string()).as_deref(), Some("42"));
        assert_eq!(event.actor.name(), Some("6f1b2c34-0000-4000-8000-00000000abcd"));
        assert_eq!(event.details["new_role"], "admin");
        assert!(!event.details.contains_key("target_user_id"));
    }

    #[test]
    fn a_failed_sign_in_names_what_was_typed_and_has_no_actor() {
        let details = json!("{\"email\": \"ada@example.com\"}");
        let event = convert(row("failed_login_attempt", &details), &mut Report::default()).expect("an event");
        assert_eq!((event.outcome, event.actor), (EventOutcome::Failure, Actor::Anonymous));
        assert_eq!(event.identifier.as_deref(), Some("ada@example.com"));
        assert_eq!((&event.details["reason"], &event.details["via"]), (&json!("credentials"), &json!("json")));
    }

    #[test]
    fn details_that_are_null_as_text_are_none_and_are_counted() {
        let mut report = Report::default();
        let event = convert(row("user_logged_in", &json!("null")), &mut report).expect("an event");
        assert_eq!((report.null_details, event.details.len()), (1, 2));
    }

    #[test]
    fn an_action_of_the_applications_own_keeps_its_name() {
        let mut report = Report::default();
        let code =
            |action: &str, report: &mut Report| convert(row(action, &Value::Null), report).map(|event| event.code);
        assert_eq!(code("trained model", &mut report).expect("a code").as_str(), "trained_model");
        assert_eq!(report.own_actions["trained_model"], 1);
        assert!(code("", &mut report).is_err());
        assert!(code("user.deleted", &mut report).is_err(), "our own names are taken");
    }
}
