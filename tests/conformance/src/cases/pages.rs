//! Pages of users, sessions and events.

use std::cmp::Ordering;
use std::fmt::Debug;

use authkit_core::{
    Direction, EventCode, EventFilter, PageRequest, Position, RevokeReason, RowState, SessionFilter, UserFilter,
    UserSearch, UserSort, UserStatus,
};

use crate::bench::Bench;
use crate::failure::{Checked, Failure, holds, same};
use crate::feature::Feature;
use crate::fixtures::{START, epoch, guard, instant, new_session, new_user, role};
use crate::lists::{self, List};

/// How many rows each list has.
const ROWS: u16 = 11;
const SORTS: [UserSort; 3] = [UserSort::Newest, UserSort::LastSignIn, UserSort::Email];

/// Users, sessions and events of which several share each instant.
async fn fill(b: &Bench) -> Checked {
    for n in 0..u64::from(ROWS) {
        // Keys, instants and addresses each in an order of their own.
        let user = b.insert(new_user((n * 7) % 11 + 1), instant(n / 3)).await?;
        b.users.note_sign_in(&user.id, instant(100 + (n * 5) % 4)).await?;
        b.session((n * 4) % 11 + 1, &user, instant(n / 2)).await?;
    }
    Ok(())
}

fn by(sort: UserSort) -> UserFilter {
    UserFilter { sort, ..UserFilter::default() }
}

fn all_sessions() -> SessionFilter {
    SessionFilter::all(instant(50))
}

async fn once_and_in_order<T: Clone + PartialEq + Debug + Send + 'static>(list: &List<T>, rows: usize) -> Checked {
    let whole = list.forwards(200).await?;
    let items: Vec<T> = whole.iter().flat_map(|page| page.items.clone()).collect();
    let keys: Vec<String> = items.iter().map(list.key).collect();
    let mut distinct = keys.clone();
    distinct.sort();
    distinct.dedup();
    same(&format!("the rows of {}", list.name), &(keys.len(), distinct.len()), &(rows, rows))?;
    let ordered = items.windows(2).all(|pair| (list.order)(&pair[0], &pair[1]) != Ordering::Greater);
    holds(ordered, &format!("{} in their order", list.name), &keys)?;
    for limit in [1, 2, 3, 5, 10, 11, 12] {
        same(&format!("{}, {limit} a page", list.name), &list.keys(limit).await?, &keys)?;
    }
    Ok(())
}

pub(crate) async fn p1_every_row_is_seen_once_and_in_order_whatever_the_limit(b: Bench) -> Checked {
    fill(&b).await?;
    for sort in SORTS {
        once_and_in_order(&lists::users(&b, &by(sort)), 11).await?;
    }
    once_and_in_order(&lists::sessions(&b, &all_sessions()), 11).await?;
    if let Ok(log) = b.log() {
        once_and_in_order(&lists::events(&log, &EventFilter::default()), 22).await?;
        let opened = EventFilter::of(EventCode::SESSION_OPENED);
        once_and_in_order(&lists::events(&log, &opened), 11).await?;
    }
    Ok(())
}

async fn back_again<T: Clone + PartialEq + Debug + Send + 'static>(list: &List<T>) -> Checked {
    let keys = list.keys(200).await?;
    let name = &list.name;
    for limit in [1, 2, 3, 5, 11, 200] {
        // From the end of the list, without a position.
        let mut pages = list.backwards(limit, None).await?;
        same(&format!("`next` of the last page of {name}"), &pages[0].next, &None)?;
        pages.reverse();
        let seen: Vec<String> = pages.iter().flat_map(|page| &page.items).map(list.key).collect();
        same(&format!("{name} backwards, {limit} a page"), &seen, &keys)?;
        // From every page's own `previous`: what came before it, in the order of the list.
        let mut before = 0;
        for page in list.forwards(limit).await? {
            match page.previous {
                None => same(&format!("rows before a page without `previous` of {name}"), &before, &0)?,
                Some(previous) => {
                    let mut pages = list.backwards(limit, Some(previous)).await?;
                    holds(pages[0].next.is_some(), "`next` on a page that others follow", &pages[0])?;
                    pages.reverse();
                    let seen: Vec<String> = pages.iter().flat_map(|page| &page.items).map(list.key).collect();
                    same(&format!("{name} before row {before}, {limit} a page"), &&seen[..], &&keys[..before])?;
                }
            }
            before += page.items.len();
        }
    }
    Ok(())
}

pub(crate) async fn p2_previous_leads_back_over_the_same_rows(b: Bench) -> Checked {
    fill(&b).await?;
    for sort in SORTS {
        back_again(&lists::users(&b, &by(sort))).await?;
    }
    back_again(&lists::sessions(&b, &all_sessions())).await?;
    if let Ok(log) = b.log() {
        back_again(&lists::events(&log, &EventFilter::default())).await?;
    }
    Ok(())
}

