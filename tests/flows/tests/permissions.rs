//! Who may do what in the administration, and when the password must be proven again.

use std::time::Duration;

use authkit_core::{
    AuthError, Cause, EventCode, EventFilter, EventId, Guard, ListRequest, Note, Operator, Period, Permission, Role,
    SessionId, SessionQuery, SessionStore as _, SetUser, SignIn, UserId, UserQuery, UserStore as _,
};
use authkit_flows::on_every_store;
use authkit_flows::world::{PASSWORD, World, client, code};

/// Every flow that takes an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    ListUsers,
    ListAndCountUsers,
    FindUser,
    UserFacts,
    ListSessions,
    CountSessions,
    ListEvents,
    FindEvent,
    Statistics,
    Overview,
    Attention,
    RecentActions,
    SetActive,
    Restore,
    SendReset,
    RevokeSession,
    EndSessions,
    Unlock,
    SetRole,
    Delete,
    Purge,
}

use Action::*;

const READS: [Action; 12] = [
    ListUsers,
    ListAndCountUsers,
    FindUser,
    UserFacts,
    ListSessions,
    CountSessions,
    ListEvents,
    FindEvent,
    Statistics,
    Overview,
    Attention,
    RecentActions,
];
const SUPPORTS: [Action; 6] = [SetActive, Restore, SendReset, RevokeSession, EndSessions, Unlock];
const ADMINISTERS: [Action; 3] = [SetRole, Delete, Purge];

/// Whom an action is about.
struct Target {
    user: UserId,
    session: SessionId,
    event: EventId,
}

impl Action {
    async fn run(self, world: &World, operator: &Operator, target: &Target) -> Result<(), AuthError> {
        let (kit, id, note, request) = (&world.kit, &target.user, Note::default(), ListRequest::default());
        match self {
            ListUsers => kit.list_users(operator, &UserQuery::default(), &request).await.map(drop),
            ListAndCountUsers => {
                kit.list_and_count_users(operator, &UserQuery::default(), &request, 10).await.map(drop)
            }
            FindUser => kit.find_user_for(operator, id).await.map(drop),
            UserFacts => kit.user_facts(operator, id).await.map(drop),
            ListSessions => kit.list_sessions(operator, &SessionQuery::default(), &request).await.map(drop),
            CountSessions => kit.count_sessions(operator, &SessionQuery::default(), 10).await.map(drop),
            ListEvents => kit.list_events(operator, &EventFilter::default(), &request).await.map(drop),
            FindEvent => kit.find_event(operator, target.event).await.map(drop),
            Statistics => kit.statistics(operator, kit.now(), kit.now()).await.map(drop),
            Overview => kit.overview(operator, Period::Day).await.map(drop),
            Attention => kit.attention(operator).await.map(drop),
            RecentActions => kit.recent_admin_actions(operator, 10).await.map(drop),
            SetActive => kit.set_active(operator, id, false, note, &client()).await.map(drop),
            Restore => kit.restore_user(operator, id, note, &client()).await.map(drop),
            SendReset => kit.request_reset_for(operator, id, note, &client()).await,
            RevokeSession => kit.revoke_session(operator, target.session, note, &client()).await,
            EndSessions => kit.revoke_sessions_of(operator, id, note, &client()).await.map(drop),
            Unlock => kit.unlock(operator, id, note, &client()).await,
            SetRole => kit.set_role(operator, id, "editor", note, &client()).await.map(drop),
            Delete => kit.delete_user(operator, id, note, &client()).await,
            Purge => kit.purge_user(operator, id, note, &client()).await,
        }
    }

    /// Somebody whom the action can be done to.
    async fn target(self, world: &World, name: &str) -> Target {
        let user = world.signed_in(&format!("{name}.{self:?}@example.com").to_lowercase()).await;
        if matches!(self, Restore | Purge) {
            let note = Note::default();
            world.kit.delete_user(&Operator::system(), &user.user.id, note, &client()).await.expect("deleted");
        }
        Target { user: user.user.id, session: user.session.id, event: world.events().await[0].id }
    }
}

async fn operator(world: &World, sign_in: &SignIn) -> Result<Operator, AuthError> {
    let pair = world.kit.refresh(&sign_in.tokens.refresh, &client()).await.expect("a live session");
    world.kit.operator(&world.current(&pair).await)
}

