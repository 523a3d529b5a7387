//! What a start tells whoever began it: where things are, and how the first administrator is made.

use std::fmt::Write as _;

use authkit_core::{AuthKit, LogCode, SetupToken};

/// Where API, reference, console and mailbox are, by the configured base URL and paths; and, while there is no administrator,
/// the one-time link of [`AuthKit::setup_token`] with the command that does the same. [`serve()`](crate::serve()) prints it; a
/// process that begins with [`Server`](crate::Server) prints it itself, to the terminal and not into a log: whoever has
/// the link is the administrator.
///
/// # Examples
/// ```
/// use authkit_core::{AuthKit, Config};
/// use authkit_store_memory::MemoryStore;
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
/// let text = authkit_poem::greeting(&auth).await;
/// assert!(text.contains("/auth/dev/mailbox") && text.contains("/admin/setup?token="));
/// # Ok::<(), authkit_core::ConfigError>(())
/// # }).unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
pub async fn greeting(kit: &AuthKit) -> String {
    let setup = match kit.setup_token().await {
        Ok(setup) => setup,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(
                ak = LogCode::SetupNotKnown.as_str(),
                error,
                "whether there is an administrator is not known: no setup link is made"
            );
            None
        }
    };
    text(kit, setup.as_ref())
}

fn text(kit: &AuthKit, setup: Option<&SetupToken>) -> String {
    let (base, http) = (&kit.settings().base_url, kit.http());
    let mut places = vec![("API", http.auth_path.clone())];
    if http.docs {
        places.push(("reference", "/docs".to_owned()));
    }
    places.push(("console", http.admin_path.clone()));
    if kit.mailbox().is_some() {
        places.push(("mails", format!("{}/dev/mailbox", http.auth_path)));
    }
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    for (name, path) in places {
        let _ = writeln!(text, "  {name:<11} {base}{path}");
    }
    if let Some(token) = setup {
        let admin = &http.admin_path;
        let _ = writeln!(
            text,
            "There is no administrator yet. This link makes one, once, within 30 minutes:\n  \
             {base}{admin}/setup?token={}\nor on the command line: authkit create-admin",
            token.expose()
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use authkit_core::{Actor, Config, Mail, MailError, Mailer, Profile, TrustedPassword, TrustedUser};
    use authkit_store_memory::MemoryStore;

    use super::*;

    struct Post;

    impl Mailer for Post {
        fn enqueue(&self, _: Mail) -> Result<(), MailError> {
            Ok(())
        }
    }

    fn production() -> AuthKit {
        let config = Config::production("https://app.example.com", "q7Vd2mXz9LhT4bRk8WnYc3FsJp6GaUe5");
        AuthKit::builder().store(MemoryStore::new()).mailer(Post).config(config).build().expect("a kit")
    }

    #[tokio::test]
    async fn in_development_every_place_is_told() {
        let kit = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build().expect("a kit");
        let text = greeting(&kit).await;
        for place in ["/auth\n", "/docs\n", "/admin\n", "/auth/dev/mailbox\n", "/admin/setup?token="] {
            assert!(text.contains(&format!("http://127.0.0.1:8000{place}")), "{text}");
        }
        assert!(text.contains("authkit create-admin"), "{text}");
    }

    // S-96
    #[tokio::test]
    async fn in_production_the_setup_link_is_the_one_secret_and_only_while_there_is_no_administrator() {
        let kit = production();
        let text = greeting(&kit).await;
        assert!(!text.contains("mailbox") && !text.contains("/docs"), "{text}");
        assert_eq!(text.matches('?').count(), 1, "{text}");
        assert!(text.contains("https://app.example.com/admin/setup?token="), "{text}");

        let root = TrustedUser {
            email: "root@example.com".to_owned(),
            password: TrustedPassword::Plain("a lantern over the quay".into()),
            role: kit.settings().admin_role,
            is_active: true,
            is_verified: true,
            profile: Profile::default(),
        };
        kit.create_user(root, Actor::System).await.expect("an administrator");
        let text = greeting(&kit).await;
        assert!(!text.contains('?') && !text.contains("create-admin"), "{text}");
    }
}
