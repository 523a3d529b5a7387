//! How many statements a call costs, and in which order they are sent: read on the wire.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use authkit_core::{
    Actor, AuthKit, ClientInfo, Config, EventFilter, ListRequest, Login, SessionQuery, SignIn, UserQuery,
};
use authkit_store_postgres::PostgresStore;
use authkit_test_postgres::{Database, Url, shared};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// What went over a connection, which is known by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    /// The client had a statement carried out.
    Sent(usize, String),
    /// The server has answered one.
    Answered(usize),
}

/// Stands between a store and its server, and writes down what it sees.
#[derive(Clone, Default)]
struct Wire {
    seen: Arc<Mutex<Vec<Seen>>>,
    relays: Arc<Mutex<Vec<AbortHandle>>>,
}

impl Wire {
    /// Listens, and answers with the URL that leads through it.
    async fn tap(&self, server: &Url) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = server.at("127.0.0.1", listener.local_addr().unwrap().port()).to_string();
        let (wire, server) = (self.clone(), server.clone());
        tokio::spawn(async move {
            for number in 0.. {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect((server.host.as_str(), server.port)).await.unwrap();
                let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
                let requests = tokio::spawn(wire.clone().requests(number, from_client, to_server));
                let answers = tokio::spawn(wire.clone().answers(number, from_server, to_client));
                wire.relays.lock().unwrap().extend([requests.abort_handle(), answers.abort_handle()]);
            }
        });
        url
    }

    async fn requests(self, number: usize, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> Option<()> {
        // The first message has no kind.
        let length = from.read_u32().await.ok()?;
        let mut start = vec![0; usize::try_from(length).unwrap() - 4];
        from.read_exact(&mut start).await.ok()?;
        to.write_all(&[&length.to_be_bytes()[..], &start].concat()).await.ok()?;
        let (mut known, mut bound) = (HashMap::new(), String::new());
        loop {
            relay(&mut from, &mut to, |kind, body| {
                let mut texts = body.split(|byte| *byte == 0).map(|text| String::from_utf8_lossy(text).into_owned());
                let (first, second) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
                match kind {
                    b'P' => drop(known.insert(first, second)),
                    b'B' => bound = known.get(&second).cloned().unwrap_or_default(),
                    b'E' => self.note(Seen::Sent(number, std::mem::take(&mut bound))),
                    b'Q' => self.note(Seen::Sent(number, first)),
                    _ => {}
                }
            })
            .await?;
        }
    }

    async fn answers(self, number: usize, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> Option<()> {
        loop {
            relay(&mut from, &mut to, |kind, _| {
                if kind == b'C' {
                    self.note(Seen::Answered(number));
                }
            })
            .await?;
        }
    }

    /// Breaks all connections.
    fn cut(&self) {
        self.relays.lock().unwrap().drain(..).for_each(|relay| relay.abort());
    }

    fn note(&self, seen: Seen) {
        self.seen.lock().unwrap().push(seen);
    }

    /// What was seen since the last time.
    fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }

    /// The statements that were sent since the last time, without those that only begin and end a transaction.
    fn statements(&self) -> Vec<String> {
        let sent = |seen| match seen {
            Seen::Sent(_, sql) if !sql.starts_with("BEGIN") && sql != "COMMIT" => Some(sql),
            _ => None,
        };
        self.take().into_iter().filter_map(sent).collect()
    }
}

/// Passes one message on, after a look at it.
async fn relay(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, look: impl FnOnce(u8, &[u8])) -> Option<()> {
    let (kind, length) = (from.read_u8().await.ok()?, from.read_u32().await.ok()?);
    let mut body = vec![0; usize::try_from(length).unwrap() - 4];
    from.read_exact(&mut body).await.ok()?;
    look(kind, &body);
    to.write_all(&[&[kind][..], &length.to_be_bytes(), &body].concat()).await.ok()
}

const PASSWORD: &str = "a lantern over the quay";

/// An administrator who is signed in, by way of a tap.
async fn signed_in(wire: &Wire, database: &Database) -> (AuthKit, SignIn) {
    PostgresStore::builder(database.url()).migrate().await.unwrap();
    let url = wire.tap(database.parts()).await;
    let store = PostgresStore::builder(url).connect().await.unwrap();
    let kit = AuthKit::builder().store(store).config(Config::development()).build().unwrap();
    kit.create_first_admin("root@example.com", PASSWORD.into(), Actor::System).await.unwrap();
    let signed_in = kit.login(Login::new("root@example.com", PASSWORD), &ClientInfo::none()).await.unwrap();
    (kit, signed_in)
}

#[tokio::test]
async fn a_guard_asks_in_its_order_also_where_its_connection_breaks() {
    let (wire, database) = (Wire::default(), shared().create_database().await);
    let (kit, signed_in) = signed_in(&wire, &database).await;
    for round in 0..8 {
        kit.current_user(&signed_in.tokens.access).await.unwrap();
        wire.cut();
        wire.take();
        // Noticed at once, or only when something was sent.
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        kit.current_user(&signed_in.tokens.access).await.unwrap();
        let reads = |seen: &Seen| matches!(seen, Seen::Sent(_, sql) if sql.starts_with("SELECT"));
        let seen: Vec<_> = wire.take().into_iter().filter(reads).collect();
        let [Seen::Sent(one, user), Seen::Sent(two, session)] = &seen[..] else { panic!("{seen:?}") };
        assert_eq!(one, two);
        assert!(user.contains("\"authkit\".users") && session.contains("\"authkit\".sessions"), "{seen:?}");
    }
}

#[tokio::test]
async fn a_guard_and_a_refresh_cost_what_they_must_and_a_list_three_statements() {
    let (wire, database) = (Wire::default(), shared().create_database().await);
    let (kit, signed_in) = signed_in(&wire, &database).await;
    let client = ClientInfo::none();
    // Each statement is prepared once a connection.
    let current = kit.current_user(&signed_in.tokens.access).await.unwrap();
    let refreshed = kit.refresh(&signed_in.tokens.refresh, &client).await.unwrap();
    wire.take();

    // Both reads are on their way, on one connection and the user's first, before one is answered.
    kit.current_user(&refreshed.tokens.access).await.unwrap();
    let seen = wire.take();
    let [Seen::Sent(one, user), Seen::Sent(two, session), Seen::Answered(_), Seen::Answered(_)] = &seen[..] else {
        panic!("{seen:?}")
    };
    assert_eq!(one, two);
    assert!(user.contains("\"authkit\".users") && session.contains("\"authkit\".sessions"), "{seen:?}");

    kit.refresh(&refreshed.tokens.refresh, &client).await.unwrap();
    let sent = wire.statements();
    let [user, rotation] = &sent[..] else { panic!("{sent:?}") };
    assert!(user.contains("\"authkit\".users") && rotation.contains("'rotated'"), "{sent:?}");

    let operator = kit.operator(&current).unwrap();
    let page = ListRequest::default();
    kit.list_users(&operator, &UserQuery::default(), &page).await.unwrap();
    let users = wire.statements();
    kit.list_sessions(&operator, &SessionQuery::default(), &page).await.unwrap();
    let sessions = wire.statements();
    kit.list_events(&operator, &EventFilter::default(), &page).await.unwrap();
    for sent in [users, sessions, wire.statements()] {
        assert!((1..=3).contains(&sent.len()), "{sent:?}");
    }
}
