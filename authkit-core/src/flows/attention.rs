//! The administration sees what needs a look.

use std::time::Duration;

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::event::{Actor, Event};
use crate::model::event_code::EventCode;
use crate::model::event_filter::EventFilter;
use crate::model::page::{MAX_PAGE, PageRequest};
use crate::model::peak::{Peak, PeakQuery};
use crate::model::permission::Permission;
use crate::model::timestamp::Timestamp;
use crate::model::user_id::UserId;
use crate::ports::audit_log::AuditLog;
use crate::steps::observe::{debug_span, observed};
use crate::steps::operator::Operator;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// Fewer failures in a day are no spike, whatever is usual.
const MIN_FAILURES: u32 = 20;
/// How many of the highest peaks are looked at. More than are told: the highest may be where it is always loud, such as the
/// office of a large customer.
const MAX_PEAKS: u16 = 100;
/// How many spikes are told.
const MAX_SPIKES: usize = 10;

/// What needs a look. Empty: nothing does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attention {
    /// Accounts that a throttle began to hold back in the last 24 hours, the latest first.
    pub throttled: Vec<Throttled>,
    /// Throttles that began to refuse in the last 24 hours, those of no known account too; 200 stands for 200 or more.
    pub trips: u16,
    /// Addresses and accounts with at least 20 failed sign-ins in the last 24 hours that are more than ten times what a day
    /// of the week before brought, the most first, at most ten.
    pub spikes: Vec<Peak>,
    /// Refresh tokens that came back after their time, in the last seven days.
    pub reuses: u64,
    /// Mails that could not be sent in the last seven days.
    pub mail_failures: u64,
    /// Users who were made an administrator in the last seven days, the latest first.
    pub new_admins: Vec<NewAdmin>,
}

/// An account that a throttle holds back, or did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttled {
    /// Whose account.
    pub user: UserId,
    /// When it was last.
    pub at: Timestamp,
}

/// Somebody who was made an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAdmin {
    /// Who.
    pub user: UserId,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

impl Attention {
    /// Whether nothing needs a look.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl AuthKit {
    /// What needs a look: throttled accounts, spikes of failed sign-ins, reused refresh tokens, new administrators, lost mails.
    /// Needs `audit.read`. Four reads, and a fifth where more than 200
    /// users were created in the week.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::NotKept`] (no audit log), and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// assert!(kit.attention(&Operator::system()).await?.is_empty());
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn attention(&self, operator: &Operator) -> Result<Attention, AuthError> {
        observed(debug_span!("authkit.attention"), self.attention_observed(operator)).await
    }

    async fn attention_observed(&self, operator: &Operator) -> Result<Attention, AuthError> {
        operator.require(Permission::AuditRead)?;
        let log = self.audit_log()?;
        let now = self.now();
        let trips = newest(log, vec![EventCode::THROTTLE_TRIPPED], now - DAY).await?;
        let mut throttled: Vec<Throttled> = Vec::new();
        for event in &trips {
            let known = |user: &UserId| throttled.iter().any(|one| one.user == *user);
            if let Some(user) = event.subject.filter(|user| !known(user)) {
                throttled.push(Throttled { user, at: event.at });
            }
        }
        let codes = [EventCode::SESSION_REUSE_DETECTED, EventCode::MAIL_FAILED];
        let end = now.hour() + HOUR;
        let counts = log.count_events(&codes, end - WEEK, end, 7 * 24).await?;
        let [reuses, mail_failures] =
            codes.map(|code| counts.iter().filter(|count| count.code == code).map(|count| count.n).sum());
        let query = PeakQuery {
            code: EventCode::SESSION_OPEN_FAILED,
            // What happens in this very instant counts.
            to: now + Duration::from_micros(1),
            min: MIN_FAILURES,
            limit: MAX_PEAKS,
        };
        let mut spikes = log.list_peaks(&query).await?;
        spikes.retain(Peak::is_spike);
        spikes.truncate(MAX_SPIKES);
        let mut made = newest(log, vec![EventCode::USER_ROLE_CHANGED, EventCode::USER_CREATED], now - WEEK).await?;
        if made.len() >= usize::from(MAX_PAGE) {
            // Where users are created in numbers, a change of role must not be lost among them.
            made.extend(newest(log, vec![EventCode::USER_ROLE_CHANGED], now - WEEK).await?);
            made.sort_by_key(|event| std::cmp::Reverse(event.id));
            made.dedup_by_key(|event| event.id);
        }
        let new_admins = made.iter().filter_map(|event| self.new_admin(event)).collect();
        let trips = u16::try_from(trips.len()).unwrap_or(MAX_PAGE);
        Ok(Attention { throttled, trips, spikes, reuses, mail_failures, new_admins })
    }

    fn new_admin(&self, event: &Event) -> Option<NewAdmin> {
        let role = match event.change.after("role") {
            Some(role) => role.as_str(),
            None => event.details.get("role").and_then(|role| role.as_str()),
        };
        let is_admin = role == Some(self.0.settings.admin_role.as_str());
        Some(NewAdmin { user: event.subject.filter(|_| is_admin)?, by: event.actor.clone(), at: event.at })
    }
}

async fn newest(log: &dyn AuditLog, codes: Vec<EventCode>, from: Timestamp) -> Result<Vec<Event>, AuthError> {
    let filter = EventFilter { codes, from: Some(from), ..EventFilter::default() };
    Ok(log.list_events(&filter, &PageRequest::first(MAX_PAGE)).await?.items)
}
