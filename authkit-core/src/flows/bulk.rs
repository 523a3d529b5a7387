//! The administration does one thing to many users.

use std::time::Duration;

use crate::error::{AuthError, Fault, FieldError};
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::page::{MAX_PAGE, PageRequest, Position};
use crate::model::permission::Permission;
use crate::model::timestamp::Timestamp;
use crate::model::user::UserSort;
use crate::model::user_id::UserId;
use crate::steps::administration::Note;
use crate::steps::observe::{info_span, observed};
use crate::steps::operator::Operator;
use crate::steps::user_action::BulkAction;
use crate::steps::user_query::UserQuery;

/// The most users that are reached through one ticket.
const MAX_MATCHING: u32 = 10_000;
/// How long a ticket is good: a form that was left open over lunch must not go on.
const TICKET_TTL: Duration = Duration::from_secs(60 * 60);
/// The first byte of a ticket; a cursor has another.
const TICKET: u8 = 2;

/// What became of an action on many users.
#[derive(Debug)]
pub struct BulkOutcome {
    /// User by user, in the order of the work; each was one atomic step with its own event.
    pub items: Vec<BulkItem>,
    /// Where and why the work stopped early. Nobody after that user was touched.
    pub stopped: Option<BulkStop>,
}

/// One user of a [`BulkOutcome`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkItem {
    /// Whom it is about.
    pub id: UserId,
    /// What became of it.
    pub result: BulkResult,
}

/// What became of an action on one of many users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkResult {
    /// Done.
    Done,
    /// It was so already: nothing was written.
    Unchanged,
    /// Refused, with the code of [`AuthError::code`], such as `self_forbidden` or `last_admin`: nothing changed.
    Refused(&'static str),
}

/// A failure that only an operator can mend.
#[derive(Debug)]
pub struct BulkStop {
    /// The user whose outcome is not known.
    pub at: UserId,
    /// The failure.
    pub error: AuthError,
}

/// One step through all users that match.
#[derive(Debug)]
pub struct BulkStep {
    /// What this step did: at most 200 users.
    pub outcome: BulkOutcome,
    /// How many users were reached so far, by all steps.
    pub reached: u32,
    /// The ticket of the next step; after a stop, of this step once more. `None`: the end.
    pub next: Option<String>,
    /// Whether users that match were left because 10 000 were reached.
    pub limited: bool,
}

/// What a ticket says.
struct Ticket {
    started: Timestamp,
    reached: u32,
    after: Option<Position>,
}

