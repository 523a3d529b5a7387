//! pgbench with the store's own statement for a rotation.
//!
//! pgbench computes no digests, so each of its sessions goes to and fro between two: the one that is presented is the one
//! that is stored, so every statement takes the same way through, that of a rotation that writes.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use authkit_core::SignIn;
use tokio_postgres::Client;

use crate::failure::Failure;
use crate::load::{Cpu, Rate, Window, cores};
use crate::postgres::{Postgres, connect, statement};

const ROTATE: &str = include_str!("../../../../authkit-store-postgres/sql/sessions/rotate_session.sql");

/// Plans are made, caches are filled.
const WARM_UP: u64 = 1;

/// As long as those of the store's own events, but for a field or two.
const EVENT: &str = r#"{"id":"0197f3a2-7c1e-7b2a-9d4e-3f5a6b7c8d9e","at":"2026-11-25T08:00:00.000000Z","code":"session.reuse_detected","outcome":"success","actor_kind":"user","actor":"0197f3a2-7c1e-7b2a-9d4e-3f5a6b7c8d9e","subject":"0197f3a2-7c1e-7b2a-9d4e-3f5a6b7c8d9e","session_id":"0197f3a2-7c1e-7b2a-9d4e-3f5a6b7c8d9e","identifier":null,"ip":"127.0.0.1","user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0","device":"Firefox on Linux","request_id":"0197f3a2-7c1e-7b2a-9d4e-3f5a6b7c8d9e","details":{}}"#;

pub struct Pgbench {
    command: Vec<String>,
    program: PathBuf,
    password: String,
    database: Client,
    connections: usize,
    statements: u64,
    range: (i64, i64),
}

impl Pgbench {
    /// On so many connections, which share the sessions among them. `first` is the number of the first session: no two
    /// values may have the same.
    pub async fn new(
        postgres: &Postgres,
        url: &str,
        like: &SignIn,
        (connections, sessions): (usize, usize),
        first: i64,
    ) -> Result<Self, Failure> {
        let each = sessions / connections;
        let range = (first, first + i64::try_from(connections * each)?);
        let database = connect(url).await?;
        seed(&database, like, range).await?;
        // Where it goes with the cluster.
        let file = postgres.cluster.socket_dir().join(format!("pgbench-{first}.sql"));
        std::fs::write(&file, script(each, first))?;
        let place = postgres.cluster.url();
        let name = url.rsplit('/').next().unwrap_or_default();
        let at = database.query_one("SELECT now()::text", &[]).await?.get::<_, String>(0);
        let (port, threads, clients) = (place.port.to_string(), connections.min(cores()), connections.to_string());
        let mut command = ["-n", "-M", "prepared", "-P", "1", "-h", "127.0.0.1", "-p", &port, "-U", &place.user]
            .map(str::to_owned)
            .to_vec();
        command.extend(["-c", &clients, "-j", &threads.to_string()].map(str::to_owned));
        for (name, value) in [("started", "0"), ("kid", like.session.kid.as_str()), ("grace", "10 s"), ("at", &at)] {
            command.extend(["-D".to_owned(), format!("{name}={value}")]);
        }
        command.extend(["-D".to_owned(), format!("event={EVENT}")]);
        for (name, byte) in [("a", "0a"), ("b", "0b")] {
            command.extend(["-D".to_owned(), format!("{name}=\\x{}", byte.repeat(32))]);
        }
        command.extend(["-f".to_owned(), file.display().to_string(), name.to_owned()]);
        Ok(Self {
            command,
            program: postgres.cluster.programs().path("pgbench"),
            password: place.password,
            database,
            connections,
            statements: u64::try_from(each)? * 2,
            range,
        })
    }

    pub const fn connections(&self) -> usize {
        self.connections
    }

    /// How many rotations a second: whole seconds, one more before and one after.
    pub async fn rate(&self, window: Window) -> Result<Rate, Failure> {
        let seconds = window.measured.as_secs().max(1);
        let before = self.generations().await?;
        let mut command = Command::new(&self.program);
        command.env("PGPASSWORD", &self.password).args(["-T", &(WARM_UP + seconds + 1).to_string()]);
        command.args(&self.command).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let start = Instant::now() + Duration::from_secs(WARM_UP);
        let cpu = Cpu::with(Some(child.id()), start, start + Duration::from_secs(seconds));
        let (said, told) = finish(&mut child)?;
        let rates: Vec<f64> = told.lines().filter_map(second).collect();
        let wanted = rates.get(WARM_UP as usize..(WARM_UP + seconds) as usize);
        let wanted = wanted.ok_or_else(|| Failure::new(format!("pgbench told too little:\n{said}{told}")))?;
        let done = said.lines().find_map(|line| line.strip_prefix("number of transactions actually processed: "));
        let done: u64 = done.and_then(|count| count.split('/').next()?.trim().parse().ok()).unwrap_or_default();
        if done == 0 || self.generations().await? - before != done * self.statements {
            return Err(Failure::new("a row was not rotated once for each statement of pgbench"));
        }
        let count = wanted.iter().sum::<f64>() * self.statements as f64;
        Rate::new(count, Window { warm_up: window.warm_up, measured: Duration::from_secs(seconds) }, cpu)
    }

