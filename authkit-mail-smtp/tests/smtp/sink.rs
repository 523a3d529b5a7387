//! A mail server on loopback that keeps what it is given, and fails as it is told.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use data_encoding::BASE64;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// How long a test waits for what must happen.
const SOON: Duration = Duration::from_secs(20);

/// How the sink speaks TLS.
#[derive(Clone)]
pub(crate) enum Tls {
    /// Offers STARTTLS.
    Offered(TlsAcceptor),
    /// From the first byte.
    AtOnce(TlsAcceptor),
    /// Does not know it.
    Unknown,
}

/// How one connection goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Closed as soon as it is accepted.
    Closed,
    /// Accepted, and nothing is ever said.
    Silent,
    /// The mail is answered with this after it was read; `{}` is what of it holds a link.
    Answer(&'static str),
    /// The recipient is answered with this.
    Recipient(&'static str),
    /// Cut off in the middle of the mail.
    CutInData,
}

/// A mail that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) data: String,
    /// Who had signed in.
    pub(crate) user: Option<String>,
    pub(crate) encrypted: bool,
    pub(crate) hello: String,
}

/// The sink, gone when this is dropped.
pub(crate) struct Sink {
    pub(crate) address: SocketAddr,
    seen: watch::Receiver<Seen>,
    task: JoinHandle<()>,
}

/// All that it has seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) connections: usize,
    pub(crate) mails: Vec<Received>,
    /// Every line of a client, mails aside.
    pub(crate) lines: Vec<String>,
}

struct Shared {
    tls: Tls,
    login: Option<(&'static str, &'static str)>,
    faults: Mutex<VecDeque<Fault>>,
    seen: watch::Sender<Seen>,
}

/// Whoever wants this user and password signed in, if any.
pub(crate) const LOGIN: (&str, &str) = ("postmaster", "canary-sparrow pass word");

impl Sink {
    /// A sink on a port of its own.
    pub(crate) async fn start(tls: Tls, login: bool, faults: &[Fault]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self::on(listener, tls, login, faults)
    }

    pub(crate) fn on(listener: TcpListener, tls: Tls, login: bool, faults: &[Fault]) -> Self {
        let address = listener.local_addr().expect("an address");
        let (seen, watched) = watch::channel(Seen::default());
        let faults = Mutex::new(faults.iter().cloned().collect());
        let shared = Arc::new(Shared { tls, login: login.then_some(LOGIN), faults, seen });
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    let _ = shared.serve(stream).await;
                });
            }
        });
        Self { address, seen: watched, task }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Waits until this many mails have arrived, and fails where more have.
    pub(crate) async fn mails(&self, count: usize) -> Vec<Received> {
        let mut seen = self.seen.clone();
        let arrived = timeout(SOON, seen.wait_for(|seen| seen.mails.len() >= count)).await;
        let mails = arrived.expect("the mails arrive").expect("a sink").mails.clone();
        assert_eq!(mails.len(), count);
        mails
    }

    /// Waits until somebody has connected this often.
    pub(crate) async fn connections(&self, count: usize) {
        let mut seen = self.seen.clone();
        timeout(SOON, seen.wait_for(|seen| seen.connections >= count)).await.expect("somebody comes").expect("a sink");
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Shared {
    async fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let fault = self.faults.lock().expect("no test panics here").pop_front();
        self.seen.send_modify(|seen| seen.connections += 1);
        match (&fault, &self.tls) {
            (Some(Fault::Closed), _) => Ok(()),
            (Some(Fault::Silent), _) => {
                // Until the client has had enough.
                let mut stream = stream;
                stream.read_to_end(&mut Vec::new()).await.map(drop)
            }
            (_, Tls::AtOnce(acceptor)) => {
                let stream = acceptor.accept(stream).await?;
                self.talk(Box::new(stream), true, true, fault).await.map(drop)
            }
            (_, Tls::Unknown) => self.talk(Box::new(stream), false, true, fault).await.map(drop),
            (_, Tls::Offered(acceptor)) => match self.talk(Box::new(stream), false, true, fault.clone()).await? {
                Some(stream) => {
                    let stream = acceptor.accept(stream).await?;
                    self.talk(Box::new(stream), true, false, fault).await.map(drop)
                }
                None => Ok(()),
            },
        }
    }

    /// `Some`: TLS comes next.
    async fn talk(
        &self,
        stream: Box<dyn Stream>,
        encrypted: bool,
        greet: bool,
        fault: Option<Fault>,
    ) -> io::Result<Option<Box<dyn Stream>>> {
        let mut stream = BufReader::new(stream);
        let (mut user, mut hello, mut from, mut to) = (None, String::new(), String::new(), Vec::new());
        if greet {
            stream.write_all(b"220 sink at your service\r\n").await?;
        }
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(None);
            }
            let line = line.trim_end().to_owned();
            self.seen.send_modify(|seen| seen.lines.push(line.clone()));
            let answer = match line.split_once([' ', ':']).map_or(line.as_str(), |(verb, _)| verb) {
                "EHLO" => {
                    line[4..].trim().clone_into(&mut hello);
                    let offer = matches!(self.tls, Tls::Offered(_)) && !encrypted;
                    let tls = if offer { "250-STARTTLS\r\n" } else { "" };
                    format!("250-sink\r\n250-8BITMIME\r\n{tls}250 AUTH PLAIN LOGIN")
                }
                "STARTTLS" => {
                    stream.write_all(b"220 go ahead\r\n").await?;
                    return Ok(Some(stream.into_inner()));
                }
                "AUTH" => {
                    let given = line.strip_prefix("AUTH PLAIN ").and_then(|text| BASE64.decode(text.as_bytes()).ok());
                    let expected = self.login.map(|(user, password)| format!("\0{user}\0{password}").into_bytes());
                    if given.is_some() && given == expected {
                        user = self.login.map(|(user, _)| user.to_owned());
                        "235 welcome".to_owned()
                    } else {
                        "535 5.7.8 user or password is wrong".to_owned()
                    }
                }
                "MAIL" if self.login.is_some() && user.is_none() => "530 5.7.0 sign in first".to_owned(),
                "MAIL" => {
                    angle(&line).clone_into(&mut from);
                    "250 fine".to_owned()
                }
                "RCPT" => {
                    to.push(angle(&line).to_owned());
                    match &fault {
                        Some(Fault::Recipient(answer)) => (*answer).to_owned(),
                        _ => "250 fine".to_owned(),
                    }
                }
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    if fault == Some(Fault::CutInData) {
                        stream.read_exact(&mut [0; 100]).await?;
                        return Ok(None);
                    }
                    let data = data(&mut stream).await?;
                    if let Some(Fault::Answer(answer)) = &fault {
                        let repeated: String = data.split_whitespace().filter(|word| word.contains("token")).collect();
                        answer.replace("{}", &repeated)
                    } else {
                        let (from, to, hello) = (from.clone(), std::mem::take(&mut to), hello.clone());
                        let mail = Received { from, to, data, user: user.clone(), encrypted, hello };
                        self.seen.send_modify(|seen| seen.mails.push(mail));
                        "250 taken".to_owned()
                    }
                }
                "NOOP" => "250 fine".to_owned(),
                "QUIT" => {
                    stream.write_all(b"221 bye\r\n").await?;
                    return Ok(None);
                }
                _ => "500 what".to_owned(),
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
    }
}

fn angle(line: &str) -> &str {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(address, _)| address)
}

async fn data(stream: &mut BufReader<Box<dyn Stream>>) -> io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
