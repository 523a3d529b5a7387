//! Everything that a form of the console changes, against everybody who must not change it so.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use authkit_core::{EventFilter, ListRequest, Note, Operator, Permission, Permissions, SessionQuery, User};
use authkit_http::console::{Console, RowAction};
use authkit_http::{ADMIN, Handler};
use http::Method;

use crate::support::{Browser, PASSWORD, Reply, Server};

/// Who is refused an action that its form allows to somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// Everybody has an account to look after.
    Anybody,
    /// A viewer looks and does nothing.
    Operators,
}

/// One form.
struct Mutation {
    /// As the table writes it; `{id}` is filled in.
    path: &'static str,
    fields: &'static [(&'static str, &'static str)],
    allowed: For,
    about: About,
}

/// Whose id stands in the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Nobody,
    /// Eve, who is active.
    Eve,
    /// Gone, who is deleted.
    Gone,
    /// The one session of Eve.
    Session,
    /// Another session of whoever acts.
    OwnSession,
}

const fn form(
    path: &'static str,
    fields: &'static [(&'static str, &'static str)],
    allowed: For,
    about: About,
) -> Mutation {
    Mutation { path, fields, allowed, about }
}

const EVE: &str = "eve@example.com";
const GONE: &str = "gone@example.com";

/// All of them: the first test fails when the table has one more.
const MUTATIONS: &[Mutation] = &[
    form("/logout", &[], For::Anybody, About::Nobody),
    form(
        "/me/password",
        &[("current_password", PASSWORD), ("new_password", "another lantern here")],
        For::Anybody,
        About::Nobody,
    ),
    form("/me/sessions/end-others", &[], For::Anybody, About::OwnSession),
    form("/me/sessions/{id}/end", &[], For::Anybody, About::OwnSession),
    form("/me/appearance", &[("theme", "dark")], For::Anybody, About::Nobody),
    form("/reauth", &[("password", PASSWORD)], For::Anybody, About::Nobody),
    form("/users", &[("email", "new@example.com"), ("role", "user")], For::Operators, About::Nobody),
    form("/users/new", &[("email", "new@example.com"), ("role", "user")], For::Operators, About::Nobody),
    form("/users/bulk", &[("action", "disable"), ("id", "{eve}")], For::Operators, About::Nobody),
    form("/users/bulk/run", &[("action", "disable"), ("id", "{eve}")], For::Operators, About::Nobody),
    form("/users/{id}/toggle-active", &[("is_active", "false")], For::Operators, About::Eve),
    form("/users/{id}/change-role", &[("role", "editor")], For::Operators, About::Eve),
    form("/users/{id}/delete", &[("email", EVE)], For::Operators, About::Eve),
    form("/users/{id}/restore", &[], For::Operators, About::Gone),
    form("/users/{id}/purge", &[("email", GONE)], For::Operators, About::Gone),
    form("/users/{id}/send-reset", &[], For::Operators, About::Eve),
    form("/users/{id}/revoke-sessions", &[], For::Operators, About::Eve),
    form("/users/{id}/unlock", &[], For::Operators, About::Eve),
    form("/users/{id}/host-action", &[("code", "gift_given")], For::Operators, About::Eve),
    form("/sessions/{id}/revoke", &[], For::Operators, About::Session),
];

struct House {
    server: Server,
    root: (User, Browser),
    viewer: Browser,
    eve: User,
    gone: User,
    eves_session: String,
    gifts: Arc<AtomicUsize>,
}