async fn full_pages<T: Clone + PartialEq + Debug + Send + 'static>(list: &List<T>) -> Checked {
    let rows = list.keys(200).await?.len();
    let name = &list.name;
    for limit in [1_u16, 2, 4, 10, 11, 12, 200] {
        let mut left = rows;
        for page in list.forwards(limit).await? {
            same(&format!("the rows on a page of {limit} of {name}"), &page.items.len(), &left.min(limit.into()))?;
            left -= page.items.len();
            same(&format!("whether rows follow on {name}"), &page.next.is_some(), &(left > 0))?;
        }
        let mut left = rows;
        for page in list.backwards(limit, None).await? {
            same(&format!("the rows on a page back of {name}"), &page.items.len(), &left.min(limit.into()))?;
            left -= page.items.len();
            same(&format!("whether rows come before on {name}"), &page.previous.is_some(), &(left > 0))?;
        }
    }
    Ok(())
}

pub(crate) async fn p3_a_page_is_full_and_next_is_none_exactly_at_the_end(b: Bench) -> Checked {
    full_pages(&lists::users(&b, &by(UserSort::Newest))).await?;
    fill(&b).await?;
    for sort in SORTS {
        full_pages(&lists::users(&b, &by(sort))).await?;
    }
    full_pages(&lists::sessions(&b, &all_sessions())).await?;
    if let Ok(log) = b.log() {
        full_pages(&lists::events(&log, &EventFilter::default())).await?;
    }
    Ok(())
}

async fn bears<T: Clone + PartialEq + Debug + Send + 'static>(list: &List<T>, positions: &[Position]) -> Checked {
    for position in positions {
        for direction in [Direction::Next, Direction::Previous] {
            let request = PageRequest { from: Some(position.clone()), direction, limit: 4 };
            let page = list.page(request).await?;
            holds(page.items.len() <= 4, "at most 4 rows", &page.items.len())?;
            holds(page.items.iter().all(|row| (list.fits)(row)), "rows that fit", &page.items)?;
            let keys: std::collections::BTreeSet<_> = page.items.iter().map(list.key).collect();
            same("rows that are on the page twice", &(page.items.len() - keys.len()), &0)?;
        }
    }
    Ok(())
}

pub(crate) async fn p4_a_foreign_or_garbled_position_answers_some_page(b: Bench) -> Checked {
    fill(&b).await?;
    let mut positions: Vec<Position> = [vec![], vec![0], vec![0xff; 512], b"not a position".to_vec(), vec![0; 64]]
        .into_iter()
        .chain((1_u8..40).map(|n| vec![n.wrapping_mul(37); usize::from(n)]))
        .map(Position::new)
        .collect();
    let log = b.log().ok();
    for sort in SORTS {
        positions.extend(lists::users(&b, &by(sort)).forwards(3).await?.into_iter().filter_map(|page| page.next));
    }
    positions.extend(lists::sessions(&b, &all_sessions()).forwards(3).await?.into_iter().filter_map(|page| page.next));
    if let Some(log) = &log {
        let events = lists::events(log, &EventFilter::default()).forwards(6).await?;
        positions.extend(events.into_iter().filter_map(|page| page.next));
    }
    // Each of them cut short and with a bit turned, too.
    let mangled = positions.clone().into_iter().flat_map(|position| {
        let bytes = position.as_bytes();
        let (mut cut, mut turned) = (bytes.to_vec(), bytes.to_vec());
        cut.pop();
        if let Some(byte) = turned.last_mut() {
            *byte ^= 0x40;
        }
        [Position::new(cut), Position::new(turned)]
    });
    let positions: Vec<Position> = mangled.chain(positions.clone()).collect();
    for sort in SORTS {
        bears(&lists::users(&b, &by(sort)), &positions).await?;
    }
    let nobody = UserFilter { role: Some(role("nobody")), ..UserFilter::default() };
    bears(&lists::users(&b, &nobody), &positions).await?;
    bears(&lists::sessions(&b, &all_sessions()), &positions).await?;
    let revoked = SessionFilter { state: Some(RowState::Revoked), ..all_sessions() };
    bears(&lists::sessions(&b, &revoked), &positions).await?;
    if let Some(log) = &log {
        bears(&lists::events(log, &EventFilter::default()), &positions).await?;
        let opened = EventFilter::of(EventCode::SESSION_OPENED);
        bears(&lists::events(log, &opened), &positions).await?;
    }
    Ok(())
}

