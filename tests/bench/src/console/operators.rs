//! Operators at work: they page through the lists and export.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Desk, Page};
use crate::failure::Failure;
use crate::http::Connection;

/// How long somebody looks at a page before the next.
const THOUGHT: Duration = Duration::from_millis(250);

/// What an export sent.
pub struct Export {
    pub bytes: usize,
    pub lines: usize,
}

/// So many operators until an instant: every second one exports, the others page. Answers how many pages and exports there
/// were.
pub async fn operators(
    desk: &Desk,
    count: usize,
    pages: &[Page],
    exports: &[&str],
    until: Instant,
) -> Result<usize, Failure> {
    let tasks: Vec<_> = (0..count)
        .map(|n| {
            let paths: Vec<_> = if n % 2 == 1 && !exports.is_empty() {
                exports.iter().map(|path| desk.get(path)).collect()
            } else {
                pages.iter().map(|page| desk.get(&page.path)).collect()
            };
            let exporting = n % 2 == 1 && !exports.is_empty();
            tokio::spawn(one(desk.server.address, paths, n, exporting, until))
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await??;
    }
    Ok(done)
}

async fn one(
    server: SocketAddr,
    gets: Vec<Vec<u8>>,
    first: usize,
    exporting: bool,
    until: Instant,
) -> Result<usize, Failure> {
    let mut connection = Connection::open(server).await?;
    let mut done = 0;
    for get in gets.iter().cycle().skip(first) {
        if Instant::now() >= until {
            break;
        }
        if exporting {
            read(server, get, Some(until)).await?;
        } else {
            connection.call(get).await?.expect(200)?;
            tokio::time::sleep(THOUGHT).await;
        }
        done += 1;
    }
    Ok(done)
}

/// The whole of an export.
pub async fn export(desk: &Desk, path: &str) -> Result<Export, Failure> {
    read(desk.server.address, &desk.get(path), None).await
}

/// Reads what comes in pieces and forgets it; until the end, or until an instant.
async fn read(server: SocketAddr, get: &[u8], until: Option<Instant>) -> Result<Export, Failure> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(get).await?;
    let mut buffer = vec![0; 64 * 1024];
    let mut export = Export { bytes: 0, lines: 0 };
    let mut end = [0_u8; 5];
    loop {
        let read = stream.read(&mut buffer).await?;
        let piece = buffer.get(..read).unwrap_or_default();
        if export.bytes == 0 && !piece.starts_with(b"HTTP/1.1 200 ") {
            return Err(Failure::new(format!("no export: {}", String::from_utf8_lossy(piece))));
        }
        if read == 0 {
            return Err(Failure::new("the export broke off"));
        }
        export.bytes += read;
        export.lines += piece.iter().filter(|byte| **byte == b'\n').count();
        for byte in piece.iter().rev().take(end.len()).rev() {
            end.rotate_left(1);
            end[4] = *byte;
        }
        // The last piece is an empty one.
        if end == *b"0\r\n\r\n" || until.is_some_and(|until| Instant::now() >= until) {
            return Ok(export);
        }
    }
}
