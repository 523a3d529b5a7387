//! The hash that an unknown email, or an account without a password, is verified against.

use std::sync::{Arc, OnceLock};

use super::pool::{HashFailure, HashPool};
use crate::model::secret::{Password, PasswordHash};
use crate::ports::password_hasher::{HashError, HashMemory, PasswordHasher, Verified};

/// A hash of a password that nobody knows, made once by the configured hasher, so that a sign-in with an unknown email
/// takes the way and the time of one with a wrong password (SECURITY 11).
#[derive(Clone, Debug)]
pub struct Decoy {
    made: Arc<Made>,
}

#[derive(Debug)]
struct Made {
    password: Password,
    salt: [u8; 16],
    hash: OnceLock<PasswordHash>,
}

impl Decoy {
    /// Asks the pool for the hash and returns at once. Where the pool cannot make it now, the first
    /// [`verify`](Self::verify) does.
    ///
    /// `password` and `salt` are fresh from [`SecureRandom`](crate::ports), the password with 128 random bits or more.
    pub fn start(pool: &HashPool, password: Password, salt: [u8; 16]) -> Self {
        let made = Arc::new(Made { password, salt, hash: OnceLock::new() });
        let early = Arc::clone(&made);
        // No turn is too late for it; a failure shows when it is needed.
        let _ = pool.queue(move |turn| {
            let _ = turn.take(|hasher, memory| early.hash(hasher, memory).map(|_| ()));
        });
        Self { made }
    }

    /// Verifies `password` against the decoy, in one turn of the pool as any other. The answer is always
    /// [`Verified::No`].
    ///
    /// # Timing
    /// The work of one verification with the parameters that are configured now.
    ///
    /// # Errors
    /// Those of [`HashPool::verify`].
    pub async fn verify(&self, pool: &HashPool, password: Password) -> Result<Verified, HashFailure> {
        let made = Arc::clone(&self.made);
        pool.run(move |hasher, memory| {
            let hash = made.hash(hasher, memory)?;
            hasher.verify(memory, &password, &hash).map(|_| Verified::No)
        })
        .await
    }
}

impl Made {
    /// Two threads that find it missing may both make it, and one of the two is kept: both are the same.
    fn hash(&self, hasher: &dyn PasswordHasher, memory: &mut HashMemory) -> Result<PasswordHash, HashError> {
        if let Some(hash) = self.hash.get() {
            return Ok(hash.clone());
        }
        let hash = hasher.hash(memory, &self.password, &self.salt)?;
        Ok(self.hash.get_or_init(|| hash).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::argon2id::Argon2id;
    use crate::password::testing::{Gate, Plain, threads, wait};

    const SALT: [u8; 16] = [9; 16];

    fn secret() -> Password {
        Password::from("what nobody knows")
    }

    // S-11
    #[test]
    fn an_unknown_email_runs_the_same_verification_as_a_wrong_password() {
        let hasher = Argon2id::weak(64, 2, 1);
        let pool = HashPool::new(Arc::new(hasher), threads(1)).unwrap();
        let decoy = Decoy::start(&pool, secret(), SALT);
        let stored = wait(pool.hash(Password::from("right"), [1; 16])).unwrap();
        let before = pool.hashes_run();
        assert_eq!(before, 2);

        assert_eq!(wait(pool.verify(Password::from("wrong"), stored.clone())), Ok(Verified::No));
        assert_eq!(wait(decoy.verify(&pool, Password::from("wrong"))), Ok(Verified::No));
        assert_eq!(pool.hashes_run(), before + 2);

        let parameters = |hash: &PasswordHash| hash.expose().split('$').take(4).collect::<Vec<_>>().join("$");
        let made = decoy.made.hash.get().unwrap();
        assert_eq!(parameters(made), "$argon2id$v=19$m=64,t=2,p=1");
        assert_eq!(parameters(made), parameters(&stored));
    }

    // S-11
    #[test]
    fn even_its_own_password_opens_nothing() {
        let pool = HashPool::new(Arc::new(Plain), threads(1)).unwrap();
        let decoy = Decoy::start(&pool, secret(), SALT);
        assert_eq!(wait(decoy.verify(&pool, secret())), Ok(Verified::No));
    }

    #[test]
    fn it_is_made_once_and_at_need_where_the_start_found_no_room() {
        let (gate, keeper) = Gate::new();
        let pool = HashPool::new(gate, threads(1)).unwrap();
        for _ in 0..70 {
            keeper.leave.send(()).unwrap();
        }
        let decoy = Decoy { made: Arc::new(Made { password: secret(), salt: SALT, hash: OnceLock::new() }) };
        assert_eq!(wait(decoy.verify(&pool, Password::from("one"))), Ok(Verified::No));
        assert_eq!(wait(decoy.verify(&pool, Password::from("two"))), Ok(Verified::No));
        assert_eq!(keeper.entered.try_iter().collect::<Vec<_>>(), ["what nobody knows", "one", "two"]);
    }

    #[test]
    fn a_hasher_that_fails_is_an_error_and_no_refusal_to_work_later() {
        let pool = HashPool::new(Arc::new(Plain), threads(1)).unwrap();
        let decoy = Decoy::start(&pool, Password::from("panic"), SALT);
        let failed = wait(decoy.verify(&pool, Password::from("one")));
        assert_eq!(failed, Err(HashFailure::Failed(HashError::Failed("the hasher panicked"))));
        assert!(wait(pool.hash(Password::from("a password"), SALT)).is_ok());
    }
}
