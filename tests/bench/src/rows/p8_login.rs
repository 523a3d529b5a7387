//! 500 clients sign in at once, over and over, beside the raw rate of hashes on as many threads as cores. Who is told to
//! come again does so when told. In the same flood: the latency of another request at 20 a second, and the memory.

// P-8

use std::thread;
use std::time::Duration;

use crate::Run;
use crate::failure::Failure;
use crate::floors::argon2id;
use crate::http::{Connection, post, request};
use crate::load::{Client, Rate, Window, cores, executor, from_one_thread};
use crate::memory;
use crate::probe::{p99, probe};
use crate::report::{Line, Target, Unit};
use crate::rounds::{Part, Rounds};
use crate::rows::p2_me_strict_memory;
use crate::server::Server;
use crate::world::{World, email};

const LOGINS: usize = 500;
const PASSWORD: &str = "a lantern over the quay";

/// The targets for the other requests and for those that are refused.
const PROBE_LIMIT_MS: f64 = 50.0;
const REFUSAL_LIMIT_MS: f64 = 2_500.0;

pub fn run(run: &Run) -> Result<Vec<Line>, Failure> {
    let folder = run.disk.folder(&run.bench)?;
    let world = executor()?.block_on(World::on_sqlite_with(&folder.file("value.db"), LOGINS, PASSWORD))?;
    let server = Server::start_ours(&world.kit, p2_me_strict_memory::app(&world))?;
    // Hashes are slow, so their number needs longer to be steady; and the queue has to fill.
    let window = Window { warm_up: run.window.warm_up * 5, measured: run.window.measured * 4 };
    let idle = memory::resident_mib()?;
    let mut seen = Seen::default();
    let parts = vec![Part::value(|| flood(&server, &world, window, &mut seen)), Part::floor(|| argon2id::rate(window))];
    let rounds = Rounds::run(run.rounds, parts)?;
    let limit = idle + cores() as f64 * 19.0 + 64.0;
    let what = format!("sign-in over HTTP, SQLite, {LOGINS} clients / raw hashes on {} threads", cores());
    // The floor's own memory comes after the first flood.
    let peak = seen.peaks.get(..1).unwrap_or_default();
    Ok(vec![
        rounds.line("P8", what, Target::AtLeast(0.9), |round| round[0], |round| round[1]),
        Line::limited("P9", "`/auth/me` in that flood, p99 at 20/s", Unit::Milliseconds, &seen.probes, PROBE_LIMIT_MS),
        Line::limited("P9", "slowest refusal (503) in it", Unit::Milliseconds, &seen.refusals, REFUSAL_LIMIT_MS),
        Line::limited("P10", format!("peak memory in it, idle {idle:.0} MiB"), Unit::Mebibytes, peak, limit),
    ])
}

/// What else a flood showed, by round.
#[derive(Default)]
struct Seen {
    probes: Vec<f64>,
    refusals: Vec<f64>,
    peaks: Vec<f64>,
}

/// How many sign-ins a second succeed.
fn flood(server: &Server, world: &World, window: Window, seen: &mut Seen) -> Result<Rate, Failure> {
    let token = world.people.first().ok_or_else(|| Failure::new("nobody is there"))?.tokens.access.expose();
    let other = request("GET", p2_me_strict_memory::PATH, token);
    let address = server.address;
    memory::forget_peak()?;
    let connect = async {
        let mut clients = Vec::with_capacity(LOGINS);
        for n in 0..LOGINS {
            let body = format!(r#"{{"email":"{}","password":"{PASSWORD}"}}"#, email(n));
            let connection = Connection::open(address).await?;
            clients.push(SigningIn {
                connection,
                request: post("/auth/login", &body),
                slowest_refusal: Duration::ZERO,
            });
        }
        Ok(clients)
    };
    // Beside the flood's own thread, so that its calls do not wait for those.
    let probing = thread::spawn(move || {
        thread::sleep(window.warm_up);
        executor()?.block_on(probe(address, other, window.measured))
    });
    let (rate, clients) = from_one_thread(connect, window)?;
    let probed = probing.join().map_err(|_| Failure::new("the probe panicked"))??;
    let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
    seen.probes.push(milliseconds(p99(probed)?));
    let slowest = clients.iter().map(|client| client.slowest_refusal).max();
    seen.refusals.push(milliseconds(slowest.unwrap_or_default()));
    seen.peaks.push(memory::peak_mib()?);
    Ok(rate)
}

struct SigningIn {
    connection: Connection,
    request: Vec<u8>,
    slowest_refusal: Duration,
}

impl Client for SigningIn {
    async fn call(&mut self) -> Result<bool, Failure> {
        let sent = std::time::Instant::now();
        let answer = self.connection.call(&self.request).await?;
        if answer.status == 503 && answer.text("code") == Some(b"busy") {
            self.slowest_refusal = self.slowest_refusal.max(sent.elapsed());
            let seconds = answer.header("retry-after").ok_or_else(|| Failure::new("no Retry-After came"))?;
            let seconds = std::str::from_utf8(seconds)?.parse()?;
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            return Ok(false);
        }
        answer.expect(200)?;
        answer.text("refresh_token").map(|_| true).ok_or_else(|| Failure::new("no refresh token came"))
    }
}