impl House {
    async fn new() -> Self {
        let gifts = Arc::new(AtomicUsize::new(0));
        let given = Arc::clone(&gifts);
        let gift = RowAction::new("Give", "gift_given", Permission::UsersWrite, move |_| {
            given.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Ok(()))
        });
        let console = Console::new().row_action(gift).build().expect("a sound console");
        let server = Server::with(|config| {
            config.roles(["user", "editor", "admin", "auditor"]).console_roles([("auditor", Permissions::VIEWER)])
        });
        let server = server.with_console(console);
        let root = server.user("root@example.com", "admin").await;
        server.user("auditor@example.com", "auditor").await;
        let (eve, gone) = (server.user(EVE, "user").await, server.user(GONE, "user").await);
        let client = authkit_core::ClientInfo::none();
        server.kit.delete_user(&Operator::system(), &gone.id, Note::default(), &client).await.expect("a deletion");
        server.sign_in(EVE).await;
        let query = SessionQuery { user_id: Some(eve.id), ..SessionQuery::default() };
        let listing = server.kit.list_sessions(&Operator::system(), &query, &ListRequest::default()).await;
        let eves_session = listing.expect("sessions").items[0].session.id.to_string();
        let browser = server.console("root@example.com").await;
        let viewer = server.console("auditor@example.com").await;
        Self { server, root: (root, browser), viewer, eve, gone, eves_session, gifts }
    }

    /// The path of a form, made for somebody; for an own session, one is opened.
    async fn path(&self, form: &Mutation, email: &str) -> String {
        let id = match form.about {
            About::Nobody => String::new(),
            About::Eve => self.eve.id.to_string(),
            About::Gone => self.gone.id.to_string(),
            About::Session => self.eves_session.clone(),
            About::OwnSession => {
                let access = self.server.sign_in(email).await.access;
                let list = self.server.get("/auth/sessions").bearer(&access).send().await.expect(200).json();
                let current = list.as_array().into_iter().flatten().find(|session| session["current"] == true);
                current.expect("a session")["id"].as_str().expect("an id").to_owned()
            }
        };
        format!("/admin{}", form.path.replace("{id}", &id))
    }

    fn fields(&self, form: &Mutation, token: &str) -> Vec<(String, String)> {
        let given = form.fields.iter().map(|(name, value)| (*name, value.replace("{eve}", self.eve.id.as_str())));
        let fields = given.map(|(name, value)| (name.to_owned(), value));
        fields.chain([("csrf_token".to_owned(), token.to_owned())]).collect()
    }

    async fn post(&self, browser: &Browser, path: &str, fields: &[(String, String)]) -> Reply {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.server.post(path).by(browser).form(&fields).send().await
    }

    async fn token(&self, browser: &Browser) -> String {
        self.server.page(browser, "/admin/reauth").await.expect(200).form_token()
    }

    /// All that a mutation could change, but for events of refusals, which are told apart.
    async fn world(&self) -> (String, Vec<String>) {
        let (system, request) = (Operator::system(), ListRequest { cursor: None, limit: Some(200) });
        let all = authkit_core::UserQuery::default();
        let users = self.server.kit.list_users(&system, &all, &request).await.expect("users").items;
        let gone = self.server.kit.find_user_for(&system, &self.gone.id).await.map(|item| item.user);
        let sessions = self.server.kit.list_sessions(&system, &SessionQuery::default(), &request).await;
        let sessions = sessions.expect("sessions").items;
        let events = self.server.kit.list_events(&system, &EventFilter::default(), &request).await.expect("events");
        let codes: Vec<_> = events.items.iter().map(|event| event.code.as_str().to_owned()).collect();
        let refused = |code: &&String| ["access.refused", "request.cross_site_refused"].contains(&code.as_str());
        let (refusals, rest): (Vec<_>, Vec<_>) = codes.iter().partition(refused);
        let gifts = self.gifts.load(Ordering::SeqCst);
        let mails = self.server.mails.all().len();
        let world = format!("{users:?} {gone:?} {sessions:?} {rest:?} {gifts} {mails}");
        (world, refusals.into_iter().cloned().collect())
    }
}

#[test]
fn every_form_of_the_console_is_in_the_list() {
    let rows = ADMIN.rows.iter().chain(ADMIN.pages.iter().copied().flatten());
    let posts = rows.filter(|row| row.method == Method::POST && !matches!(row.handler, Handler::Public(_)));
    let there: BTreeSet<_> = posts.map(|row| row.path).collect();
    let listed: BTreeSet<_> = MUTATIONS.iter().map(|form| form.path).collect();
    assert_eq!(there, listed);
}

/// The list proves something: each of its forms does something when it is sent as it should be.
#[tokio::test]
async fn each_form_does_its_work_for_whoever_may() {
    for form in MUTATIONS {
        let house = House::new().await;
        let path = house.path(form, "root@example.com").await;
        let before = house.world().await.0;
        let token = house.token(&house.root.1).await;
        let reply = house.post(&house.root.1, &path, &house.fields(form, &token)).await;
        assert!([200, 303].contains(&reply.status), "{path}: {} {}", reply.status, reply.text());
        // A question and the look of the pages leave no trace in the store, and nothing is counted against Eve.
        let leaves_a_trace = !["/users/bulk", "/me/appearance", "/users/{id}/unlock"].contains(&form.path);
        assert_eq!(house.world().await.0 != before, leaves_a_trace, "{path}");
        assert_eq!(house.world().await.1, Vec::<String>::new(), "{path}");
    }
}

// S-47 S-48 S-72
#[tokio::test]
async fn no_form_counts_without_its_token_or_from_another_site() {
    for form in MUTATIONS {
        let house = House::new().await;
        let path = house.path(form, "root@example.com").await;
        let (mine, theirs) = (house.token(&house.root.1).await, house.token(&house.viewer).await);
        let before = house.world().await.0;
        for bad in ["", "x", theirs.as_str(), &format!("{mine}x"), &mine[1..]] {
            let reply = house.post(&house.root.1, &path, &house.fields(form, bad)).await;
            assert_eq!(reply.status, 403, "{path} with {bad:?}");
        }
        let fields = house.fields(form, &mine);
        let borrowed: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let cookies = house.root.1.cookies();
        for (site, origin) in
            [("cross-site", "https://evil.example"), ("same-site", "http://127.0.0.1:9"), ("none", "null")]
        {
            let call = house.server.post(&*path).header("sec-fetch-site", site).header("origin", origin);
            let reply = call.header("cookie", &cookies).form(&borrowed).send().await;
            assert_eq!(reply.status, 403, "{path} from {origin}");
        }
        let call = house.server.post(&*path).header("origin", "https://evil.example").header("cookie", &cookies);
        assert_eq!(call.form(&borrowed).send().await.status, 403, "{path} by Origin alone");
        let (after, refusals) = house.world().await;
        assert_eq!(after, before, "{path}");
        assert_eq!(refusals, vec!["request.cross_site_refused"; 9], "{path}");
    }
}