on_every_store! {
    // S-67 S-70
    async fn each_role_may_do_what_it_names_and_nothing_else(world: World) {
        let world = world.with(|config| config.throttle(authkit_core::ThrottleMode::Off));
        for (role, allowed) in [
            ("auditor", READS.to_vec()),
            ("support", [&READS[..], &SUPPORTS[..]].concat()),
            ("admin", [&READS[..], &SUPPORTS[..], &ADMINISTERS[..]].concat()),
        ] {
            let operator = world.operator(&format!("{role}@example.com"), role).await;
            for action in [&READS[..], &SUPPORTS[..], &ADMINISTERS[..]].concat() {
                let target = action.target(&world, role).await;
                if allowed.contains(&action) {
                    action.run(&world, &operator, &target).await.unwrap_or_else(|error| panic!("{role} {action:?}: {error}"));
                    continue;
                }
                let before = world.rows().await;
                assert_eq!(code(&action.run(&world, &operator, &target).await), "forbidden", "{role} {action:?}");
                let nil = uuid::Uuid::nil();
                let nobody = Target { user: nil.into(), session: SessionId::from_uuid(nil), event: EventId::from_uuid(nil) };
                let answer = action.run(&world, &operator, &nobody).await;
                assert_eq!(code(&answer), "forbidden", "{role} {action:?}: tells whether the target exists");
                assert_eq!(world.rows().await, before, "{role} {action:?}");
            }
        }
        let user = world.signed_in("plain@example.com").await;
        assert_eq!(code(&world.kit.operator(&world.current(&user).await)), "forbidden");
        let editor = world.with_role("editor@example.com", "editor").await;
        assert_eq!(code(&world.kit.operator(&world.current(&editor).await)), "forbidden");
    }

    // S-35 S-68
    async fn an_operator_is_confirmed_for_as_long_as_the_session_and_the_role_last(world: World) {
        let system = Operator::system();
        world.with_role("other@example.com", "admin").await;
        for (n, code_of) in ["ok", "session_revoked", "account_disabled", "forbidden"].into_iter().enumerate() {
            let sign_in = world.with_role(&format!("root{n}@example.com"), "admin").await;
            let (id, note) = (sign_in.user.id, Note::default());
            let operator = operator(&world, &sign_in).await.expect("let in");
            match code_of {
                "session_revoked" => {
                    world.kit.revoke_session(&system, sign_in.session.id, note, &client()).await.expect("ended");
                }
                "account_disabled" => {
                    world.kit.set_active(&system, &id, false, note, &client()).await.expect("disabled");
                }
                "forbidden" => {
                    world.kit.set_role(&system, &id, "user", note, &client()).await.expect("a role");
                }
                _ => {
                    world.kit.set_role(&system, &id, "auditor", note, &client()).await.expect("a role");
                    let now = world.kit.confirm_operator(&operator).await.expect("still let in");
                    assert!(now.require(Permission::Export).is_err() && now.require(Permission::AuditRead).is_ok());
                }
            }
            assert_eq!(code(&world.kit.confirm_operator(&operator).await), code_of);
        }
        world.kit.confirm_operator(&Operator::cli("root")).await.expect("a trusted place");
    }

    // S-70
    async fn nobody_touches_somebody_who_may_do_more(world: World) {
        let support = world.operator("support@example.com", "support").await;
        world.with_role("root@example.com", "admin").await;
        for action in SUPPORTS {
            let world = world.with(|config| config.throttle(authkit_core::ThrottleMode::Off));
            let boss = world.with_role(&format!("{action:?}@example.com").to_lowercase(), "admin").await;
            let event = world.events().await[0].id;
            if action == Restore {
                let note = Note::default();
                world.kit.delete_user(&Operator::system(), &boss.user.id, note, &client()).await.expect("deleted");
            }
            let target = Target { user: boss.user.id, session: boss.session.id, event };
            let before = world.rows().await;
            assert_eq!(code(&action.run(&world, &support, &target).await), "forbidden", "{action:?}");
            assert_eq!(world.rows().await, before, "{action:?}");
        }
        // Among equals they may.
        let other = world.with_role("other@example.com", "support").await;
        world.kit.set_active(&support, &other.user.id, false, Note::default(), &client()).await.expect("disabled");
    }

    // S-66
    async fn somebody_who_is_promoted_meanwhile_is_not_touched(world: World) {
        let world = world.with(|config| config.throttle(authkit_core::ThrottleMode::Shared));
        let support = world.operator("support@example.com", "support").await;
        let (system, note) = (Operator::system(), Note::default);
        for action in [SetActive, Restore, EndSessions, SendReset, Unlock] {
            let target = action.target(&world, "target").await;
            // Judged, and not written yet; what writes no row has recorded, and has not done what it recorded.
            let gate = match action {
                SetActive => world.tap.hold_before("set_active"),
                Restore => world.tap.hold_before("restore_user"),
                EndSessions => world.tap.hold_before("advance_epoch"),
                _ => world.tap.hold_after("record"),
            };
            let mails = world.mailbox.all().len();
            let (user, session) = (target.user, target.session);
            let racing = {
                let (world, support) = (world.clone(), support.clone());
                tokio::spawn(async move { action.run(&world, &support, &target).await })
            };
            gate.reached().await;
            world.clock.tick();
            if action == Restore {
                world.kit.restore_user(&system, &user, note(), &client()).await.expect("restored");
            }
            world.kit.set_role(&system, &user, "admin", note(), &client()).await.expect("promoted");
            if action == Restore {
                world.kit.delete_user(&system, &user, note(), &client()).await.expect("deleted");
            }
            let promoted = (world.user(&user).await, world.ports.find_session(session).await.expect("an answer"));
            world.calls.take();
            gate.open();
            assert_eq!(code(&racing.await.expect("no panic")), "forbidden", "{action:?}");
            let seen = (world.user(&user).await, world.ports.find_session(session).await.expect("an answer"));
            assert_eq!(seen, promoted, "{action:?}");
            assert_eq!(world.mailbox.all().len(), mails, "{action:?}");
            assert!(!world.calls.take().contains(&"clear"), "{action:?}");
        }
    }

    async fn another_change_meanwhile_is_looked_at_once_more_and_then_done(world: World) {
        let support = world.operator("support@example.com", "support").await;
        let (system, note) = (Operator::system(), Note::default);
        let target = SetActive.target(&world, "target").await;
        let user = target.user;
        let gate = world.tap.hold_before("set_active");
        let racing = {
            let (world, support) = (world.clone(), support.clone());
            tokio::spawn(async move { SetActive.run(&world, &support, &target).await })
        };
        gate.reached().await;
        // Another role, and one that is still below the operator's.
        world.kit.set_role(&system, &user, "editor", note(), &client()).await.expect("another role");
        gate.open();
        assert_eq!(code(&racing.await.expect("no panic")), "ok");
        assert!(!world.user(&user).await.is_active);
        assert_eq!(world.events_of(EventCode::USER_DISABLED).await.len(), 1);
    }

    // The operator's own `updated_at` must not stand in for the row whose role was looked at.
    async fn somebody_who_is_promoted_meanwhile_is_not_touched_by_a_guessed_instant(world: World) {
        let support = world.operator("support@example.com", "support").await;
        let ada = world.register("ada@example.com").await;
        let gate = world.tap.hold_after("find_user");
        world.clock.tick();
        let promoted_at = world.kit.now();
        let racing = {
            let (world, id) = (world.clone(), ada.id);
            let note = Note { if_updated_at: Some(promoted_at), ..Note::default() };
            tokio::spawn(async move { world.kit.set_active(&support, &id, false, note, &client()).await })
        };
        gate.reached().await;
        let guard = Guard { admin_role: Role::new("admin").expect("a role"), if_updated_at: None, if_role: None };
        let role = Role::new("admin").expect("a role");
        let promoted = world.ports.set_role(&ada.id, role, guard, Cause::silent(promoted_at)).await;
        assert!(matches!(promoted, Ok(SetUser::Done { .. })), "{promoted:?}");
        gate.open();
        assert_eq!(code(&racing.await.expect("no panic")), "stale");
        assert!(world.user(&ada.id).await.is_active);
    }

    // S-42
    async fn what_cannot_be_undone_by_a_click_needs_a_password_of_the_last_five_minutes(world: World) {
        let world = world.with(|config| config.throttle(authkit_core::ThrottleMode::Off));
        let root = world.with_role("root@example.com", "admin").await;
        for action in [&READS[..], &SUPPORTS[..], &ADMINISTERS[..]].concat() {
            let target = action.target(&world, "late").await;
            let here = world.login("root@example.com").await;
            world.clock.advance(Duration::from_secs(300));
            let admitted = operator(&world, &here).await.expect("let in");
            let expected = if ADMINISTERS.contains(&action) { "reauthentication_required" } else { "ok" };
            world.clock.advance(Duration::from_micros(1));
            assert_eq!(code(&action.run(&world, &admitted, &target).await), expected, "{action:?}");
            if expected == "ok" {
                continue;
            }
            let pair = world.kit.refresh(&here.tokens.refresh, &client()).await.expect("the same session");
            let who = world.current(&pair).await;
            world.kit.reauthenticate(&who, PASSWORD.into(), &client()).await.expect("proven");
            let proven = world.kit.operator(&world.current(&pair).await).expect("let in");
            world.clock.advance(Duration::from_secs(300));
            action.run(&world, &proven, &target).await.unwrap_or_else(|error| panic!("{action:?}: {error}"));
        }
        assert!(world.user(&root.user.id).await.is_active);
    }

    // S-42
    async fn the_administration_admits_a_password_of_the_last_twelve_hours(world: World) {
        let root = world.with_role("root@example.com", "admin").await;
        world.clock.advance(Duration::from_secs(12 * 3_600));
        operator(&world, &root).await.expect("let in");
        world.clock.advance(Duration::from_micros(1));
        let pair = world.kit.refresh(&root.tokens.refresh, &client()).await.expect("within the grace");
        let who = world.current(&pair).await;
        assert_eq!(code(&world.kit.operator(&who)), "reauthentication_required");
        world.kit.reauthenticate(&who, PASSWORD.into(), &client()).await.expect("proven");
        world.kit.operator(&world.current(&pair).await).expect("let in");
    }

    async fn a_trusted_place_proves_nothing_and_may_do_everything(world: World) {
        for operator in [Operator::system(), Operator::cli("root")] {
            for action in [&READS[..], &SUPPORTS[..], &ADMINISTERS[..]].concat() {
                let name = operator.actor().kind();
                let world = world.with(|config| config.throttle(authkit_core::ThrottleMode::Off));
                let target = action.target(&world, name).await;
                action.run(&world, &operator, &target).await.unwrap_or_else(|error| panic!("{name} {action:?}: {error}"));
            }
        }
    }
}
