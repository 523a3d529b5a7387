//! A proxy between clients and a server that does what networks do: break connections, lose an answer, fall silent.

mod relay;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::Url;

/// A proxy on a port of its own. It reads what the server says, so the client must not encrypt; to be dropped within
/// the runtime it was started in, or at its end.
#[derive(Debug)]
pub struct CuttingProxy {
    address: SocketAddr,
    control: Arc<Control>,
    accepting: JoinHandle<()>,
}

/// What the connections look at.
#[derive(Debug)]
struct Control {
    /// The server's host and port.
    target: (String, u16),
    state: watch::Sender<State>,
    next: Mutex<Option<Lose>>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    /// Connections end when it grows.
    cuts: u64,
    flowing: bool,
    refusing: bool,
    losses: u64,
}

/// What is to be lost next.
#[derive(Clone, Debug)]
enum Lose {
    /// What a client sends: the server never sees it.
    Request,
    /// The answer to a statement that was carried out, whose command tag begins so (`SELECT`, `COMMIT`).
    Answer(String),
}

impl CuttingProxy {
    /// Starts one in front of the server of a URL.
    pub async fn start(server: &str) -> Self {
        let server = parsed(server);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let state = State { cuts: 0, flowing: true, refusing: false, losses: 0 };
        let control = Arc::new(Control {
            target: (server.host, server.port),
            state: watch::Sender::new(state),
            next: Mutex::new(None),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&control)));
        Self { address, control, accepting }
    }

    /// A URL of the server by way of the proxy, for the same user and database.
    pub fn url(&self, server: &str) -> String {
        parsed(server).at("127.0.0.1", self.address.port()).to_string()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Breaks all connections. New ones are let through.
    pub fn cut(&self) {
        self.control.state.send_modify(|state| state.cuts += 1);
    }

    /// Closes new connections at once, until [`Self::allow`].
    pub fn refuse(&self) {
        self.control.state.send_modify(|state| state.refusing = true);
    }

    pub fn allow(&self) {
        self.control.state.send_modify(|state| state.refusing = false);
    }

    /// Passes nothing on, in either direction, and keeps the connections open, until [`Self::resume`]. New connections
    /// are accepted and hear nothing.
    pub fn fall_silent(&self) {
        self.control.state.send_modify(|state| state.flowing = false);
    }

    pub fn resume(&self) {
        self.control.state.send_modify(|state| state.flowing = true);
    }

    /// The next statement that the server carries out is carried out, and its client never hears so: the connection
    /// breaks in place of the answer. Preparing a statement is not carrying it out; an error is passed on.
    pub fn lose_next_answer(&self) {
        self.lose_next_answer_of("");
    }

    /// As [`Self::lose_next_answer`], for the next statement with a command tag that begins so: `COMMIT`, `SELECT`.
    pub fn lose_next_answer_of(&self, tag: &str) {
        self.control.lose(Lose::Answer(tag.to_owned()));
    }

    /// The next thing that a client sends never reaches the server: the connection breaks instead.
    pub fn lose_next_request(&self) {
        self.control.lose(Lose::Request);
    }

    /// How many requests and answers were lost so far.
    pub fn losses(&self) -> u64 {
        self.control.state.borrow().losses
    }
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

impl Control {
    fn lose(&self, what: Lose) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(what);
    }

    /// Whether an answer may have to be lost: it is then held back until it is whole.
    fn holds_answers(&self) -> bool {
        matches!(*self.next.lock().unwrap_or_else(PoisonError::into_inner), Some(Lose::Answer(_)))
    }

    /// Whether it is this that is to be lost. If so it counts as lost, and nothing more is.
    fn loses(&self, this: impl FnOnce(&Lose) -> bool) -> bool {
        let lost = self.next.lock().unwrap_or_else(PoisonError::into_inner).take_if(|next| this(next)).is_some();
        if lost {
            self.state.send_modify(|state| state.losses += 1);
        }
        lost
    }

    /// Waits while the proxy is silent.
    async fn flow(&self) {
        // Fails only when the sender is gone, and that is `self`.
        let _ = self.state.subscribe().wait_for(|state| state.flowing).await;
    }
}

async fn accept(listener: TcpListener, control: Arc<Control>) {
    while let Ok((client, _)) = listener.accept().await {
        let State { cuts, refusing, .. } = *control.state.borrow();
        if refusing {
            continue;
        }
        let control = Arc::clone(&control);
        tokio::spawn(async move {
            let mut state = control.state.subscribe();
            // However it ends, both connections close with it.
            tokio::select! {
                _ = state.wait_for(|state| state.cuts != cuts) => {}
                _ = relay::relay(client, &control) => {}
            }
        });
    }
}

fn parsed(url: &str) -> Url {
    Url::parse(url).unwrap_or_else(|error| panic!("{error}"))
}
