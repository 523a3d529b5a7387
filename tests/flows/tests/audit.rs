//! One change, one event, both or neither.

use std::collections::BTreeSet;

use authkit_core::{
    Actor, AuthError, Event, EventCode, Login, NoAudit, Note, Operator, PageRequest, ResetToken, SignIn, SignedIn,
    ThrottleMode, TrustedPassword, TrustedUser, VerificationToken,
};
use authkit_flows::on_every_store;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, Rows, World, client, client_from, code, registration};
use serde_json::json;

/// Everything that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Register,
    Create,
    LogIn,
    LogInReplacing,
    LogInOverTheCap,
    OpenSession,
    Refresh,
    RefreshRecorded,
    Replay,
    Reuse,
    LogOut,
    RevokeOwn,
    RevokeOthers,
    SignOutEverywhere,
    NewPassword,
    ResetPassword,
    VerifyEmail,
    NewProfile,
    Reauthenticate,
    Disable,
    Enable,
    GiveRole,
    Delete,
    Restore,
    Purge,
    RevokeByAdministrator,
    EndSessions,
    Invite,
    LogInToConsole,
}

use Change::*;
use EventCode as Code;

/// Each change and the events of its one call, in alphabetical order.
fn all() -> Vec<(Change, Vec<EventCode>)> {
    vec![
        (Register, vec![Code::USER_REGISTERED]),
        (Create, vec![Code::USER_CREATED]),
        (LogIn, vec![Code::SESSION_OPENED]),
        (LogInReplacing, vec![Code::SESSION_OPENED, Code::SESSION_REVOKED]),
        (LogInOverTheCap, vec![Code::SESSION_OPENED, Code::SESSION_REVOKED]),
        (OpenSession, vec![Code::SESSION_OPENED]),
        (Refresh, vec![]),
        (RefreshRecorded, vec![Code::SESSION_REFRESHED]),
        (Replay, vec![Code::SESSION_REFRESH_REPLAYED]),
        (Reuse, vec![Code::SESSION_REUSE_DETECTED]),
        (LogOut, vec![Code::SESSION_CLOSED]),
        (RevokeOwn, vec![Code::SESSION_REVOKED]),
        (RevokeOthers, vec![Code::SESSION_REVOKED]),
        (SignOutEverywhere, vec![Code::SESSION_CLOSED_ALL]),
        (NewPassword, vec![Code::PASSWORD_CHANGED, Code::SESSION_OPENED]),
        (ResetPassword, vec![Code::EMAIL_VERIFIED, Code::PASSWORD_RESET_COMPLETED]),
        (VerifyEmail, vec![Code::EMAIL_VERIFIED, Code::SESSION_REVOKED]),
        (NewProfile, vec![Code::USER_PROFILE_CHANGED]),
        (Reauthenticate, vec![Code::SESSION_CONFIRMED]),
        (Disable, vec![Code::USER_DISABLED]),
        (Enable, vec![Code::USER_ENABLED]),
        (GiveRole, vec![Code::USER_ROLE_CHANGED]),
        (Delete, vec![Code::USER_DELETED]),
        (Restore, vec![Code::USER_RESTORED]),
        (Purge, vec![Code::USER_PURGED]),
        (RevokeByAdministrator, vec![Code::SESSION_REVOKED]),
        (EndSessions, vec![Code::SESSION_REVOKED]),
        (Invite, vec![Code::USER_CREATED]),
        (LogInToConsole, vec![Code::SESSION_OPENED]),
    ]
}

/// A user with two sessions, of which `here` was rotated twice, at the moment before a change.
struct Stage {
    world: World,
    email: String,
    here: SignedIn,
    tokens: [SignIn; 3],
    other: SignIn,
    link: ResetToken,
    proof: VerificationToken,
}

impl Stage {
    async fn set(world: &World, change: Change) -> Self {
        let world = match change {
            LogInOverTheCap => world.with(|config| config.session_cap(2)),
            RefreshRecorded => world.with(|config| config.audit_refresh(true)),
            _ => world.clone(),
        };
        let email = format!("{change:?}@example.org").to_lowercase();
        let first = world.signed_in(&email).await;
        let plain = world.with(|config| config.audit_refresh(false));
        let second = plain.kit.refresh(&first.tokens.refresh, &client()).await.expect("the next pair");
        let third = plain.kit.refresh(&second.tokens.refresh, &client()).await.expect("the next pair");
        let other = world.login(&email).await;
        let link = world.reset_token(&email).await;
        world.kit.request_verification(&email, &client()).await.expect("an answer");
        let proof = world.last_verification_token().expect("a link");
        let here = world.current(&third).await;
        let (operator, id, note) = (Operator::system(), &first.user.id, Note::default);
        match change {
            Enable => drop(world.kit.set_active(&operator, id, false, note(), &client()).await.expect("disabled")),
            LogInToConsole => {
                drop(world.kit.set_role(&operator, id, "auditor", note(), &client()).await.expect("a role"))
            }
            Restore | Purge => world.kit.delete_user(&operator, id, note(), &client()).await.expect("deleted"),
            _ => {}
        }
        world.clock.tick();
        Self { world, email, here, tokens: [first, second, third], other, link, proof }
    }

