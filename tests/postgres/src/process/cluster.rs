//! A PostgreSQL cluster of its own: in a temporary folder, on a free port and a socket, gone at the end.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::certificates;
use super::options::{self, Options};
use super::programs::Programs;
use super::service::Service;
use super::system::{free_port, random_hex, run};
use crate::Url;

/// The superuser, who logs in by password.
const USER: &str = "postgres";

/// How a server is told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Connections are broken off, what is committed is written out.
    Fast,
    /// As after a power cut: the next start recovers.
    Immediate,
}

/// A cluster. Dropping it stops the server and removes its folder.
#[derive(Debug)]
pub struct Cluster {
    service: Service,
    programs: Programs,
    port: u16,
    password: String,
    options: Options,
}

impl Cluster {
    /// Makes a cluster and starts it.
    ///
    /// # Errors
    /// The programs are missing, or what they say.
    pub fn start(options: &Options) -> Result<Self, String> {
        let cluster = Self::empty(options, random_hex(12)?)?;
        cluster.initialise()?;
        cluster.configure(&options.configuration())?;
        if let Some(names) = &options.tls_names {
            certificates::make(&cluster.service, names)?;
        }
        cluster.start_server()?;
        Ok(cluster)
    }

    /// A streaming replica of this one, started: it follows through a replication slot of its name.
    ///
    /// # Errors
    /// What the programs say.
    pub fn standby(&self, name: &str) -> Result<Self, String> {
        let standby = Self::empty(&self.options, self.password.clone())?;
        let mut copy = standby.service.command(self.programs.path("pg_basebackup"));
        let source = format!("host=127.0.0.1 port={} user={USER} application_name={name}", self.port);
        copy.env("PGPASSWORD", &self.password);
        copy.args(["-D", "data", "-R", "-X", "stream", "-c", "fast", "-C", "-S", name, "-d", &source]);
        if !self.options.durable {
            copy.arg("--no-sync");
        }
        run(copy)?;
        // Once promoted it must not wait for a standby of its own.
        standby.configure(&options::line("synchronous_standby_names", ""))?;
        standby.start_server()?;
        Ok(standby)
    }

    /// Starts the server again after it was stopped or killed, at the same place.
    ///
    /// # Errors
    /// It runs already, or the end of its log.
    pub fn start_server(&self) -> Result<(), String> {
        let (port, socket) = (self.port.to_string(), self.socket_dir().to_string_lossy());
        let args = ["-D", "data", "-p", &port, "-h", "127.0.0.1", "-k", &socket];
        let lock = self.data().join("postmaster.pid");
        self.service.start(&self.programs.path("postgres"), &args, |pid| is_ready(&lock, pid))
    }

    /// # Errors
    /// It does not run, or does not stop in time.
    pub fn stop(&self, how: Stop) -> Result<(), String> {
        self.service.stop(match how {
            Stop::Fast => "INT",
            Stop::Immediate => "QUIT",
        })
    }

    /// # Errors
    /// As [`Self::stop`] and [`Self::start_server`].
    pub fn restart(&self, how: Stop) -> Result<(), String> {
        self.stop(how)?;
        self.start_server()
    }

    /// SIGKILL to the server and all its processes.
    ///
    /// # Errors
    /// It does not run.
    pub fn kill9(&self) -> Result<(), String> {
        self.service.kill()
    }

    /// SIGSTOP to the server and all its processes: connections stay open, and nothing answers. New ones are accepted
    /// by the system and get no answer either.
    ///
    /// # Errors
    /// It does not run.
    pub fn pause(&self) -> Result<(), String> {
        self.service.pause()
    }

    /// Ends a pause.
    pub fn resume(&self) {
        self.service.resume();
    }

    /// Makes a standby a primary, and waits until it is.
    ///
    /// # Errors
    /// It is no standby, or what `pg_ctl` says.
    pub fn promote(&self) -> Result<(), String> {
        let mut command = self.service.command(self.programs.path("pg_ctl"));
        command.args(["promote", "-w", "-D", "data"]);
        run(command)
    }

    /// Adds lines to the configuration and has the server read it again. What needs a restart waits for one.
    ///
    /// # Errors
    /// It does not run.
    pub fn set(&self, name: &str, value: &str) -> Result<(), String> {
        self.configure(&options::line(name, value))?;
        self.service.signal("HUP")
    }

    /// Commits wait from now on for the standby of this name, which must be connected.
    ///
    /// # Errors
    /// It does not run.
    pub fn set_synchronous(&self, standby: &str) -> Result<(), String> {
        self.set("synchronous_standby_names", &format!("\"{standby}\""))
    }

    /// Its database `postgres`, over 127.0.0.1.
    pub fn url(&self) -> Url {
        Url {
            user: USER.to_owned(),
            password: self.password.clone(),
            host: "127.0.0.1".to_owned(),
            port: self.port,
            database: "postgres".to_owned(),
            options: String::new(),
        }
    }

    /// Its database `postgres`, over the unix socket.
    pub fn socket_url(&self) -> Url {
        self.url().at(&self.socket_dir().to_string_lossy(), self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the unix socket.
    pub fn socket_dir(&self) -> &Path {
        self.service.folder()
    }

    /// All that the server has logged.
    pub fn log(&self) -> String {
        self.service.log()
    }

    /// The first process of the server, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.service.pid()
    }

    /// Where its programs are, `pgbench` among them.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// The certificate of the authority that signed the server's. Made only with [`Options::tls`].
    pub fn root_certificate(&self) -> PathBuf {
        certificates::authority(self.service.folder())
    }

    /// The folder with the data.
    pub fn data(&self) -> PathBuf {
        self.service.folder().join("data")
    }

    fn empty(options: &Options, password: String) -> Result<Self, String> {
        let programs = Programs::find()?;
        let service = Service::new("postgres", options.parent.as_deref(), "QUIT")?;
        Ok(Self { service, programs, port: free_port()?, password, options: options.clone() })
    }

    /// Sorts as people do where the server can (ICU), as many a hosted server does: a statement that relies on the order
    /// of bytes without saying so must not pass.
    fn initialise(&self) -> Result<(), String> {
        let file = self.service.write("password", &self.password)?;
        let initdb = |more: &[&str]| {
            let mut command = self.service.command(self.programs.path("initdb"));
            command.args(["-D", "data", "-U", USER, "-A", "scram-sha-256", "--pwfile", "password", "-E", "UTF8"]);
            command.args(["--locale", "C", "--no-sync", "--no-instructions"]).args(more);
            run(command)
        };
        let icu = initdb(&["--locale-provider", "icu", "--icu-locale", "en-US"]);
        let made = icu.or_else(|error| if error.contains("ICU is not supported") { initdb(&[]) } else { Err(error) });
        let _ = fs::remove_file(file);
        made
    }

    fn configure(&self, lines: &str) -> Result<(), String> {
        let path = self.data().join("postgresql.conf");
        let appended =
            OpenOptions::new().append(true).open(&path).and_then(|mut file| file.write_all(lines.as_bytes()));
        appended.map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// The server writes its state to the eighth line of its lock file.
fn is_ready(lock: &Path, pid: u32) -> bool {
    let text = fs::read_to_string(lock).unwrap_or_default();
    let mut lines = text.lines();
    lines.next().is_some_and(|line| line.trim() == pid.to_string())
        && lines.nth(6).is_some_and(|state| matches!(state.trim(), "ready" | "standby"))
}
