//! Serving on loopback, on an executor of its own with as many threads as cores; value and floor alike.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use authkit_core::AuthKit;
use poem::listener::TcpAcceptor;
use poem::{IntoEndpoint, Server as PoemServer};
use tokio::runtime::Runtime;

use crate::failure::Failure;
use crate::load::executor;

/// A server that ends when the value is dropped.
pub struct Server {
    pub address: SocketAddr,
    executor: Option<Runtime>,
}

impl Server {
    /// Serves as poem does by itself.
    pub fn start<E>(app: E) -> Result<Self, Failure>
    where
        E: IntoEndpoint<Endpoint: 'static> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let executor = executor()?;
        let acceptor = {
            let _inside = executor.enter();
            TcpAcceptor::from_std(listener)?
        };
        executor.spawn(PoemServer::new_with_acceptor(acceptor).run(app));
        Ok(Self { address, executor: Some(executor) })
    }

    /// Serves as `authkit_poem::serve` does: with its limits on time and connections, its upkeep and its answers.
    pub fn start_ours<E>(kit: &AuthKit, app: E) -> Result<Self, Failure>
    where
        E: IntoEndpoint<Endpoint: 'static> + Send + 'static,
    {
        let executor = executor()?;
        let server = executor.block_on(authkit_poem::Server::bind(kit, (Ipv4Addr::LOCALHOST, 0)))?;
        let address = server.local_addr();
        executor.spawn(server.serve(app));
        Ok(Self { address, executor: Some(executor) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(executor) = self.executor.take() {
            executor.shutdown_timeout(Duration::from_secs(1));
        }
    }
}
