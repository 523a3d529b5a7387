//! What is said through `tracing`: every flow has its span, under the names of the guide's page, with how it ended and
//! nothing that is secret or somebody's address.

use std::collections::BTreeMap;

use authkit_core::testing::{Outbox, TraceLine, TraceLog};
use authkit_core::{
    Actor, AppEvent, Budget, BulkAction, EventCode, EventFilter, EventOutcome, ExportOf, ImportedEvent, ImportedUser,
    ListRequest, Login, Note, Operator, PasswordHash, Period, Permission, Profile, RefreshToken, Role, SessionQuery,
    ThrottleMode, TrustedPassword, TrustedUser, Upkeep, UserId, UserQuery,
};
use authkit_flows::stores;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, code, registration};

const PAGE: &str = include_str!("../../../docs/guide/observability.md");

/// The rows of the page's tables whose first column has a name of ours: name, level, fields.
fn told(kind: &str) -> BTreeMap<String, (String, Vec<String>)> {
    let mut rows = BTreeMap::new();
    let mut is_kind = false;
    for line in PAGE.lines() {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let (Some(first), Some(level), Some(fields)) = (cells.next(), cells.next(), cells.next()) else { continue };
        match first.strip_prefix('`').and_then(|name| name.strip_suffix('`')) {
            Some(name) if is_kind => {
                let mut fields: Vec<_> =
                    fields.split(',').map(|field| field.trim().trim_matches('`').to_owned()).collect();
                fields.retain(|field| !field.is_empty());
                fields.sort();
                assert!(rows.insert(name.to_owned(), (level.to_owned(), fields)).is_none(), "{name} stands twice");
            }
            None if !first.starts_with("---") => is_kind = first == kind && level == "level",
            _ => {}
        }
    }
    assert!(!rows.is_empty(), "the page has no table of {kind}s");
    rows
}

/// What a line is, as the page tells it. The text of an event is no field.
fn row(line: &TraceLine) -> (String, (String, Vec<String>)) {
    let mut knows: Vec<_> = line.knows.iter().map(|name| (*name).to_owned()).collect();
    knows.retain(|name| name != "message");
    knows.sort();
    (line.name.clone(), (line.level.to_string().to_lowercase(), knows))
}

fn trusted(email: &str, password: TrustedPassword) -> TrustedUser {
    let role = Role::new("user").expect("a role");
    let profile = Profile::default();
    TrustedUser { email: email.to_owned(), password, role, is_active: true, is_verified: true, profile }
}