// S-70
#[tokio::test]
async fn nobody_acts_without_a_sign_in_and_a_viewer_acts_on_the_own_account_alone() {
    for form in MUTATIONS {
        let house = House::new().await;
        let path = house.path(form, "auditor@example.com").await;
        let before = house.world().await.0;
        let nobody = house.post(&Browser::new(), &path, &house.fields(form, "x")).await;
        assert!(
            nobody.status == 303 && nobody.header("location").is_some_and(|to| to.starts_with("/admin/login")),
            "{path}"
        );
        assert_eq!(house.world().await.0, before, "{path}");
        let token = house.token(&house.viewer).await;
        let reply = house.post(&house.viewer, &path, &house.fields(form, &token)).await;
        if form.allowed == For::Anybody {
            assert!([200, 303].contains(&reply.status), "{path}: {}", reply.status);
            continue;
        }
        assert_eq!(reply.status, 403, "{path}");
        let (after, refusals) = house.world().await;
        assert_eq!((after, refusals), (before, vec!["access.refused".to_owned()]), "{path}");
    }
}

// S-69
#[tokio::test]
async fn nobody_acts_on_oneself_nor_on_what_is_not_there_any_more() {
    for form in MUTATIONS.iter().filter(|form| form.path.starts_with("/users/{id}/")) {
        let house = House::new().await;
        let token = house.token(&house.root.1).await;
        let own = format!("/admin{}", form.path.replace("{id}", house.root.0.id.as_str()));
        let before = house.world().await.0;
        let mut fields = house.fields(form, &token);
        for (name, value) in &mut fields {
            if name == "email" {
                "root@example.com".clone_into(value);
            }
        }
        assert_eq!(house.post(&house.root.1, &own, &fields).await.status, 400, "{own}");
        let unknown = format!("/admin{}", form.path.replace("{id}", "00000000-0000-7000-8000-000000000000"));
        assert_eq!(house.post(&house.root.1, &unknown, &fields).await.status, 404, "{unknown}");
        assert_eq!(house.world().await.0, before, "{own}");
    }
}

#[tokio::test]
async fn a_form_about_a_user_who_has_changed_meanwhile_is_stale() {
    for form in MUTATIONS.iter().filter(|form| form.path.starts_with("/users/{id}/")) {
        let house = House::new().await;
        let token = house.token(&house.root.1).await;
        let path = house.path(form, "root@example.com").await;
        let seen = if form.about == About::Gone { house.gone.updated_at } else { house.eve.updated_at };
        let seen = seen.as_micros() - 1;
        let seen = authkit_core::Timestamp::from_micros(seen).to_string();
        let mut fields = house.fields(form, &token);
        fields.push(("updated_at".to_owned(), seen));
        let before = house.world().await.0;
        let reply = house.post(&house.root.1, &path, &fields).await;
        assert_eq!((reply.status, house.world().await.0), (409, before), "{path}");
    }
}

/// What a second press of the same button answers: where it went the first time, or that it is no more.
#[tokio::test]
async fn a_form_that_is_sent_twice_changes_once() {
    for form in MUTATIONS.iter().filter(|form| form.allowed == For::Operators) {
        let house = House::new().await;
        let token = house.token(&house.root.1).await;
        let path = house.path(form, "root@example.com").await;
        let fields = house.fields(form, &token);
        house.post(&house.root.1, &path, &fields).await;
        let once = house.world().await.0;
        let reply = house.post(&house.root.1, &path, &fields).await;
        let status = match form.path {
            "/users" | "/users/new" | "/users/{id}/restore" => 409,
            "/users/{id}/purge" => 404,
            "/users/bulk" | "/users/bulk/run" => 200,
            _ => 303,
        };
        assert_eq!(reply.status, status, "{path}: {}", reply.text());
        // Sending a link, forgetting failures and a host's own action are done again when they are asked for again; so
        // are sessions ended again, which moves the epoch once more.
        let again = ["send-reset", "unlock", "host-action", "revoke-sessions"];
        if !again.iter().any(|action| form.path.ends_with(action)) {
            assert_eq!(house.world().await.0, once, "{path}");
        }
    }
}
