//! Writes that were acknowledged, written down by those who made them, and whether the database still holds them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_postgres::Client;

use crate::world::{PASSWORD, Session};
use crate::{Caller, Journal};

/// How often a session is refreshed before another is opened beside it.
const REFRESHES: u32 = 12;

/// For how long a writer whose node says 503 waits.
const PAUSE: Duration = Duration::from_millis(50);

/// Writers, each with a user and one session after the other.
#[derive(Debug)]
pub struct Writers {
    is_over: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU32>,
    tasks: Vec<JoinHandle<Vec<Session>>>,
}

impl Writers {
    /// Lets some begin, on one node or several. They go on through 503, and end when their node does.
    pub fn start(nodes: &[SocketAddr], writers: u32, round: u32, journal: &Journal) -> Self {
        let (is_over, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let mut tasks = Vec::new();
        for (number, address) in (0..writers).zip(nodes.iter().cycle()) {
            let writer = Writer {
                // 0: the node is gone. 409: the answer to a registration was lost, and it is asked for again.
                caller: Caller::new(*address, journal).expecting(&[0, 409]),
                email: format!("writer{number}-{round}@example.com"),
                is_over: Arc::clone(&is_over),
                acknowledged: Arc::clone(&acknowledged),
            };
            tasks.push(tokio::spawn(writer.run()));
        }
        Self { is_over, acknowledged, tasks }
    }

    /// Waits until so many writes are acknowledged.
    pub async fn until(&self, writes: u32) {
        while self.acknowledged.load(Ordering::Acquire) < writes {
            assert!(self.tasks.iter().any(|task| !task.is_finished()), "every writer has ended");
            sleep(Duration::from_millis(5)).await;
        }
    }

    pub fn acknowledged(&self) -> u32 {
        self.acknowledged.load(Ordering::Acquire)
    }

    /// Ends them; the sessions as their clients know them, the last answered state of each.
    pub async fn stop(self) -> Ledger {
        self.is_over.store(true, Ordering::Release);
        let mut sessions = Vec::new();
        for task in self.tasks {
            sessions.extend(task.await.expect("a writer"));
        }
        Ledger { sessions, acknowledged: self.acknowledged.load(Ordering::Acquire) }
    }
}

struct Writer {
    caller: Caller,
    email: String,
    is_over: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU32>,
}

impl Writer {
    async fn run(mut self) -> Vec<Session> {
        let mut sessions = Vec::new();
        let mut turn = 0;
        let mut is_registered = false;
        while !self.is_over.load(Ordering::Acquire) {
            let answer = if !is_registered {
                self.caller.register(&self.email, PASSWORD).await
            } else if turn % REFRESHES == 0 {
                self.caller.login(&self.email, PASSWORD).await
            } else {
                let session: &Session = sessions.last().expect("the first turn opened one");
                self.caller.refresh(&session.refresh).await
            };
            match answer.status {
                0 => break,
                503 => {
                    sleep(PAUSE).await;
                    continue;
                }
                201 | 409 if !is_registered => is_registered = true,
                200 => {
                    if turn % REFRESHES == 0 {
                        sessions.push(Session {
                            email: self.email.clone(),
                            access: String::new(),
                            refresh: String::new(),
                        });
                    }
                    sessions.last_mut().expect("just opened").take(&answer);
                    turn += 1;
                }
                // The journal says what it was.
                _ => break,
            }
            self.acknowledged.fetch_add(1, Ordering::AcqRel);
        }
        sessions
    }
}

/// What was acknowledged.
#[derive(Debug)]
pub struct Ledger {
    pub sessions: Vec<Session>,
    pub acknowledged: u32,
}

/// What became of it.
#[derive(Debug, Default)]
pub struct Audit {
    /// Acknowledged, and not in the database.
    pub lost: Vec<String>,
    /// Rows of sessions and users that do not fit their events.
    pub halves: Vec<String>,
}

impl Audit {
    pub fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.halves.is_empty()
    }

    /// # Panics
    /// Something was lost, or is there in part.
    pub fn expect_clean(&self) {
        assert!(self.is_clean(), "{self:?}");
    }
}

impl Ledger {
    /// Holds it against the database of nodes with `AUTHKIT_AUDIT_REFRESH=on`.
    pub async fn compare(&self, sql: &Client) -> Audit {
        let mut audit = Audit::default();
        for session in &self.sessions {
            let query = "SELECT s.generation, s.revoked_at IS NULL, u.email FROM authkit.sessions s \
                         JOIN authkit.users u ON u.id = s.user_id WHERE s.id = $1::text::uuid";
            let row = sql.query_opt(query, &[&session.id()]).await.expect("the sessions");
            let acknowledged = session.claim("gen").as_i64().expect("a generation");
            // The next step may be done and not answered.
            match row.map(|row| (row.get::<_, i64>(0), row.get::<_, bool>(1), row.get::<_, String>(2))) {
                Some((generation, true, email))
                    if email == session.email && (acknowledged..=acknowledged + 1).contains(&generation) => {}
                found => audit.lost.push(format!("{} at {acknowledged}: {found:?}", session.id())),
            }
        }
        audit.halves = halves(sql).await;
        audit
    }

    /// Every client goes on with what it was last given.
    ///
    /// # Panics
    /// One cannot.
    pub async fn go_on(&self, caller: &mut Caller) {
        for session in &self.sessions {
            let answer = caller.refresh(&session.refresh).await;
            assert_eq!(answer.status, 200, "{} of {}: {answer:?}", session.id(), session.email);
        }
    }
}

/// Sessions and users without the events that were written with them, and the other way round.
async fn halves(sql: &Client) -> Vec<String> {
    let mut found = Vec::new();
    for (what, query) in [
        (
            "a session and its events",
            "SELECT s.id::text FROM authkit.sessions s \
             LEFT JOIN authkit.audit_events e ON e.session_id = s.id \
             GROUP BY s.id, s.generation \
             HAVING count(*) FILTER (WHERE e.code = 'session.opened') <> 1 \
                 OR count(*) FILTER (WHERE e.code = 'session.refreshed') <> s.generation",
        ),
        (
            "an event of no session",
            "SELECT e.session_id::text FROM authkit.audit_events e \
             WHERE e.code IN ('session.opened', 'session.refreshed') \
               AND NOT EXISTS (SELECT FROM authkit.sessions s WHERE s.id = e.session_id)",
        ),
        (
            "a user and his event",
            "SELECT u.id FROM authkit.users u \
             LEFT JOIN authkit.audit_events e \
                 ON e.subject = u.id AND e.code IN ('user.registered', 'user.created') \
             GROUP BY u.id HAVING count(e.id) <> 1",
        ),
    ] {
        let rows = sql.query(query, &[]).await.expect("rows that do not fit");
        found.extend(rows.iter().map(|row| format!("{what}: {}", row.get::<_, String>(0))));
    }
    found
}