    async fn run(&self, change: Change) -> Result<(), AuthError> {
        let (kit, here, id, note) = (&self.world.kit, &self.here, &self.here.user.id, Note::default());
        let [first, second, third] = &self.tokens;
        let (operator, client, email) = (Operator::cli("root"), &client(), self.email.as_str());
        match change {
            Register => kit.register(registration(&format!("new.{email}")), client).await.map(drop),
            Create => {
                let user = TrustedUser {
                    email: format!("new.{email}"),
                    password: TrustedPassword::None,
                    role: here.user.role,
                    is_active: true,
                    is_verified: true,
                    profile: Default::default(),
                };
                kit.create_user(user, Actor::System).await.map(drop)
            }
            LogIn | LogInOverTheCap => kit.login(Login::new(email, PASSWORD), client).await.map(drop),
            LogInReplacing => {
                let login = Login { replaces: Some(third.tokens.refresh.clone()), ..Login::new(email, PASSWORD) };
                kit.login(login, client).await.map(drop)
            }
            OpenSession => kit.open_session_for(id, client).await.map(drop),
            Refresh | RefreshRecorded => kit.refresh(&third.tokens.refresh, client).await.map(drop),
            Replay => kit.refresh(&second.tokens.refresh, client).await.map(drop),
            Reuse => match kit.refresh(&first.tokens.refresh, client).await {
                Err(AuthError::SessionReused) => Ok(()),
                other => other.map(drop),
            },
            LogOut => kit.logout(third.tokens.refresh.expose(), client).await,
            RevokeOwn => kit.revoke_own_session(here, self.other.session.id, client).await,
            RevokeOthers => kit.revoke_other_sessions(here, client).await.map(drop),
            SignOutEverywhere => kit.sign_out_everywhere(here, client).await,
            NewPassword => kit.change_password(here, PASSWORD.into(), OTHER_PASSWORD.into(), client).await.map(drop),
            ResetPassword => kit.reset_password(&self.link, OTHER_PASSWORD.into(), client).await,
            VerifyEmail => kit.verify_email(&self.proof, client).await,
            NewProfile => {
                let fields = json!({"seats": 3}).as_object().cloned().expect("an object");
                kit.update_profile(here, fields, client).await.map(drop)
            }
            Reauthenticate => kit.reauthenticate(here, PASSWORD.into(), client).await.map(drop),
            Disable => kit.set_active(&operator, id, false, note, client).await.map(drop),
            Enable => kit.set_active(&operator, id, true, note, client).await.map(drop),
            GiveRole => kit.set_role(&operator, id, "editor", note, client).await.map(drop),
            Delete => kit.delete_user(&operator, id, note, client).await,
            Restore => kit.restore_user(&operator, id, note, client).await.map(drop),
            Purge => kit.purge_user(&operator, id, note, client).await,
            EndSessions => kit.revoke_sessions_of(&operator, id, note, client).await.map(drop),
            Invite => {
                let email = format!("new.{email}");
                kit.create_user_for(&operator, &email, "editor", note, client).await.map(drop)
            }
            LogInToConsole => kit.console_login(Login::new(email, PASSWORD), client).await.map(drop),
            RevokeByAdministrator => kit.revoke_session(&operator, self.other.session.id, note, client).await,
        }
    }
}

/// What came between two looks at a store.
fn between(before: &Rows, after: &Rows) -> Vec<Event> {
    let mut events: Vec<_> = after.events.iter().filter(|event| !before.events.contains(event)).cloned().collect();
    events.sort_by(|one, other| one.code.as_str().cmp(other.code.as_str()));
    events
}

fn changed(before: &Rows, after: &Rows) -> bool {
    (&before.users, &before.sessions) != (&after.users, &after.sessions)
}

fn quiet(world: &World) -> World {
    world.with(|config| config.throttle(ThrottleMode::Off))
}

