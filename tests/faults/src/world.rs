//! A cluster of its own, and nodes on it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use authkit_e2e::Sandbox;
use authkit_test_postgres::{Cluster, Database, Options};
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_postgres::Client;

use crate::{Caller, Journal};

/// The password of everybody that a scenario registers.
pub const PASSWORD: &str = "a lantern over the quay";

/// The nodes of one application have one secret; this one protects nothing.
const SECRET: &str = "nptsW13v2+7ySfF8K+srP110xizorRev1ugK59sxV56QTovxHqeuxbWfVoJsm394";

/// How long a condition is waited for that must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A node: the sandbox as a process. Dropping it is kill -9.
#[derive(Debug)]
pub struct Node(pub Sandbox);

impl Node {
    /// Starts one on a database, and returns when it serves.
    pub async fn start(url: &str, variables: &[(&str, &str)]) -> Self {
        let mut all = vec![("AUTHKIT_DATABASE_URL".to_owned(), url.to_owned())];
        all.push(("AUTHKIT_SECRET_KEY".to_owned(), SECRET.to_owned()));
        if !variables.iter().any(|(name, _)| *name == "AUTHKIT_THROTTLE") {
            all.push(("AUTHKIT_THROTTLE".to_owned(), "off".to_owned()));
        }
        all.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let start = move || {
            let variables: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            Sandbox::start(&variables)
        };
        Self(spawn_blocking(start).await.expect("the node starts"))
    }

    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Its memory in MiB.
    pub fn resident(&self) -> u64 {
        self.0.resident().unwrap_or_default() / (1024 * 1024)
    }
}

/// What a scenario works on.
#[derive(Debug)]
pub struct World {
    pub cluster: Cluster,
    pub database: Database,
    pub journal: Journal,
}

impl World {
    /// A cluster that waits for its disk, with an empty database.
    pub async fn start() -> Self {
        Self::start_with(Options::default().durable()).await
    }

    pub async fn start_with(options: Options) -> Self {
        // Before the clock of any test runs.
        spawn_blocking(authkit_e2e::binary).await.expect("the node's program");
        let cluster = Cluster::start_with(options).await;
        let database = cluster.create_database().await;
        Self { cluster, database, journal: Journal::default() }
    }

    pub async fn node(&self) -> Node {
        self.node_with(&[]).await
    }

    pub async fn node_with(&self, variables: &[(&str, &str)]) -> Node {
        Node::start(self.database.url(), variables).await
    }

    pub fn caller(&self, node: &Node) -> Caller {
        Caller::new(node.address(), &self.journal)
    }

    /// A connection to the database, beside the nodes.
    pub async fn sql(&self) -> Client {
        self.database.connect().await
    }

    /// Asks until a node is ready; how long that took.
    ///
    /// # Panics
    /// It is not within a minute.
    pub async fn ready(&self, node: &Node) -> Duration {
        let began = Instant::now();
        let mut caller = self.caller(node);
        while !caller.get("/readyz", "").await.is_good() {
            assert!(began.elapsed() < PATIENCE, "the node is not ready again");
            sleep(Duration::from_millis(20)).await;
        }
        began.elapsed()
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Session {
    pub email: String,
    pub access: String,
    pub refresh: String,
}

impl Session {
    /// Registers somebody and signs him in.
    pub async fn new(caller: &mut Caller, email: &str) -> Self {
        assert_eq!(caller.register(email, PASSWORD).await.status, 201, "{email}");
        Self::open(caller, email, PASSWORD).await
    }

    /// Signs somebody in.
    pub async fn open(caller: &mut Caller, email: &str, password: &str) -> Self {
        let answer = caller.login(email, password).await;
        assert_eq!(answer.status, 200, "{email}: {answer:?}");
        Self { email: email.to_owned(), access: answer.text("access_token"), refresh: answer.text("refresh_token") }
    }

    /// Takes the tokens of an answer.
    pub fn take(&mut self, answer: &crate::Answer) {
        self.access = answer.text("access_token");
        self.refresh = answer.text("refresh_token");
    }

    /// A claim of the refresh token.
    pub fn claim(&self, name: &str) -> serde_json::Value {
        let payload = self.refresh.split('.').nth(1).expect("a token has three parts");
        let json = data_encoding::BASE64URL_NOPAD.decode(payload.as_bytes()).expect("base64url");
        serde_json::from_slice::<serde_json::Value>(&json).expect("claims are JSON")[name].clone()
    }

    /// The id of the session.
    pub fn id(&self) -> String {
        self.claim("sid").as_str().expect("a session has an id").to_owned()
    }
}
