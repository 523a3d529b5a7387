//! PgBouncer in transaction mode, in front of a server.

use std::net::TcpStream;

use super::programs::find_pgbouncer;
use super::service::Service;
use super::system::free_port;
use crate::Url;

/// How a pooler differs from the usual one.
#[derive(Clone, Debug)]
pub struct PoolerOptions {
    pool_size: u32,
    settings: Vec<(String, String)>,
}

impl Default for PoolerOptions {
    fn default() -> Self {
        Self { pool_size: 20, settings: Vec::new() }
    }
}

impl PoolerOptions {
    /// Connections to the server for each database and user. 20 unless set.
    #[must_use]
    pub fn pool_size(mut self, size: u32) -> Self {
        self.pool_size = size;
        self
    }

    /// A line of its configuration: `ignore_startup_parameters`, which is empty unless set, `pool_mode`.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A pooler. Dropping it stops it.
#[derive(Debug)]
pub struct PgBouncer {
    service: Service,
    /// The server's database that it was started for, by way of the pooler.
    url: Url,
}

impl PgBouncer {
    /// Starts one in front of the server of this URL, for all its databases and for the user of the URL.
    ///
    /// # Errors
    /// The program is missing, or what it says.
    pub fn start(server: &Url, options: &PoolerOptions) -> Result<Self, String> {
        let program = find_pgbouncer().ok_or("the program `pgbouncer` was not found")?;
        let service = Service::new("pgbouncer", None, "KILL")?;
        let port = free_port()?;
        let quoted = |text: &str| text.replace('"', "\"\"");
        service.write("users", &format!("\"{}\" \"{}\"\n", quoted(&server.user), quoted(&server.password)))?;
        service.write("ini", &configuration(server, options, port, &service.folder().to_string_lossy()))?;
        let listens = |_| TcpStream::connect(("127.0.0.1", port)).is_ok();
        service.start(&program, &["ini"], listens)?;
        Ok(Self { service, url: server.at("127.0.0.1", port).without_options() })
    }

    /// The server's database that it was started for, by way of the pooler.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// All that it has logged.
    pub fn log(&self) -> String {
        self.service.log()
    }
}

fn configuration(server: &Url, options: &PoolerOptions, port: u16, folder: &str) -> String {
    let mut lines = vec![
        "[databases]".to_owned(),
        format!("* = host={} port={}", server.host, server.port),
        "[pgbouncer]".to_owned(),
        "listen_addr = 127.0.0.1".to_owned(),
        format!("listen_port = {port}"),
        format!("unix_socket_dir = {folder}"),
        "auth_type = scram-sha-256".to_owned(),
        "auth_file = users".to_owned(),
        format!("admin_users = {}", server.user),
        "pool_mode = transaction".to_owned(),
        "max_client_conn = 500".to_owned(),
        format!("default_pool_size = {}", options.pool_size),
        // The databases of the tests come and go; their connections must not fill the server meanwhile.
        "server_idle_timeout = 5".to_owned(),
    ];
    if let Some(mode) = server.options.split('&').find_map(|option| option.strip_prefix("sslmode=")) {
        lines.push(format!("server_tls_sslmode = {mode}"));
    }
    lines.extend(options.settings.iter().map(|(name, value)| format!("{name} = {value}")));
    lines.join("\n") + "\n"
}
