//! A folder, the server that lives in it, and a guard that ends both when this process ends, however it ends.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::account::Account;
use super::signal;
use super::system::random_hex;

const GUARD: &str = include_str!("guard.sh");

/// The process leaves its own number, before it becomes the server: no moment at which the guard does not know it.
const LAUNCH: &str = "echo $$ >pid && exec \"$@\"";

/// How long a server may take to start or stop.
const LIMIT: Duration = Duration::from_secs(60);

/// How often a condition is looked at.
const STEP: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub struct Service {
    folder: PathBuf,
    account: Account,
    guard: Child,
    server: Mutex<Option<Child>>,
}

impl Service {
    /// An empty folder under `parent`, or where temporary files go, with a guard that will end the server by `signal`.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn new(name: &str, parent: Option<&Path>, signal: &str) -> Result<Self, String> {
        let account = Account::find()?;
        let parent = parent.map_or_else(|| temporary(account), Path::to_owned);
        let folder = parent.join(format!("authkit-{name}-{}", random_hex(5)?));
        let told = |error: io::Error| format!("{}: {error}", folder.display());
        DirBuilder::new().mode(0o700).create(&folder).map_err(told)?;
        account.own(&folder)?;
        // The end of the pipe is not inherited by other children, so only the end of this process closes it.
        let guard = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .args([folder.as_os_str(), signal.as_ref()])
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("`sh` did not start: {error}"))?;
        Ok(Self { folder, account, guard, server: Mutex::new(None) })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A helper that runs as the server does.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        self.account.command(program, &self.folder)
    }

    /// Writes a file that only the server's account and root can read.
    ///
    /// # Errors
    /// The file, and why not.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.folder.join(name);
        let told = |error: io::Error| format!("{}: {error}", path.display());
        fs::write(&path, text).map_err(told)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(told)?;
        self.account.own(&path)?;
        Ok(path)
    }

    /// Starts the server and waits until `ready`, which is given its number.
    ///
    /// # Errors
    /// It runs already, or ends before it is ready: with the end of its log.
    pub fn start(&self, program: &Path, args: &[&str], ready: impl Fn(u32) -> bool) -> Result<(), String> {
        let mut server = self.server();
        if server.is_some() {
            return Err("the server runs already".to_owned());
        }
        let log = self.open_log()?;
        let errors = log.try_clone().map_err(|error| format!("the log: {error}"))?;
        let mut child = self
            .command("sh")
            .args(["-c", LAUNCH, "launch"])
            .arg(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("`sh` did not start: {error}"))?;
        let began = Instant::now();
        loop {
            if let Ok(Some(status)) = child.try_wait() {
                let _ = fs::remove_file(self.folder.join("pid"));
                return Err(format!("{} ended at once ({status}):\n{}", program.display(), self.last_lines()));
            }
            if ready(child.id()) {
                *server = Some(child);
                return Ok(());
            }
            if began.elapsed() > LIMIT {
                // Left to the guard, which knows its number.
                *server = Some(child);
                return Err(format!("{} is not ready after {LIMIT:?}:\n{}", program.display(), self.last_lines()));
            }
            sleep(STEP);
        }
    }

    /// # Errors
    /// It does not run.
    pub fn signal(&self, signal: &str) -> Result<(), String> {
        let server = self.server();
        let child = server.as_ref().ok_or("the server does not run")?;
        signal::send(signal, &[child.id()]);
        Ok(())
    }

    /// Ends the server by a signal and waits for it.
    ///
    /// # Errors
    /// It does not run, or does not end.
    pub fn stop(&self, signal: &str) -> Result<(), String> {
        self.resume();
        let mut server = self.server();
        let child = server.as_mut().ok_or("the server does not run")?;
        signal::send(signal, &[child.id()]);
        let began = Instant::now();
        while child.try_wait().map_err(|error| error.to_string())?.is_none() {
            if began.elapsed() > LIMIT {
                return Err(format!("the server did not stop in {LIMIT:?}:\n{}", self.last_lines()));
            }
            sleep(STEP);
        }
        self.forget(&mut server);
        Ok(())
    }

    /// Ends the server and all its children by SIGKILL, and waits until none of them runs.
    ///
    /// # Errors
    /// It does not run, or cannot be killed.
    pub fn kill(&self) -> Result<(), String> {
        let mut server = self.server();
        let child = server.as_mut().ok_or("the server does not run")?;
        // Stopped, it makes no more children.
        signal::send("STOP", &[child.id()]);
        let children = signal::children(child.id());
        child.kill().and_then(|()| child.wait()).map_err(|error| format!("kill: {error}"))?;
        signal::send("KILL", &children);
        let began = Instant::now();
        while !signal::running(&children).is_empty() {
            if began.elapsed() > LIMIT {
                return Err(format!("children of the server outlive SIGKILL for {LIMIT:?}"));
            }
            sleep(STEP);
        }
        self.forget(&mut server);
        Ok(())
    }

    /// Holds the server and all its children by SIGSTOP: connections stay open, and nothing answers.
    ///
    /// # Errors
    /// It does not run.
    pub fn pause(&self) -> Result<(), String> {
        let server = self.server();
        let pid = server.as_ref().ok_or("the server does not run")?.id();
        // The list is written first, so that the guard wakes what a killed harness has stopped.
        self.note_paused(&[pid])?;
        signal::send("STOP", &[pid]);
        let all: Vec<u32> = signal::children(pid).into_iter().chain([pid]).collect();
        self.note_paused(&all)?;
        signal::send("STOP", &all);
        Ok(())
    }

    /// Lets go on what is paused.
    pub fn resume(&self) {
        let Ok(list) = fs::read_to_string(self.folder.join("paused")) else { return };
        let pids: Vec<u32> = list.lines().filter_map(|line| line.parse().ok()).collect();
        signal::send("CONT", &pids);
        let _ = fs::remove_file(self.folder.join("paused"));
    }

    /// The number of the server, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.server().as_ref().map(Child::id)
    }

    /// All that the server wrote.
    pub fn log(&self) -> String {
        let bytes = fs::read(self.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn open_log(&self) -> Result<File, String> {
        let path = self.folder.join("log");
        let file = OpenOptions::new().create(true).append(true).open(&path);
        file.map_err(|error| format!("{}: {error}", path.display()))
    }

    fn last_lines(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }

    fn note_paused(&self, pids: &[u32]) -> Result<(), String> {
        let text: String = pids.iter().map(|pid| format!("{pid}\n")).collect();
        self.write("paused", &text).map(drop)
    }

    /// The number may be given to another process from now on.
    fn forget(&self, server: &mut Option<Child>) {
        *server = None;
        for file in ["pid", "paused"] {
            let _ = fs::remove_file(self.folder.join(file));
        }
    }

    /// A panic of another thread leaves nothing here half done.
    fn server(&self) -> MutexGuard<'_, Option<Child>> {
        self.server.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for Service {
    /// The guard does the work here too: what ends a run that was killed is what ends every run.
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        if let Some(mut child) = self.server().take() {
            let _ = child.wait();
        }
        let _ = self.guard.wait();
    }
}

/// Where temporary files go, or `/tmp` where the servers' account cannot get there.
fn temporary(account: Account) -> PathBuf {
    let folder = std::env::temp_dir();
    let open = |part: &Path| fs::metadata(part).is_ok_and(|data| data.permissions().mode() & 0o001 != 0);
    // A socket's path has room for about a hundred bytes.
    let fits = folder.as_os_str().len() < 60 && (!account.is_other() || folder.ancestors().all(open));
    if fits { folder } else { PathBuf::from("/tmp") }
}
