//! Codes that people look for together.

use crate::model::event_code::EventCode;

/// A set of codes that people look for together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventGroup {
    /// Sign-ins, failed ones included.
    SignIns,
    /// Sessions that ended by decision, whoever's.
    SignOuts,
    /// What the administration does to users and their sessions, and takes out.
    AdminActions,
    /// What failed, was refused, or should not have happened.
    Failures,
}

impl EventGroup {
    /// All groups.
    pub const ALL: [Self; 4] = [Self::SignIns, Self::SignOuts, Self::AdminActions, Self::Failures];

    /// A name for links.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIns => "sign_ins",
            Self::SignOuts => "sign_outs",
            Self::AdminActions => "admin_actions",
            Self::Failures => "failures",
        }
    }

    /// The group of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == name)
    }

    /// Its codes.
    pub fn codes(self) -> Vec<EventCode> {
        match self {
            Self::SignIns => vec![EventCode::SESSION_OPENED, EventCode::SESSION_OPEN_FAILED],
            Self::SignOuts => {
                vec![EventCode::SESSION_CLOSED, EventCode::SESSION_CLOSED_ALL, EventCode::SESSION_REVOKED]
            }
            Self::AdminActions => vec![
                EventCode::USER_CREATED,
                EventCode::USER_DISABLED,
                EventCode::USER_ENABLED,
                EventCode::USER_ROLE_CHANGED,
                EventCode::USER_DELETED,
                EventCode::USER_RESTORED,
                EventCode::USER_PURGED,
                EventCode::USER_EXPORTED,
                EventCode::SESSION_REVOKED,
                EventCode::THROTTLE_CLEARED,
                EventCode::AUDIT_EXPORTED,
            ],
            Self::Failures => vec![
                EventCode::SESSION_OPEN_FAILED,
                EventCode::SESSION_REUSE_DETECTED,
                EventCode::PASSWORD_RESET_FAILED,
                EventCode::ACCESS_REFUSED,
                EventCode::REQUEST_CROSS_SITE_REFUSED,
                EventCode::THROTTLE_TRIPPED,
                EventCode::MAIL_FAILED,
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_found_by_its_name_and_names_no_code_twice() {
        for group in EventGroup::ALL {
            assert_eq!(EventGroup::named(group.as_str()), Some(group));
            let codes = group.codes();
            let distinct: std::collections::HashSet<_> = codes.iter().collect();
            assert_eq!(distinct.len(), codes.len(), "{group:?}");
        }
        assert_eq!(EventGroup::named("others"), None);
    }
}
