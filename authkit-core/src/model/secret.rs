//! Values that prove something. None of them can be printed or serialised; all are wiped when dropped.

use zeroize::Zeroizing;

macro_rules! secret_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Wraps the text as it is; nothing is trimmed, folded or checked.
            pub fn new(text: impl Into<String>) -> Self {
                Self(Zeroizing::new(text.into()))
            }

            /// The text itself. Hand it on, never log it.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}

secret_text! {
    /// A password as somebody typed it: every byte counts, leading and trailing spaces too.
    ///
    /// The only secret that can be deserialised, since it arrives in request bodies.
    Password
}
secret_text! {
    /// A signed access token (a JWT with `typ` `at+jwt`), good for minutes.
    AccessToken
}
secret_text! {
    /// A signed refresh token (a JWT with `typ` `rt+jwt`), good for one rotation.
    RefreshToken
}
secret_text! {
    /// A signed password-reset token (a JWT with `typ` `pwreset+jwt`), good for one reset.
    ResetToken
}
secret_text! {
    /// A signed token that proves an address (a JWT with `typ` `emailverify+jwt`), good for one verification.
    VerificationToken
}
secret_text! {
    /// What lets whoever started the process make the first administrator, once: 256 random bits, good for half an hour.
    SetupToken
}
secret_text! {
    /// The text that all keys are derived from: at least 32 bytes, see [`crate::config`].
    SecretKey
}
secret_text! {
    /// What a user row holds in place of the password: a PHC string such as `$argon2id$v=19$…`, or a hash that another
    /// system left behind.
    PasswordHash
}
secret_text! {
    /// Text of somebody else's that may hold a credential, such as the URL of a database.
    SecretText
}

impl<'de> serde::Deserialize<'de> for Password {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // S-96
    #[test]
    fn a_secret_does_not_print_itself() {
        let password = Password::new("correct horse battery staple");
        assert_eq!(format!("{password:?}"), "Password([redacted])");
        assert_eq!(password.expose(), "correct horse battery staple");
    }
}
