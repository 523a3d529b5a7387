//! The administration sees how the installation does, what needs a look, and what it did last.

use std::time::Duration;

use authkit_core::{
    Actor, AuthError, Budget, Event, EventCode, EventId, ImportUser, ImportedUser, NoAudit, Note, Operator, PeakOf,
    Period, Profile, Role, ThrottleMode, Timestamp, TrustedPassword, TrustedUser, UserId,
};
use authkit_flows::on_every_store;
use authkit_flows::world::{OTHER_PASSWORD, World, client, client_from, code};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// An event that happened at an instant, as a store would have kept it.
fn failed(n: u128, at: Timestamp, about: UserId, address: u8) -> Event {
    let id = uuid::Uuid::from_u128(
        (u128::from(at.as_micros().unsigned_abs() / 1_000) << 80) | 0x7000_8000_0000_0000_0000 | n,
    );
    let from = client_from(address);
    let event = Event::new(EventId::from_uuid(id), at, EventCode::SESSION_OPEN_FAILED, &from);
    event.about(about)
}

/// So many failures, so many hours ago: once for an hour and an address.
async fn record(world: &World, hours: u32, times: u32, about: UserId, address: u8) {
    let at = world.kit.now() - HOUR * hours;
    for n in 0..times {
        let event = failed(u128::from(address) << 32 | u128::from(n), at, about, address);
        world.ports.record(event).await.expect("recorded");
    }
}

