//! Pages and the cursors between them.

use std::time::Duration;

use authkit_core::{
    AuthError, EventCode, EventFilter, ListRequest, Operator, SessionQuery, ThrottleMode, UserQuery, UserSort,
};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, code};

fn page(cursor: Option<&str>, limit: u32) -> ListRequest {
    ListRequest { cursor: cursor.map(str::to_owned), limit: Some(limit) }
}

/// Seven users with a session each.
async fn seven(world: &World) -> World {
    let world = world.with(|config| config.throttle(ThrottleMode::Off));
    for n in 0..7 {
        world.clock.advance(Duration::from_secs(1));
        world.signed_in(&format!("ada{n}@example.com")).await;
    }
    world
}

on_every_store! {
    async fn a_list_is_walked_to_its_end_and_back(world: World) {
        let (world, operator) = (seven(&world).await, Operator::system());
        for sort in [UserSort::Newest, UserSort::LastSignIn, UserSort::Email] {
            let query = UserQuery { sort: Some(sort), ..UserQuery::default() };
            let whole = world.kit.list_users(&operator, &query, &ListRequest::default()).await.expect("a list");
            assert_eq!((whole.items.len(), &whole.next_cursor, &whole.previous_cursor), (7, &None, &None));
            let (mut there, mut cursor, mut last) = (Vec::new(), None, None);
            loop {
                let found = world.kit.list_users(&operator, &query, &page(cursor.as_deref(), 3)).await.expect("a page");
                there.extend(found.items);
                (cursor, last) = (found.next_cursor, found.previous_cursor.or(last));
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(there, whole.items, "{sort:?}");
            let mut back = there.split_off(6);
            while let Some(cursor) = last {
                let found = world.kit.list_users(&operator, &query, &page(Some(&cursor), 3)).await.expect("a page");
                back.splice(0..0, found.items);
                last = found.previous_cursor;
            }
            assert_eq!(back, whole.items, "{sort:?}, back");
        }
    }

    async fn what_is_inserted_meanwhile_neither_repeats_nor_hides_a_row(world: World) {
        let (world, operator, query) = (seven(&world).await, Operator::system(), UserQuery::default());
        let first = world.kit.list_users(&operator, &query, &page(None, 4)).await.expect("a page");
        world.clock.advance(Duration::from_secs(1));
        world.register("newest@example.com").await;
        let cursor = first.next_cursor.as_deref();
        let second = world.kit.list_users(&operator, &query, &page(cursor, 4)).await.expect("a page");
        let seen = first.items.iter().chain(&second.items).map(|item| item.user.email.as_str().to_owned());
        let expected: Vec<_> = (0..7).rev().map(|n| format!("ada{n}@example.com")).collect();
        assert_eq!(seen.collect::<Vec<_>>(), expected);
    }

    async fn a_cursor_opens_only_the_list_and_filter_it_was_made_for(world: World) {
        let (world, operator) = (seven(&world).await, Operator::system());
        let kit = &world.kit;
        let users = kit.list_users(&operator, &UserQuery::default(), &page(None, 2)).await.expect("a page");
        let users = users.next_cursor.expect("more");
        let sessions = kit.list_sessions(&operator, &SessionQuery::default(), &page(None, 2)).await.expect("a page");
        let sessions = sessions.next_cursor.expect("more");
        let events = kit.list_events(&operator, &EventFilter::default(), &page(None, 2)).await.expect("a page");
        let events = events.next_cursor.expect("more");

        let active = UserQuery { status: Some(authkit_core::UserStatus::Active), ..UserQuery::default() };
        let by_email = UserQuery { sort: Some(UserSort::Email), ..UserQuery::default() };
        let of_code = EventFilter::of(EventCode::USER_REGISTERED);
        let query = UserQuery::default();
        let any = SessionQuery::default();
        for answer in [
            kit.list_users(&operator, &active, &page(Some(&users), 2)).await.err(),
            kit.list_users(&operator, &by_email, &page(Some(&users), 2)).await.err(),
            kit.list_users(&operator, &query, &page(Some(&sessions), 2)).await.err(),
            kit.list_users(&operator, &query, &page(Some(&events), 2)).await.err(),
            kit.list_sessions(&operator, &any, &page(Some(&users), 2)).await.err(),
            kit.list_sessions(&operator, &any, &page(Some(&events), 2)).await.err(),
            kit.list_events(&operator, &of_code, &page(Some(&events), 2)).await.err(),
            kit.list_events(&operator, &EventFilter::default(), &page(Some(&sessions), 2)).await.err(),
        ] {
            assert!(matches!(answer, Some(AuthError::InvalidCursor)), "{answer:?}");
        }
        // Another length of the page is the same list.
        kit.list_users(&operator, &query, &page(Some(&users), 200)).await.expect("a page");
    }

    async fn a_cursor_that_was_forged_cut_or_signed_by_another_key_is_refused(world: World) {
        let (world, operator, query) = (seven(&world).await, Operator::system(), UserQuery::default());
        let first = world.kit.list_users(&operator, &query, &page(None, 2)).await.expect("a page");
        let good = first.next_cursor.expect("more");
        for index in 0..good.len() {
            let mut bad = good.clone();
            let other = if &good[index..=index] == "A" { "B" } else { "A" };
            bad.replace_range(index..=index, other);
            for text in [bad.as_str(), &good[..index]] {
                let answer = world.kit.list_users(&operator, &query, &page(Some(text), 2)).await;
                assert_eq!(code(&answer), "invalid_cursor", "{text}");
            }
        }
        let padded = format!("{good}=");
        for text in ["", " ", "../../etc", "\u{1f6a4}", &"A".repeat(5_000), &padded] {
            assert_eq!(code(&world.kit.list_users(&operator, &query, &page(Some(text), 2)).await), "invalid_cursor");
        }
        let other_key = world.with(|config| config.secret_key("Zp7vXq2LmW9sKd4RfT6yHb8NcJ1gQe3UaO5iVx-0"));
        let answer = other_key.kit.list_users(&operator, &query, &page(Some(&good), 2)).await;
        assert_eq!(code(&answer), "invalid_cursor");
    }

    async fn a_page_has_one_to_two_hundred_rows(world: World) {
        let (world, operator, query) = (seven(&world).await, Operator::system(), UserQuery::default());
        for (limit, expected) in [(0, "validation_failed"), (1, "ok"), (200, "ok"), (201, "validation_failed"), (u32::MAX, "validation_failed")] {
            assert_eq!(code(&world.kit.list_users(&operator, &query, &page(None, limit)).await), expected, "{limit}");
        }
    }
}
