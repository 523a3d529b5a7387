//! Bodies of requests and answers, whatever the framework.

use std::error::Error;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, TryStreamExt as _};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, StreamBody};

/// The body of a request or an answer. `Send`, not `Sync`.
#[derive(Default)]
pub enum Body {
    /// None at all.
    #[default]
    Empty,
    /// All of it at once.
    Bytes(Bytes),
    /// One piece after the other.
    Frames(UnsyncBoxBody<Bytes, io::Error>),
}

/// An answer.
pub type Response = http::Response<Body>;

/// Why a body could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// It is longer than allowed. What was read so far is dropped.
    TooLarge,
    /// The connection ended in the middle of it, or its framing is wrong.
    Broken(io::Error),
}

impl Body {
    /// A body that arrives from another `http_body::Body`, such as a framework's own.
    pub fn frames<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        if body.is_end_stream() { Self::Empty } else { Self::Frames(body.map_err(io::Error::other).boxed_unsync()) }
    }

    /// A body that is made while it is sent.
    pub fn stream(pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self::Frames(StreamBody::new(pieces.map_ok(Frame::data)).boxed_unsync())
    }

    /// Reads all of it, as long as it is no longer than `limit` bytes.
    ///
    /// A body that says how long it is, is refused before the first byte is read; one that does not say, or lies, is
    /// refused as soon as it passes the limit, so no more than `limit` bytes and one piece are ever held.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`], [`ReadError::Broken`].
    pub async fn read(self, limit: usize) -> Result<Bytes, ReadError> {
        let mut frames = match self {
            Self::Empty => return Ok(Bytes::new()),
            Self::Bytes(bytes) if bytes.len() > limit => return Err(ReadError::TooLarge),
            Self::Bytes(bytes) => return Ok(bytes),
            Self::Frames(frames) => frames,
        };
        if usize::try_from(frames.size_hint().lower()).map_or(true, |least| least > limit) {
            return Err(ReadError::TooLarge);
        }
        let mut whole = BytesMut::new();
        while let Some(frame) = frames.frame().await {
            // Trailers hold nothing that anybody here reads.
            let Ok(piece) = frame.map_err(ReadError::Broken)?.into_data() else { continue };
            if piece.len() > limit - whole.len() {
                return Err(ReadError::TooLarge);
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let body = self.get_mut();
        match body {
            Self::Empty => Poll::Ready(None),
            Self::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                *body = Self::Empty;
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Self::Frames(frames) => Pin::new(frames).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Frames(frames) => frames.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Frames(frames) => frames.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    /// Never the content: it may be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Body::Empty",
            Self::Bytes(_) => "Body::Bytes([redacted])",
            Self::Frames(_) => "Body::Frames([redacted])",
        })
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() { Self::Empty } else { Self::Bytes(bytes) }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    // S-92
    #[tokio::test]
    async fn an_endless_body_is_refused_after_the_limit_and_one_piece() {
        let sent = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&sent);
        let gibibyte = futures_util::stream::iter((0..16 * 1024).map(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok(Bytes::from_static(&[b'x'; 1024]))
        }));
        assert!(matches!(Body::stream(gibibyte).read(4 * 1024).await, Err(ReadError::TooLarge)));
        assert_eq!(sent.load(Ordering::Relaxed), 5);
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit_and_not_a_byte_further() {
        assert_eq!(Body::from("1234").read(4).await.expect("fits"), "1234");
        assert!(matches!(Body::from("12345").read(4).await, Err(ReadError::TooLarge)));
        let pieces = || futures_util::stream::iter(["12", "34"].map(|piece| Ok(Bytes::from(piece))));
        assert_eq!(Body::stream(pieces()).read(4).await.expect("fits"), "1234");
        assert!(matches!(Body::stream(pieces()).read(3).await, Err(ReadError::TooLarge)));
        assert_eq!(Body::frames(Body::from("1234")).read(4).await.expect("fits"), "1234");
    }

    #[tokio::test]
    async fn a_body_that_says_it_is_too_long_is_not_read() {
        let body = Body::frames(Body::from("x".repeat(100)));
        assert_eq!(http_body::Body::size_hint(&body).exact(), Some(100));
        assert!(matches!(body.read(99).await, Err(ReadError::TooLarge)));
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_told_apart() {
        let pieces = [Ok(Bytes::from("12")), Err(io::Error::other("gone"))];
        assert!(matches!(Body::stream(futures_util::stream::iter(pieces)).read(9).await, Err(ReadError::Broken(_))));
    }

    #[tokio::test]
    async fn what_is_sent_is_what_was_put_in() {
        assert_eq!(Body::from("1234").collect().await.expect("bytes").to_bytes(), "1234");
        assert!(Body::Empty.collect().await.expect("nothing").to_bytes().is_empty());
    }
}