/// What stands throughout is seen once, in a walk between whose pages other rows come and go.
async fn stands<T: Clone + PartialEq + Debug + Send + 'static>(
    seen: &[T],
    list: &List<T>,
    stand: &[String],
) -> Checked {
    for key in stand {
        let times = seen.iter().filter(|row| (list.key)(row) == *key).count();
        same(&format!("how often a standing row of {} is seen", list.name), &times, &1)?;
    }
    Ok(())
}

pub(crate) async fn p1_what_stands_is_seen_once_while_other_users_come_and_go(b: Bench) -> Checked {
    for (round, sort) in (1_u64..).zip(SORTS) {
        let b = b.fresh().await;
        fill(&b).await?;
        let list = lists::users(&b, &by(sort));
        let mut stand: Vec<String> = list.keys(200).await?;
        let mut seen = Vec::new();
        let mut request = PageRequest::first(2);
        for n in 1..100 {
            let page = list.page(request).await?;
            seen.extend(page.items.clone());
            // The row that the position names goes, another comes in front and one behind.
            if let Some(last) = page.items.last() {
                let cause = b.cause(EventCode::USER_DELETED, instant(200));
                let _ = b.users.delete_user(&last.id, epoch(900), guard(), cause).await?;
                stand.retain(|key| *key != last.id.to_string());
            }
            if n <= 5 {
                b.insert(new_user(100 * round + n), instant(300)).await?;
                b.insert(new_user(100 * round + 50 + n), START).await?;
            }
            let Some(next) = page.next else { break };
            request = PageRequest::first(2).after(next);
        }
        holds(stand.len() >= 5, "five rows or more that stand", &stand)?;
        stands(&seen, &list, &stand).await?;
    }
    Ok(())
}

pub(crate) async fn p1_what_stands_is_seen_once_while_sessions_and_events_come_and_go(b: Bench) -> Checked {
    fill(&b).await?;
    let user = b.user(500).await?;
    let list = lists::sessions(&b, &SessionFilter { state: Some(RowState::Open), ..all_sessions() });
    let log = b.log().ok();
    let events = log.as_ref().map(|log| lists::events(log, &EventFilter::default()));
    let mut stand = list.keys(200).await?;
    let standing_events = match &events {
        Some(events) => events.keys(200).await?,
        None => Vec::new(),
    };
    let (mut seen, mut seen_events) = (Vec::new(), Vec::new());
    let (mut request, mut event_request) = (Some(PageRequest::first(2)), Some(PageRequest::first(3)));
    for n in 1..100 {
        if let Some(asked) = request.take() {
            let page = list.page(asked).await?;
            seen.extend(page.items.clone());
            if let Some(last) = page.items.last() {
                let cause = b.cause(EventCode::SESSION_CLOSED, instant(20));
                let _ = b.sessions.revoke_session(last.id, None, RevokeReason::Admin, cause).await?;
                stand.retain(|key| *key != last.id.to_string());
            }
            b.open(new_session(600 + n, &user, START), START).await?;
            b.session(700 + n, &user, instant(30)).await?;
            request = page.next.filter(|_| n < 40).map(|next| PageRequest::first(2).after(next));
        }
        if let (Some(events), Some(asked)) = (&events, event_request.take()) {
            let page = events.page(asked).await?;
            seen_events.extend(page.items.clone());
            event_request = page.next.map(|next| PageRequest::first(3).after(next));
        }
    }
    holds(stand.len() >= 5, "five rows or more that stand", &stand)?;
    stands(&seen, &list, &stand).await?;
    match &events {
        Some(events) => stands(&seen_events, events, &standing_events).await,
        None => Ok(()),
    }
}

pub(crate) async fn p4_a_position_of_one_filter_is_no_way_into_another(b: Bench) -> Checked {
    b.needs(Feature::SoftDelete)?;
    fill(&b).await?;
    let position = lists::users(&b, &by(UserSort::Newest)).page(PageRequest::first(3)).await?.next;
    let Some(position) = position else {
        return Err(Failure::wrong("expected a second page"));
    };
    let gone = b.insert(new_user(40), instant(1)).await?;
    let cause = b.cause(EventCode::USER_DELETED, instant(2));
    let _ = b.users.delete_user(&gone.id, epoch(900), guard(), cause).await?;
    for filter in [
        UserFilter { status: Some(UserStatus::Deleted), ..UserFilter::default() },
        UserFilter { search: Some(UserSearch::EmailPrefix("user1".to_owned())), ..by(UserSort::Email) },
        UserFilter { verified: Some(false), ..by(UserSort::LastSignIn) },
    ] {
        bears(&lists::users(&b, &filter), std::slice::from_ref(&position)).await?;
    }
    Ok(())
}
