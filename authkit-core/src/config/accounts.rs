//! Who may have an account, under which role and with which password: setters and checks.

use std::num::NonZeroUsize;

use super::Config;
use super::codes::ConfigCode;
use super::problems::Problems;
use super::setting::{Setting, Unfit};
use crate::model::permission::Permissions;
use crate::model::profile::Field;
use crate::model::role::Role;
use crate::password::argon2id::Argon2id;
use crate::password::policy::PasswordPolicy;
use crate::password::pool::HashPool;

#[derive(Debug, Clone)]
pub(super) struct Accounts {
    pub(super) registration: Setting<bool>,
    pub(super) verified_email: Setting<bool>,
    pub(super) roles: Setting<Result<Vec<Role>, Unfit>>,
    pub(super) default_role: Setting<Result<Role, Unfit>>,
    pub(super) admin_role: Setting<Result<Role, Unfit>>,
    pub(super) console_roles: Setting<Result<Vec<(Role, Permissions)>, Unfit>>,
    pub(super) min_length: Setting<u16>,
    pub(super) context_words: Setting<Vec<String>>,
    pub(super) product: Setting<String>,
    pub(super) argon2: Setting<Option<(u32, u32, u32)>>,
    pub(super) concurrency: Setting<Option<usize>>,
    pub(super) profile_fields: Setting<Vec<Field>>,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            registration: Setting::new("AUTHKIT_ENABLE_REGISTER", "registration", true),
            verified_email: Setting::new("AUTHKIT_REQUIRE_VERIFIED_EMAIL", "require_verified_email", false),
            roles: Setting::new("AUTHKIT_ROLES", "roles", roles(["user", "moderator", "editor", "admin"])),
            default_role: Setting::in_code_only("default_role", role("user")),
            admin_role: Setting::new("AUTHKIT_ADMIN_ROLE", "admin_role", role("admin")),
            console_roles: Setting::new("AUTHKIT_CONSOLE_ROLES", "console_roles", Ok(Vec::new())),
            min_length: Setting::new("AUTHKIT_PASSWORD_MIN_LENGTH", "password_min_length", PasswordPolicy::DEFAULT_MIN),
            context_words: Setting::in_code_only("password_context_words", Vec::new()),
            product: Setting::in_code_only("product", "AuthKit".to_owned()),
            argon2: Setting::in_code_only("argon2", None),
            concurrency: Setting::new("AUTHKIT_HASH_CONCURRENCY", "hash_concurrency", None),
            profile_fields: Setting::in_code_only("profile_fields", Vec::new()),
        }
    }
}

/// Accounts, roles and passwords.
impl Config {
    /// Whether strangers may register. `AUTHKIT_ENABLE_REGISTER`; yes by default.
    #[must_use]
    pub fn registration(mut self, open: bool) -> Self {
        self.accounts.registration.set(open);
        self
    }

    /// Whether an address must be proven by a link before its owner gets in: registration then answers the same for new
    /// and taken addresses, a sign-in with the right password and every session of an unverified user is refused with
    /// `email_not_verified`. `AUTHKIT_REQUIRE_VERIFIED_EMAIL`; no by default. Refused where the users table keeps no mark.
    #[must_use]
    pub fn require_verified_email(mut self, required: bool) -> Self {
        self.accounts.verified_email.set(required);
        self
    }

    /// Whether addresses have to be proven.
    pub(crate) const fn wants_verified_email(&self) -> bool {
        *self.accounts.verified_email.value()
    }

    /// All roles that can be given, each of 1 to 50 characters of `a-z 0-9 _ -`, the default role and the admin role
    /// among them. `AUTHKIT_ROLES`; `user`, `moderator`, `editor` and `admin` by default.
    #[must_use]
    pub fn roles<R: AsRef<str>>(mut self, names: impl IntoIterator<Item = R>) -> Self {
        self.accounts.roles.set(roles(names));
        self
    }

    /// The role of whoever registers: one of the roles, not the admin role. In code only; `user` by default.
    #[must_use]
    pub fn default_role(mut self, name: impl AsRef<str>) -> Self {
        self.accounts.default_role.set(role(name.as_ref()));
        self
    }

    /// The role that may do everything: one of the roles. `AUTHKIT_ADMIN_ROLE`; `admin` by default.
    #[must_use]
    pub fn admin_role(mut self, name: impl AsRef<str>) -> Self {
        self.accounts.admin_role.set(role(name.as_ref()));
        self
    }