/// Every flow at least once, some of them refused.
async fn everything(world: &World) {
    let (kit, client, root) = (&world.kit, &client(), &Operator::system());
    let note = Note::default;
    let all = ListRequest { cursor: None, limit: None };
    let token = kit.setup_token().await.expect("an answer").expect("a token");
    kit.check_setup(&token).await.expect("a good token");
    kit.setup(&token, "root@example.com", PASSWORD.into(), client).await.expect("an administrator");
    let second = kit.create_first_admin("second@example.com", PASSWORD.into(), Actor::System).await;
    assert_eq!(code(&second), "admin_exists");
    kit.console_login(Login::new("root@example.com", PASSWORD), client).await.expect("a session");

    let ada = world.signed_in("ada@example.com").await;
    assert_eq!(code(&world.try_login("ada@example.com", OTHER_PASSWORD).await), "invalid_credentials");
    let next = kit.refresh(&ada.tokens.refresh, client).await.expect("a pair");
    assert_eq!(code(&kit.refresh(&RefreshToken::new("forged"), client).await), "invalid_token");
    let who = world.current(&next).await;
    let fields = serde_json::json!({"company": "Acme"}).as_object().cloned().unwrap_or_default();
    kit.update_profile(&who, fields, client).await.expect("changed");
    kit.reauthenticate(&who, PASSWORD.into(), client).await.expect("proven");
    kit.list_own_sessions(&who).await.expect("sessions");
    let other = world.login("ada@example.com").await;
    kit.revoke_own_session(&who, other.session.id, client).await.expect("ended");
    kit.revoke_other_sessions(&who, client).await.expect("ended");
    let changed = kit.change_password(&who, PASSWORD.into(), OTHER_PASSWORD.into(), client).await.expect("changed");
    kit.logout(changed.tokens.refresh.expose(), client).await.expect("signed out");
    let reset = world.reset_token("ada@example.com").await;
    kit.reset_password(&reset, PASSWORD.into(), client).await.expect("reset");
    let again = world.login("ada@example.com").await;
    kit.sign_out_everywhere(&world.current(&again).await, client).await.expect("signed out");

    world.register("vera@example.com").await;
    kit.request_verification("vera@example.com", client).await.expect("sent");
    let proof = world.last_verification_token().expect("a mail with a link");
    kit.verify_email(&proof, client).await.expect("proven");

    let grace =
        kit.create_user(trusted("grace@example.com", TrustedPassword::None), Actor::System).await.expect("a user");
    let host = kit.open_session_for(&grace.id, client).await.expect("a session");
    let made = kit.create_user_for(root, "made@example.com", "user", note(), client).await.expect("a user");
    kit.request_reset_for(root, &made.id, note(), client).await.expect("sent");
    kit.list_users(root, &UserQuery::default(), &all).await.expect("users");
    kit.list_and_count_users(root, &UserQuery::default(), &all, 10).await.expect("users");
    kit.count_users(root, &UserQuery::default(), 10).await.expect("a number");
    kit.find_user_for(root, &grace.id).await.expect("a user");
    kit.user_facts(root, &grace.id).await.expect("facts");
    kit.names_of(root, &[grace.id]).await.expect("names");
    kit.list_sessions(root, &SessionQuery::default(), &all).await.expect("sessions");
    kit.count_sessions(root, &SessionQuery::default(), 10).await.expect("a number");
    kit.find_session_for(root, host.session.id).await.expect("a session");
    let events = kit.list_events(root, &EventFilter::default(), &all).await.expect("events");
    kit.find_event(root, events.items[0].id).await.expect("an event");
    kit.statistics(root, kit.now(), kit.now()).await.expect("counts");
    kit.overview(root, Period::Day).await.expect("figures");
    kit.attention(root).await.expect("what needs it");
    kit.recent_admin_actions(root, 10).await.expect("actions");
    kit.begin_export(root, ExportOf::Users, serde_json::Map::new(), client).await.expect("begun");
    kit.confirm_operator(root).await.expect("a trusted place");
    kit.revoke_session(root, host.session.id, note(), client).await.expect("ended");
    kit.revoke_sessions_of(root, &grace.id, note(), client).await.expect("ended");
    kit.unlock(root, &grace.id, note(), client).await.expect("unlocked");
    kit.set_role(root, &grace.id, "editor", note(), client).await.expect("changed");
    kit.set_active(root, &grace.id, false, note(), client).await.expect("disabled");
    kit.bulk(root, BulkAction::Enable, &[grace.id], note(), client).await.expect("done");
    let ticket = kit.begin_bulk(root, BulkAction::EndSessions, &UserQuery::default()).expect("a ticket");
    let query = UserQuery::default();
    kit.bulk_matching(root, BulkAction::EndSessions, &query, &ticket, note(), client).await.expect("done");
    kit.allow_host_action(root, Permission::UsersWrite, &grace.id, &note(), client).await.expect("allowed");
    let (event, done) = (EventCode::from_stored("gift"), EventOutcome::Success);
    kit.record_host_action(root, &grace.id, event, done, &note(), client).await.expect("recorded");
    kit.delete_user(root, &grace.id, note(), client).await.expect("deleted");
    kit.restore_user(root, &grace.id, note(), client).await.expect("restored");
    kit.delete_user(root, &grace.id, note(), client).await.expect("deleted");
    kit.purge_user(root, &grace.id, note(), client).await.expect("purged");
    kit.record(AppEvent::new("job").expect("a code")).await.expect("recorded");
    kit.record_started().await.expect("recorded");
    kit.record_stopped().await.expect("recorded");
    takeover(world, root).await;
    world.clock.advance(std::time::Duration::from_secs(86_400 * 400));
    kit.count_events_past_retention(root, 10).await.expect("a number");
    kit.purge_events(root, 10, client).await.expect("purged");
    kit.tidy(Budget::default()).await.expect("tidied");
    kit.tidy_for(root, Budget::default(), client).await.expect("tidied");
}

