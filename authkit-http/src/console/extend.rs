//! What a host may add to the console and change about it.

use std::sync::{Arc, LazyLock};

use authkit_core::EventCode;

use super::messages::Messages;

mod branding;
pub(crate) mod contrast;
mod markup;
mod parts;

pub use branding::{Accent, Branding};
pub use markup::{Markup, TrustedHtml};
pub use parts::{Column, ConsoleUser, HostError, NavItem, OverviewCard, RowAction, UserPanel};

/// The console as a host wants it. [`Console::default`] is what comes without.
///
/// # Examples
/// ```
/// use authkit_core::Permission;
/// use authkit_http::console::{Accent, Branding, Column, Console, Markup, NavItem};
///
/// let console = Console::new()
///     .branding(Branding::new("Lumen").environment("staging").accent(Accent { light: "#7A3E00", dark: "#FFB86B" }))
///     .column(Column::new("Plan", |user| Markup::text(user.field("plan"))))
///     .nav_item(NavItem::new("Billing", "/billing", Permission::UsersRead))
///     .text("users.title", "People")
///     .build()?;
/// # let _ = console;
/// # Ok::<(), authkit_http::console::ConsoleError>(())
/// ```
#[derive(Debug, Default)]
pub struct Console {
    pub(crate) messages: Messages,
    pub(crate) branding: Branding,
    pub(crate) columns: Vec<Column>,
    pub(crate) panels: Vec<UserPanel>,
    pub(crate) cards: Vec<OverviewCard>,
    pub(crate) nav: Vec<NavItem>,
    pub(crate) actions: Vec<RowAction>,
    /// What `build` refuses.
    wrong: Vec<ConsoleError>,
}

/// Why a console could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsoleError {
    /// There is no text with this key.
    #[error("the console has no text with the key {key:?}; `Messages::english().keys()` has them all")]
    UnknownText {
        /// The key.
        key: String,
    },
    /// A colour is not written as `#RRGGBB`.
    #[error("{colour:?} is no colour; write it as #RRGGBB")]
    NotAColour {
        /// As given.
        colour: String,
    },
    /// The accent cannot be read well enough.
    #[error(
        "the accent {colour} reaches a contrast of {ratio} to 1 on {theme}; at least 4.5 to 1 is needed (WCAG 2.2, 1.4.3)"
    )]
    LowContrast {
        /// The accent.
        colour: String,
        /// `light` or `dark`.
        theme: &'static str,
        /// What it reaches, with one decimal.
        ratio: String,
    },
    /// An action's code is none of the application's own.
    #[error(
        "{code:?} is no code of the application's own: 1 to 64 of a-z A-Z 0-9 . _ - and none of AuthKit's beginnings"
    )]
    ReservedCode {
        /// The code.
        code: String,
    },
    /// A link leads out of the application.
    #[error("{href:?} is no path of the application; begin it with one slash")]
    NotAPath {
        /// As given.
        href: String,
    },
}

static PLAIN: LazyLock<Arc<Console>> = LazyLock::new(Arc::default);

impl Console {
    /// The console as it comes, to be changed.
    pub fn new() -> Self {
        Self::default()
    }

    /// The console without anything of a host.
    pub(crate) fn plain() -> Arc<Self> {
        Arc::clone(&PLAIN)
    }

    /// Name, environment and colour.
    #[must_use]
    pub fn branding(mut self, branding: Branding) -> Self {
        self.branding = branding;
        self
    }

    /// Another text in place of the one with this key.
    #[must_use]
    pub fn text(mut self, key: &str, text: impl Into<String>) -> Self {
        if !self.messages.replace(key, text.into()) {
            self.wrong.push(ConsoleError::UnknownText { key: key.to_owned() });
        }
        self
    }

    /// A column more in the list of users.
    #[must_use]
    pub fn column(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }

    /// A panel more on the page of a user.
    #[must_use]
    pub fn user_panel(mut self, panel: UserPanel) -> Self {
        self.panels.push(panel);
        self
    }

    /// A card more on the overview.
    #[must_use]
    pub fn overview_card(mut self, card: OverviewCard) -> Self {
        self.cards.push(card);
        self
    }

    /// An entry more in the rail.
    #[must_use]
    pub fn nav_item(mut self, item: NavItem) -> Self {
        self.nav.push(item);
        self
    }

    /// Something more that can be done to a user.
    #[must_use]
    pub fn row_action(mut self, action: RowAction) -> Self {
        self.actions.push(action);
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    /// The first thing that is wrong, with what would be right.
    pub fn build(mut self) -> Result<Arc<Self>, ConsoleError> {
        self.wrong.extend(self.branding.problems());
        for action in &self.actions {
            if EventCode::of_application(&action.code).is_none() {
                self.wrong.push(ConsoleError::ReservedCode { code: action.code.clone() });
            }
        }
        for item in &self.nav {
            if !item.href.starts_with('/') || item.href.starts_with("//") || item.href.contains('\\') {
                self.wrong.push(ConsoleError::NotAPath { href: item.href.clone() });
            }
        }
        match self.wrong.first() {
            Some(error) => Err(error.clone()),
            None => Ok(Arc::new(self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use authkit_core::Permission;

    use super::*;

    #[test]
    fn what_would_not_do_is_refused_with_what_would() {
        let unknown = Console::new().text("users.tilte", "x").build().expect_err("no such key");
        assert!(unknown.to_string().contains("users.tilte"));
        let pale = Branding::new("X").accent(Accent { light: "#FFD8B0", dark: "#FFB86B" });
        let pale = Console::new().branding(pale).build().expect_err("too pale");
        assert!(
            matches!(&pale, ConsoleError::LowContrast { theme: "light", .. }) && pale.to_string().contains("1.1 to 1"),
            "{pale}"
        );
        let named = Branding::new("X").accent(Accent { light: "brown", dark: "#FFB86B" });
        assert!(matches!(Console::new().branding(named).build(), Err(ConsoleError::NotAColour { .. })));
        let action = RowAction::new("Extend", "user.extended", Permission::UsersWrite, |_| async { Ok(()) });
        assert!(matches!(Console::new().row_action(action).build(), Err(ConsoleError::ReservedCode { .. })));
        for href in ["https://evil.example", "//evil.example", "/\\evil", "billing"] {
            let item = NavItem::new("Billing", href, Permission::UsersRead);
            assert!(matches!(Console::new().nav_item(item).build(), Err(ConsoleError::NotAPath { .. })), "{href}");
        }
    }
}
