//! The browser's driver as a process.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;

/// What it may be called.
const NAMES: [&str; 2] = ["chromedriver", "chromium.chromedriver"];

/// A driver on a port of its own. Dropping it ends it with all its browsers, also when a test has panicked.
#[derive(Debug)]
pub struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// # Panics
    /// There is none, or it does not start.
    pub fn start() -> Self {
        let mut child = NAMES.iter().find_map(|name| spawn(name)).unwrap_or_else(|| {
            panic!("no chromedriver on the path: `cargo xtask test` says how to get it, or --without browser")
        });
        let output = child.stdout.take().expect("standard output is a pipe");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            line.split_once("successfully on port ").and_then(|(_, port)| port.trim_end_matches('.').parse().ok())
        });
        // A full pipe would stop it.
        thread::spawn(move || lines.for_each(drop));
        Self { child, port: port.expect("the driver says its port") }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn spawn(name: &str) -> Option<Child> {
    let mut command = Command::new(name);
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()
}

impl Drop for Driver {
    // A signal would leave the browsers running.
    fn drop(&mut self) {
        let shut_down = || -> std::io::Result<()> {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
            stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
            stream.read_to_end(&mut Vec::new()).map(drop)
        };
        if shut_down().is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
