//! Secrets with names of their own, looked for wherever something is written down.

use std::error::Error;
use std::fmt::{Debug, Write as _};

use authkit_core::testing::{Outbox, TraceLog};
use authkit_core::{Actor, AuthError, Login, Note, Operator, Registration, SignIn, TrustedPassword, TrustedUser, Via};
use authkit_flows::stores;
use authkit_flows::world::{World, client, client_from};

const PASSWORD: &str = "canary-sparrow one password";
const NEW_PASSWORD: &str = "canary-sparrow new password";
const LAST_PASSWORD: &str = "canary-sparrow last password";
const WRONG_PASSWORD: &str = "canary-sparrow wrong password";
const TYPED_AS_NAME: &str = "canary-sparrow typed as name";
const SECRET: &str = "canary-sparrow-Zp7vXq2LmW9sKd4RfT6yHb8NcJ1gQe3U";
const PREVIOUS: &str = "canary-sparrow-fmJ3kq8ZtVxW0pYrLd2sHuB7cNeG5aTi";

/// All that was written down, and all that must not be in it.
#[derive(Default)]
struct Notes {
    written: String,
    secrets: Vec<String>,
}

impl Notes {
    fn debug(&mut self, value: &impl Debug) {
        write!(self.written, "{value:?}\n{value:#?}\n").expect("a string takes text");
    }

    fn error<T>(&mut self, answer: Result<T, AuthError>) {
        let error = answer.err().expect("an error");
        self.debug(&error);
        let mut next: Option<&dyn Error> = Some(&error);
        while let Some(error) = next {
            writeln!(self.written, "{error}").expect("a string takes text");
            next = error.source();
        }
    }

    fn tokens(&mut self, sign_in: &SignIn) {
        self.debug(sign_in);
        self.debug(&sign_in.tokens);
        for token in [sign_in.tokens.access.expose(), sign_in.tokens.refresh.expose()] {
            self.token(token);
        }
    }

    /// A token as a whole, and each of its parts but the header, which every token has.
    fn token(&mut self, token: &str) {
        self.secrets.push(token.to_owned());
        self.secrets.extend(token.split('.').skip(1).map(str::to_owned));
    }
}

fn trusted(email: &str, password: TrustedPassword) -> TrustedUser {
    TrustedUser {
        email: email.into(),
        password,
        role: authkit_core::Role::new("user").expect("a role"),
        is_active: true,
        is_verified: true,
        profile: Default::default(),
    }
}

/// One account's whole life, with everything going wrong that can.
async fn live(world: &World) -> Notes {
    let mut notes = Notes::default();
    let kit = &world.kit;
    let given =
        Registration { email: "ada@example.com".into(), password: PASSWORD.into(), profile: serde_json::Map::new() };
    notes.debug(&given);
    let registered = kit.register(given, &client()).await.expect("an account");
    notes.debug(&registered);
    let user = registered.into_user().expect("no proof of the address is asked for");
    notes.debug(&user);
    let login = Login { via: Via::Json, ..Login::new("ada@example.com", PASSWORD) };
    notes.debug(&login);
    let first = kit.login(login, &client()).await.expect("a session");
    notes.tokens(&first);
    let who = kit.current_user(&first.tokens.access).await.expect("live");
    notes.debug(&who);
    notes.debug(&kit.claims(&first.tokens.access).expect("claims").session);

    notes.error(kit.login(Login::new("ada@example.com", WRONG_PASSWORD), &client()).await);
    notes.error(kit.login(Login::new(TYPED_AS_NAME, WRONG_PASSWORD), &client_from(1)).await);
    notes.error(kit.reauthenticate(&who, WRONG_PASSWORD.into(), &client_from(2)).await);
    notes.error(kit.change_password(&who, WRONG_PASSWORD.into(), NEW_PASSWORD.into(), &client_from(3)).await);
    notes.error(kit.current_user(&first.tokens.refresh.expose().into()).await);
    notes.error(kit.refresh(&first.tokens.access.expose().into(), &client()).await);
    notes.error(kit.reset_password(&first.tokens.access.expose().into(), NEW_PASSWORD.into(), &client()).await);
    for (method, email) in [("insert_session", "ada@example.com"), ("find_user_by_email", "ada@example.com")] {
        world.tap.refuse(method);
        notes.error(kit.login(Login::new(email, PASSWORD), &client_from(4)).await);
        world.tap.mend();
    }
    let broken = trusted("broken@example.com", TrustedPassword::Hash("$canary-sparrow$hash".into()));
    notes.debug(&broken);
    kit.create_user(broken, Actor::System).await.expect("a user");
    notes.error(kit.login(Login::new("broken@example.com", WRONG_PASSWORD), &client_from(5)).await);

    let second = kit.refresh(&first.tokens.refresh, &client()).await.expect("the next pair");
    notes.tokens(&second);
    notes.tokens(&kit.refresh(&first.tokens.refresh, &client()).await.expect("the same pair"));
    let third = kit.refresh(&second.tokens.refresh, &client()).await.expect("the next pair");
    notes.tokens(&third);
    kit.reauthenticate(&who, PASSWORD.into(), &client_from(6)).await.expect("proven");
    let changed = kit.change_password(&who, PASSWORD.into(), NEW_PASSWORD.into(), &client_from(7)).await;
    notes.tokens(&changed.expect("changed"));

    kit.request_reset("ada@example.com", &client()).await.expect("an answer");
    let link = world.last_reset_token().expect("a link");
    notes.debug(&link);
    notes.debug(&world.mailbox.all());
    notes.token(link.expose());
    let deaf = world.built(world.config.clone(), |builder| builder.mailer(Outbox::broken()));
    deaf.kit.request_reset("ada@example.com", &client_from(8)).await.expect("the same answer");
    world.tap.refuse("tidy_epoch");
    kit.reset_password(&link, LAST_PASSWORD.into(), &client()).await.expect("reset");
    world.tap.mend();
    notes.error(kit.reset_password(&link, LAST_PASSWORD.into(), &client()).await);
    let last = kit.login(Login::new("ada@example.com", LAST_PASSWORD), &client_from(9)).await.expect("a session");
    notes.tokens(&last);
    let rotated = kit.refresh(&last.tokens.refresh, &client()).await.expect("the next pair");
    notes.tokens(&rotated);
    notes.tokens(&kit.refresh(&rotated.tokens.refresh, &client()).await.expect("the next pair"));
    notes.error(kit.refresh(&last.tokens.refresh, &client()).await);
    kit.set_role(&Operator::cli("root"), &user.id, "editor", Note::default(), &client()).await.expect("a role");
    administer(world, &mut notes).await;
    kit.record_started().await.expect("recorded");

    for stored in world.rows().await.users.iter().filter_map(|user| user.password_hash.as_ref()) {
        notes.debug(stored);
        notes.secrets.push(stored.expose().to_owned());
    }
    notes.secrets.extend(["canary-sparrow", "CANARY-SPARROW"].map(str::to_owned));
    notes.debug(kit);
    notes.debug(kit.settings());
    notes.debug(&kit.warnings());
    notes.debug(&world.config);
    notes
}

