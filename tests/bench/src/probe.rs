//! Latency at a fixed rate of arrival, from the instant at which a call was meant to start: a stall is not hidden by the
//! calls that it kept from being made.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use crate::failure::Failure;
use crate::http::Connection;

/// One a second on each.
const CONNECTIONS: u32 = 20;

/// Makes 20 calls a second for a time and answers how long each took.
pub async fn probe(server: SocketAddr, request: Vec<u8>, lasts: Duration) -> Result<Vec<Duration>, Failure> {
    let start = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|i| {
            tokio::spawn(one(server, request.clone(), start + Duration::from_secs(1) * i / CONNECTIONS, start + lasts))
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await??);
    }
    Ok(latencies)
}

async fn one(server: SocketAddr, request: Vec<u8>, first: Instant, stop: Instant) -> Result<Vec<Duration>, Failure> {
    let mut connection = Connection::open(server).await?;
    let (mut intended, mut latencies) = (first, Vec::new());
    while intended < stop {
        tokio::time::sleep_until(intended).await;
        connection.call(&request).await?.expect(200)?;
        latencies.push(intended.elapsed());
        intended += Duration::from_secs(1);
    }
    Ok(latencies)
}

/// The latency that 99 of 100 calls do not exceed.
pub fn p99(mut latencies: Vec<Duration>) -> Result<Duration, Failure> {
    latencies.sort_unstable();
    let at = (latencies.len() * 99).div_ceil(100).saturating_sub(1);
    latencies.get(at).copied().ok_or_else(|| Failure::new("nothing was probed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_hundred_may_be_slower() {
        let latencies = |n: u64| (1..=n).map(Duration::from_millis).collect();
        assert_eq!(p99(latencies(100)).expect("some"), Duration::from_millis(99));
        assert_eq!(p99(latencies(50)).expect("some"), Duration::from_millis(50));
        assert!(p99(Vec::new()).is_err());
    }
}