/// What the command does: an import, and the upkeep of an installation.
async fn takeover(world: &World, root: &Operator) {
    let (kit, client) = (&world.kit, &client());
    let user = || ImportedUser {
        id: UserId::new("6f1b2c34-0000-4000-8000-0000000000ad").expect("an id"),
        email: "old@example.com".to_owned(),
        password_hash: None,
        role: Role::new("user").expect("a role"),
        is_active: true,
        is_verified: true,
        profile: Profile::default(),
        created_at: kit.now(),
        last_sign_in_at: None,
    };
    kit.would_import_user(&user()).await.expect("an answer");
    kit.import_user(root, user(), "elsewhere").await.expect("imported");
    let event = ImportedEvent {
        key: "1".to_owned(),
        at: kit.now(),
        code: EventCode::SESSION_OPEN_FAILED,
        outcome: EventOutcome::Failure,
        actor: Actor::Anonymous,
        subject: None,
        session_id: None,
        identifier: Some("canary-typed-a-password".to_owned()),
        client: client.clone(),
        details: serde_json::Map::new(),
    };
    kit.import_event(event).await.expect("imported");
    kit.find_user_named(root, "old@example.com").await.expect("a user");
    kit.survey_users(root, 10).await.expect("a survey");
    kit.record_upkeep(root, Upkeep::Migrated, serde_json::Map::new(), client).await.expect("recorded");
}

#[tokio::test]
async fn every_flow_has_the_span_that_the_guide_names() {
    let world = stores::memory();
    let (log, on) = TraceLog::start();
    everything(&world).await;
    drop(on);
    let lines = log.lines();
    let ours = lines.iter().filter(|line| line.is_span && line.target == "authkit");
    let seen: BTreeMap<_, _> = ours.map(row).collect();
    let mut told = told("span");
    assert!(told.remove("authkit.request").is_some(), "the span of a request is not core's");
    assert!(seen.len() > 50, "{} spans", seen.len());
    for (name, what) in &seen {
        assert_eq!(Some(what), told.get(name), "{name}");
    }
    let made: Vec<_> = names(&["authkit-core/src"], "_span!(\"");
    assert_eq!(made, told.into_keys().collect::<Vec<_>>());
    assert_eq!(made, seen.into_keys().collect::<Vec<_>>(), "each was run");
}

#[tokio::test]
async fn a_span_says_how_its_flow_ended() {
    let world = stores::memory().with(|config| config.throttle(ThrottleMode::Off));
    world.register("ada@example.com").await;
    let (log, _on) = TraceLog::start();
    world.login("ada@example.com").await;
    assert_eq!(code(&world.try_login("ada@example.com", OTHER_PASSWORD).await), "invalid_credentials");
    world.tap.refuse("find_user_by_email");
    assert_eq!(code(&world.try_login("ada@example.com", PASSWORD).await), "unavailable");
    let ends: Vec<_> = log.spans("authkit.login");
    let ends: Vec<_> = ends.iter().map(|line| (line.field("outcome"), line.field("code"))).collect();
    let expected =
        [(Some("ok"), None), (Some("refused"), Some("invalid_credentials")), (Some("failed"), Some("unavailable"))];
    assert_eq!(ends, expected);
    let loud: Vec<_> = log.lines().into_iter().filter(|line| line.level < tracing::Level::INFO).collect();
    assert!(loud.is_empty(), "a wrong password is nobody's error: {loud:?}");
}

