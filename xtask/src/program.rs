//! What the commands that play a newcomer share: a folder of their own, a server that is started, and a request to it.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How long a first build may take.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// A temporary folder that goes when this is dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    /// # Errors
    /// The folder cannot be made.
    pub fn new(name: &str) -> Result<Self, String> {
        let path = env::temp_dir().join(format!("{name}-{}", std::process::id()));
        fs::create_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A server, ended when this is dropped, and what it says.
pub struct Server {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Server {
    /// # Errors
    /// The program is not there.
    pub fn start(mut command: Command) -> Result<Self, String> {
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| format!("the program: {error}"))?;
        let (sender, lines) = mpsc::channel();
        let said = child.stdout.take().map(BufReader::new);
        thread::spawn(move || {
            for line in said.into_iter().flat_map(BufReader::lines).map_while(Result::ok) {
                println!("{line}");
                // Nobody listens any more once the link was there.
                let _ = sender.send(line);
            }
        });
        Ok(Self { child, lines })
    }

    /// Where the first administrator is made.
    ///
    /// # Errors
    /// The program does not say it.
    pub fn setup_link(&self) -> Result<String, String> {
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(10)) {
            if line.contains("/setup?token=") {
                return Ok(line.trim().to_owned());
            }
        }
        Err("the start prints no link that makes the first administrator".to_owned())
    }

    /// # Errors
    /// It ends before it listens, or never does.
    pub fn wait_for(&mut self, address: SocketAddr) -> Result<(), String> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if TcpStream::connect(address).is_ok() {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait().map_err(|error| error.to_string())? {
                return Err(format!("the program ended before it listened ({status})"));
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err("the program does not listen".to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that nobody has at the moment.
///
/// # Errors
/// No port is free.
pub fn free_address() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map_err(|error| format!("no port is free: {error}"))
}

/// One request, as a program sends it: status and body.
///
/// # Errors
/// There is no answer, or none that is HTTP.
pub fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[&str],
    body: &str,
) -> Result<(u16, String), String> {
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n{lines}\r\n{body}"
    );
    let told = |error: std::io::Error| format!("{method} {path}: {error}");
    let mut stream = TcpStream::connect(address).map_err(told)?;
    stream.write_all(request.as_bytes()).map_err(told)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(told)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("{method} {path}: no head"))?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.ok_or_else(|| format!("{method} {path}: no status"))?, body.to_owned()))
}
