//! The server: poem's own has no limit on time for a request's head and none on connections, so the accept loop is ours.

mod accept;
mod connection;
mod greeting;
mod housekeeping;
pub(crate) mod respond;
mod stop;

use std::fmt;
use std::future::Future;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use authkit_core::AuthKit;
pub use greeting::greeting;
use poem::IntoEndpoint;
use tokio::net::{TcpListener, TcpSocket, ToSocketAddrs, lookup_host};

/// Connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// Serves an application until the process is told to stop (SIGTERM or ctrl-c), with the default [`Limits`].
///
/// At the start it prints the [`greeting()`] to standard output. Beside serving, it calls [`AuthKit::tidy`] about once a minute and records start and stop in the audit trail. Errors
/// that poem makes (404, 405, a body that does not parse, anything with 5xx) become problem bodies, a panic in a handler is
/// a 500, and neither shows its cause to the client. HTTP/1.1 only; TLS is the proxy's.
///
/// # Errors
/// The address cannot be bound.
///
/// # Examples
/// ```no_run
/// use authkit_core::{AuthKit, Config};
/// use authkit_store_memory::MemoryStore;
/// use poem::Route;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
/// let app = Route::new().nest("/auth", authkit_poem::routes(&auth));
/// authkit_poem::serve(&auth, "127.0.0.1:8000", app).await?;
/// # Ok(())
/// # }
/// ```
pub fn serve(
    kit: &AuthKit,
    address: impl ToSocketAddrs,
    app: impl IntoEndpoint<Endpoint: 'static>,
) -> impl Future<Output = io::Result<()>> {
    // At once, since the future could not go to another thread with what need not be `Send`.
    let app = app.into_endpoint();
    async move {
        let server = Server::bind(kit, address).await?;
        let text = greeting(kit).await;
        // Nobody may be reading there; that is no reason not to serve.
        drop(io::stdout().lock().write_all(text.as_bytes()));
        server.serve(app).await
    }
}

/// Takes an address for [`Server::new`]; port 0 lets the system choose. As many connections may wait to be accepted as may
/// be open by default: with the usual 128, a burst makes clients try again after a second.
///
/// # Errors
/// The address is taken, not this machine's, or not allowed.
pub async fn listen(address: impl ToSocketAddrs) -> io::Result<TcpListener> {
    let mut refused = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in lookup_host(address).await? {
        match listen_at(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

fn listen_at(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A restart does not wait for the connections of the run before. (On Windows the flag means something else.)
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// How much a client may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the first byte of a request's head, or from a new connection, to the end of the head. Default 10 s.
    pub head: Duration,
    /// From the end of the head to the answer: the handler, body included, is cancelled then and the answer is 408.
    /// Default 30 s.
    pub request: Duration,
    /// A connection without a request, or whose client takes no byte of the answer. Default 60 s.
    pub keep_alive: Duration,
    /// How long requests in flight may go on after the stop. Default 10 s.
    pub stop: Duration,
    /// How long mails that wait may take after the last request; what is left then is lost and recorded. Default 5 s.
    pub mails: Duration,
    /// Connections at once. At the cap a new one takes the place of the one that has waited longest for a complete request
    /// head; where every one has a request in work, it waits. Default 1024.
    pub connections: usize,
    /// Longest head of a request in bytes, more is 431. At least 8192; default 16 KiB. It may have 100 header lines.
    pub head_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            request: Duration::from_secs(30),
            keep_alive: Duration::from_secs(60),
            stop: Duration::from_secs(10),
            mails: Duration::from_secs(5),
            connections: 1024,
            head_bytes: 16 * 1024,
        }
    }
}

/// A server that has its address and does not serve yet: [`serve()`] in steps.
///
/// # Examples
/// A test lets the system choose the port and says itself when to stop:
/// ```
/// use authkit_core::{AuthKit, Config};
/// use authkit_poem::Server;
/// use authkit_store_memory::MemoryStore;
/// use poem::Route;
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
/// let app = Route::new().nest("/auth", authkit_poem::routes(&auth));
/// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
/// let server = Server::bind(&auth, "127.0.0.1:0").await?.shutdown(async move { drop(stopped.await) });
/// println!("listening on http://{}", server.local_addr());
/// let serving = tokio::spawn(server.serve(app));
/// drop(stop);
/// serving.await??;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Server {
    kit: AuthKit,
    listener: TcpListener,
    local: SocketAddr,
    limits: Limits,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Server {
    /// Takes an address; port 0 lets the system choose. Connections wait from now on.
    ///
    /// # Errors
    /// The address is taken, not this machine's, or not allowed.
    pub async fn bind(kit: &AuthKit, address: impl ToSocketAddrs) -> io::Result<Self> {
        Self::new(kit, listen(address).await?)
    }

    /// Takes a listener that is there already, of [`listen`] or one that a service manager handed over, or whose port the configuration is
    /// made of.
    ///
    /// # Errors
    /// The system does not tell its address.
    pub fn new(kit: &AuthKit, listener: TcpListener) -> io::Result<Self> {
        let local = listener.local_addr()?;
        let stop = Box::pin(stop::signal());
        Ok(Self { kit: kit.clone(), listener, local, limits: Limits::default(), stop })
    }

    /// The address that it has.
    pub const fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// With other limits.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Stops when this is ready, instead of at SIGTERM or ctrl-c.
    #[must_use]
    pub fn shutdown(self, when: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { stop: Box::pin(when), ..self }
    }

    /// Serves until it is told to stop: then it takes no new connection, closes those without a request, gives the others
    /// [`Limits::stop`], and the mails that wait [`Limits::mails`].
    ///
    /// # Errors
    /// None at present: what fails while serving is logged and ends no other connection.
    pub fn serve(self, app: impl IntoEndpoint<Endpoint: 'static>) -> impl Future<Output = io::Result<()>> + Send {
        let Self { kit, listener, local, limits, stop } = self;
        let service = respond::Service::new(&kit, app.into_endpoint(), limits.request);
        async move {
            housekeeping::started(&kit).await;
            let tidy = housekeeping::Tidy::start(&kit);
            tracing::info!(name: "authkit.listening", target: "authkit", address = %local, "listening");
            accept::run(listener, local, limits, service, stop).await;
            drop(tidy);
            kit.drain_mails(limits.mails).await;
            housekeeping::stopped(&kit).await;
            Ok(())
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("local", &self.local).field("limits", &self.limits).finish_non_exhaustive()
    }
}
