//! The administration sees how the installation does.

use std::time::Duration;

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::event_code::EventCode;
use crate::model::period::Period;
use crate::model::permission::Permission;
use crate::model::session_filter::{RowState, SessionFilter};
use crate::model::stats::EventCount;
use crate::model::timestamp::Timestamp;
use crate::model::user::{UserFilter, UserSort, UserStatus};
use crate::ports::audit_log::AuditLog;
use crate::steps::observe::{debug_span, observed};
use crate::steps::operator::Operator;

/// Figures of rows are counted so far and no further.
const COUNTED: u32 = 10_000;
/// The length of an hour, in which the trail is counted.
const HOUR: Duration = Duration::from_secs(60 * 60);

/// How the installation does over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// What was counted in the audit trail. `None`: no trail is kept.
    pub events: Option<EventFigures>,
    /// What was counted among users and sessions. `None`: the operator may not read users.
    pub rows: Option<RowFigures>,
}

/// What happened, point by point of a period and in sum, and in the period before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventFigures {
    /// When each point begins.
    pub starts: Vec<Timestamp>,
    /// Sign-ins.
    pub sign_ins: Figure,
    /// Sign-ins that failed.
    pub failures: Figure,
    /// Registrations.
    pub sign_ups: Figure,
}

/// How often something happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figure {
    /// In the period.
    pub now: u64,
    /// In the period before, which is as long.
    pub before: u64,
    /// In each point of the period.
    pub points: Vec<u64>,
}

/// Users and sessions as they are now, 10 000 standing for 10 000 or more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowFigures {
    /// Where counting stops.
    pub cap: u32,
    /// Active users whose last sign-in lies in the period.
    pub active_users: u64,
    /// Sessions that are open now.
    pub open_sessions: u64,
    /// There is at most one user.
    pub is_first_run: bool,
}

impl AuthKit {
    /// Sign-ins, failures and registrations over a period and the one before, active users and open sessions. The running
    /// hour counts. Needs `audit.read`, and `users.read` for users and sessions. Three reads; where hardly anybody is
    /// active, four.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, Operator, Period};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let overview = kit.overview(&Operator::system(), Period::Day).await?;
    /// let (events, rows) = (overview.events.expect("a trail"), overview.rows.expect("allowed"));
    /// assert_eq!((events.sign_ins.now, rows.active_users, rows.open_sessions), (1, 1, 1));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn overview(&self, operator: &Operator, period: Period) -> Result<Overview, AuthError> {
        observed(debug_span!("authkit.overview"), self.overview_observed(operator, period)).await
    }

    async fn overview_observed(&self, operator: &Operator, period: Period) -> Result<Overview, AuthError> {
        operator.require(Permission::AuditRead)?;
        let now = self.now();
        let start = period.start(now);
        let events = match self.audit_log() {
            Ok(log) => Some(event_figures(log, period, start, now).await?),
            Err(_) => None,
        };
        let rows = if operator.permissions().allows(Permission::UsersRead) {
            Some(self.row_figures(start, now).await?)
        } else {
            None
        };
        Ok(Overview { events, rows })
    }

    async fn row_figures(&self, start: Timestamp, now: Timestamp) -> Result<RowFigures, AuthError> {
        let users = &self.0.users;
        let active = UserFilter { status: Some(UserStatus::Active), signed_in_from: Some(start), ..everybody() };
        let active_users = users.count_users(&active, COUNTED).await?;
        let open = SessionFilter { state: Some(RowState::Open), ..SessionFilter::all(now) };
        let open_sessions = self.0.sessions.count_sessions(&open, COUNTED).await?;
        let is_first_run = active_users < 2 && users.count_users(&everybody(), 2).await? < 2;
        Ok(RowFigures { cap: COUNTED, active_users, open_sessions, is_first_run })
    }
}

fn everybody() -> UserFilter {
    UserFilter { sort: UserSort::LastSignIn, ..UserFilter::default() }
}

async fn event_figures(
    log: &dyn AuditLog,
    period: Period,
    start: Timestamp,
    now: Timestamp,
) -> Result<EventFigures, AuthError> {
    let codes = [EventCode::SESSION_OPENED, EventCode::SESSION_OPEN_FAILED, EventCode::USER_REGISTERED];
    let length = period.point() * period.points();
    let counts = log.count_events(&codes, start - length, now.hour() + HOUR, period.hours()).await?;
    let [sign_ins, failures, sign_ups] = codes.map(|code| figure(&counts, &code, period, start));
    let starts = (0..period.points()).map(|n| start + period.point() * n).collect();
    Ok(EventFigures { starts, sign_ins, failures, sign_ups })
}

fn figure(counts: &[EventCount], code: &EventCode, period: Period, start: Timestamp) -> Figure {
    let mut points = vec![0_u64; usize::try_from(period.points()).unwrap_or_default()];
    let (mut now, mut before) = (0_u64, 0_u64);
    for count in counts.iter().filter(|count| count.code == *code) {
        if count.start < start {
            before = before.saturating_add(count.n);
            continue;
        }
        now = now.saturating_add(count.n);
        let at = usize::try_from(count.start.since(start).as_secs() / period.point().as_secs()).unwrap_or(usize::MAX);
        if let Some(point) = points.get_mut(at) {
            *point = point.saturating_add(count.n);
        }
    }
    Figure { now, before, points }
}
