use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Bytes a server may send between two of our writes. A TLS handshake brings certificates, a reply does not. `lettre`
/// parses a reply anew at each of its lines, so its time grows with the square of this.
const HANDSHAKE_LIMIT: usize = 256 * 1024;
const REPLY_LIMIT: usize = 8 * 1024;

/// Our writes in a handshake that certificates may answer: a `ClientHello`, and a second one (RFC 8446, section 4.1.4).
const HELLOS: u8 = 2;

/// What the owner of a connection may change on a wire that `lettre` holds.
#[derive(Debug)]
pub(crate) struct WireControl {
    careful: AtomicBool,
}

impl WireControl {
    /// Reads the next reply byte by byte, and nothing behind it: what follows stays in the socket, where the TLS
    /// handshake stumbles over it (RFC 3207, section 6, and "NO STARTTLS", USENIX Security 2021).
    pub(crate) fn read_next_reply_alone(&self) {
        self.careful.store(true, Ordering::Relaxed);
    }
}

/// A TCP connection with `TCP_NODELAY` set and a bound on what may be read between two writes.
pub(crate) struct Wire {
    stream: TcpStream,
    control: Arc<WireControl>,
    unanswered: usize,
    limit: usize,
    /// Writes still to come that certificates may answer.
    hellos: u8,
    /// The start of the line being read carefully.
    line: [u8; 4],
    column: usize,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream) -> io::Result<(Self, Arc<WireControl>)> {
        stream.set_nodelay(true)?;
        let control = Arc::new(WireControl { careful: AtomicBool::new(false) });
        let wire = Self {
            stream,
            control: Arc::clone(&control),
            unanswered: 0,
            limit: REPLY_LIMIT,
            hellos: 0,
            line: [0; 4],
            column: 0,
        };
        Ok((wire, control))
    }

    /// The next that goes over it is a TLS handshake.
    pub(crate) fn expect_handshake(&mut self) {
        self.hellos = HELLOS;
    }

    fn count(&mut self, read: usize) -> io::Result<()> {
        self.unanswered = self.unanswered.saturating_add(read);
        if self.unanswered > self.limit {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the reply does not end"));
        }
        Ok(())
    }

    /// Notes one byte of a reply; a line whose fourth character is no hyphen is the last (RFC 5321, section 4.2.1).
    fn note(&mut self, byte: u8) {
        if byte == b'\n' {
            if self.line.get(3) != Some(&b'-') {
                self.control.careful.store(false, Ordering::Relaxed);
                self.expect_handshake();
            }
            self.line = [0; 4];
            self.column = 0;
            return;
        }
        if let Some(place) = self.line.get_mut(self.column) {
            *place = byte;
        }
        self.column = self.column.saturating_add(1);
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("peer", &self.stream.peer_addr().ok()).finish_non_exhaustive()
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.control.careful.load(Ordering::Relaxed) && buf.remaining() > 0 {
            let mut byte = [0];
            let mut one = ReadBuf::new(&mut byte);
            std::task::ready!(Pin::new(&mut self.stream).poll_read(cx, &mut one))?;
            if let Some(&byte) = one.filled().first() {
                self.count(1)?;
                self.note(byte);
                buf.put_slice(&[byte]);
            }
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        std::task::ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let read = buf.filled().len().saturating_sub(before);
        Poll::Ready(self.count(read))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.unanswered = 0;
        self.limit = if self.hellos > 0 { HANDSHAKE_LIMIT } else { REPLY_LIMIT };
        self.hellos = self.hellos.saturating_sub(1);
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (Wire, Arc<WireControl>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        let (wire, control) = Wire::new(client).unwrap();
        (wire, control, server)
    }

    #[tokio::test]
    async fn nagle_is_off() {
        let (wire, _, _server) = pair().await;
        assert!(wire.stream.nodelay().unwrap());
    }

    #[tokio::test]
    async fn a_careful_read_stops_behind_the_reply() {
        let (mut wire, control, mut server) = pair().await;
        control.read_next_reply_alone();
        server.write_all(b"220-go\r\n220 ahead\r\n250 injected\r\n").await.unwrap();
        let mut reply = Vec::new();
        while !reply.ends_with(b"ahead\r\n") {
            let mut some = [0; 64];
            let read = wire.read(&mut some).await.unwrap();
            assert_eq!(read, 1);
            reply.extend_from_slice(&some[..read]);
        }
        let mut rest = [0; 64];
        let read = wire.read(&mut rest).await.unwrap();
        assert_eq!(&rest[..read], b"250 injected\r\n");
    }

    #[tokio::test]
    async fn an_endless_line_ends() {
        let (mut wire, _, mut server) = pair().await;
        let flood = tokio::spawn(async move { while server.write_all(&[b'x'; 4096]).await.is_ok() {} });
        let mut read = 0;
        let mut some = [0; 4096];
        let fault = loop {
            match wire.read(&mut some).await {
                Ok(length) => read += length,
                Err(fault) => break fault,
            }
        };
        assert_eq!(fault.kind(), io::ErrorKind::InvalidData);
        assert!(read <= REPLY_LIMIT);
        drop(wire);
        flood.await.unwrap();
    }
}
