//! One kept HTTP/1.1 connection, as bare as it can be.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The largest answer read, in bytes.
const LARGEST_ANSWER: usize = 1 << 20;

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Whether the server closes the connection after this answer.
    pub closes: bool,
}

/// A connection that carries one request at a time.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    input: Vec<u8>,
}

impl Connection {
    /// Opens one.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn open(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, input: Vec::with_capacity(4096) })
    }

    /// Sends `request` and reads the whole answer.
    ///
    /// # Errors
    /// When the connection ends first, or the answer is not one with a `Content-Length`.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.input.clear();
        loop {
            if self.stream.read_buf(&mut self.input).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(head) = Head::parse(&self.input)?
                && self.input.len() >= head.length
            {
                return Ok(head.answer);
            }
            if self.input.len() > LARGEST_ANSWER {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }
}

impl Connection {
    /// Waits until the server hangs up, asking for nothing.
    pub async fn ended(mut self) {
        while matches!(self.stream.read_buf(&mut self.input).await, Ok(read) if read > 0) {
            self.input.clear();
        }
    }
}

/// The part of an answer that says how long it is.
struct Head {
    answer: Answer,
    /// Of the whole answer, in bytes.
    length: usize,
}

impl Head {
    /// `None` while the header section is not complete.
    fn parse(input: &[u8]) -> io::Result<Option<Self>> {
        let Some(end) = input.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
        let nonsense = || io::Error::from(io::ErrorKind::InvalidData);
        let head = input.get(..end).and_then(|head| std::str::from_utf8(head).ok()).ok_or_else(nonsense)?;
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.strip_prefix("HTTP/1.1 "))
            .and_then(|line| line.get(..3)?.parse().ok())
            .ok_or_else(nonsense)?;
        let mut body = None;
        let mut closes = false;
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                body = value.trim().parse::<usize>().ok();
            } else if name.eq_ignore_ascii_case("connection") {
                closes = value.trim().eq_ignore_ascii_case("close");
            }
        }
        let length = end + 4 + body.ok_or_else(nonsense)?;
        Ok(Some(Self { answer: Answer { status, closes }, length }))
    }
}