    /// What other roles may do in the administration. `AUTHKIT_CONSOLE_ROLES`; nothing by default.
    ///
    /// # Examples
    /// ```
    /// use authkit_core::{Permissions, config::Config};
    ///
    /// let config = Config::development().roles(["user", "support", "admin"]).console_roles([("support", Permissions::SUPPORT)]);
    /// # let _ = config;
    /// ```
    #[must_use]
    pub fn console_roles<R: AsRef<str>>(mut self, roles: impl IntoIterator<Item = (R, Permissions)>) -> Self {
        let roles = roles.into_iter().map(|(name, permissions)| Ok((role(name.as_ref())?, permissions)));
        self.accounts.console_roles.set(roles.collect());
        self
    }

    /// The fewest code points of a new password: 8 to 64; NIST SP 800-63B-4 wants 15 where a password is the only
    /// factor. `AUTHKIT_PASSWORD_MIN_LENGTH`; 12 by default.
    #[must_use]
    pub fn password_min_length(mut self, code_points: u16) -> Self {
        self.accounts.min_length.set(code_points);
        self
    }

    /// Words that no password may be built on, beside the product's name, the host of the base URL and the account's own
    /// address. In code only; none by default.
    #[must_use]
    pub fn password_context_words<W: Into<String>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.accounts.context_words.set(words.into_iter().map(Into::into).collect());
        self
    }

    /// The product's name, for mails and as a word that no password may be built on. In code only; `AuthKit` by default.
    #[must_use]
    pub fn product(mut self, name: impl Into<String>) -> Self {
        self.accounts.product.set(name.into());
        self
    }

    /// What a hash costs: KiB of memory, passes over it, lanes; nothing weaker than OWASP's list (see [`Argon2id::new`]).
    /// Stored hashes move to new parameters at the next sign-in. In code only; 19 456, 2, 1 by default.
    #[must_use]
    pub fn argon2(mut self, memory_kib: u32, passes: u32, lanes: u32) -> Self {
        self.accounts.argon2.set(Some((memory_kib, passes, lanes)));
        self
    }

    /// How many hashes may run at once: 1 to 256 threads, each of which keeps the memory of one hash.
    /// `AUTHKIT_HASH_CONCURRENCY`; the number of cores by default.
    #[must_use]
    pub fn hash_concurrency(mut self, threads: usize) -> Self {
        self.accounts.concurrency.set(Some(threads));
        self
    }

    /// The application's own columns that request bodies may carry; any other field is refused. In code only; none by
    /// default.
    ///
    /// # Examples
    /// ```
    /// use authkit_core::{Field, config::Config};
    ///
    /// let company = Field::text("company").max(80).at_registration().editable().exposed();
    /// let config = Config::development().profile_fields([company]);
    /// # let _ = config;
    /// ```
    #[must_use]
    pub fn profile_fields(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.accounts.profile_fields.set(fields.into_iter().collect());
        self
    }
}

/// What [`Accounts::check`] made of the settings. Where a value was refused, a harmless one stands in its place.
pub(super) struct Checked {
    pub(super) roles: Vec<Role>,
    pub(super) default_role: Role,
    pub(super) admin_role: Role,
    pub(super) console_roles: Vec<(Role, Permissions)>,
    pub(super) policy: PasswordPolicy,
    pub(super) argon2: Argon2id,
    pub(super) concurrency: NonZeroUsize,
}

impl Accounts {
    /// `None` where a role cannot be read, and then that is reported.
    pub(super) fn check(&self, host: &str, problems: &mut Problems) -> Option<Checked> {
        let product = self.product.value();
        if product.trim().is_empty() || product.len() > 100 || !crate::model::clean::is_printable(product) {
            problems.refuse(
                ConfigCode::InvalidValue,
                format!("{} must be 1 to 100 bytes of printable text", self.product.place()),
                "give the name that users know",
            );
        }
        super::profile::check(&self.profile_fields, problems);
        let policy = self.policy(host, problems);
        let argon2 = self.argon2(problems);
        let concurrency = self.concurrency(problems);
        let (roles, default_role) = (problems.fit(&self.roles), problems.fit(&self.default_role));
        let (admin_role, console_roles) = (problems.fit(&self.admin_role), problems.fit(&self.console_roles));
        let checked = Checked {
            roles: roles?.clone(),
            default_role: *default_role?,
            admin_role: *admin_role?,
            console_roles: console_roles?.clone(),
            policy,
            argon2,
            concurrency,
        };
        self.check_roles(&checked, problems);
        Some(checked)
    }

