//! The load: a fixed number of clients, each with one call in flight, for a bounded time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};

use crate::failure::Failure;

/// Longer than any call may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// When calls count.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    pub warm_up: Duration,
    pub measured: Duration,
}

pub trait Client: Send + Sized + 'static {
    /// Makes one call and checks its answer. `false`: a right answer that does not count.
    fn call(&mut self) -> impl Future<Output = Result<bool, Failure>> + Send;
}

/// How fast something went.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Rate {
    pub per_second: f64,
    /// By the processor time that this process took for it, client and server together: what others do on the same cores
    /// hardly changes it.
    pub per_cpu_second: f64,
}

impl Rate {
    /// `count` calls were made in a window.
    pub fn new(count: f64, window: Window, cpu: Cpu) -> Result<Self, Failure> {
        Ok(Self { per_second: count / window.measured.as_secs_f64(), per_cpu_second: count / cpu.seconds()? })
    }
}

/// The processor time that this process takes between two instants.
pub struct Cpu(std::thread::JoinHandle<Result<f64, Failure>>);

/// The first process of the database server, where a row has one: its time counts too.
static SERVER: AtomicU32 = AtomicU32::new(0);

impl Cpu {
    pub fn between(start: Instant, stop: Instant) -> Self {
        Self::with(None, start, stop)
    }

    /// The same with that of another process.
    pub fn with(other: Option<u32>, start: Instant, stop: Instant) -> Self {
        let all = move || Ok::<_, Failure>(cpu_seconds()? + other.map_or(Ok(0.0), tree_seconds)?);
        Self(std::thread::spawn(move || {
            std::thread::sleep(start.saturating_duration_since(Instant::now()));
            let before = all()?;
            std::thread::sleep(stop.saturating_duration_since(Instant::now()));
            Ok(all()? - before)
        }))
    }

    /// Counts the time of a database server and all its processes from now on.
    pub fn count_server(process: u32) {
        SERVER.store(process, Ordering::Relaxed);
    }

    fn seconds(self) -> Result<f64, Failure> {
        self.0.join().map_err(|_| Failure::new("the look at the processor time panicked"))?
    }
}

/// Of all threads until now, and of the server.
fn cpu_seconds() -> Result<f64, Failure> {
    let server = match SERVER.load(Ordering::Relaxed) {
        0 => 0.0,
        process => tree_seconds(process)?,
    };
    Ok(seconds_of("self", 2)? + server)
}

/// Of a process and of its children, those that have ended too.
fn tree_seconds(process: u32) -> Result<f64, Failure> {
    let mut seconds = seconds_of(&process.to_string(), 4)?;
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    for child in children.split_whitespace() {
        // One that has ended since then counts for its parent.
        seconds += seconds_of(child, 2).unwrap_or_default();
    }
    Ok(seconds)
}

/// In steps of a hundredth (`man 5 proc_pid_stat`): fields 14 and 15, and 16 and 17 for children that have ended.
fn seconds_of(process: &str, fields: usize) -> Result<f64, Failure> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields = text.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(fields);
    let ticks = fields.map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    Ok(f64::from(ticks) / 100.0)
}

/// Connects the clients and runs them on this thread alone, which is all that clients over HTTP need.
pub fn from_one_thread<C: Client>(
    connect: impl Future<Output = Result<Vec<C>, Failure>>,
    window: Window,
) -> Result<(Rate, Vec<C>), Failure> {
    let executor = Builder::new_current_thread().enable_all().build()?;
    executor.block_on(async { closed_loop(connect.await?, window).await })
}

/// As many threads as cores: what stands for an application's own executor.
pub fn executor() -> Result<Runtime, Failure> {
    Ok(Builder::new_multi_thread().worker_threads(cores()).enable_all().build()?)
}

pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// How fast calls were made that count, and the clients as they are now.
pub async fn closed_loop<C: Client>(clients: Vec<C>, window: Window) -> Result<(Rate, Vec<C>), Failure> {
    let start = Instant::now() + window.warm_up;
    let stop = start + window.measured;
    let cpu = Cpu::between(start, stop);
    let tasks: Vec<_> = clients.into_iter().map(|client| tokio::spawn(one(client, start, stop))).collect();
    let mut clients = Vec::with_capacity(tasks.len());
    let mut count = 0;
    for task in tasks {
        let left = (stop + PATIENCE).saturating_duration_since(Instant::now());
        let answered = tokio::time::timeout(left, task).await;
        let (client, counted) = answered.map_err(|_| Failure::new("a client had no answer for too long"))???;
        count += counted;
        clients.push(client);
    }
    Ok((Rate::new(f64::from(count), window, cpu)?, clients))
}

async fn one<C: Client>(mut client: C, start: Instant, stop: Instant) -> Result<(C, u32), Failure> {
    let mut count = 0;
    loop {
        let counts = client.call().await?;
        let at = Instant::now();
        if at >= stop {
            return Ok((client, count));
        }
        count += u32::from(counts && at >= start);
    }
}
