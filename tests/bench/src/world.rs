//! Something to measure: a kit over a store, and people who are signed in.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use authkit_core::{
    Actor, AuditSink, AuthKit, ClientInfo, Config, Profile, Role, SessionStore, SignIn, Store, ThrottleMode,
    TrustedPassword, TrustedUser, UserStore,
};
use authkit_store_memory::MemoryStore;
use authkit_store_postgres::PostgresStore;
use authkit_store_sqlite::SqliteStore;

use crate::failure::Failure;

/// How many people sign in at once while the store is filled.
const AT_ONCE: usize = 128;

/// A browser's, so that rows are as long as they are elsewhere.
pub const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

pub struct World {
    pub kit: AuthKit,
    pub users: Arc<dyn UserStore>,
    pub sessions: Arc<dyn SessionStore>,
    pub people: Vec<SignIn>,
}

impl World {
    pub async fn in_memory(people: usize) -> Result<Self, Failure> {
        Self::over(MemoryStore::new(), people, &TrustedPassword::None).await
    }

    pub async fn on_sqlite(file: &Path, people: usize) -> Result<Self, Failure> {
        Self::over(SqliteStore::open(file).await?, people, &TrustedPassword::None).await
    }

    pub async fn on_postgres(store: PostgresStore, people: usize) -> Result<Self, Failure> {
        Self::over(store, people, &TrustedPassword::None).await
    }

    /// More people.
    pub async fn add(&mut self, people: usize) -> Result<(), Failure> {
        let first = self.people.len();
        let more = populate(&self.kit, first..first + people, &TrustedPassword::None).await?;
        self.people.extend(more);
        Ok(())
    }

    /// All of them with the same password.
    pub async fn on_sqlite_with(file: &Path, people: usize, password: &str) -> Result<Self, Failure> {
        let store = SqliteStore::open(file).await?;
        let kit = kit(&Arc::new(store.clone()))?;
        let first = create(&kit, "first@example.com".to_owned(), TrustedPassword::Plain(password.into())).await?;
        let hash = first.password_hash.ok_or_else(|| Failure::new("the first user has no password"))?;
        Self::over(store, people, &TrustedPassword::Hash(hash)).await
    }

    async fn over<S>(store: S, people: usize, password: &TrustedPassword) -> Result<Self, Failure>
    where
        S: Store + UserStore + SessionStore + AuditSink,
    {
        let store = Arc::new(store);
        let kit = kit(&store)?;
        let people = populate(&kit, 0..people, password).await?;
        Ok(Self { kit, users: Arc::<S>::clone(&store), sessions: store, people })
    }
}

/// The address of the person with a number.
pub fn email(n: usize) -> String {
    format!("person-{n}@example.com")
}

/// Who calls, as the adapter would say.
pub fn client() -> ClientInfo {
    ClientInfo::new(
        Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        Some(USER_AGENT),
        Some("0197f3a2-7c1e-7b2a-9d4e-3f5a6b7c8d9e"),
    )
}

fn kit<S: Store>(store: &Arc<S>) -> Result<AuthKit, Failure> {
    // All clients have the same address, so the limits would be all that is measured.
    let config = Config::development().throttle(ThrottleMode::Off);
    Ok(AuthKit::builder().store(Arc::clone(store)).config(config).build()?)
}

async fn populate(kit: &AuthKit, people: Range<usize>, password: &TrustedPassword) -> Result<Vec<SignIn>, Failure> {
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|first| {
            let (kit, password, people) = (kit.clone(), password.clone(), people.clone());
            tokio::spawn(async move {
                let mut signed_in = Vec::new();
                for n in people.skip(first).step_by(AT_ONCE) {
                    let user = create(&kit, email(n), password.clone()).await?;
                    signed_in.push(kit.open_session_for(&user.id, &client()).await?);
                }
                Ok::<_, Failure>(signed_in)
            })
        })
        .collect();
    let mut signed_in = Vec::with_capacity(people.len());
    for task in tasks {
        signed_in.extend(task.await??);
    }
    Ok(signed_in)
}

async fn create(kit: &AuthKit, email: String, password: TrustedPassword) -> Result<authkit_core::User, Failure> {
    let role = Role::new("user").ok_or_else(|| Failure::new("no role"))?;
    let user = TrustedUser { email, password, role, is_active: true, is_verified: true, profile: Profile::default() };
    Ok(kit.create_user(user, Actor::System).await?)
}