on_every_store! {
    // S-75 I13 I8
    async fn every_change_has_exactly_its_events_and_each_says_who_whom_whence_and_when(world: World) {
        let world = quiet(&world);
        for (change, codes) in all() {
            let stage = Stage::set(&world, change).await;
            let before = world.rows().await;
            stage.run(change).await.unwrap_or_else(|error| panic!("{change:?}: {error}"));
            let after = world.rows().await;
            assert_eq!(changed(&before, &after), change != Replay, "{change:?}");
            let events = between(&before, &after);
            assert_eq!(events.iter().map(|event| event.code.clone()).collect::<Vec<_>>(), codes, "{change:?}");
            assert_eq!(after.events.len() - before.events.len(), codes.len(), "{change:?}: none was rewritten");
            for event in events {
                assert_eq!(event.at, world.kit.now(), "{change:?}");
                assert!(event.subject.is_some(), "{change:?}");
                if change != Create {
                    assert_eq!(event.client, client(), "{change:?}");
                }
                let anonymous = matches!(change, Register | Reuse);
                assert_eq!(event.actor == Actor::Anonymous, anonymous, "{change:?}");
            }
        }
    }

    // S-76
    async fn a_change_whose_event_cannot_be_written_does_not_happen(world: World) {
        let world = quiet(&world);
        for (change, codes) in all() {
            if codes.is_empty() {
                continue;
            }
            let stage = Stage::set(&world, change).await;
            let before = world.rows().await;
            world.tap.spoil_events(before.events[0].id);
            let answer = stage.run(change).await;
            assert!(matches!(answer, Err(AuthError::Store(_))), "{change:?}: {answer:?}");
            assert_eq!(world.rows().await, before, "{change:?}: nothing of it happened");
            world.tap.mend();
            stage.run(change).await.unwrap_or_else(|error| panic!("{change:?}, again: {error}"));
        }
    }

    // S-76
    async fn an_event_without_a_change_that_cannot_be_written_fails_the_call(world: World) {
        let world = quiet(&world);
        let here = world.signed_in("ada@example.com").await;
        let link = world.reset_token("ada@example.com").await;
        world.kit.reset_password(&link, OTHER_PASSWORD.into(), &client()).await.expect("reset");
        let off = world.register("off@example.com").await;
        world.kit.set_active(&Operator::system(), &off.id, false, Note::default(), &client()).await.expect("disabled");
        let before = world.rows().await;
        world.tap.refuse("record");
        let mails = world.mailbox.all().len();
        let (kit, operator) = (&world.kit, Operator::system());
        for answer in [
            world.try_login("ada@example.com", "a wrong guess").await.err(),
            world.try_login("off@example.com", PASSWORD).await.err(),
            kit.request_reset("ada@example.com", &client()).await.err(),
            kit.request_reset("nobody@example.com", &client()).await.err(),
            kit.request_reset_for(&operator, &here.user.id, Note::default(), &client()).await.err(),
            kit.reset_password(&link, PASSWORD.into(), &client()).await.err(),
        ] {
            assert_eq!(answer.as_ref().map(AuthError::code), Some("unavailable"), "{answer:?}");
        }
        assert_eq!(world.mailbox.all().len(), mails, "no mail without its line in the trail");
        assert_eq!(world.rows().await, before);
    }

    async fn with_the_trail_switched_off_everything_works_and_nothing_is_recorded(world: World) {
        let off = world.with(|config| config.throttle(ThrottleMode::Off).audit(false));
        for (change, _) in all() {
            let stage = Stage::set(&off, change).await;
            stage.run(change).await.unwrap_or_else(|error| panic!("{change:?}: {error}"));
        }
        assert_eq!(code(&off.try_login("nobody@example.com", PASSWORD).await), "invalid_credentials");
        off.kit.record(authkit_core::AppEvent::new("job").expect("a code")).await.expect("nothing to do");
        off.kit.record_started().await.expect("nothing to do");
        assert!(world.events().await.is_empty());
    }

    async fn a_sink_beside_the_store_gets_what_has_no_change_behind_it(world: World) {
        let beside = world.built(world.config.clone(), |builder| builder.audit(NoAudit));
        beside.signed_in("ada@example.com").await;
        assert_eq!(code(&beside.try_login("ada@example.com", "a wrong guess").await), "invalid_credentials");
        let codes: BTreeSet<_> = world.events().await.iter().map(|event| event.code.as_str().to_owned()).collect();
        assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["session.opened", "user.registered"]);
    }

    // S-79
    async fn nothing_that_is_recorded_ever_changes(world: World) {
        let world = quiet(&world);
        let mut seen: Vec<Event> = Vec::new();
        for (change, _) in all() {
            let stage = Stage::set(&world, change).await;
            stage.run(change).await.unwrap_or_else(|error| panic!("{change:?}: {error}"));
            let events = world.events().await;
            assert!(seen.iter().all(|event| events.contains(event)), "{change:?}");
            seen = events;
        }
        assert!(seen.windows(2).all(|pair| pair[0].id > pair[1].id), "newest first, each once");
    }

    // S-75
    async fn the_trail_of_a_failed_sign_in_says_from_where(world: World) {
        let user = world.register("ada@example.com").await;
        world.clock.tick();
        let guess = Login::new("ada@example.com", "a wrong guess");
        assert!(world.kit.login(guess, &client_from(9)).await.is_err());
        let newest = world.ports.list_events(&Default::default(), &PageRequest::first(1)).await.expect("a page");
        let event = &newest.items[0];
        assert_eq!((&event.code, event.subject), (&Code::SESSION_OPEN_FAILED, Some(user.id)));
        assert_eq!((&event.actor, &event.client), (&Actor::Anonymous, &client_from(9)));
        assert_eq!(event.details.get("via"), Some(&json!("host")));
    }
}
