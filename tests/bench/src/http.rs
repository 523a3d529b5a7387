//! The smallest HTTP/1.1 client that can check an answer: one kept connection, a request made beforehand, a length that
//! is told. It must cost little, since it runs on the cores that are measured.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::failure::Failure;

/// Larger than any answer here.
const BUFFER: usize = 256 * 1024;

pub struct Connection {
    stream: TcpStream,
    buffer: Box<[u8]>,
}

/// An answer, until the next call.
pub struct Answer<'c> {
    pub status: u16,
    pub head: &'c [u8],
    pub body: &'c [u8],
}

impl Connection {
    pub async fn open(server: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; BUFFER].into_boxed_slice() })
    }

    /// Sends a whole request and reads the whole answer.
    pub async fn call(&mut self, request: &[u8]) -> Result<Answer<'_>, Failure> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        let (head, length) = loop {
            filled += self.read(filled).await?;
            if let Some(head) = find(&self.buffer[..filled], b"\r\n\r\n") {
                let length = value(&self.buffer[..head], b"\r\ncontent-length: ");
                break (head + 4, length.ok_or_else(|| Failure::new("an answer does not say how long it is"))?);
            }
        };
        let length: usize = std::str::from_utf8(length)?.parse()?;
        while filled < head + length {
            filled += self.read(filled).await?;
        }
        if filled > head + length {
            return Err(Failure::new("more came than one answer"));
        }
        let status = std::str::from_utf8(&self.buffer[9..12])?.parse()?;
        Ok(Answer { status, head: &self.buffer[..head], body: &self.buffer[head..filled] })
    }

    async fn read(&mut self, filled: usize) -> Result<usize, Failure> {
        match self.stream.read(&mut self.buffer[filled..]).await? {
            0 => Err(Failure::new("the connection ended, or an answer is too long")),
            read => Ok(read),
        }
    }
}

impl<'c> Answer<'c> {
    pub fn expect(&self, status: u16) -> Result<(), Failure> {
        if self.status == status {
            return Ok(());
        }
        let body = String::from_utf8_lossy(self.body);
        Err(Failure::new(format!("{} instead of {status}: {body}", self.status)))
    }

    /// The value of a header, whose name is given in lower case.
    pub fn header(&self, name: &str) -> Option<&'c [u8]> {
        value(self.head, format!("\r\n{name}: ").as_bytes())
    }

    /// The value of a text field of a JSON body.
    pub fn text(&self, name: &str) -> Option<&'c [u8]> {
        let mark = format!("\"{name}\":\"");
        let start = find(self.body, mark.as_bytes())? + mark.len();
        let end = self.body[start..].iter().position(|byte| *byte == b'"')?;
        Some(&self.body[start..start + end])
    }
}

/// A request without a body; `GET` or a `POST` that takes none.
pub fn request(method: &str, path: &str, bearer: &str) -> Vec<u8> {
    let length = if method == "GET" { "" } else { "Content-Length: 0\r\n" };
    format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {bearer}\r\n{length}\r\n")
        .into_bytes()
}

/// A `POST` with a JSON body.
pub fn post(path: &str, json: &str) -> Vec<u8> {
    let length = json.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}"
    )
    .into_bytes()
}

fn value<'h>(head: &'h [u8], mark: &[u8]) -> Option<&'h [u8]> {
    let rest = &head[find(head, mark)? + mark.len()..];
    let end = rest.iter().position(|byte| *byte == b'\r').unwrap_or(rest.len());
    Some(&rest[..end])
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}
