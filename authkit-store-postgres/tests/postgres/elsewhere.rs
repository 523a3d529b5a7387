//! Sessions in Postgres, users in another store: what the contract says of sessions still holds.

use std::sync::Arc;

use async_trait::async_trait;
use authkit_conformance::{Feature, Subject, Trail, cases, run_cases};
use authkit_core::{AuditLog, Event, EventFilter, PageRequest, StoreError};
use authkit_store_memory::MemoryStore;
use authkit_store_postgres::PostgresStore;
use authkit_test_postgres::{Database, shared};
use tokio::sync::OnceCell;

/// The events of both stores.
struct Both(Arc<MemoryStore>, Arc<PostgresStore>);

#[async_trait]
impl Trail for Both {
    async fn events(&self) -> Result<Vec<Event>, StoreError> {
        let logs: [&dyn AuditLog; 2] = [&*self.0, &*self.1];
        let mut events = Vec::new();
        for log in logs {
            let mut next = Some(PageRequest::first(200));
            while let Some(request) = next {
                let page = log.list_events(&EventFilter::default(), &request).await?;
                events.extend(page.items);
                next = page.next.map(|from| PageRequest::first(200).after(from));
            }
        }
        Ok(events)
    }
}

async fn subject() -> Subject {
    static MIGRATED: OnceCell<Database> = OnceCell::const_new();
    let migrated = MIGRATED.get_or_init(|| async {
        let database = shared().create_database().await;
        PostgresStore::builder(database.url()).users_elsewhere().migrate().await.unwrap();
        database
    });
    let database = shared().create_database_like(migrated.await).await;
    let store = PostgresStore::builder(database.url()).users_elsewhere().connections(8).connect().await.unwrap();
    let (users, store) = (Arc::new(MemoryStore::new()), Arc::new(store));
    let trail = Both(Arc::clone(&users), Arc::clone(&store));
    let subject = Subject::of_ports(users, Arc::<PostgresStore>::clone(&store), Arc::<PostgresStore>::clone(&store));
    subject.trail(trail).attempts(&store).without(Feature::OneDatabase).keep(database)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sessions_follow_the_contract_without_their_users() {
    const ABOUT_SESSIONS: [&str; 6] =
        ["sessions", "session_races", "revocation", "rotation", "rotation_races", "counters"];
    let about_sessions = cases().into_iter().filter(|case| ABOUT_SESSIONS.contains(&case.module));
    let report = run_cases(about_sessions, subject).await;
    assert!(report.is_ok(), "{report}");
    let waived: Vec<_> = report.waived.iter().map(|(case, feature)| (case.name, *feature)).collect();
    assert!(waived.iter().all(|(_, feature)| *feature == Feature::OneDatabase), "{waived:?}");
    assert!(report.passed.len() > 40, "{report}");
}
