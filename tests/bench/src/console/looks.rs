//! How long a page takes, over HTTP, and how large it is.

use std::time::Instant;

use super::{Desk, Page};
use crate::failure::Failure;
use crate::http::Connection;

/// What was seen of a page.
pub struct Look {
    /// Milliseconds, in ascending order.
    times: Vec<f64>,
    pub bytes: usize,
}

impl Look {
    pub fn p95(&self) -> f64 {
        self.at(95)
    }

    #[cfg(test)]
    pub fn median(&self) -> f64 {
        self.at(50)
    }

    fn at(&self, percent: usize) -> f64 {
        self.times.get((self.times.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default()
    }
}

/// Asks for a page so many times, one after the other.
pub async fn look(desk: &Desk, page: &Page, calls: usize) -> Result<Look, Failure> {
    let get = desk.get(&page.path);
    let mut connection = Connection::open(desk.server.address).await?;
    let (mut times, mut bytes) = (Vec::with_capacity(calls), 0);
    // The first reads what no memory holds yet.
    for n in 0..=calls {
        let start = Instant::now();
        let answer = connection.call(&get).await?;
        let took = start.elapsed().as_secs_f64() * 1_000.0;
        answer.expect(200).map_err(|failure| Failure::new(format!("{}: {failure}", page.path)))?;
        bytes = answer.body.len();
        if bytes < 200 {
            return Err(Failure::new(format!("{}: a page without rows", page.path)));
        }
        if n > 0 {
            times.push(took);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(Look { times, bytes })
}
