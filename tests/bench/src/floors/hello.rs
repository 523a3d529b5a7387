//! A poem hello-world: a route, a function, a text as long as the answer that it is compared with.

use poem::endpoint::make_sync;
use poem::{Endpoint, Route, get};

use crate::failure::Failure;
use crate::http::{Connection, request};
use crate::load::Client;
use crate::server::Server;

pub const PATH: &str = "/hello";

pub fn app(length: usize) -> impl Endpoint + 'static {
    let text: &'static str = "x".repeat(length).leak();
    Route::new().at(PATH, get(make_sync(move |_| text)))
}

/// A client that gets the same thing again and again, with one of its tokens after the other.
pub struct Getter {
    connection: Connection,
    requests: Vec<Vec<u8>>,
    next: usize,
    length: usize,
}

impl Getter {
    /// As many clients as wanted, which share the tokens among them. Each answer must be as long as `length` says.
    pub async fn several(
        server: &Server,
        path: &str,
        tokens: &[&str],
        clients: usize,
        length: usize,
    ) -> Result<Vec<Self>, Failure> {
        let mut getters = Vec::with_capacity(clients);
        for first in 0..clients {
            let tokens = tokens.iter().skip(first).step_by(clients);
            let requests = tokens.map(|token| request("GET", path, token)).collect();
            getters.push(Self { connection: Connection::open(server.address).await?, requests, next: 0, length });
        }
        Ok(getters)
    }
}

/// How long the answer to a request with this token is.
pub async fn length(server: &Server, path: &str, token: &str) -> Result<usize, Failure> {
    let mut connection = Connection::open(server.address).await?;
    let answer = connection.call(&request("GET", path, token)).await?;
    answer.expect(200)?;
    Ok(answer.body.len())
}

impl Client for Getter {
    async fn call(&mut self) -> Result<bool, Failure> {
        let request = &self.requests[self.next];
        self.next = (self.next + 1) % self.requests.len();
        let answer = self.connection.call(request).await?;
        answer.expect(200)?;
        if answer.body.len().abs_diff(self.length) > 16 {
            return Err(Failure::new(format!("a body of {} instead of {} bytes", answer.body.len(), self.length)));
        }
        Ok(true)
    }
}
