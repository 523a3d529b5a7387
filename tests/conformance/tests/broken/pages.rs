//! Lists that are wrong in one point.

use async_trait::async_trait;
use authkit_core::*;
use authkit_store_memory::MemoryStore;

use super::{LogFlaw, SessionFlaw, UserFlaw};

/// Every user that the filter lets through, in the order of the list.
async fn all_users(intact: &MemoryStore, filter: &UserFilter) -> Result<Vec<User>, StoreError> {
    let mut users = Vec::new();
    let mut request = PageRequest::first(MAX_PAGE);
    loop {
        let page = intact.list_users(filter, &request).await?;
        users.extend(page.items);
        let Some(next) = page.next else { return Ok(users) };
        request = request.after(next);
    }
}

/// Gives each page in the wrong order.
pub struct UnorderedPages;

#[async_trait]
impl SessionFlaw for UnorderedPages {
    async fn list_sessions(
        &self,
        intact: &MemoryStore,
        filter: &SessionFilter,
        page: &PageRequest,
    ) -> Result<Page<Session>, StoreError> {
        let mut page = intact.list_sessions(filter, page).await?;
        page.items.reverse();
        Ok(page)
    }
}

/// Knows no way back.
pub struct NoWayBack;

#[async_trait]
impl UserFlaw for NoWayBack {
    async fn list_users(
        &self,
        intact: &MemoryStore,
        filter: &UserFilter,
        page: &PageRequest,
    ) -> Result<Page<User>, StoreError> {
        Ok(Page { previous: None, ..intact.list_users(filter, page).await? })
    }
}

/// Goes on after an instant and not after a row: of users made in one instant, those on the next page are skipped.
pub struct TiesAreSkipped;

#[async_trait]
impl UserFlaw for TiesAreSkipped {
    async fn list_users(
        &self,
        intact: &MemoryStore,
        filter: &UserFilter,
        page: &PageRequest,
    ) -> Result<Page<User>, StoreError> {
        if filter.sort != UserSort::Newest {
            return intact.list_users(filter, page).await;
        }
        let from = page.from.as_ref().and_then(|from| from.as_bytes().try_into().ok()).map(i64::from_be_bytes);
        let from = from.map(Timestamp::from_micros);
        let mut users = all_users(intact, filter).await?;
        match page.direction {
            Direction::Next => users.retain(|user| from.is_none_or(|from| user.created_at < from)),
            Direction::Previous => {
                users.retain(|user| from.is_none_or(|from| user.created_at > from));
                users.reverse();
            }
        }
        users.truncate(usize::from(page.limit) + 1);
        Ok(page.page_of(users, |user| Position::new(user.created_at.as_micros().to_be_bytes().to_vec())))
    }
}

/// Lists deleted users after the others.
pub struct DeletedUsersAreListed;

#[async_trait]
impl UserFlaw for DeletedUsersAreListed {
    async fn list_users(
        &self,
        intact: &MemoryStore,
        filter: &UserFilter,
        page: &PageRequest,
    ) -> Result<Page<User>, StoreError> {
        let mut found = intact.list_users(filter, page).await?;
        if filter.status.is_none() && found.next.is_none() {
            let deleted = UserFilter { status: Some(UserStatus::Deleted), ..filter.clone() };
            found.items.extend(all_users(intact, &deleted).await?);
            found.items.truncate(usize::from(page.limit));
        }
        Ok(found)
    }
}

/// Takes every address for one of the domain that ends with it.
pub struct DomainIsAnEnding;

#[async_trait]
impl UserFlaw for DomainIsAnEnding {
    async fn list_users(
        &self,
        intact: &MemoryStore,
        filter: &UserFilter,
        page: &PageRequest,
    ) -> Result<Page<User>, StoreError> {
        match &filter.search {
            Some(UserSearch::Domain(domain)) => {
                found(intact, filter, page, |user| user.email.key().as_str().ends_with(domain)).await
            }
            _ => intact.list_users(filter, page).await,
        }
    }
}

/// Takes the end of a range of instants for a part of it.
pub struct RangesHoldTheirEnd;

#[async_trait]
impl UserFlaw for RangesHoldTheirEnd {
    async fn list_users(
        &self,
        intact: &MemoryStore,
        filter: &UserFilter,
        page: &PageRequest,
    ) -> Result<Page<User>, StoreError> {
        let later = |at: Timestamp| Timestamp::from_micros(at.as_micros() + 1);
        let (created_to, signed_in_to) = (filter.created_to.map(later), filter.signed_in_to.map(later));
        intact.list_users(&UserFilter { created_to, signed_in_to, ..filter.clone() }, page).await
    }
}

/// Counts all that fit, whatever the cap.
pub struct CountGoesOn;

#[async_trait]
impl UserFlaw for CountGoesOn {
    async fn count_users(&self, intact: &MemoryStore, filter: &UserFilter, _cap: u32) -> Result<u64, StoreError> {
        intact.count_users(filter, u32::MAX).await
    }
}

