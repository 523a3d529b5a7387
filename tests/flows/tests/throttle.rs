//! Attempts are counted before the work, and given back when the work was not done.

use std::time::Duration;

use authkit_core::{
    AuthError, ClientInfo, EventCode, Limit, Login, MemoryAttempts, Note, Operator, SignIn, Throttle, ThrottleMode,
};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, client_from, code};
use serde_json::json;

const ADA: &str = "ada@example.com";
const SECOND: Duration = Duration::from_secs(1);

/// Counts in the store; an address of the network may do anything, so that accounts alone are counted.
fn by_account(world: &World) -> World {
    let any = Limit { max: 100_000, window: SECOND * 60, backoff: None };
    let limits = Throttle { login_ip: any, login_failures_ip: any, register_ip: any, ..Throttle::default() };
    world.with(|config| config.throttle(ThrottleMode::Shared).throttle_limits(limits))
}

async fn guess(world: &World, email: &str, password: &str, client: ClientInfo) -> Result<SignIn, AuthError> {
    world.kit.login(Login::new(email, password), &client).await
}

/// How long an account is closed to sign-in.
async fn closed_for(world: &World, email: &str) -> Option<Duration> {
    match guess(world, email, PASSWORD, client()).await {
        Err(AuthError::Throttled { retry_after }) => Some(retry_after),
        Ok(_) | Err(AuthError::InvalidCredentials) => None,
        Err(other) => panic!("{other:?}"),
    }
}