    fn check_roles(&self, checked: &Checked, problems: &mut Problems) {
        let place = self.roles.place();
        let mut refuse = |why: String, fix: String| problems.refuse(ConfigCode::Roles, why, fix);
        for (setting, role) in [(&self.default_role, checked.default_role), (&self.admin_role, checked.admin_role)] {
            if !checked.roles.contains(&role) {
                let why = format!("{place} lacks the role of {}", setting.place());
                refuse(why, format!("add it to {}", self.roles.name()));
            }
        }
        if checked.default_role == checked.admin_role {
            let why = format!("{} and {} are the same role", self.default_role.place(), self.admin_role.place());
            refuse(why, "choose another default role: everyone who registers would be an administrator".to_owned());
        }
        let console = self.console_roles.place();
        for (index, (role, permissions)) in checked.console_roles.iter().enumerate() {
            let entry = format!("entry {} of {console}", index + 1);
            if !checked.roles.contains(role) {
                refuse(format!("{entry} names a role that {place} lacks"), format!("add it to {}", self.roles.name()));
            }
            if *role == checked.admin_role {
                let why = format!("{entry} names the admin role, which may do everything");
                refuse(why, "remove the entry".to_owned());
            }
            if *role == checked.default_role && *self.registration.value() && !permissions.is_empty() {
                let why = format!("{entry} admits everyone who registers to the administration");
                refuse(why, "name another role, or close the registration".to_owned());
            }
            if checked.console_roles.iter().take(index).any(|(earlier, _)| earlier == role) {
                refuse(format!("{entry} names a role that an earlier one names"), "keep one of them".to_owned());
            }
        }
    }

    fn policy(&self, host: &str, problems: &mut Problems) -> PasswordPolicy {
        let policy = PasswordPolicy::new(*self.min_length.value()).unwrap_or_else(|_| {
            let range = format!("{} to {} characters", PasswordPolicy::MIN_FLOOR, PasswordPolicy::MIN_CEILING);
            problems.out_of_range(&self.min_length.place(), &range);
            PasswordPolicy::default()
        });
        policy.with_words([self.product.value().as_str(), host]).with_words(self.context_words.value())
    }

    fn argon2(&self, problems: &mut Problems) -> Argon2id {
        let Some((memory_kib, passes, lanes)) = *self.argon2.value() else { return Argon2id::default() };
        Argon2id::new(memory_kib, passes, lanes).unwrap_or_else(|refused| {
            // Its text begins with the parameters, and no value of a setting is repeated.
            let text = refused.to_string();
            let allowed = text.split_once(": ").map_or("see Argon2id::new", |(_, allowed)| allowed);
            let why = format!("{} is outside of what is accepted: {allowed}", self.argon2.place());
            problems.refuse(ConfigCode::Argon2Refused, why, "leave it out for the default, m=19456,t=2,p=1");
            Argon2id::default()
        })
    }

    fn concurrency(&self, problems: &mut Problems) -> NonZeroUsize {
        let Some(threads) = *self.concurrency.value() else { return HashPool::cores() };
        NonZeroUsize::new(threads).filter(|threads| threads.get() <= 256).unwrap_or_else(|| {
            problems.out_of_range(&self.concurrency.place(), "1 to 256 threads");
            HashPool::cores()
        })
    }
}

const ROLE: Unfit = Unfit {
    code: ConfigCode::Roles,
    why: "holds a role that is not 1 to 50 characters of a-z, 0-9, _ and -",
    fix: "write it like the default, user,moderator,editor,admin",
};

/// A role by its name.
pub(super) fn role(name: &str) -> Result<Role, Unfit> {
    Role::new(name.trim()).ok_or(ROLE)
}

/// Roles by their names, each once.
pub(super) fn roles<R: AsRef<str>>(names: impl IntoIterator<Item = R>) -> Result<Vec<Role>, Unfit> {
    let mut roles = Vec::new();
    for name in names {
        let role = role(name.as_ref())?;
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    Ok(roles)
}

/// `role:preset` with commas between.
pub(super) fn console_roles(text: &str) -> Result<Vec<(Role, Permissions)>, Unfit> {
    const EXPECTED: Unfit = Unfit {
        code: ConfigCode::Roles,
        why: "holds an entry that is not a role, a colon, and viewer, support or admin",
        fix: "write it like support:support,auditor:viewer",
    };
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let pair = |entry: &str| {
        let (name, preset) = entry.split_once(':').ok_or(EXPECTED)?;
        Ok((role(name)?, Permissions::preset(&preset.trim().to_ascii_lowercase()).ok_or(EXPECTED)?))
    };
    entries.map(pair).collect()
}
