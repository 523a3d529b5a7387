//! What ends sessions, and what each token of them is worth from that answer on.

use authkit_core::{AuthError, Login, Note, Operator, SignIn, ThrottleMode, User};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, code};

/// Everything that ends a session.
#[derive(Debug, Clone, Copy)]
enum Ending {
    Logout,
    OneByItsOwner,
    OthersByTheirOwner,
    Everywhere,
    ByAnAdministrator,
    Deactivation,
    DeactivationAndBack,
    Deletion,
    DeletionAndBack,
    Purge,
    PasswordChange,
    PasswordReset,
    Replacement,
    Cap,
    Reuse,
}

use Ending::*;

const ALL: [(Ending, &str); 15] = [
    (Logout, "session_revoked"),
    (OneByItsOwner, "session_revoked"),
    (OthersByTheirOwner, "session_revoked"),
    (Everywhere, "session_revoked"),
    (ByAnAdministrator, "session_revoked"),
    (Deactivation, "account_disabled"),
    (DeactivationAndBack, "session_revoked"),
    (Deletion, "session_revoked"),
    (DeletionAndBack, "session_revoked"),
    (Purge, "session_revoked"),
    (PasswordChange, "session_revoked"),
    (PasswordReset, "session_revoked"),
    (Replacement, "session_revoked"),
    (Cap, "session_revoked"),
    (Reuse, "session_revoked"),
];

impl Ending {
    /// Ends the session `ended` of a user who has another one, `other`.
    async fn happen(self, world: &World, ended: &SignIn, other: &SignIn) -> Result<(), AuthError> {
        let (kit, operator, note, id) = (&world.kit, Operator::system(), Note::default, &ended.user.id);
        let here = world.current(other).await;
        match self {
            Logout => kit.logout(ended.tokens.access.expose(), &client()).await,
            OneByItsOwner => kit.revoke_own_session(&here, ended.session.id, &client()).await,
            OthersByTheirOwner => kit.revoke_other_sessions(&here, &client()).await.map(drop),
            Everywhere => kit.sign_out_everywhere(&here, &client()).await,
            ByAnAdministrator => kit.revoke_session(&operator, ended.session.id, note(), &client()).await,
            Deactivation => set_active(world, &ended.user, false).await,
            DeactivationAndBack => {
                set_active(world, &ended.user, false).await?;
                set_active(world, &ended.user, true).await
            }
            Deletion => kit.delete_user(&operator, id, note(), &client()).await,
            DeletionAndBack => {
                kit.delete_user(&operator, id, note(), &client()).await?;
                kit.restore_user(&operator, id, note(), &client()).await.map(drop)
            }
            Purge => {
                kit.delete_user(&operator, id, note(), &client()).await?;
                kit.purge_user(&operator, id, note(), &client()).await
            }
            PasswordChange => {
                kit.change_password(&here, PASSWORD.into(), OTHER_PASSWORD.into(), &client()).await.map(drop)
            }
            PasswordReset => {
                let token = world.reset_token(ended.user.email.as_str()).await;
                kit.reset_password(&token, OTHER_PASSWORD.into(), &client()).await
            }
            Replacement => {
                let replaces = Some(ended.tokens.refresh.clone());
                let login = Login { replaces, ..Login::new(ended.user.email.as_str(), PASSWORD) };
                kit.login(login, &client()).await.map(drop)
            }
            Cap => {
                let one = world.with(|config| config.session_cap(1));
                one.try_login(ended.user.email.as_str(), PASSWORD).await.map(drop)
            }
            Reuse => {
                let second = kit.refresh(&ended.tokens.refresh, &client()).await?;
                kit.refresh(&second.tokens.refresh, &client()).await?;
                assert_eq!(code(&kit.refresh(&ended.tokens.refresh, &client()).await), "session_reused");
                Ok(())
            }
        }
    }

    /// Whether the other session of the same user lives on.
    const fn spares_the_other(self) -> bool {
        matches!(self, Logout | OneByItsOwner | OthersByTheirOwner | ByAnAdministrator | Replacement | Reuse)
    }
}

async fn set_active(world: &World, user: &User, active: bool) -> Result<(), AuthError> {
    let note = Note::default();
    world.kit.set_active(&Operator::system(), &user.id, active, note, &client()).await.map(drop)
}

on_every_store! {
    // S-35 S-37 I4 I7
    async fn after_the_answer_no_token_of_an_ended_session_is_worth_anything(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let stranger = world.signed_in("stranger@example.com").await;
        for (ending, expected) in ALL {
            let email = format!("{ending:?}@example.org").to_lowercase();
            let ended = world.signed_in(&email).await;
            world.clock.tick();
            let other = world.login(&email).await;
            ending.happen(&world, &ended, &other).await.expect("done");
            assert_eq!(code(&world.kit.current_user(&ended.tokens.access).await), expected, "{ending:?}, access");
            assert_eq!(code(&world.kit.refresh(&ended.tokens.refresh, &client()).await), expected, "{ending:?}, refresh");
            if ending.spares_the_other() {
                world.current(&other).await;
            }
            world.current(&stranger).await;
        }
    }

    // S-35 I4
    async fn nothing_that_begins_after_the_answer_gets_through_under_load(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        for (ending, expected) in ALL {
            let email = format!("{ending:?}@example.org").to_lowercase();
            let ended = world.signed_in(&email).await;
            world.clock.tick();
            let other = world.login(&email).await;
            // One task ends the session, fifteen ask all the while; a request that began after the answer is refused.
            let done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
            let answers = race(16, |n| {
                let (world, ended, other, done) = (world.clone(), ended.clone(), other.clone(), done.clone());
                async move {
                    use std::sync::atomic::Ordering::SeqCst;
                    if n == 0 {
                        ending.happen(&world, &ended, &other).await.expect("done");
                        done.store(true, SeqCst);
                        return Vec::new();
                    }
                    let mut late = Vec::new();
                    while late.len() < 6 {
                        let after = done.load(SeqCst);
                        let answer = code(&world.kit.current_user(&ended.tokens.access).await);
                        if after {
                            late.push(answer);
                            late.push(code(&world.kit.refresh(&ended.tokens.refresh, &client()).await));
                        }
                        tokio::task::yield_now().await;
                    }
                    late
                }
            })
            .await;
            assert!(answers.iter().flatten().all(|answer| *answer == expected), "{ending:?}: {answers:?}");
        }
    }
}