on_every_store! {
    // S-84
    async fn of_two_hundred_parallel_guesses_at_most_five_are_verified(world: World) {
        let world = by_account(&world);
        world.register(ADA).await;
        let verified = world.hasher.verified();
        let answers = race(200, |n| {
            let kit = world.kit.clone();
            let from = client_from(u8::try_from(n).expect("at most 255"));
            async move { kit.login(Login::new(ADA, format!("guess number {n}")), &from).await }
        })
        .await;
        assert_eq!(world.hasher.verified() - verified, 5);
        let codes: Vec<_> = answers.iter().map(code).collect();
        assert_eq!(codes.iter().filter(|code| **code == "invalid_credentials").count(), 5, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == "throttled").count(), 195, "{codes:?}");
    }

    // S-84
    async fn a_refusal_neither_counts_nor_lengthens_the_delay(world: World) {
        let world = by_account(&world);
        world.register(ADA).await;
        for _ in 0..5 {
            assert_eq!(code(&guess(&world, ADA, OTHER_PASSWORD, client()).await), "invalid_credentials");
        }
        assert_eq!(closed_for(&world, ADA).await, Some(SECOND));
        world.clock.advance(SECOND / 2);
        let verified = world.hasher.verified();
        for _ in 0..50 {
            assert_eq!(closed_for(&world, ADA).await, Some(SECOND / 2));
        }
        assert_eq!(world.hasher.verified(), verified);
        world.clock.advance(SECOND / 2);
        assert_eq!(code(&guess(&world, ADA, OTHER_PASSWORD, client()).await), "invalid_credentials");
        assert_eq!(closed_for(&world, ADA).await, Some(SECOND * 2), "the sixth failure doubles the delay");
        let tripped = world.events_of(EventCode::THROTTLE_TRIPPED).await;
        assert_eq!(tripped.len(), 2, "one for each time that a delay began");
        let refused = world.events_of(EventCode::SESSION_OPEN_FAILED).await;
        let throttled = refused.iter().filter(|event| event.details.get("reason") == Some(&json!("throttled")));
        assert_eq!(throttled.count(), 52);
    }

    // S-10 S-85
    async fn known_and_unknown_accounts_are_throttled_alike(world: World) {
        let world = by_account(&world);
        world.register(ADA).await;
        for email in [ADA, "nobody@example.com", "not an address"] {
            for n in 0..5 {
                assert_eq!(code(&guess(&world, email, "a wrong guess", client_from(n)).await), "invalid_credentials");
            }
            assert_eq!(closed_for(&world, email).await, Some(SECOND), "{email}");
        }
    }

    // S-85
    async fn spellings_of_one_address_share_a_counter(world: World) {
        let world = by_account(&world);
        world.register(ADA).await;
        for email in ["Ada@example.com", "ADA@EXAMPLE.COM", "\u{ff41}da@example.com", "ada@ex\u{ff41}mple.com", ADA] {
            assert_eq!(code(&guess(&world, email, "a wrong guess", client()).await), "invalid_credentials", "{email}");
        }
        for email in [ADA, "aDA@example.com"] {
            assert_eq!(closed_for(&world, email).await, Some(SECOND), "{email}");
        }
    }

    // S-85
    async fn the_count_begins_anew_after_a_quiet_window_and_after_a_success(world: World) {
        let world = by_account(&world);
        world.register(ADA).await;
        let wrong = || guess(&world, ADA, "a wrong guess", client());
        for _ in 0..4 {
            assert_eq!(code(&wrong().await), "invalid_credentials");
        }
        assert_eq!(code(&guess(&world, ADA, PASSWORD, client()).await), "ok");
        for _ in 0..5 {
            assert_eq!(code(&wrong().await), "invalid_credentials");
        }
        assert_eq!(code(&wrong().await), "throttled");
        world.clock.advance(SECOND * 302);
        for _ in 0..5 {
            assert_eq!(code(&wrong().await), "invalid_credentials", "armed again");
        }
        assert_eq!(closed_for(&world, ADA).await, Some(SECOND));
    }

    // S-84
    async fn a_hundred_failures_in_a_row_close_the_account_until_a_reset(world: World) {
        let world = by_account(&world);
        let here = world.signed_in(ADA).await;
        for _ in 0..100 {
            world.clock.advance(SECOND * 901);
            assert_eq!(code(&guess(&world, ADA, "a wrong guess", client()).await), "invalid_credentials");
        }
        world.clock.advance(SECOND * 86_400 * 3);
        assert!(closed_for(&world, ADA).await.is_some_and(|wait| wait > SECOND * 86_400 * 365));
        world.kit.refresh(&here.tokens.refresh, &client()).await.expect("open sessions are not concerned");
        let token = world.reset_token(ADA).await;
        world.kit.reset_password(&token, OTHER_PASSWORD.into(), &client()).await.expect("reset");
        assert_eq!(code(&guess(&world, ADA, OTHER_PASSWORD, client()).await), "ok");
    }

    // S-84
    async fn the_right_password_of_a_disabled_account_is_no_failure(world: World) {
        let world = by_account(&world);
        let user = world.register(ADA).await;
        let note = Note::default();
        world.kit.set_active(&Operator::system(), &user.id, false, note, &client()).await.expect("disabled");
        for _ in 0..10 {
            assert_eq!(code(&guess(&world, ADA, PASSWORD, client()).await), "account_disabled");
        }
    }

    // S-84
    async fn a_sign_in_that_was_cancelled_gives_its_count_back(world: World) {
        let world = one_hash_at_a_time(&by_account(&world));
        world.register(ADA).await;
        for _ in 0..3 {
            world.hasher.hold();
            for _ in 0..2 {
                let login = {
                    let world = world.clone();
                    tokio::spawn(async move { guess(&world, ADA, "a wrong guess", client()).await })
                };
                world.tap.called("find_user_by_email").await;
                login.abort();
                assert!(login.await.expect_err("aborted").is_cancelled());
            }
            world.hasher.release();
            world.tap.called_so_often("give_back", 2).await;
        }
        for _ in 0..5 {
            assert_eq!(code(&guess(&world, ADA, "a wrong guess", client()).await), "invalid_credentials");
        }
        assert_eq!(closed_for(&world, ADA).await, Some(SECOND));
    }

    // S-84 S-87
    async fn a_sign_in_that_finds_the_pool_busy_gives_its_count_back(world: World) {
        let world = one_hash_at_a_time(&by_account(&world));
        world.hasher.hold();
        // One runs, sixty-four wait, and whoever comes then is told so.
        let begin = |email: String| {
            let world = world.clone();
            tokio::spawn(async move { guess(&world, &email, "a wrong guess", client()).await })
        };
        let mut running = vec![begin("first@example.com".to_owned())];
        world.hasher.reached(1).await;
        let (sender, mut busy) = tokio::sync::mpsc::unbounded_channel();
        for n in 0..70 {
            let (world, sender) = (world.clone(), sender.clone());
            running.push(tokio::spawn(async move {
                let answer = guess(&world, &format!("nobody{n}@example.com"), "a wrong guess", client()).await;
                if matches!(answer, Err(AuthError::Busy)) {
                    sender.send(n).expect("the test listens");
                }
                answer
            }));
        }
        let mut told = Vec::new();
        while told.len() < 6 {
            told.push(busy.recv().await.expect("six find no room"));
        }
        world.hasher.release();
        for task in running {
            assert!(task.await.expect("no panic").is_err());
        }
        world.tap.called_so_often("give_back", 6).await;
        for n in told {
            let email = format!("nobody{n}@example.com");
            for _ in 0..5 {
                assert_eq!(code(&guess(&world, &email, "a wrong guess", client()).await), "invalid_credentials");
            }
            assert_eq!(closed_for(&world, &email).await, Some(SECOND));
        }
    }

    async fn a_store_that_fails_after_the_count_gives_it_back(world: World) {
        let world = by_account(&world);
        world.register(ADA).await;
        world.tap.refuse("find_user_by_email");
        for _ in 0..7 {
            assert_eq!(code(&guess(&world, ADA, "a wrong guess", client()).await), "unavailable");
            world.tap.called("give_back").await;
        }
        world.tap.mend();
        for _ in 0..5 {
            assert_eq!(code(&guess(&world, ADA, "a wrong guess", client()).await), "invalid_credentials");
        }
    }

    async fn a_counter_that_does_not_answer_lets_nobody_try(world: World) {
        let world = by_account(&world);
        world.register(ADA).await;
        let verified = world.hasher.verified();
        world.tap.refuse("take");
        assert_eq!(code(&guess(&world, ADA, PASSWORD, client()).await), "unavailable");
        assert_eq!(world.hasher.verified(), verified);
    }

    async fn an_address_of_the_network_is_throttled_over_all_accounts(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Shared));
        for n in 0..10 {
            let answer = guess(&world, &format!("nobody{n}@example.com"), PASSWORD, client()).await;
            assert_eq!(code(&answer), "invalid_credentials");
        }
        assert_eq!(code(&guess(&world, "nobody10@example.com", PASSWORD, client()).await), "throttled");
        assert_eq!(code(&guess(&world, "nobody10@example.com", PASSWORD, client_from(1)).await), "invalid_credentials");
        world.clock.advance(SECOND * 60);
        assert_eq!(code(&guess(&world, "nobody10@example.com", PASSWORD, client()).await), "invalid_credentials");
    }

    // S-83
    async fn an_ipv6_client_holds_its_whole_subnet(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Shared));
        let from = |text: &str| ClientInfo::new(Some(text.parse().expect("an address")), None, None);
        for n in 0..10 {
            let answer = guess(&world, &format!("nobody{n}@example.com"), PASSWORD, from(&format!("2001:db8::{n:x}"))).await;
            assert_eq!(code(&answer), "invalid_credentials");
        }
        assert_eq!(code(&guess(&world, "x@example.com", PASSWORD, from("2001:db8:0:0:ffff::1")).await), "throttled");
        assert_eq!(code(&guess(&world, "x@example.com", PASSWORD, from("2001:db8:0:1::1")).await), "invalid_credentials");
    }

    async fn thirty_sign_ins_a_minute_from_one_address_are_enough(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Shared));
        world.register(ADA).await;
        for _ in 0..30 {
            assert_eq!(code(&guess(&world, ADA, PASSWORD, client()).await), "ok");
        }
        assert_eq!(code(&guess(&world, ADA, PASSWORD, client()).await), "throttled");
        assert_eq!(code(&guess(&world, ADA, PASSWORD, client_from(1)).await), "ok");
    }

    // S-88
    async fn made_up_names_neither_grow_memory_nor_free_an_account(world: World) {
        let limited = by_account(&world);
        let attempts = std::sync::Arc::new(MemoryAttempts::with_max_keys(64));
        let world = world.built(limited.config, |builder| builder.attempts(std::sync::Arc::clone(&attempts)));
        world.register(ADA).await;
        for _ in 0..5 {
            assert_eq!(code(&guess(&world, ADA, "a wrong guess", client()).await), "invalid_credentials");
        }
        for n in 0..300 {
            let answer = guess(&world, &format!("nobody{n}@example.com"), "a wrong guess", client()).await;
            assert_eq!(code(&answer), "invalid_credentials");
        }
        assert!(format!("{attempts:?}").contains("keys: 64,"), "{attempts:?}");
        assert_eq!(closed_for(&world, ADA).await, Some(SECOND));
    }
}

fn one_hash_at_a_time(world: &World) -> World {
    world.with(|config| config.hash_concurrency(1))
}
