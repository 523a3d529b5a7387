//! The store's lists as one kind of thing, and walks through their pages.

use std::cmp::Ordering;
use std::fmt::Debug;
use std::sync::Arc;

use authkit_core::{
    AuditLog, Event, EventFilter, Page, PageRequest, Position, Session, SessionFilter, StoreError, User, UserFilter,
    UserSort,
};
use futures_util::future::BoxFuture;

use crate::bench::Bench;
use crate::failure::{Checked, Failure};

/// More pages than any list of a case has.
const ENDLESS: usize = 2_000;

type Fetch<T> = dyn Fn(PageRequest) -> BoxFuture<'static, Result<Page<T>, StoreError>> + Send + Sync;

/// One list of the store under one filter.
pub(crate) struct List<T> {
    pub(crate) name: String,
    fetch: Box<Fetch<T>>,
    /// The row's key as text.
    pub(crate) key: fn(&T) -> String,
    /// The order of the list, without the ties.
    pub(crate) order: fn(&T, &T) -> Ordering,
    /// Whether a row fits the filter.
    pub(crate) fits: Box<dyn Fn(&T) -> bool + Send + Sync>,
}

impl<T: Clone + PartialEq + Debug + Send + 'static> List<T> {
    pub(crate) async fn page(&self, request: PageRequest) -> Checked<Page<T>> {
        (self.fetch)(request).await.map_err(|error| {
            let Failure::Wrong(text) = Failure::from(error) else {
                return Failure::wrong(&self.name);
            };
            Failure::wrong(format!("{}: {text}", self.name))
        })
    }

    /// Every page from the start, following `next`.
    pub(crate) async fn forwards(&self, limit: u16) -> Checked<Vec<Page<T>>> {
        let mut pages = vec![self.page(PageRequest::first(limit)).await?];
        while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
            pages.push(self.page(PageRequest::first(limit).after(next)).await?);
            self.bounded(pages.len())?;
        }
        Ok(pages)
    }

    /// Every page from a position back to the start, following `previous`; the page next to the position first.
    pub(crate) async fn backwards(&self, limit: u16, from: Option<Position>) -> Checked<Vec<Page<T>>> {
        let request = PageRequest { from, direction: authkit_core::Direction::Previous, limit };
        let mut pages = vec![self.page(request).await?];
        while let Some(previous) = pages.last().and_then(|page| page.previous.clone()) {
            pages.push(self.page(PageRequest::first(limit).before(previous)).await?);
            self.bounded(pages.len())?;
        }
        Ok(pages)
    }

    /// The keys of the whole list in its order, as pages of `limit` rows tell it.
    pub(crate) async fn keys(&self, limit: u16) -> Checked<Vec<String>> {
        let pages = self.forwards(limit).await?;
        Ok(pages.iter().flat_map(|page| &page.items).map(self.key).collect())
    }

    fn bounded(&self, pages: usize) -> Checked {
        if pages > ENDLESS {
            return Err(Failure::wrong(format!("{}: the pages never end", self.name)));
        }
        Ok(())
    }
}

pub(crate) fn users(b: &Bench, filter: &UserFilter) -> List<User> {
    let (store, filter) = (Arc::clone(&b.store().users), Arc::new(filter.clone()));
    let order: fn(&User, &User) -> Ordering = match filter.sort {
        UserSort::Newest => |a, b| b.created_at.cmp(&a.created_at),
        UserSort::LastSignIn => |a, b| b.last_sign_in_at.cmp(&a.last_sign_in_at),
        UserSort::Email => |a, b| a.email.key().cmp(b.email.key()),
    };
    let fits = Arc::clone(&filter);
    List {
        name: format!("users by {filter:?}"),
        fetch: Box::new(move |request| {
            let (store, filter) = (Arc::clone(&store), Arc::clone(&filter));
            Box::pin(async move { store.list_users(&filter, &request).await })
        }),
        key: |user| user.id.to_string(),
        order,
        fits: Box::new(move |user| fits.fits(user)),
    }
}

pub(crate) fn sessions(b: &Bench, filter: &SessionFilter) -> List<Session> {
    let (store, filter) = (Arc::clone(&b.store().sessions), Arc::new(filter.clone()));
    let fits = Arc::clone(&filter);
    List {
        name: format!("sessions by {filter:?}"),
        fetch: Box::new(move |request| {
            let (store, filter) = (Arc::clone(&store), Arc::clone(&filter));
            Box::pin(async move { store.list_sessions(&filter, &request).await })
        }),
        key: |session| session.id.to_string(),
        order: |a, b| b.id.cmp(&a.id),
        fits: Box::new(move |session| fits.fits(session)),
    }
}

pub(crate) fn events(log: &Arc<dyn AuditLog>, filter: &EventFilter) -> List<Event> {
    let (store, filter) = (Arc::clone(log), Arc::new(filter.clone()));
    let fits = Arc::clone(&filter);
    List {
        name: format!("events by {filter:?}"),
        fetch: Box::new(move |request| {
            let (store, filter) = (Arc::clone(&store), Arc::clone(&filter));
            Box::pin(async move { store.list_events(&filter, &request).await })
        }),
        key: |event| event.id.to_string(),
        order: |a, b| b.id.cmp(&a.id),
        fits: Box::new(move |event| fits.fits(event)),
    }
}
