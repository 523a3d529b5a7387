//! What a token is for.

/// The kind of a token. It stands in the header as `typ`, and each kind has a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Access,
    Refresh,
    Reset,
    Verification,
}

impl Kind {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 4] = [Self::Access, Self::Refresh, Self::Reset, Self::Verification];

    /// The header's `typ`, and the label that the kind's key is derived under (RFC 9068 §2.1, RFC 8725 §3.11).
    pub(crate) const fn typ(self) -> &'static str {
        match self {
            Self::Access => "at+jwt",
            Self::Refresh => "rt+jwt",
            Self::Reset => "pwreset+jwt",
            Self::Verification => "emailverify+jwt",
        }
    }
}
