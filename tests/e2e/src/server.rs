//! A server inside the test, for what the sandbox cannot show.

use std::net::SocketAddr;

use authkit_core::{Actor, AuthKit, Config, Profile, Role, TrustedPassword, TrustedUser};
use authkit_poem::{Limits, Server};
use authkit_store_memory::MemoryStore;
use poem::IntoEndpoint;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server that stops when the test says so, or ends.
#[derive(Debug)]
pub struct Running {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// Tells it to stop.
    pub fn stop(&mut self) {
        self.stop.take();
    }

    /// Waits until it has stopped.
    pub async fn stopped(mut self) {
        self.stop();
        self.served.await.expect("no panic").expect("it served");
    }
}

/// Serves on a free port.
pub async fn start(kit: &AuthKit, limits: Limits, app: impl IntoEndpoint<Endpoint: 'static> + 'static) -> Running {
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::bind(kit, "127.0.0.1:0").await.expect("a free port").limits(limits);
    let server = server.shutdown(async move { drop(stopped.await) });
    let address = server.local_addr();
    Running { address, stop: Some(stop), served: tokio::spawn(server.serve(app)) }
}

/// A kit on the memory store with `NAME@example.com` for each name, whose role and name are the same and whose password is
/// `a lantern over the quay`.
pub async fn kit(config: Config, names: &[&str]) -> AuthKit {
    let kit = AuthKit::builder().store(MemoryStore::new()).config(config).build().expect("a sound configuration");
    for name in names {
        let user = TrustedUser {
            email: format!("{name}@example.com"),
            password: TrustedPassword::Plain("a lantern over the quay".into()),
            role: Role::new(name).expect("a role"),
            is_active: true,
            is_verified: true,
            profile: Profile::default(),
        };
        kit.create_user(user, Actor::System).await.expect("a new user");
    }
    kit
}
