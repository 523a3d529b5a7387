//! The sandbox as a process: built when it is not, started in a folder of its own, ended with the test.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// How long a line is waited for that must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary of this checkout. Cargo decides whether there is anything to build.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // What cargo says to this test about its package is not meant for the packages that it builds.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|own| text.starts_with(own)) {
                cargo.env_remove(&name);
            }
        }
        cargo.current_dir(root).args(["build", "--quiet", "--workspace", "--bin", "sandbox"]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        assert!(cargo.status().expect("cargo runs").success(), "the sandbox does not build");
        // A test lies in `deps` beside the binaries, another program among them.
        let mut folder = env::current_exe().expect("a test has a path");
        folder.pop();
        if folder.ends_with("deps") {
            folder.pop();
        }
        folder.join(format!("sandbox{}", env::consts::EXE_SUFFIX))
    })
}

#[derive(Debug)]
pub struct Sandbox {
    pub address: SocketAddr,
    pub folder: PathBuf,
    /// What it said until it listened.
    pub greeting: String,
    child: Child,
    /// Under a lock, so that several tasks may have the sandbox.
    lines: Mutex<mpsc::Receiver<String>>,
    keep: bool,
}

impl Sandbox {
    /// Starts it on a free port, in a new folder, with these variables.
    pub fn start(variables: &[(&str, &str)]) -> Self {
        Self::start_with(&[], variables)
    }

    /// Starts it with these arguments, too.
    pub fn start_with(args: &[&str], variables: &[(&str, &str)]) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("authkit-e2e-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        Self::spawn(folder, args, variables)
    }

    /// Starts it in a folder that may hold the database of an earlier one.
    pub fn start_in(folder: PathBuf, variables: &[(&str, &str)]) -> Self {
        Self::spawn(folder, &[], variables)
    }

    fn spawn(folder: PathBuf, args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = command(&folder, variables).args(args).spawn().expect("the sandbox starts");
        let lines = listen(child.stdout.take().expect("standard output is a pipe"));
        let mut greeting = String::new();
        let mut address = None;
        while !greeting.contains("Sign in:") {
            let Ok(line) = lines.recv_timeout(PATIENCE) else {
                let mut error = String::new();
                let _ = child.kill();
                let _ = child.stderr.take().map(|mut pipe| pipe.read_to_string(&mut error));
                panic!("the sandbox did not start: {greeting}{error}");
            };
            if let Some(url) = line.split_once("listens on ").map(|(_, url)| url) {
                address = url
                    .rsplit_once(':')
                    .and_then(|(_, port)| port.parse().ok())
                    .map(|port: u16| ([127, 0, 0, 1], port));
            }
            greeting.push_str(&line);
            greeting.push('\n');
        }
        let address = address.expect("it says where it listens").into();
        // Nobody reads on there; a full pipe would stop the server.
        let mut errors = child.stderr.take().expect("standard error is a pipe");
        // In its folder, to be shown when the test fails.
        let log = fs::File::create(folder.join("stderr.log"));
        thread::spawn(move || match log {
            Ok(mut log) => std::io::copy(&mut errors, &mut log),
            Err(_) => std::io::copy(&mut errors, &mut std::io::sink()),
        });
        Self { address, folder, greeting, child, lines: Mutex::new(lines), keep: false }
    }

    /// Runs it where it must refuse to start; what it says, and how it ended.
    pub fn refused(args: &[&str], variables: &[(&str, &str)]) -> (String, ExitStatus) {
        let output = command(&env::temp_dir(), variables).args(args).output().expect("the sandbox starts");
        (String::from_utf8_lossy(&output.stderr).into_owned(), output.status)
    }

    /// The token of the next mail that comes, and the line with its link.
    pub fn mailed(&self) -> (String, String) {
        let mut link = String::new();
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let line = lines.recv_timeout(PATIENCE).expect("a mail comes");
            if line.contains("token=") {
                link = line.trim().to_owned();
            } else if let Some(token) = line.strip_prefix("token: ") {
                return (token.trim().to_owned(), link);
            }
        }
    }

    /// Asks it to stop, as a service manager does.
    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
    }

    /// Waits for its end. The folder stays.
    pub fn ended(mut self) -> (ExitStatus, PathBuf) {
        self.keep = true;
        (self.child.wait().expect("it ends"), self.folder.clone())
    }

    /// What it holds of the machine's memory, in bytes. Linux only.
    pub fn resident(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let log = fs::read_to_string(self.folder.join("stderr.log")).unwrap_or_default();
            let lines: Vec<_> = log.lines().filter(|line| !line.contains(" INFO ")).collect();
            eprintln!("what the sandbox said last:\n{}", lines[lines.len().saturating_sub(20)..].join("\n"));
        }
        if !self.keep {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn command(folder: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary());
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().to_ascii_uppercase().starts_with("AUTHKIT_") {
            command.env_remove(&name);
        }
    }
    command.current_dir(folder).args(["--listen", "127.0.0.1:0"]).envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn listen(output: ChildStdout) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}