impl AuthKit {
    /// Does one thing to at most 200 users, one after the other: what stands in the way of one does not stop the others,
    /// the own account among them. An id that comes twice counts once. Needs what the action needs for one user; of the
    /// note the reason counts.
    ///
    /// # Errors
    /// For the whole of it, before anything is done: [`AuthError::Forbidden`], [`AuthError::ReauthenticationRequired`],
    /// [`AuthError::UnknownRole`], [`AuthError::Validation`] (the ids, the note). What goes wrong later is in the outcome.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, register};
    /// use authkit_core::{AuthError, BulkAction, BulkResult, ClientInfo, Note, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = register(&kit, "ada@example.com", "a lantern over the quay").await;
    /// # let eve = register(&kit, "eve@example.com", "a lantern over the quay").await;
    /// let (operator, client) = (Operator::cli("root"), ClientInfo::none());
    /// let ids = [ada.id, eve.id];
    /// let outcome = kit.bulk(&operator, BulkAction::Disable, &ids, Note::default(), &client).await?;
    /// assert!(outcome.stopped.is_none() && outcome.items.iter().all(|item| item.result == BulkResult::Done));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn bulk(
        &self,
        operator: &Operator,
        action: BulkAction,
        ids: &[UserId],
        note: Note,
        client: &ClientInfo,
    ) -> Result<BulkOutcome, AuthError> {
        observed(info_span!("authkit.bulk"), self.bulk_observed(operator, action, ids, note, client)).await
    }

    async fn bulk_observed(
        &self,
        operator: &Operator,
        action: BulkAction,
        ids: &[UserId],
        note: Note,
        client: &ClientInfo,
    ) -> Result<BulkOutcome, AuthError> {
        self.allow(operator, action)?;
        note.check()?;
        if ids.len() > usize::from(MAX_PAGE) {
            return Err(AuthError::Validation(vec![FieldError::new("ids", "too_long", "At most 200 users.")]));
        }
        Ok(self.each(operator, action, ids, note, client).await)
    }

    /// Begins to do one thing to all users that match now. Nothing is done or stored yet: the ticket says when it began,
    /// and is good for an hour, for this operator, action and query. Users who are made later are not touched.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::ReauthenticationRequired`], [`AuthError::UnknownRole`].
    pub fn begin_bulk(&self, operator: &Operator, action: BulkAction, query: &UserQuery) -> Result<String, AuthError> {
        operator.require(Permission::UsersRead)?;
        self.allow(operator, action)?;
        let ticket = Ticket { started: self.now(), reached: 0, after: None };
        Ok(self.seal_ticket(&ticket, &work(operator, action, query)))
    }

    /// The next step through all users that match, newest first whatever the query's order: at most 200 of them, at most
    /// 10 000 through one ticket. To stop is not to ask for the next step. A step that is asked for twice finds its users
    /// changed already. Needs `users.read` beside what the action needs.
    ///
    /// # Errors
    /// As [`AuthKit::bulk`], and [`AuthError::InvalidCursor`]: the ticket is forged, too old, or for other work. The
    /// operator's, if the users cannot be listed.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, register};
    /// use authkit_core::{AuthError, BulkAction, ClientInfo, Note, Operator, UserQuery};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # register(&kit, "ada@spam.example", "a lantern over the quay").await;
    /// let (operator, client) = (Operator::cli("root"), ClientInfo::none());
    /// let (action, query) = (BulkAction::Disable, UserQuery { query: Some("ada@".into()), ..UserQuery::default() });
    /// let mut ticket = Some(kit.begin_bulk(&operator, action, &query)?);
    /// while let Some(now) = ticket {
    ///     let step = kit.bulk_matching(&operator, action, &query, &now, Note::default(), &client).await?;
    ///     if let Some(stop) = step.outcome.stopped {
    ///         return Err(stop.error);
    ///     }
    ///     ticket = step.next;
    /// }
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn bulk_matching(
        &self,
        operator: &Operator,
        action: BulkAction,
        query: &UserQuery,
        ticket: &str,
        note: Note,
        client: &ClientInfo,
    ) -> Result<BulkStep, AuthError> {
        observed(
            info_span!("authkit.bulk_matching"),
            self.bulk_matching_observed(operator, action, query, ticket, note, client),
        )
        .await
    }

    async fn bulk_matching_observed(
        &self,
        operator: &Operator,
        action: BulkAction,
        query: &UserQuery,
        ticket: &str,
        note: Note,
        client: &ClientInfo,
    ) -> Result<BulkStep, AuthError> {
        operator.require(Permission::UsersRead)?;
        self.allow(operator, action)?;
        note.check()?;
        let work = work(operator, action, query);
        let given = self.open_ticket(ticket, &work).ok_or(AuthError::InvalidCursor)?;
        let left = MAX_MATCHING.saturating_sub(given.reached);
        let first = PageRequest::first(u16::try_from(left).unwrap_or(MAX_PAGE));
        let page = match given.after.clone() {
            Some(position) => first.after(position),
            None => first,
        };
        let query = UserQuery { sort: Some(UserSort::Newest), ..query.clone() };
        let page = self.0.users.list_users(&self.user_filter(&query).await?, &page).await?;
        let matching = page.items.iter().filter(|user| user.created_at <= given.started);
        let ids: Vec<UserId> = matching.map(|user| user.id).collect();
        let outcome = self.each(operator, action, &ids, note, client).await;
        if outcome.stopped.is_some() {
            return Ok(BulkStep { outcome, reached: given.reached, next: Some(ticket.to_owned()), limited: false });
        }
        let reached = given.reached.saturating_add(u32::try_from(ids.len()).unwrap_or(u32::MAX));
        let limited = reached >= MAX_MATCHING && page.next.is_some();
        let next = page.next.filter(|_| !limited).map(|after| Ticket { reached, after: Some(after), ..given });
        let next = next.map(|next| self.seal_ticket(&next, &work));
        Ok(BulkStep { outcome, reached, next, limited })
    }

    async fn each(
        &self,
        operator: &Operator,
        action: BulkAction,
        ids: &[UserId],
        note: Note,
        client: &ClientInfo,
    ) -> BulkOutcome {
        let note = Note { if_updated_at: None, ..note };
        let mut items: Vec<BulkItem> = Vec::with_capacity(ids.len());
        for id in ids {
            if items.iter().any(|item| item.id == *id) {
                continue;
            }
            let result = match self.act(operator, action, id, &note, client).await {
                Ok(acted) if acted.changed => BulkResult::Done,
                Ok(_) => BulkResult::Unchanged,
                Err(error) if error.fault() == Fault::Caller => match self.told(operator, id, &error, client).await {
                    Ok(()) => BulkResult::Refused(error.code()),
                    Err(error) => return BulkOutcome { items, stopped: Some(BulkStop { at: *id, error }) },
                },
                Err(error) => return BulkOutcome { items, stopped: Some(BulkStop { at: *id, error }) },
            };
            items.push(BulkItem { id: *id, result });
        }
        BulkOutcome { items, stopped: None }
    }

    /// Records what would have been a forbidden request, had it been one for this user alone.
    async fn told(
        &self,
        operator: &Operator,
        id: &UserId,
        refusal: &AuthError,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        match refusal {
            AuthError::Forbidden => self.record_refusal(operator, id, refusal.code(), client).await,
            _ => Ok(()),
        }
    }

    fn seal_ticket(&self, ticket: &Ticket, work: &str) -> String {
        let mut bytes = vec![TICKET];
        bytes.extend_from_slice(&self.list_tag(work));
        bytes.extend_from_slice(&ticket.started.as_micros().to_be_bytes());
        bytes.extend_from_slice(&ticket.reached.to_be_bytes());
        bytes.extend_from_slice(ticket.after.as_ref().map_or(&[], Position::as_bytes));
        self.seal(bytes)
    }

    fn open_ticket(&self, text: &str, work: &str) -> Option<Ticket> {
        let bytes = self.unseal(text)?;
        let rest = bytes.strip_prefix(&[TICKET])?.strip_prefix(&self.list_tag(work))?;
        let (started, rest) = rest.split_first_chunk()?;
        let (reached, position) = rest.split_first_chunk()?;
        let started = Timestamp::from_micros(i64::from_be_bytes(*started));
        let after = (!position.is_empty()).then(|| Position::new(position.to_vec()));
        let ticket = Ticket { started, reached: u32::from_be_bytes(*reached), after };
        (self.now().since(started) <= TICKET_TTL).then_some(ticket)
    }
}

/// What a ticket is good for.
fn work(operator: &Operator, action: BulkAction, query: &UserQuery) -> String {
    format!("bulk {:?} {action:?} {query:?}", operator.actor())
}
