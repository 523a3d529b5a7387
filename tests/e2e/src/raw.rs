//! A socket to write to byte by byte.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[derive(Debug)]
pub struct Raw(pub TcpStream);

impl Raw {
    pub async fn connect(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.expect("the server accepts"))
    }

    /// Writes; whether the other end still takes it is not asked.
    pub async fn say(&mut self, text: impl AsRef<[u8]>) -> &mut Self {
        let _ = self.0.write_all(text.as_ref()).await;
        self
    }

    /// All that comes until the server closes.
    pub async fn rest(&mut self) -> String {
        let mut all = Vec::new();
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = self.0.read(&mut piece).await {
            all.extend_from_slice(&piece[..read]);
        }
        String::from_utf8_lossy(&all).into_owned()
    }

    /// One answer with a `Content-Length`, the connection stays open.
    pub async fn answer(&mut self) -> String {
        let mut all = String::new();
        loop {
            if let Some((head, body)) = all.split_once("\r\n\r\n") {
                let length = head
                    .lines()
                    .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
                if body.len() >= length.unwrap_or(0) {
                    return all;
                }
            }
            let mut piece = [0; 4096];
            match self.0.read(&mut piece).await {
                Ok(read @ 1..) => all.push_str(&String::from_utf8_lossy(&piece[..read])),
                _ => return all,
            }
        }
    }
}
