//! Load with a bounded rate: clients that ask who they are, refresh, and now and then sign in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::world::{Node, PASSWORD, Session};
use crate::{Caller, Journal};

/// How many clients there are.
const CLIENTS: u32 = 16;

/// The time between two requests of one: 200 a second from all.
const PACE: Duration = Duration::from_millis(80);

/// Clients at work.
#[derive(Debug)]
pub struct Load {
    is_over: Arc<AtomicBool>,
    lost: Arc<AtomicU32>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    /// Registers the clients' users and lets the clients begin.
    pub async fn start(node: &Node, journal: &Journal) -> Self {
        let (is_over, lost) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let mut sessions = Vec::new();
        for number in 0..CLIENTS {
            let mut caller = Caller::new(node.address(), journal).expecting(&[401]);
            let session = Session::new(&mut caller, &format!("load{number}@example.com")).await;
            sessions.push((caller, session));
        }
        let mut clients = Vec::new();
        for (number, (caller, session)) in (0..).zip(sessions) {
            let client = Client { caller, session, is_over: Arc::clone(&is_over), lost: Arc::clone(&lost) };
            clients.push(tokio::spawn(client.run(number)));
        }
        Self { is_over, lost, clients }
    }

    /// Ends it; how many sessions were lost to their clients.
    ///
    /// # Panics
    /// A client did.
    pub async fn stop(self) -> u32 {
        self.is_over.store(true, Ordering::Release);
        for client in self.clients {
            client.await.expect("a client of the load");
        }
        self.lost.load(Ordering::Acquire)
    }
}

struct Client {
    caller: Caller,
    session: Session,
    is_over: Arc<AtomicBool>,
    lost: Arc<AtomicU32>,
}

impl Client {
    async fn run(mut self, number: u32) {
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Each begins elsewhere in the round.
        let mut turn = number * 5;
        while !self.is_over.load(Ordering::Acquire) {
            pace.tick().await;
            turn += 1;
            self.ask(turn).await;
        }
    }

    async fn ask(&mut self, turn: u32) {
        let answer = match turn % 60 {
            0 => self.caller.login(&self.session.email, PASSWORD).await,
            n if n % 4 == 0 => self.caller.refresh(&self.session.refresh).await,
            _ => self.caller.get("/auth/me", &self.session.access).await,
        };
        if answer.status == 401 {
            self.lost.fetch_add(1, Ordering::AcqRel);
            while !self.is_over.load(Ordering::Acquire) {
                let again = self.caller.login(&self.session.email, PASSWORD).await;
                if again.is_good() {
                    self.session.take(&again);
                    return;
                }
                tokio::time::sleep(PACE).await;
            }
        } else if answer.json["refresh_token"].is_string() {
            self.session.take(&answer);
        }
    }
}
