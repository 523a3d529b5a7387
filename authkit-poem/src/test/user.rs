//! Users as a test makes them.

use std::fmt;
use std::sync::Arc;

use authkit_core::{Actor, Password, Profile, Role, TrustedPassword, TrustedUser, User};
use serde_json::{Map, Value};

use super::fail::{Must as _, Place};
use super::host::Host;

/// The password of whoever is given no other.
pub const PASSWORD: &str = "a lantern over the quay";

/// A user that is being made; see [`TestApp::user`](super::TestApp::user). The default: the role of whoever registers,
/// active, not verified, with [`PASSWORD`].
#[must_use = "nobody is made before `.create().await`"]
pub struct NewTestUser {
    host: Arc<Host>,
    email: String,
    role: Option<String>,
    is_active: bool,
    is_verified: bool,
    password: Option<String>,
    profile: Map<String, Value>,
}

/// A user whom a test made.
#[derive(Clone)]
pub struct TestUser {
    user: User,
    password: Option<String>,
}

impl NewTestUser {
    pub(super) fn new(host: &Arc<Host>, email: &str) -> Self {
        Self {
            host: Arc::clone(host),
            email: email.to_owned(),
            role: None,
            is_active: true,
            is_verified: false,
            password: Some(PASSWORD.to_owned()),
            profile: Map::new(),
        }
    }

    /// With this role, which the configuration must know.
    pub fn role(mut self, name: &str) -> Self {
        self.role = Some(name.to_owned());
        self
    }

    /// The address is known to be the user's.
    pub fn verified(self) -> Self {
        Self { is_verified: true, ..self }
    }

    /// May not sign in.
    pub fn disabled(self) -> Self {
        Self { is_active: false, ..self }
    }

    /// With this password, which no policy looks at.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// Without any password, as somebody is who was invited.
    pub fn without_password(self) -> Self {
        Self { password: None, ..self }
    }

    /// With a profile field of the application's own.
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.profile.insert(name.to_owned(), value.into());
        self
    }

    /// Makes the user.
    ///
    /// # Panics
    /// The address is none or taken, the role is not known, or the store fails.
    #[track_caller]
    pub fn create(self) -> impl Future<Output = TestUser> + Send {
        let place = Place::here();
        async move {
            let Self { host, email, role, is_active, is_verified, password, profile } = self;
            let role = role.unwrap_or_else(|| host.kit.settings().default_role.as_str().to_owned());
            let known: Vec<_> = host.kit.settings().roles.iter().map(Role::as_str).collect();
            if !known.contains(&role.as_str()) {
                place.fail(format_args!("{email} cannot be a {role}: the roles are {}", known.join(", ")));
            }
            let typed = |text: &String| TrustedPassword::Plain(Password::new(text.as_str()));
            let new = TrustedUser {
                email: email.clone(),
                password: password.as_ref().map_or(TrustedPassword::None, typed),
                role: Role::new(&role).ok_or("no role").must(place, &role),
                is_active,
                is_verified,
                profile: Profile::new(profile),
            };
            let user = host.kit.create_user(new, Actor::System).await;
            TestUser { user: user.must(place, &format!("{email} cannot be made")), password }
        }
    }
}

impl TestUser {
    /// The row, as it was when the user was made.
    pub const fn user(&self) -> &User {
        &self.user
    }

    /// The address.
    pub fn email(&self) -> &str {
        self.user.email.as_str()
    }

    /// The password that it was made with.
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }
}

impl fmt::Debug for NewTestUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewTestUser").field("email", &self.email).field("role", &self.role).finish_non_exhaustive()
    }
}

impl fmt::Debug for TestUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestUser").field("email", &self.user.email).finish_non_exhaustive()
    }
}
