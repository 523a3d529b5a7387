//! The console as operators use it: a seeded store, a server over it, one operator who is signed in.

mod looks;
mod operators;
mod pages;
mod statements;
#[cfg(test)]
mod tests;

pub use looks::look;
pub use operators::{export, operators};
pub use pages::{Page, pages};
pub use statements::statements;

use authkit_core::{
    Actor, AuditLog, AuditSink, AuthError, AuthKit, Budget, Clock as _, Config, Login, Profile, Role, SessionStore,
    Store, SystemClock, ThrottleMode, TrustedPassword, TrustedUser, UserStore, Via,
};
use authkit_seed::{ADMIN, PASSWORD, Plan};
use poem::Route;
use tokio::runtime::Runtime;

use crate::failure::Failure;
use crate::http::request;
use crate::server::Server;
use crate::world::client;

/// Who asks for pages, and whom.
pub struct Desk {
    pub server: Server,
    pub plan: Plan,
    bearer: String,
}

/// What filling a store came to.
pub fn filled(outcome: Result<(), authkit_seed::Failure>) -> Result<(), Failure> {
    outcome.map_err(|failure| Failure::new(failure.to_string()))
}

/// A store with so many rows, as it is now.
pub fn plan(users: u64, audit: u64) -> Plan {
    Plan { users, audit, seed: 1, at: SystemClock.now() }
}

impl Desk {
    /// Over a store that was filled by a plan. What housekeeping is due is done before.
    pub fn over<S>(executor: &Runtime, store: S, plan: Plan) -> Result<Self, Failure>
    where
        S: Store + UserStore + SessionStore + AuditSink + AuditLog,
    {
        // All clients have the same address, so the limits would be all that is measured.
        let config = Config::development().throttle(ThrottleMode::Off);
        let kit = AuthKit::builder().store(store).config(config).build()?;
        let bearer = executor.block_on(async {
            while kit.tidy(Budget::default()).await?.more {}
            somebody(&kit).await?;
            operator(&kit).await
        })?;
        let app = Route::new().nest("/auth", authkit_poem::routes(&kit)).nest("/admin", authkit_poem::admin(&kit));
        Ok(Self { server: Server::start_ours(&kit, app)?, plan, bearer })
    }

    /// A page or a list, as the operator.
    pub fn get(&self, path: &str) -> Vec<u8> {
        request("GET", path, &self.bearer)
    }
}

/// Who signs in while operators are at work: so often that sessions are ended for it, which must not be an operator's.
pub const SOMEBODY: &str = "somebody@example.com";

/// Makes that user, with the administrator's password, where it is not there from an earlier run.
async fn somebody(kit: &AuthKit) -> Result<(), Failure> {
    let user = TrustedUser {
        email: SOMEBODY.to_owned(),
        password: TrustedPassword::Plain(PASSWORD.into()),
        role: Role::new("user").ok_or_else(|| Failure::new("no such role"))?,
        is_active: true,
        is_verified: true,
        profile: Profile::default(),
    };
    match kit.create_user(user, Actor::System).await {
        Ok(_) | Err(AuthError::EmailTaken) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The seeded administrator, who has just signed in.
async fn operator(kit: &AuthKit) -> Result<String, Failure> {
    let login = Login { email: ADMIN.to_owned(), password: PASSWORD.into(), via: Via::Json, replaces: None };
    Ok(kit.login(login, &client()).await?.tokens.access.expose().to_owned())
}
