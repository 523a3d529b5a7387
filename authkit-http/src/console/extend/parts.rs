//! The pieces that a host may add: columns, panels, cards, places and actions.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use authkit_core::{Permission, Profile, Timestamp, User, UserId};
use futures_util::future::BoxFuture;

use super::markup::Markup;

/// What went wrong in a host's own code: logged, and the page says that this part could not be shown.
pub type HostError = Box<dyn Error + Send + Sync>;

type Cell = Arc<dyn Fn(&ConsoleUser) -> Markup + Send + Sync>;
type ForUser<T> = Arc<dyn Fn(ConsoleUser) -> BoxFuture<'static, Result<T, HostError>> + Send + Sync>;
type ForNobody<T> = Arc<dyn Fn() -> BoxFuture<'static, Result<T, HostError>> + Send + Sync>;

/// A user as a host's piece gets it: no hash, no epoch.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ConsoleUser {
    /// The key.
    pub id: UserId,
    /// The address as typed.
    pub email: String,
    /// The role.
    pub role: String,
    /// Whether sign-in is allowed.
    pub is_active: bool,
    /// Whether the address is verified.
    pub is_verified: bool,
    /// When the row was made.
    pub created_at: Timestamp,
    /// The application's own columns.
    pub profile: Profile,
}

impl ConsoleUser {
    pub(crate) fn of(user: &User) -> Self {
        Self {
            id: user.id,
            email: user.email.as_str().to_owned(),
            role: user.role.as_str().to_owned(),
            is_active: user.is_active,
            is_verified: user.is_verified,
            created_at: user.created_at,
            profile: user.profile.clone(),
        }
    }

    /// A column of the application's own as text; empty where there is none.
    pub fn field(&self, name: &str) -> String {
        let columns: serde_json::Map<String, serde_json::Value> = self.profile.read().unwrap_or_default();
        match columns.get(name) {
            None | Some(serde_json::Value::Null) => String::new(),
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }
}

/// A column more in the list of users. Its cell is made of the row alone: no query a row.
#[derive(Clone)]
pub struct Column {
    pub(crate) title: String,
    pub(crate) cell: Cell,
}

impl Column {
    /// A column with this heading.
    pub fn new(title: impl Into<String>, cell: impl Fn(&ConsoleUser) -> Markup + Send + Sync + 'static) -> Self {
        Self { title: title.into(), cell: Arc::new(cell) }
    }
}

/// A panel more on the page of a user.
#[derive(Clone)]
pub struct UserPanel {
    pub(crate) title: String,
    pub(crate) needs: Permission,
    pub(crate) show: ForUser<Markup>,
}

impl UserPanel {
    /// A panel with this heading, for operators with this permission.
    pub fn new<F, O>(title: impl Into<String>, needs: Permission, show: F) -> Self
    where
        F: Fn(ConsoleUser) -> O + Send + Sync + 'static,
        O: Future<Output = Result<Markup, HostError>> + Send + 'static,
    {
        Self { title: title.into(), needs, show: Arc::new(move |user| Box::pin(show(user))) }
    }
}

/// A card more on the overview.
#[derive(Clone)]
pub struct OverviewCard {
    pub(crate) title: String,
    pub(crate) needs: Permission,
    pub(crate) show: ForNobody<Markup>,
}

impl OverviewCard {
    /// A card with this heading, for operators with this permission.
    pub fn new<F, O>(title: impl Into<String>, needs: Permission, show: F) -> Self
    where
        F: Fn() -> O + Send + Sync + 'static,
        O: Future<Output = Result<Markup, HostError>> + Send + 'static,
    {
        Self { title: title.into(), needs, show: Arc::new(move || Box::pin(show())) }
    }
}

/// An entry more in the rail. The page it leads to is the application's, and so is its guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) needs: Permission,
}

impl NavItem {
    /// An entry that leads to a path of the application, shown to operators with this permission.
    pub fn new(title: impl Into<String>, href: impl Into<String>, needs: Permission) -> Self {
        Self { title: title.into(), href: href.into(), needs }
    }
}

/// Something more that can be done to a user: a button on the user's page, a page that asks, a form with a token, and an
/// event in the audit trail.
#[derive(Clone)]
pub struct RowAction {
    pub(crate) title: String,
    pub(crate) code: String,
    pub(crate) needs: Permission,
    pub(crate) asks: String,
    pub(crate) run: ForUser<()>,
}

impl RowAction {
    /// An action with this name, recorded under this code of the application's own, for operators with this permission.
    /// The rules of AuthKit's own actions hold: not on oneself, and on nobody whose role allows more.
    pub fn new<F, O>(title: impl Into<String>, code: impl Into<String>, needs: Permission, run: F) -> Self
    where
        F: Fn(ConsoleUser) -> O + Send + Sync + 'static,
        O: Future<Output = Result<(), HostError>> + Send + 'static,
    {
        let run: ForUser<()> = Arc::new(move |user| Box::pin(run(user)));
        Self { title: title.into(), code: code.into(), needs, asks: String::new(), run }
    }

    /// What the page that asks says.
    #[must_use]
    pub fn asks(mut self, text: impl Into<String>) -> Self {
        self.asks = text.into();
        self
    }
}

macro_rules! debug_by_title {
    ($($name:ident),+) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).field("title", &self.title).finish_non_exhaustive()
            }
        })+
    };
}
debug_by_title!(Column, UserPanel, OverviewCard, RowAction);
