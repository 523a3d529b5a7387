//! What a stolen or restored copy of the store is worth.

use authkit_core::{
    AuthError, Cause, InsertSession, InsertUser, NewSession, NewUser, RandomError, RefreshToken, RevokeReason,
    SecureRandom, SignIn,
};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, client, code, config};

async fn refresh(world: &World, token: &RefreshToken) -> Result<SignIn, AuthError> {
    world.kit.refresh(token, &client()).await
}

async fn next(world: &World, sign_in: &SignIn) -> SignIn {
    refresh(world, &sign_in.tokens.refresh).await.expect("the next pair")
}

/// Randomness of a thief who wants a certain `jti` in a session with a certain id.
struct Stolen {
    jti: [u8; 32],
    id: [u8; 16],
}

impl SecureRandom for Stolen {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        match bytes.len() {
            32 => bytes.copy_from_slice(&self.jti),
            10 => bytes.copy_from_slice(&self.id[6..]),
            _ => bytes.fill(1),
        }
        Ok(())
    }
}

/// Puts the user of another store into this one, as it is there.
async fn copy_user(world: &World, sign_in: &SignIn) {
    let user = sign_in.user.clone();
    let new = NewUser {
        suggested_id: user.id,
        email: user.email,
        password_hash: user.password_hash,
        role: user.role,
        is_active: user.is_active,
        is_verified: user.is_verified,
        session_epoch: user.session_epoch,
        profile: user.profile,
    };
    let inserted = world.ports.insert_user(new, Cause::silent(world.kit.now())).await;
    assert!(matches!(inserted, Ok(InsertUser::Inserted(_))));
}

on_every_store! {
    // S-33
    async fn a_token_that_a_restored_backup_has_never_seen_ends_the_session(world: World) {
        // What happened after the backup was made, in a store that is lost.
        let lost = World::in_memory(config());
        let first = lost.signed_in("ada@example.com").await;
        let second = next(&lost, &first).await;
        // The backup holds the user and the session as they were at sign-in.
        copy_user(&world, &first).await;
        let row = &first.session;
        let session = NewSession {
            id: row.id,
            user_id: row.user_id,
            epoch: row.epoch,
            token_hash: row.token_hash,
            kid: row.kid,
            via: row.via,
            idle_ttl: row.idle_ttl,
            absolute_at: row.absolute_at,
            client: row.client.clone(),
        };
        let inserted = world.ports.insert_session(session, 50, Cause::silent(world.kit.now()), None).await.expect("an answer");
        assert!(matches!(inserted, InsertSession::Inserted { .. }));

        assert_eq!(code(&refresh(&world, &next(&lost, &second).await.tokens.refresh).await), "session_reused");
        assert_eq!(world.session(&first).await.revoked_reason, Some(RevokeReason::Reuse));
        assert_eq!(code(&refresh(&world, &first.tokens.refresh).await), "session_revoked");
    }

    // S-33
    async fn a_session_that_the_store_does_not_have_is_ended(world: World) {
        let elsewhere = World::in_memory(config()).signed_in("ada@example.com").await;
        assert_eq!(code(&refresh(&world, &elsewhere.tokens.refresh).await), "session_revoked");
        assert_eq!(code(&world.kit.current_user(&elsewhere.tokens.access).await), "session_revoked");
    }

    // S-32 I9
    async fn dump_and_keys_together_forge_no_refresh_token(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let row = world.session(&here).await;
        // Signed with the right key, for the right user, session and epoch: the one thing missing is the `jti`, of which
        // the row holds a digest. The thief takes the digest itself.
        let random = Stolen { jti: *row.token_hash.as_bytes(), id: *row.id.as_uuid().as_bytes() };
        let thief = World::in_memory(config());
        let thief = thief.built(thief.config.clone(), |builder| builder.random(random));
        copy_user(&thief, &here).await;
        let forged = thief.kit.open_session_for(&here.user.id, &client()).await.expect("a session");
        assert_eq!((forged.session.id, forged.session.epoch), (row.id, row.epoch));
        assert_eq!(code(&refresh(&world, &forged.tokens.refresh).await), "session_reused");
        assert_eq!(code(&world.kit.current_user(&here.tokens.access).await), "session_revoked");
    }
}