/// The first administrator, and the invitation of somebody.
async fn administer(world: &World, notes: &mut Notes) {
    let (kit, root) = (&world.kit, "root@example.com");
    let token = kit.setup_token().await.expect("an answer").expect("no administrator yet");
    notes.debug(&token);
    notes.token(token.expose());
    notes.error(kit.setup(&"canary-sparrow guess".into(), root, PASSWORD.into(), &client()).await);
    notes.tokens(&kit.setup(&token, root, PASSWORD.into(), &client_from(10)).await.expect("let in"));
    notes.error(kit.setup(&token, root, PASSWORD.into(), &client()).await);
    notes.error(kit.console_login(Login::new("ada@example.com", LAST_PASSWORD), &client_from(11)).await);
    let entered = kit.console_login(Login::new(root, PASSWORD), &client_from(12)).await.expect("let in");
    notes.tokens(&entered);
    let operator = kit.operator(&world.current(&entered).await).expect("let in");
    notes.debug(&operator);
    let made = kit.create_user_for(&operator, "eve@example.com", "user", Note::default(), &client()).await;
    notes.debug(&made.expect("a user"));
    let link = world.last_reset_token().expect("a link");
    notes.debug(&world.mailbox.all());
    notes.token(link.expose());
    kit.reset_password(&link, NEW_PASSWORD.into(), &client()).await.expect("set");
}

// S-24 S-78 S-96 I9
#[tokio::test]
async fn no_secret_is_in_events_logs_errors_debug_output_or_the_database() {
    let (log, _guard) = TraceLog::start();
    let (world, folder) = stores::sqlite().await;
    let world = world.with(|config| config.secret_key(SECRET).previous_secret_keys([PREVIOUS]).audit_refresh(true));
    let mut notes = live(&world).await;

    let events = world.events().await;
    assert!(events.len() > 20, "{}", events.len());
    for event in &events {
        notes.debug(event);
        let details = serde_json::to_string(&event.details).expect("JSON");
        write!(notes.written, "{details}\n{:?}\n", event.change.to_json()).expect("a string takes text");
    }
    for session in &world.rows().await.sessions {
        notes.debug(session);
    }
    let logged = log.text();
    assert!(logged.contains("left undone") && logged.contains("cannot be verified"), "the log is listened to");
    notes.written.push_str(&logged);
    assert!(notes.written.len() > 50_000 && notes.secrets.len() > 20);
    for secret in &notes.secrets {
        let found = notes.written.find(secret.as_str());
        let around = found.map(|at| notes.written[..at].chars().rev().take(80).collect::<Vec<_>>());
        let around = around.map(|back| back.into_iter().rev().collect::<String>());
        assert_eq!(around, None, "{secret} was written down after this");
    }

    // The file holds hashes of passwords, and nothing else of all this.
    let bytes = folder.bytes();
    let hashes: Vec<_> = world.rows().await.users.into_iter().filter_map(|user| user.password_hash).collect();
    assert!(contains(&bytes, b"ada@example.com"), "the file is looked at");
    for secret in notes.secrets.iter().filter(|secret| !hashes.iter().any(|hash| hash.expose() == **secret)) {
        // What an import brings as a hash is one to the file, too.
        if secret.as_str() == "canary-sparrow" {
            assert!(!contains(&bytes, b"canary-sparrow ") && !contains(&bytes, b"canary-sparrow-"));
            continue;
        }
        assert!(!contains(&bytes, secret.as_bytes()), "{secret} is in the file");
    }
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}
