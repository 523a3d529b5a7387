//! How the codes are written down that operators look up: a name, a stable text, a title, and a page of the guide.

macro_rules! stable_codes {
    ($(#[$meta:meta])* $Name:ident { $($(#[$doc:meta])* $name:ident = $code:literal, $title:literal;)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $Name {
            $($(#[$doc])* $name,)*
        }

        impl $Name {
            /// All of them, in the order of their texts.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable text, such as `AK0102`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What is wrong, in a few words.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                }
            }

            /// The page of the guide about it.
            pub const fn page(self) -> &'static str {
                match self {
                    $(Self::$name => {
                        concat!("https://github.com/authkit-rs/authkit/blob/main/docs/guide/errors/", $code, ".md")
                    })*
                }
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use stable_codes;
