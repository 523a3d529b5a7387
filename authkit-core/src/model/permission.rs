//! What a role may do in the administration.

/// One thing that may be allowed in the administration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See users and their sessions.
    UsersRead,
    /// Enable, disable and restore users, send reset links.
    UsersWrite,
    /// Delete and purge users.
    UsersDelete,
    /// End sessions of others.
    SessionsRevoke,
    /// Read the audit trail and statistics.
    AuditRead,
    /// Export lists.
    Export,
}

impl Permission {
    /// The name that settings and problem bodies use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UsersRead => "users.read",
            Self::UsersWrite => "users.write",
            Self::UsersDelete => "users.delete",
            Self::SessionsRevoke => "sessions.revoke",
            Self::AuditRead => "audit.read",
            Self::Export => "export",
        }
    }

    const fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

/// A set of [`Permission`]s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Permissions(u8);

impl Permissions {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Look, and change nothing.
    pub const VIEWER: Self = Self(Permission::UsersRead.bit() | Permission::AuditRead.bit());
    /// Help users: look, enable and disable, send reset links, end sessions.
    pub const SUPPORT: Self = Self(Self::VIEWER.0 | Permission::UsersWrite.bit() | Permission::SessionsRevoke.bit());
    /// Everything. Changing a role needs it, too.
    pub const ADMIN: Self = Self(Self::SUPPORT.0 | Permission::UsersDelete.bit() | Permission::Export.bit());

    /// The preset of that name: `viewer`, `support` or `admin`.
    pub fn preset(name: &str) -> Option<Self> {
        match name {
            "viewer" => Some(Self::VIEWER),
            "support" => Some(Self::SUPPORT),
            "admin" => Some(Self::ADMIN),
            _ => None,
        }
    }

    /// Whether it is in the set.
    pub const fn allows(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether everything of `other` is in the set.
    pub const fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_preset_covers_the_one_below() {
        assert!(Permissions::ADMIN.covers(Permissions::SUPPORT) && !Permissions::SUPPORT.covers(Permissions::ADMIN));
        assert!(Permissions::SUPPORT.covers(Permissions::VIEWER) && !Permissions::VIEWER.covers(Permissions::SUPPORT));
        assert!(!Permissions::SUPPORT.allows(Permission::UsersDelete));
        assert!(!Permissions::NONE.allows(Permission::UsersRead) && Permissions::NONE.is_empty());
    }
}