/// The first page of what fits a filter without its search and another condition in place of that.
async fn found(
    intact: &MemoryStore,
    filter: &UserFilter,
    page: &PageRequest,
    fits: impl Fn(&User) -> bool,
) -> Result<Page<User>, StoreError> {
    let mut users = all_users(intact, &UserFilter { search: None, ..filter.clone() }).await?;
    users.retain(fits);
    users.truncate(usize::from(page.limit));
    Ok(Page { items: users, next: None, previous: None })
}

/// Hands a part of an address to `LIKE` as it is: `%` and `_` stand for anything.
pub struct PartHasWildcards;

#[async_trait]
impl UserFlaw for PartHasWildcards {
    async fn list_users(
        &self,
        intact: &MemoryStore,
        filter: &UserFilter,
        page: &PageRequest,
    ) -> Result<Page<User>, StoreError> {
        match &filter.search {
            Some(UserSearch::Contains(text)) if text.contains(['%', '_']) => {
                let pattern = format!("%{text}");
                let fits = |user: &User| SearchHasWildcards::like(&pattern, user.email.key().as_str());
                found(intact, filter, page, fits).await
            }
            _ => intact.list_users(filter, page).await,
        }
    }
}

/// Hands the text of a search to `LIKE` as it is: `%` and `_` stand for anything.
pub struct SearchHasWildcards;

impl SearchHasWildcards {
    fn like(pattern: &str, text: &str) -> bool {
        let Some(first) = pattern.chars().next() else { return true };
        let rest = &pattern[first.len_utf8()..];
        match first {
            '%' => text.char_indices().any(|(at, _)| Self::like(rest, &text[at..])),
            _ => text
                .chars()
                .next()
                .is_some_and(|next| (first == '_' || first == next) && Self::like(rest, &text[next.len_utf8()..])),
        }
    }
}

#[async_trait]
impl UserFlaw for SearchHasWildcards {
    async fn list_users(
        &self,
        intact: &MemoryStore,
        filter: &UserFilter,
        page: &PageRequest,
    ) -> Result<Page<User>, StoreError> {
        match &filter.search {
            Some(UserSearch::EmailPrefix(text)) if text.contains(['%', '_']) => {
                found(intact, filter, page, |user| Self::like(text, user.email.key().as_str())).await
            }
            _ => intact.list_users(filter, page).await,
        }
    }
}

/// Looks for the first of several codes.
pub struct FirstCodeOnly;

#[async_trait]
impl LogFlaw for FirstCodeOnly {
    async fn list_events(
        &self,
        intact: &MemoryStore,
        filter: &EventFilter,
        page: &PageRequest,
    ) -> Result<Page<Event>, StoreError> {
        let codes = filter.codes.iter().take(1).cloned().collect();
        intact.list_events(&EventFilter { codes, ..filter.clone() }, page).await
    }
}

/// Reads one list for each code that is named, and does not see that one is named twice.
pub struct TwiceNamedIsTwiceListed;

#[async_trait]
impl LogFlaw for TwiceNamedIsTwiceListed {
    async fn list_events(
        &self,
        intact: &MemoryStore,
        filter: &EventFilter,
        page: &PageRequest,
    ) -> Result<Page<Event>, StoreError> {
        let times = |event: &Event| filter.codes.iter().filter(|code| **code == event.code).count().max(1);
        let mut found = intact.list_events(filter, page).await?;
        found.items = found.items.iter().flat_map(|event| vec![event.clone(); times(event)]).collect();
        Ok(found)
    }
}

/// Leaves out of a user's timeline what the user did to others.
pub struct TimelineIsAboutOnly;

#[async_trait]
impl LogFlaw for TimelineIsAboutOnly {
    async fn list_events(
        &self,
        intact: &MemoryStore,
        filter: &EventFilter,
        page: &PageRequest,
    ) -> Result<Page<Event>, StoreError> {
        let subject = filter.subject.or(filter.concerning);
        intact.list_events(&EventFilter { subject, ..filter.clone() }, page).await
    }
}

/// Lists sessions whatever ended them.
pub struct ReasonsAreIgnored;

#[async_trait]
impl SessionFlaw for ReasonsAreIgnored {
    async fn list_sessions(
        &self,
        intact: &MemoryStore,
        filter: &SessionFilter,
        page: &PageRequest,
    ) -> Result<Page<Session>, StoreError> {
        intact.list_sessions(&SessionFilter { reasons: Vec::new(), ..filter.clone() }, page).await
    }
}

/// Counts on where it should stop.
pub struct CountPassesTheCap;

#[async_trait]
impl SessionFlaw for CountPassesTheCap {
    async fn count_sessions(&self, intact: &MemoryStore, filter: &SessionFilter, _: u32) -> Result<u64, StoreError> {
        intact.count_sessions(filter, u32::MAX).await
    }
}

/// Counts what stands on the first page.
pub struct CountOfOnePage;

#[async_trait]
impl SessionFlaw for CountOfOnePage {
    async fn count_sessions(&self, intact: &MemoryStore, filter: &SessionFilter, cap: u32) -> Result<u64, StoreError> {
        intact.count_sessions(filter, cap.min(2)).await
    }
}