#[tokio::test]
async fn core_says_what_the_guide_says_of_its_events() {
    let world = stores::memory();
    let (log, on) = TraceLog::start();
    world.kit.record_started().await.expect("recorded");
    world.kit.record_stopped().await.expect("recorded");
    // Nothing to tidy is nothing to say.
    world.kit.tidy(Budget::default()).await.expect("tidied");
    assert!(log.events("authkit.tidied").is_empty());
    let ada = world.signed_in("ada@example.com").await;
    world.kit.logout(ada.tokens.refresh.expose(), &client()).await.expect("signed out");
    world.clock.advance(std::time::Duration::from_secs(86_400 * 2));
    world.kit.tidy(Budget::default()).await.expect("tidied");

    let broken = world.built(world.config.clone(), |builder| builder.mailer(Outbox::broken()));
    broken.kit.request_reset("ada@example.com", &client()).await.expect("an answer");
    world.tap.refuse("note_sign_in");
    world.login("ada@example.com").await;
    world.tap.mend();
    let odd = trusted("odd@example.com", TrustedPassword::Hash(PasswordHash::from("nonsense")));
    world.kit.create_user(odd, Actor::System).await.expect("a user");
    assert_eq!(code(&world.try_login("odd@example.com", PASSWORD).await), "invalid_credentials");
    drop(on);

    let told = told("event");
    let names = ["started", "stopped", "tidied", "mail_failed"];
    for name in names.map(|name| format!("authkit.{name}")) {
        let found = log.events(&name);
        assert_eq!(found.len(), 1, "{name} in {}", log.text());
        assert_eq!(found[0].target, "authkit");
        assert_eq!(Some(&row(&found[0]).1), told.get(&name), "{name}");
    }
    let mail = &log.events("authkit.mail_failed")[0];
    assert_eq!(mail.field("user"), Some(ada.user.id.to_string().as_str()));
    let tidied = &log.events("authkit.tidied")[0];
    assert_eq!((tidied.field("sessions"), tidied.field("users")), (Some("1"), Some("0")));
}

// S-78 S-96
#[tokio::test]
async fn nothing_that_is_said_holds_a_secret_or_an_address() {
    let world = stores::memory();
    let (log, on) = TraceLog::start();
    everything(&world).await;
    // An address where one is no argument, and text that people type in the wrong field.
    assert_eq!(code(&world.try_login("canary-typed-a-password", PASSWORD).await), "invalid_credentials");
    let bad = authkit_core::Registration { email: "canary@@example.com".into(), ..registration("x@example.com") };
    assert_eq!(code(&world.kit.register(bad, &client()).await), "validation_failed");
    drop(on);
    let mut secrets = vec![PASSWORD.to_owned(), OTHER_PASSWORD.to_owned(), "example.com".to_owned()];
    secrets.extend(["canary".to_owned(), "192.0.2.7".to_owned(), "Firefox".to_owned()]);
    for mail in world.mailbox.all() {
        secrets.extend(mail.kind.token().map(|token| token.expose().to_owned()));
        secrets.extend(mail.kind.verification_token().map(|token| token.expose().to_owned()));
    }
    for user in world.rows().await.users {
        secrets.extend(user.password_hash.map(|hash| hash.expose().to_owned()));
    }
    let text = log.text();
    assert!(text.len() > 2_000, "the spans are there");
    assert!(!text.contains("eyJ"), "a token begins so: {text}");
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is in {text}");
    }
}

/// Every source file that ships.
fn sources(folder: &std::path::Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(std::fs::read_to_string(path).expect("text"));
        }
    }
}

/// What stands behind a mark in the sources, each once, in order.
fn names(folders: &[&str], mark: &str) -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut texts = Vec::new();
    for folder in folders {
        sources(&root.join(folder), &mut texts);
    }
    let marked = |text: &String| {
        let found = text.match_indices(mark).map(|(at, _)| text[at + mark.len()..].split('"').next());
        found.flatten().filter(|name| name.starts_with("authkit.")).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut names: Vec<String> = texts.iter().flat_map(marked).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn every_event_of_ours_is_on_the_page_and_the_page_has_no_other() {
    let named = names(&["authkit-core/src", "authkit-http/src", "authkit-poem/src"], "name: \"");
    assert_eq!(named, told("event").into_keys().collect::<Vec<_>>());
}
