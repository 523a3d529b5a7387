//! An operator signs in to the console.

use std::time::Duration;

use authkit_core::{
    Actor, AuthError, EventCode, EventOutcome, Limit, Login, Note, Operator, RevokeReason, SignIn, Throttle,
    ThrottleMode, Via,
};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, client_from, code};
use serde_json::json;

const HOUR: Duration = Duration::from_secs(3600);
const SECOND: Duration = Duration::from_secs(1);

async fn enter(world: &World, email: &str, password: &str) -> Result<SignIn, AuthError> {
    world.kit.console_login(Login::new(email, password), &client()).await
}

on_every_store! {
    async fn every_admitted_role_gets_a_session_of_an_hour_and_twelve(world: World) {
        for role in ["admin", "support", "auditor"] {
            let email = format!("{role}@example.com");
            world.with_role(&email, role).await;
            let sign_in = enter(&world, &email, PASSWORD).await.expect("let in");
            let (at, session) = (world.kit.now(), world.session(&sign_in).await);
            assert_eq!((session.via, session.idle_ttl), (Via::Console, HOUR));
            assert_eq!((session.idle_at, session.absolute_at), (at + HOUR, at + 12 * HOUR));
            let operator = world.kit.operator(&world.current(&sign_in).await).expect("let in");
            assert_eq!(operator.session(), Some(session.id));
            let opened = world.events_of(EventCode::SESSION_OPENED).await;
            let event = opened.iter().find(|event| event.session_id == Some(session.id)).expect("an event");
            assert_eq!((event.details.get("via"), &event.actor), (Some(&json!("console")), &Actor::User(sign_in.user.id)));
        }
    }

    // S-31
    async fn refreshing_keeps_the_hour_and_never_passes_the_twelve(world: World) {
        world.with_role("root@example.com", "admin").await;
        let mut sign_in = enter(&world, "root@example.com", PASSWORD).await.expect("let in");
        let end = sign_in.session.absolute_at;
        for _ in 0..12 {
            world.clock.advance(HOUR - Duration::from_secs(240));
            sign_in = world.kit.refresh(&sign_in.tokens.refresh, &client()).await.expect("refreshed");
            assert_eq!(sign_in.session.idle_at, (world.kit.now() + HOUR).min(end));
            assert!(sign_in.tokens.access_expires_at <= end);
        }
        assert_eq!(sign_in.session.absolute_at, end);
        world.clock.advance(end.since(world.kit.now()));
        assert_eq!(code(&world.kit.refresh(&sign_in.tokens.refresh, &client()).await), "session_expired");
        let idle = enter(&world, "root@example.com", PASSWORD).await.expect("let in");
        world.clock.advance(HOUR);
        assert_eq!(code(&world.kit.refresh(&idle.tokens.refresh, &client()).await), "session_expired");
    }

    async fn a_changed_password_gives_no_longer_session(world: World) {
        world.with_role("root@example.com", "admin").await;
        let sign_in = enter(&world, "root@example.com", PASSWORD).await.expect("let in");
        let current = world.current(&sign_in).await;
        let fresh = world.kit.change_password(&current, PASSWORD.into(), OTHER_PASSWORD.into(), &client()).await;
        let session = fresh.expect("changed").session;
        assert_eq!((session.via, session.idle_ttl), (Via::Console, HOUR));
        assert_eq!(session.absolute_at, world.kit.now() + 12 * HOUR);
    }

    async fn shorter_lives_than_the_consoles_stay_as_configured(world: World) {
        let world = world.with(|config| config.refresh_idle_ttl(60 * SECOND).refresh_absolute_ttl(300 * SECOND));
        world.with_role("root@example.com", "admin").await;
        let session = enter(&world, "root@example.com", PASSWORD).await.expect("let in").session;
        assert_eq!((session.idle_ttl, session.absolute_at), (60 * SECOND, world.kit.now() + 300 * SECOND));
    }

    // S-10 S-11 S-70
    async fn whoever_is_not_admitted_is_told_nothing_else_than_everybody(world: World) {
        world.with_role("editor@example.com", "editor").await;
        world.register("ada@example.com").await;
        let disabled = world.register("off@example.com").await;
        let (operator, note) = (Operator::system(), Note::default());
        world.kit.set_active(&operator, &disabled.id, false, note, &client()).await.expect("disabled");
        let any = Limit { max: 1_000, window: SECOND, backoff: None };
        let limits = Throttle { login_ip: any, login_failures_ip: any, ..Throttle::default() };
        let world = world.with(|config| config.throttle(ThrottleMode::Shared).throttle_limits(limits));
        let before = world.rows().await;
        for (email, password, reason) in [
            ("ada@example.com", PASSWORD, "not_admin"),
            ("editor@example.com", PASSWORD, "not_admin"),
            ("off@example.com", PASSWORD, "not_admin"),
            ("off@example.com", OTHER_PASSWORD, "credentials"),
            ("ada@example.com", OTHER_PASSWORD, "credentials"),
            ("nobody@example.com", PASSWORD, "credentials"),
            ("no address", PASSWORD, "credentials"),
        ] {
            world.clock.tick();
            let verified = world.hasher.verified();
            world.calls.take();
            let answer = enter(&world, email, password).await;
            assert!(matches!(answer, Err(AuthError::InvalidCredentials)), "{email}: {answer:?}");
            assert_eq!(world.hasher.verified() - verified, 1, "{email}");
            let calls = world.calls.take();
            assert_eq!(calls.iter().filter(|call| **call != "find_user_by_email").copied().collect::<Vec<_>>(), ["take", "verify", "record"]);
            let event = world.events().await.remove(0);
            assert_eq!((event.code, event.details.get("reason")), (EventCode::SESSION_OPEN_FAILED, Some(&json!(reason))));
            assert_eq!(event.details.get("via"), Some(&json!("console")));
            let refused = reason == "not_admin";
            assert_eq!(event.outcome, if refused { EventOutcome::Refused } else { EventOutcome::Failure });
            assert_eq!(event.identifier.as_deref() == Some(email), email.contains('@'));
            assert!(!refused || event.subject.is_some());
        }
        let after = world.rows().await;
        assert_eq!((after.users, after.sessions), (before.users, before.sessions));
        assert_eq!(after.events.len(), before.events.len() + 7);
    }

    // S-10
    async fn a_disabled_operator_is_told_after_the_right_password_only(world: World) {
        let support = world.with_role("support@example.com", "support").await;
        let (operator, note) = (Operator::system(), Note::default());
        world.kit.set_active(&operator, &support.user.id, false, note, &client()).await.expect("disabled");
        assert_eq!(code(&enter(&world, "support@example.com", OTHER_PASSWORD).await), "invalid_credentials");
        assert_eq!(code(&enter(&world, "support@example.com", PASSWORD).await), "account_disabled");
        let failed = world.events_of(EventCode::SESSION_OPEN_FAILED).await;
        assert!(failed.iter().any(|event| event.details.get("reason") == Some(&json!("disabled"))));
    }

    // S-84
    async fn a_right_password_without_the_role_counts_as_a_failure(world: World) {
        let any = Limit { max: 1_000, window: SECOND, backoff: None };
        let limits = Throttle { login_ip: any, login_failures_ip: any, register_ip: any, ..Throttle::default() };
        let world = world.with(|config| config.throttle(ThrottleMode::Shared).throttle_limits(limits));
        world.register("ada@example.com").await;
        let verified = world.hasher.verified();
        let answers = race(16, |n| {
            let kit = world.kit.clone();
            let from = client_from(u8::try_from(n).expect("at most 16"));
            async move { kit.console_login(Login::new("ada@example.com", PASSWORD), &from).await }
        })
        .await;
        let codes: Vec<_> = answers.iter().map(code).collect();
        assert_eq!(codes.iter().filter(|code| **code == "invalid_credentials").count(), 5, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == "throttled").count(), 11, "{codes:?}");
        assert_eq!(world.hasher.verified() - verified, 5);
        assert_eq!(world.events_of(EventCode::THROTTLE_TRIPPED).await.len(), 1);
        world.clock.advance(SECOND);
        // Here the same password is a success, and a success clears the account.
        world.login("ada@example.com").await;
        assert_eq!(code(&enter(&world, "ada@example.com", PASSWORD).await), "invalid_credentials");
    }

    // S-18
    async fn the_session_that_the_device_had_is_ended_by_a_success_only(world: World) {
        let old = world.with_role("root@example.com", "admin").await;
        let login = |password: &str| Login { replaces: Some(old.tokens.refresh.clone()), ..Login::new("root@example.com", password) };
        assert_eq!(code(&world.kit.console_login(login(OTHER_PASSWORD), &client()).await), "invalid_credentials");
        world.current(&old).await;
        world.register("ada@example.com").await;
        let not_admitted = Login { replaces: Some(old.tokens.refresh.clone()), ..Login::new("ada@example.com", PASSWORD) };
        assert_eq!(code(&world.kit.console_login(not_admitted, &client()).await), "invalid_credentials");
        world.current(&old).await;
        world.kit.console_login(login(PASSWORD), &client()).await.expect("let in");
        assert_eq!(world.session(&old).await.revoked_reason, Some(RevokeReason::Replaced));
    }

    async fn a_role_that_is_taken_away_while_the_password_is_checked_opens_a_session_without_rights(world: World) {
        let root = world.with_role("root@example.com", "admin").await;
        world.with_role("second@example.com", "admin").await;
        let gate = world.tap.hold_after("find_user_by_email");
        let racing = {
            let world = world.clone();
            tokio::spawn(async move { enter(&world, "root@example.com", PASSWORD).await })
        };
        gate.reached().await;
        world.kit.set_role(&Operator::system(), &root.user.id, "user", Note::default(), &client()).await.expect("demoted");
        gate.open();
        let sign_in = racing.await.expect("no panic").expect("admitted when it was read");
        assert!(matches!(world.kit.operator(&world.current(&sign_in).await), Err(AuthError::Forbidden)));
    }
}