    async fn generations(&self) -> Result<u64, Failure> {
        let (first, end) = self.range;
        let sum = "SELECT sum(generation)::bigint FROM authkit.sessions WHERE id IN (SELECT lpad(to_hex(n), 32, \
                   '0')::uuid FROM generate_series($1::bigint, $2::bigint - 1) AS n)";
        Ok(u64::try_from(self.database.query_one(sum, &[&first, &end]).await?.get::<_, i64>(0))?)
    }
}

/// Sessions of a person with numbers for ids.
async fn seed(database: &Client, like: &SignIn, (first, end): (i64, i64)) -> Result<(), Failure> {
    let insert = "INSERT INTO authkit.sessions SELECT lpad(to_hex(n), 32, '0')::uuid, user_id, epoch, \
                  decode(repeat('0a', 32), 'hex'), kid, 0, via, idle_ttl, created_at, authenticated_at, rotated_at, \
                  idle_at, absolute_at, revoked_at, revoked_reason, ip, user_agent, device FROM authkit.sessions, \
                  generate_series($2::bigint, $3::bigint - 1) AS n WHERE id = $1";
    database.execute(insert, &[&like.session.id.as_uuid(), &first, &end]).await?;
    Ok(())
}

/// Every session there and back. The ids are asked for once a connection: pgbench makes no text of its own.
fn script(each: usize, first: i64) -> String {
    let id = |n| format!("lpad(to_hex(:client_id::bigint * {each} + {n} + {first}), 32, '0') AS id_{n}");
    let ids: Vec<String> = (0..each).map(id).collect();
    let mut script = format!("\\if :started\n\\else\nSELECT {} \\gset\n\\set started 1\n\\endif\n", ids.join(", "));
    for (presented, successor) in [("a", "b"), ("b", "a")] {
        for n in 0..each {
            // Writing to a `String` cannot fail.
            let _ = writeln!(script, "{};", filled(n, presented, successor));
        }
    }
    script
}

/// The statement with pgbench's variables for its values, without its comments, in which pgbench would see some too.
fn filled(session: usize, presented: &str, successor: &str) -> String {
    let text = statement(ROTATE);
    let mut text = text.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n");
    let values = [
        format!(":id_{session}::uuid"),
        format!(":{presented}::bytea"),
        format!(":{successor}::bytea"),
        ":kid::text".to_owned(),
        ":grace::interval".to_owned(),
        ":at::timestamptz".to_owned(),
        "NULL::text".to_owned(),
        ":event::text".to_owned(),
        ":event::text".to_owned(),
    ];
    for (number, value) in (1..).zip(values) {
        text = text.replace(&format!("${number}"), &value);
    }
    text
}

/// What a second of `-P 1` says: `progress: 2.0 s, 5219.2 tps, lat …`.
fn second(line: &str) -> Option<f64> {
    let rest = line.strip_prefix("progress: ")?;
    rest.split(", ").nth(1)?.strip_suffix(" tps")?.parse().ok()
}

fn finish(child: &mut Child) -> Result<(String, String), Failure> {
    let (mut said, mut told) = (String::new(), String::new());
    let (out, err): (Option<ChildStdout>, Option<ChildStderr>) = (child.stdout.take(), child.stderr.take());
    // Little is said before the end, so one pipe does not fill while the other is read.
    err.map(|mut err| err.read_to_string(&mut told)).transpose()?;
    out.map(|mut out| out.read_to_string(&mut said)).transpose()?;
    if child.wait()?.success() { Ok((said, told)) } else { Err(Failure::new(format!("pgbench failed:\n{told}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_read() {
        assert_eq!(second("progress: 2.0 s, 5219.2 tps, lat 3.0 ms stddev 1.0, 0 failed"), Some(5219.2));
        assert_eq!(second("pgbench (15.18)"), None);
    }

    #[test]
    fn nothing_of_the_statement_is_left_open() {
        let text = filled(3, "a", "b");
        assert!(!text.contains('$') && !text.contains('{') && text.starts_with("WITH cur"), "{text}");
    }
}
