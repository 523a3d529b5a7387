//! One connection through the proxy: the start, then bytes one way and messages the other.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::{Control, Lose};

/// The codes by which a client asks for TLS or GSSAPI before it says who it is.
const ENCRYPTION: [u32; 2] = [80_877_103, 80_877_104];

/// Passed on in one piece at most.
const CHUNK: usize = 64 * 1024;

/// Ends when one of both sides does, or when something is lost.
pub(super) async fn relay(mut client: TcpStream, control: &Control) -> io::Result<()> {
    control.flow().await;
    let mut server = TcpStream::connect((control.target.0.as_str(), control.target.1)).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let mut encrypted = false;
    loop {
        // Length and code.
        let start = client.read_u64().await?;
        control.flow().await;
        server.write_u64(start).await?;
        let code = u32::try_from(start & u64::from(u32::MAX)).unwrap_or_default();
        if !ENCRYPTION.contains(&code) {
            break;
        }
        let answer = server.read_u8().await?;
        client.write_u8(answer).await?;
        if answer != b'N' {
            encrypted = true;
            break;
        }
    }
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    tokio::select! {
        ended = bytes(from_client, to_server, control) => ended,
        ended = async {
            if encrypted {
                bytes(from_server, to_client, control).await
            } else {
                messages(from_server, to_client, control).await
            }
        } => ended,
    }
}

async fn bytes(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, control: &Control) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = from.read(&mut buffer).await?;
        control.flow().await;
        if count == 0 || control.loses(|next| matches!(next, Lose::Request)) {
            return Ok(());
        }
        to.write_all(&buffer[..count]).await?;
    }
}

/// An answer is all messages up to "ready for query", which the server sends when a commit is done.
async fn messages(from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, control: &Control) -> io::Result<()> {
    let mut from = BufReader::with_capacity(CHUNK, from);
    let mut held = Vec::new();
    // Where in it the answer begins that is not whole yet.
    let mut begins = 0;
    let mut started = false;
    let mut tags: Vec<String> = Vec::new();
    loop {
        let (kind, length) = (from.read_u8().await?, from.read_u32().await?);
        let body = held.len() + 5;
        held.push(kind);
        held.extend(length.to_be_bytes());
        held.resize(body + (length as usize).saturating_sub(4), 0);
        from.read_exact(&mut held[body..]).await?;
        if kind == b'C' {
            tags.push(String::from_utf8_lossy(&held[body..]).into_owned());
        }
        let whole = kind == b'Z';
        if whole && started {
            let is_this = |next: &Lose| matches!(next, Lose::Answer(tag) if tags.iter().any(|t| t.starts_with(tag)));
            if control.loses(is_this) {
                return to.write_all(&held[..begins]).await;
            }
        }
        if whole {
            started = true;
            begins = held.len();
            tags.clear();
        }
        // Before it has started the client has to answer, and so it has to a request for data.
        let asks = !started || kind == b'G';
        let may_pass = whole || asks || !control.holds_answers();
        if may_pass && (from.buffer().is_empty() || held.len() > CHUNK) {
            control.flow().await;
            to.write_all(&held).await?;
            held.clear();
            begins = 0;
        }
    }
}
