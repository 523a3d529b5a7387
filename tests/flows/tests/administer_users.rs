//! The administration looks at users and changes them.

use std::time::Duration;

use authkit_core::{
    Actor, AuthError, ClientInfo, EventCode, EventOutcome, ListRequest, MailKind, Note, Operator, RevokeReason, Role,
    UserId, UserQuery, UserSort, UserStatus,
};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, client, code};
use serde_json::json;

fn because(reason: &str) -> Note {
    Note { reason: Some(reason.into()), ..Note::default() }
}

fn role(name: &str) -> Role {
    Role::new(name).expect("a role")
}

fn unknown() -> UserId {
    UserId::new("0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b").expect("an id")
}

async fn addresses(world: &World, query: UserQuery) -> Vec<String> {
    let listing = world.kit.list_users(&Operator::system(), &query, &ListRequest::default()).await.expect("a list");
    listing.items.iter().map(|item| item.user.email.as_str().to_owned()).collect()
}

on_every_store! {
    async fn disabling_ends_everything_at_once_and_enabling_revives_nothing(world: World) {
        let root = world.operator("root@example.com", "admin").await;
        let ada = world.signed_in("ada@example.com").await;
        world.clock.tick();
        let off = world.kit.set_active(&root, &ada.user.id, false, because("spam"), &client()).await.expect("disabled");
        assert!(!off.is_active && off.session_epoch != ada.user.session_epoch);
        assert_eq!(world.session(&ada).await.revoked_reason, Some(RevokeReason::Disabled));
        world.clock.tick();
        let on = world.kit.set_active(&root, &ada.user.id, true, Note::default(), &client()).await.expect("enabled");
        assert!(on.is_active && on.session_epoch != off.session_epoch);
        assert_eq!(code(&world.kit.current_user(&ada.tokens.access).await), "session_revoked");
        world.login("ada@example.com").await;

        let [event] = &world.events_of(EventCode::USER_DISABLED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.subject), (root.actor(), Some(ada.user.id)));
        assert_eq!((event.session_id, event.outcome), (root.session(), EventOutcome::Success));
        assert_eq!(event.details.get("reason"), Some(&json!("spam")));
        assert_eq!(event.change.to_json(), Some(json!({"is_active": [true, false]})));
        assert_eq!(event.client, client());
        assert_eq!(world.events_of(EventCode::USER_ENABLED).await.len(), 1);
    }

    async fn a_role_is_given_and_recorded_with_before_and_after(world: World) {
        let root = world.operator("root@example.com", "admin").await;
        let ada = world.signed_in("ada@example.com").await;
        let user = world.kit.set_role(&root, &ada.user.id, "editor", because("new job"), &client()).await;
        assert_eq!(user.expect("a role").role, role("editor"));
        assert_eq!(world.current(&ada).await.user.role, role("editor"), "no session ended");
        let events = world.events_of(EventCode::USER_ROLE_CHANGED).await;
        let event = events.iter().find(|event| event.subject == Some(ada.user.id)).expect("an event");
        assert_eq!(event.change.to_json(), Some(json!({"role": ["user", "editor"]})));
        assert_eq!(event.details.get("reason"), Some(&json!("new job")));
        for unknown in ["owner", "", "ADMIN", "admin "] {
            let answer = world.kit.set_role(&root, &ada.user.id, unknown, Note::default(), &client()).await;
            assert_eq!(code(&answer), "unknown_role", "{unknown:?}");
        }
    }

    async fn deletion_is_soft_for_a_week(world: World) {
        let root = world.operator("root@example.com", "admin").await;
        let ada = world.with_role("ada@example.com", "editor").await;
        world.clock.tick();
        world.kit.delete_user(&root, &ada.user.id, because("asked for it"), &client()).await.expect("deleted");
        assert_eq!(world.user(&ada.user.id).await.deleted_at, Some(world.kit.now()));
        assert_eq!(world.session(&ada).await.revoked_reason, Some(RevokeReason::Deleted));
        assert_eq!(code(&world.try_login("ada@example.com", "any").await), "invalid_credentials");
        world.kit.delete_user(&root, &ada.user.id, Note::default(), &client()).await.expect("deleted before");
        assert_eq!(world.events_of(EventCode::USER_DELETED).await.len(), 1);

        world.clock.advance(Duration::from_secs(7 * 86_400 - 1));
        world.kit.tidy(Default::default()).await.expect("tidied");
        let back = world.kit.restore_user(&Operator::system(), &ada.user.id, Note::default(), &client()).await;
        let back = back.expect("restored");
        assert_eq!((back.deleted_at, back.is_active, back.role), (None, true, role("editor")));
        world.login("ada@example.com").await;
        assert_eq!(code(&world.kit.refresh(&ada.tokens.refresh, &client()).await), "session_revoked");
        let again = world.kit.restore_user(&Operator::system(), &ada.user.id, Note::default(), &client()).await;
        assert_eq!(code(&again), "not_deleted");
        assert_eq!(world.events_of(EventCode::USER_RESTORED).await.len(), 1);
    }

    async fn a_restored_user_is_as_before_the_deletion_disabled_too(world: World) {
        let (operator, ada) = (Operator::system(), world.register("ada@example.com").await);
        world.kit.set_active(&operator, &ada.id, false, Note::default(), &client()).await.expect("disabled");
        world.kit.delete_user(&operator, &ada.id, Note::default(), &client()).await.expect("deleted");
        let back = world.kit.restore_user(&operator, &ada.id, Note::default(), &client()).await.expect("restored");
        assert!(!back.is_active && back.exists());
    }

    async fn only_a_deleted_user_is_purged_and_the_trail_stays(world: World) {
        let (operator, ada) = (Operator::system(), world.signed_in("ada@example.com").await);
        let nobody = ClientInfo::none();
        let purge = || world.kit.purge_user(&operator, &ada.user.id, Note::default(), &nobody);
        assert_eq!(code(&purge().await), "not_deleted");
        world.kit.delete_user(&operator, &ada.user.id, Note::default(), &client()).await.expect("deleted");
        purge().await.expect("purged");
        assert_eq!(code(&purge().await), "not_found");
        let rows = world.rows().await;
        assert!(rows.users.is_empty());
        assert!(rows.events.iter().any(|event| event.code == EventCode::USER_REGISTERED));
        let [event] = &world.events_of(EventCode::USER_PURGED).await[..] else { panic!("one event") };
        assert_eq!(event.subject, Some(ada.user.id));
        world.register("ada@example.com").await;
    }

    // S-59
    async fn an_administrator_sends_a_link_and_never_sees_it(world: World) {
        let support = world.operator("support@example.com", "support").await;
        let ada = world.register("ada@example.com").await;
        world.kit.request_reset_for(&support, &ada.id, because("locked out"), &client()).await.expect("sent");
        let [mail] = &world.mailbox.all()[..] else { panic!("one mail") };
        let MailKind::PasswordReset { token, .. } = &mail.kind else { panic!("another mail") };
        assert_eq!(mail.to, "ada@example.com");
        let [event] = &world.events_of(EventCode::PASSWORD_RESET_REQUESTED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.subject), (support.actor(), Some(ada.id)));
        assert!(!format!("{event:?}").contains(token.expose()));
        world.kit.reset_password(token, "seven boats in a bottle".into(), &client()).await.expect("reset");

        world.kit.set_active(&support, &ada.id, false, Note::default(), &client()).await.expect("disabled");
        let answer = world.kit.request_reset_for(&support, &ada.id, Note::default(), &client()).await;
        assert_eq!(code(&answer), "account_disabled");
        world.kit.delete_user(&Operator::system(), &ada.id, Note::default(), &client()).await.expect("deleted");
        let answer = world.kit.request_reset_for(&support, &ada.id, Note::default(), &client()).await;
        assert_eq!(code(&answer), "not_found");
    }

    async fn nobody_administers_the_own_account(world: World) {
        let root = world.with_role("root@example.com", "admin").await;
        let operator = world.kit.operator(&world.current(&root).await).expect("let in");
        world.with_role("second@example.com", "admin").await;
        let before = world.rows().await;
        let (kit, id, note) = (&world.kit, &root.user.id, Note::default);
        for answer in [
            kit.set_active(&operator, id, false, note(), &client()).await.err(),
            kit.set_role(&operator, id, "user", note(), &client()).await.err(),
            kit.delete_user(&operator, id, note(), &client()).await.err(),
            kit.restore_user(&operator, id, note(), &client()).await.err(),
            kit.purge_user(&operator, id, note(), &client()).await.err(),
            kit.request_reset_for(&operator, id, note(), &client()).await.err(),
            kit.revoke_sessions_of(&operator, id, note(), &client()).await.err(),
            kit.unlock(&operator, id, note(), &client()).await.err(),
        ] {
            assert!(matches!(answer, Some(AuthError::SelfForbidden)), "{answer:?}");
        }
        assert_eq!(world.rows().await, before);
    }

    async fn an_unknown_user_is_not_found(world: World) {
        let (kit, operator, id, note) = (&world.kit, Operator::system(), &unknown(), Note::default);
        for answer in [
            kit.find_user_for(&operator, id).await.err(),
            kit.set_active(&operator, id, false, note(), &client()).await.err(),
            kit.set_role(&operator, id, "user", note(), &client()).await.err(),
            kit.delete_user(&operator, id, note(), &client()).await.err(),
            kit.restore_user(&operator, id, note(), &client()).await.err(),
            kit.purge_user(&operator, id, note(), &client()).await.err(),
            kit.request_reset_for(&operator, id, note(), &client()).await.err(),
            kit.revoke_sessions_of(&operator, id, note(), &client()).await.err(),
            kit.unlock(&operator, id, note(), &client()).await.err(),
        ] {
            assert!(matches!(answer, Some(AuthError::NotFound)), "{answer:?}");
        }
        assert!(world.rows().await.events.is_empty());
    }

    // I13
    async fn setting_what_is_set_writes_nothing(world: World) {
        let (operator, ada) = (Operator::system(), world.register("ada@example.com").await);
        let before = world.rows().await;
        world.clock.tick();
        let user = world.kit.set_active(&operator, &ada.id, true, Note::default(), &client()).await.expect("as it was");
        assert_eq!(user, ada);
        world.kit.set_role(&operator, &ada.id, "user", Note::default(), &client()).await.expect("as it was");
        assert_eq!(world.rows().await, before);
    }

    async fn what_was_changed_since_it_was_shown_is_stale(world: World) {
        let (operator, ada) = (Operator::system(), world.register("ada@example.com").await);
        let seen = Note { if_updated_at: Some(ada.updated_at), ..Note::default() };
        world.clock.tick();
        world.kit.set_role(&operator, &ada.id, "editor", seen.clone(), &client()).await.expect("as it was shown");
        let (kit, id) = (&world.kit, &ada.id);
        for answer in [
            kit.set_active(&operator, id, false, seen.clone(), &client()).await.err(),
            kit.set_role(&operator, id, "user", seen.clone(), &client()).await.err(),
            kit.delete_user(&operator, id, seen.clone(), &client()).await.err(),
            kit.request_reset_for(&operator, id, seen.clone(), &client()).await.err(),
            kit.revoke_sessions_of(&operator, id, seen.clone(), &client()).await.err(),
            kit.unlock(&operator, id, seen.clone(), &client()).await.err(),
        ] {
            assert!(matches!(answer, Some(AuthError::Stale)), "{answer:?}");
        }
        kit.delete_user(&operator, id, Note::default(), &client()).await.expect("deleted");
        for answer in [
            kit.restore_user(&operator, id, seen.clone(), &client()).await.err(),
            kit.purge_user(&operator, id, seen, &client()).await.err(),
        ] {
            assert!(matches!(answer, Some(AuthError::Stale)), "{answer:?}");
        }
        assert!(world.mailbox.all().is_empty() && world.user(id).await.deleted_at.is_some());
        let refusals = world.events_of(EventCode::ACCESS_REFUSED).await;
        assert_eq!(refusals.len(), 8);
        assert!(refusals.iter().all(|event| event.details.get("reason") == Some(&json!("stale"))));
    }

    async fn a_reason_has_at_most_two_hundred_characters_and_forges_no_line(world: World) {
        let (operator, ada) = (Operator::system(), world.register("ada@example.com").await);
        let long = because(&"\u{e9}".repeat(201));
        let answer = world.kit.set_active(&operator, &ada.id, false, long, &client()).await;
        assert_eq!(code(&answer), "validation_failed");
        assert!(world.user(&ada.id).await.is_active);
        let hostile = because("a\r\nb\u{202e}");
        world.kit.set_active(&operator, &ada.id, false, hostile, &client()).await.expect("disabled");
        let [event] = &world.events_of(EventCode::USER_DISABLED).await[..] else { panic!("one event") };
        assert_eq!(event.details.get("reason"), Some(&json!("a\\u{000d}\\u{000a}b\\u{202e}")));
    }

    // S-69 I12
    async fn the_last_administrator_cannot_be_removed(world: World) {
        let root = world.with_role("root@example.com", "admin").await.user;
        let off = world.with_role("off@example.com", "admin").await.user;
        let (operator, note) = (Operator::cli("root"), Note::default);
        world.kit.set_active(&operator, &off.id, false, note(), &client()).await.expect("another one remains");
        let (kit, id) = (&world.kit, &root.id);
        for answer in [
            kit.set_active(&operator, id, false, note(), &client()).await.err(),
            kit.set_role(&operator, id, "user", note(), &client()).await.err(),
            kit.delete_user(&operator, id, note(), &client()).await.err(),
        ] {
            assert!(matches!(answer, Some(AuthError::LastAdmin)), "{answer:?}");
        }
        assert_eq!(world.user(id).await, root.clone());
        let refusals = world.events_of(EventCode::ACCESS_REFUSED).await;
        assert_eq!(refusals.len(), 3);
        assert!(refusals.iter().all(|event| event.actor == Actor::Cli("root".into()) && event.subject == Some(root.id)));
        world.kit.set_role(&operator, &off.id, "user", note(), &client()).await.expect("it does not count");
    }

    async fn the_list_is_narrowed_searched_and_sorted(world: World) {
        let (operator, note) = (Operator::system(), Note::default);
        for email in ["Zoe@example.com", "ada@example.com", "adam@example.org", "ad_m@example.com"] {
            world.clock.tick();
            world.register(email).await;
        }
        world.clock.tick();
        let editor = world.with_role("ed@example.com", "editor").await;
        let gone = world.register("gone@example.com").await;
        world.kit.delete_user(&operator, &gone.id, note(), &client()).await.expect("deleted");
        world.kit.set_active(&operator, &editor.user.id, false, note(), &client()).await.expect("disabled");

        let query = |text: &str| UserQuery { query: Some(text.into()), ..UserQuery::default() };
        let newest = ["ed@example.com", "ad_m@example.com", "adam@example.org", "ada@example.com", "Zoe@example.com"];
        assert_eq!(addresses(&world, UserQuery::default()).await, newest);
        let by_email = UserQuery { sort: Some(UserSort::Email), ..UserQuery::default() };
        let sorted = ["ad_m@example.com", "ada@example.com", "adam@example.org", "ed@example.com", "Zoe@example.com"];
        assert_eq!(addresses(&world, by_email).await, sorted);
        let status = |status| UserQuery { status: Some(status), ..UserQuery::default() };
        assert_eq!(addresses(&world, status(UserStatus::Deleted)).await, ["gone@example.com"]);
        assert_eq!(addresses(&world, status(UserStatus::Disabled)).await, ["ed@example.com"]);
        assert_eq!(addresses(&world, status(UserStatus::Active)).await.len(), 4);
        let editors = UserQuery { role: Some(role("editor")), ..UserQuery::default() };
        assert_eq!(addresses(&world, editors).await, ["ed@example.com"]);
        assert!(addresses(&world, UserQuery { verified: Some(true), ..UserQuery::default() }).await.is_empty());
        assert_eq!(addresses(&world, query("ADA")).await, ["ada@example.com", "adam@example.org"], "by address");
        let newest_of = UserQuery { sort: Some(UserSort::Newest), ..query("ADA") };
        assert_eq!(addresses(&world, newest_of).await, ["adam@example.org", "ada@example.com"]);
        assert_eq!(addresses(&world, query("domain:Example.ORG")).await, ["adam@example.org"]);
        assert!(addresses(&world, query("domain:ample.org")).await.is_empty(), "the whole domain");
        assert!(addresses(&world, query("dam")).await.is_empty());
        assert_eq!(addresses(&world, UserQuery { anywhere: true, ..query("dam") }).await, ["adam@example.org"]);
        let all = UserQuery::default();
        assert_eq!(world.kit.count_users(&operator, &all, 3).await.expect("a number"), 3, "capped");
        assert_eq!(world.kit.count_users(&operator, &all, 100).await.expect("a number"), 5);
        assert_eq!(addresses(&world, query("ada@example.com")).await, ["ada@example.com"]);
        assert_eq!(addresses(&world, query("ad_")).await, ["ad_m@example.com"], "no wildcard");
        assert!(addresses(&world, query("%")).await.is_empty());
        assert_eq!(addresses(&world, query(editor.user.id.as_str())).await, ["ed@example.com"]);
        assert_eq!(addresses(&world, query("")).await.len(), 5);
    }

    async fn a_search_is_looked_into_once_for_its_page_and_its_number(world: World) {
        for name in ["ada", "adam", "adele", "bob"] {
            world.register(&format!("{name}@example.com")).await;
        }
        let operator = Operator::system();
        let query = UserQuery { query: Some("ad".into()), ..UserQuery::default() };
        let asked = |limit, cursor| ListRequest { limit: Some(limit), cursor };
        world.calls.take();
        let (two, n) = world.kit.list_and_count_users(&operator, &query, &asked(2, None), 10).await.expect("a page");
        assert_eq!((two.items.len(), n), (2, Some(3)));
        assert_eq!(world.calls.take(), ["find_user", "list_users", "count_live_sessions", "count_users"]);
        let (_, n) = world.kit.list_and_count_users(&operator, &query, &asked(2, None), 2).await.expect("a page");
        assert_eq!(n, Some(2), "at most the cap");
        world.calls.take();
        let next = asked(2, two.next_cursor);
        let (one, n) = world.kit.list_and_count_users(&operator, &query, &next, 10).await.expect("a page");
        assert_eq!((one.items.len(), n), (1, None), "told by the first page");
        assert_eq!(world.calls.take(), ["find_user", "list_users", "count_live_sessions"]);
        let (all, n) = world.kit.list_and_count_users(&operator, &query, &asked(3, None), 10).await.expect("a page");
        assert_eq!((all.items.len(), n), (3, Some(3)));
        assert_eq!(world.calls.take(), ["find_user", "list_users", "count_live_sessions"], "a whole list is its own number");
        let (all, n) = world.kit.list_and_count_users(&operator, &query, &asked(3, None), 2).await.expect("a page");
        assert_eq!((all.items.len(), n), (3, Some(2)));
        world.tap.refuse("count_users");
        let (two, n) = world.kit.list_and_count_users(&operator, &query, &asked(2, None), 10).await.expect("a page");
        assert_eq!((two.items.len(), n), (2, None), "a page without its number");
    }

    async fn live_sessions_are_counted_beside_each_user(world: World) {
        let ada = world.signed_in("ada@example.com").await;
        world.login("ada@example.com").await;
        let ended = world.login("ada@example.com").await;
        world.kit.logout(ended.tokens.refresh.expose(), &client()).await.expect("signed out");
        let eve = world.signed_in("eve@example.com").await;
        world.tap.refuse("tidy_epoch");
        world.kit.sign_out_everywhere(&world.current(&eve).await, &client()).await.expect("signed out");
        let operator = Operator::system();
        assert_eq!(world.kit.find_user_for(&operator, &ada.user.id).await.expect("a user").sessions, 2);
        assert_eq!(world.kit.find_user_for(&operator, &eve.user.id).await.expect("a user").sessions, 0);
        world.calls.take();
        let list = world.kit.list_users(&operator, &UserQuery::default(), &ListRequest::default()).await.expect("a list");
        assert_eq!(world.calls.take(), ["list_users", "count_live_sessions"], "never one call a row");
        let counts: Vec<_> = list.items.iter().map(|item| (item.user.id, item.sessions)).collect();
        assert!(counts.contains(&(ada.user.id, 2)) && counts.contains(&(eve.user.id, 0)), "{counts:?}");
    }
}
