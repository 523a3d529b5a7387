//! The sandbox's made-up past.

use std::sync::Arc;

use authkit_core::{AuthKit, Config, EventCode, EventFilter, ListRequest, Operator, UserQuery, UserStatus};
use authkit_examples::demo;
use authkit_store_memory::MemoryStore;

const ADMIN: demo::Known<'_> = ("admin@example.com", "adminpass123", "admin", true);

fn config() -> Config {
    Config::development().roles(demo::ROLES)
}

fn first(limit: u32) -> ListRequest {
    ListRequest { cursor: None, limit: Some(limit) }
}

#[tokio::test]
async fn a_demo_has_people_of_every_kind_and_what_they_did() {
    let store = Arc::new(MemoryStore::new());
    assert!(demo::fill(store.clone(), config(), &[ADMIN]).await.unwrap());
    let kit = AuthKit::builder().store(store.clone()).config(config()).build().unwrap();
    let root = Operator::system();
    for (status, least) in [(UserStatus::Active, 200), (UserStatus::Disabled, 8), (UserStatus::Deleted, 4)] {
        let query = UserQuery { status: Some(status), ..UserQuery::default() };
        let found = kit.list_users(&root, &query, &first(200)).await.unwrap().items.len();
        assert!(found >= least, "{found} with {status:?}");
    }
    for code in [
        EventCode::SESSION_OPENED,
        EventCode::SESSION_OPEN_FAILED,
        EventCode::SESSION_CLOSED,
        EventCode::SESSION_REUSE_DETECTED,
        EventCode::THROTTLE_TRIPPED,
        EventCode::PASSWORD_RESET_COMPLETED,
        EventCode::USER_DISABLED,
        EventCode::USER_ROLE_CHANGED,
        EventCode::USER_DELETED,
        EventCode::USER_RESTORED,
    ] {
        let filter = EventFilter::of(code.clone());
        assert!(!kit.list_events(&root, &filter, &first(1)).await.unwrap().items.is_empty(), "{code:?}");
    }
    let hours =
        kit.statistics(&root, kit.now() - std::time::Duration::from_secs(90 * 86_400), kit.now()).await.unwrap();
    assert!(hours.len() > 500, "{}", hours.len());
}

#[tokio::test]
async fn a_store_with_users_is_left_alone() {
    let store = Arc::new(MemoryStore::new());
    assert!(demo::fill(store.clone(), config(), &[ADMIN]).await.unwrap());
    assert!(!demo::fill(store, config(), &[ADMIN]).await.unwrap());
}