on_every_store! {
    async fn the_running_hour_counts_and_so_does_what_was_rolled_up(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let operator = Operator::system();
        world.signed_in("ada@example.com").await;
        let figures = async || world.kit.overview(&operator, Period::Day).await.expect("figures").events.expect("a trail");
        let now = figures().await;
        assert_eq!((now.sign_ins.now, now.sign_ups.now, now.failures.now), (1, 1, 0));
        assert_eq!((now.sign_ins.points.len(), now.sign_ins.points.last()), (24, Some(&1)));
        assert_eq!(now.starts.last(), Some(&world.kit.now().hour()));
        world.clock.advance(HOUR * 3);
        while world.kit.tidy(Budget::default()).await.expect("tidied").more {}
        world.login("ada@example.com").await;
        assert_eq!(code(&world.try_login("ada@example.com", OTHER_PASSWORD).await), "invalid_credentials");
        let now = figures().await;
        assert_eq!((now.sign_ins.now, now.failures.now), (2, 1), "each event once");
        assert_eq!(&now.sign_ins.points[20..], [1, 0, 0, 1]);
        world.clock.advance(DAY - HOUR);
        let later = figures().await;
        assert_eq!((later.sign_ins.now, later.sign_ins.before), (1, 1));
        for (period, points) in [(Period::Week, 28), (Period::Month, 30), (Period::Quarter, 90)] {
            let events = world.kit.overview(&operator, period).await.expect("figures").events.expect("a trail");
            assert_eq!((events.sign_ins.now, events.starts.len(), events.failures.points.len()), (2, points, points));
        }
    }

    async fn users_and_sessions_are_counted_as_they_are(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let operator = Operator::system();
        let rows = async |period| world.kit.overview(&operator, period).await.expect("figures").rows.expect("allowed");
        assert!(rows(Period::Day).await.is_first_run);
        let old = world.signed_in("ada@example.com").await;
        world.clock.advance(DAY * 2);
        world.signed_in("eve@example.com").await;
        world.login("eve@example.com").await;
        world.register("idle@example.com").await;
        let day = rows(Period::Day).await;
        // Whoever has only registered has signed in as late as that.
        assert_eq!((day.active_users, day.open_sessions, day.is_first_run), (2, 3, false));
        assert_eq!(rows(Period::Week).await.active_users, 3);
        world.kit.set_active(&operator, &old.user.id, false, Note::default(), &client()).await.expect("disabled");
        let week = rows(Period::Week).await;
        assert_eq!((week.active_users, week.open_sessions), (2, 2));
    }

    async fn an_overview_is_three_reads_and_attention_four(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        world.signed_in("ada@example.com").await;
        world.signed_in("eve@example.com").await;
        let (operator, before) = (Operator::system(), world.rows().await);
        world.calls.take();
        world.kit.overview(&operator, Period::Month).await.expect("figures");
        assert_eq!(world.calls.take(), ["count_events", "count_users", "count_sessions"]);
        world.kit.attention(&operator).await.expect("told");
        assert_eq!(world.calls.take(), ["list_events", "count_events", "list_peaks", "list_events"]);
        world.kit.recent_admin_actions(&operator, 10).await.expect("told");
        assert_eq!(world.calls.take(), ["list_events"]);
        assert_eq!(world.rows().await, before);
    }

    async fn what_needs_a_look_is_told_for_as_long_as_it_does(world: World) {
        let operator = Operator::system();
        let attention = async || world.kit.attention(&operator).await.expect("told");
        let ada = world.signed_in("ada@example.com").await;
        let eve = world.register("eve@example.com").await;
        assert!(attention().await.is_empty());
        for _ in 0..5 {
            assert_eq!(code(&world.try_login("eve@example.com", OTHER_PASSWORD).await), "invalid_credentials");
        }
        let root = Operator::cli("root");
        world.kit.set_role(&root, &eve.id, "editor", Note::default(), &client()).await.expect("a role");
        world.kit.set_role(&root, &eve.id, "admin", Note::default(), &client()).await.expect("a role");
        let made = world.kit.now();
        world.kit.refresh(&ada.tokens.refresh, &client()).await.expect("refreshed");
        world.clock.advance(Duration::from_secs(60));
        assert_eq!(code(&world.kit.refresh(&ada.tokens.refresh, &client()).await), "session_reused");
        let told = attention().await;
        assert_eq!((told.throttled.len(), told.throttled[0].user, told.trips), (1, eve.id, 1));
        assert_eq!((told.reuses, told.mail_failures, told.spikes.len()), (1, 0, 0), "five failures are no spike");
        let [admin] = &told.new_admins[..] else { panic!("{told:?}") };
        assert_eq!((admin.user, &admin.by, admin.at), (eve.id, &Actor::Cli("root".to_owned()), made));
        world.clock.advance(DAY);
        let told = attention().await;
        assert_eq!((told.throttled.len(), told.trips, told.reuses, told.new_admins.len()), (0, 0, 1, 1));
        world.clock.advance(DAY * 7);
        assert!(attention().await.is_empty());
    }

    async fn whoever_comes_as_an_administrator_is_told_like_one_who_becomes_one(world: World) {
        let (role, cli) = (Role::new("admin").expect("a role"), Actor::Cli("root".to_owned()));
        let (email, profile) = ("ada@example.com".to_owned(), Profile::default());
        let (password, at) = (TrustedPassword::None, world.kit.now());
        let trusted = TrustedUser { email, password, role, is_active: true, is_verified: true, profile };
        let ada = world.kit.create_user(trusted, cli.clone()).await.expect("a user");
        let imported = |n: u8, role: &str| ImportedUser {
            id: UserId::from(uuid::Uuid::from_u128(n.into())),
            email: format!("user{n}@example.com"),
            password_hash: None,
            role: Role::new(role).expect("a role"),
            is_active: true,
            is_verified: true,
            profile: Profile::default(),
            created_at: at - DAY * 900,
            last_sign_in_at: None,
        };
        world.clock.tick();
        for user in [imported(1, "admin"), imported(2, "editor")] {
            let imported = world.kit.import_user(&Operator::cli("root"), user, "elsewhere").await.expect("imported");
            assert!(matches!(imported, ImportUser::Imported(_)), "{imported:?}");
        }
        let told = world.kit.attention(&Operator::system()).await.expect("told").new_admins;
        let told: Vec<_> = told.into_iter().map(|admin| (admin.user, admin.by)).collect();
        assert_eq!(told, [(imported(1, "admin").id, cli.clone()), (ada.id, cli)]);
    }

    async fn a_spike_is_ten_times_the_usual_and_twenty_at_least(world: World) {
        let operator = Operator::system();
        let (ada, eve) = (world.register("ada@example.com").await, world.register("eve@example.com").await);
        world.clock.advance(DAY * 30);
        let record = async |hours, times, about, address| record(&world, hours, times, about, address).await;
        // Ada: three a day as ever, and thirty today. Eve: as many today, and hardly any before.
        for day in 1..=7_u32 {
            record(day * 24 + 1, 3, ada.id, 1).await;
        }
        record(1, 30, ada.id, 1).await;
        let spikes = async || world.kit.attention(&operator).await.expect("told").spikes;
        assert_eq!(spikes().await, [], "ten times three is the usual, times ten");
        record(2, 30, eve.id, 2).await;
        let told = spikes().await;
        let of: Vec<_> = told.iter().map(|peak| (peak.of, peak.day, peak.usual())).collect();
        let ip = client_from(2).ip.expect("an address");
        assert_eq!(of, [(PeakOf::Ip(ip), 30, 0), (PeakOf::User(eve.id), 30, 0)]);
        record(3, 1, ada.id, 1).await;
        assert_eq!(spikes().await.len(), 4);
    }

    async fn a_spike_is_told_beside_more_who_are_always_louder(world: World) {
        let (ada, eve) = (world.register("ada@example.com").await, world.register("eve@example.com").await);
        world.clock.advance(DAY * 30);
        let record = async |hours, times, about, address| record(&world, hours, times, about, address).await;
        for office in 10..=20 {
            for day in 1..=4_u32 {
                record(day * 24 + 1, 5, ada.id, office).await;
            }
            record(1, 25, ada.id, office).await;
        }
        record(1, 21, eve.id, 2).await;
        let told = world.kit.attention(&Operator::system()).await.expect("told").spikes;
        let of: Vec<_> = told.iter().map(|peak| (peak.of, peak.day, peak.usual())).collect();
        let ip = client_from(2).ip.expect("an address");
        assert_eq!(of, [(PeakOf::Ip(ip), 21, 0), (PeakOf::User(eve.id), 21, 0)]);
    }

    async fn the_last_actions_are_those_of_operators_on_others(world: World) {
        let root = world.with_role("root@example.com", "admin").await;
        let eve = world.signed_in("eve@example.com").await;
        let own = world.login("eve@example.com").await;
        let operator = world.kit.operator(&world.current(&root).await).expect("let in");
        let actions = async |limit| {
            let actions = world.kit.recent_admin_actions(&operator, limit).await.expect("told");
            actions.into_iter().map(|event| event.code).collect::<Vec<_>>()
        };
        let before = actions(10).await;
        let here = world.current(&eve).await;
        world.kit.revoke_own_session(&here, own.session.id, &client()).await.expect("ended");
        assert_eq!(actions(10).await, before, "what users do to themselves is no action of the administration");
        world.clock.tick();
        world.kit.set_active(&operator, &eve.user.id, false, Note::default(), &client()).await.expect("disabled");
        world.clock.tick();
        world.kit.set_active(&operator, &eve.user.id, true, Note::default(), &client()).await.expect("enabled");
        assert_eq!(actions(2).await, [EventCode::USER_ENABLED, EventCode::USER_DISABLED]);
        assert_eq!(actions(1).await, [EventCode::USER_ENABLED]);
    }

    async fn without_a_trail_the_figures_of_the_rows_are_there(world: World) {
        world.register("ada@example.com").await;
        let blind = world.built(world.config.clone(), |builder| builder.audit(NoAudit));
        let operator = Operator::system();
        let overview = blind.kit.overview(&operator, Period::Day).await.expect("figures");
        assert!(overview.events.is_none() && overview.rows.is_some());
        assert!(matches!(blind.kit.attention(&operator).await, Err(AuthError::NotKept)));
        assert!(matches!(blind.kit.recent_admin_actions(&operator, 1).await, Err(AuthError::NotKept)));
        assert!(world.kit.overview(&operator, Period::Day).await.expect("figures").events.is_some());
    }
}
