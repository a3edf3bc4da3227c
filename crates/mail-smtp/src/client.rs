#![expect(deprecated, reason = "lettre offers TLS over a stream of our own through this type alone")]

use std::fmt;

use futures_util::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use lettre::transport::smtp::client::{AsyncNetworkStream, TlsParameters};
use tokio::net::TcpStream;

use crate::failure::Cause;
use crate::reply::Reply;

/// Bytes of one reply, all its lines together. A longer one does not end.
const REPLY_LIMIT: usize = 64 * 1024;

/// The client's side of SMTP (RFC 5321) on one connection: commands out, replies in. `lettre` reads
/// replies as UTF-8 and takes any other for a broken connection, which after a mail's text means to
/// send the mail again; here a reply is read as bytes, and its code alone decides.
pub(crate) struct Client {
    stream: BufReader<AsyncNetworkStream>,
    /// What the last `EHLO` was answered with.
    hello: Option<Reply>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Client {
    /// A client that has said and read nothing yet.
    pub(crate) fn new(stream: TcpStream) -> Result<Self, Cause> {
        // Every step is a small write that waits for an answer.
        stream.set_nodelay(true).map_err(|error| Cause::Lost(error.to_string()))?;
        let stream = AsyncNetworkStream::use_existing_tokio1(Box::new(stream));
        Ok(Self { stream: BufReader::new(stream), hello: None })
    }

    /// The TLS handshake. What came in the clear and was not read must not be read under TLS (RFC
    /// 3207, section 6, and "NO STARTTLS", USENIX Security 2021).
    pub(crate) async fn upgrade(&mut self, parameters: TlsParameters) -> Result<(), Cause> {
        if !self.stream.buffer().is_empty() {
            return Err(Cause::Tls("the server sent more than its reply before the handshake".to_owned()));
        }
        self.stream.get_mut().upgrade_tls(parameters).await.map_err(|error| Cause::Tls(innermost(&error)))?;
        self.hello = None;
        Ok(())
    }

    /// `EHLO`, whose reply lists what the server can do.
    pub(crate) async fn ehlo(&mut self, name: &str) -> Result<(), Cause> {
        self.hello = Some(self.command(&format!("EHLO {name}\r\n")).await?.completed()?);
        Ok(())
    }

    /// The parameters of an extension the server offers (`AUTH`: `["PLAIN", "LOGIN"]`), in upper
    /// case.
    pub(crate) fn extension(&self, keyword: &str) -> Option<Vec<String>> {
        let lines = self.hello.as_ref()?.lines.iter().skip(1);
        lines.map(|line| line.to_ascii_uppercase()).find_map(|line| {
            // Some old servers write `AUTH=LOGIN`.
            let mut words = line.split([' ', '=']).map(str::trim).filter(|word| !word.is_empty());
            (words.next() == Some(keyword)).then(|| words.map(str::to_owned).collect())
        })
    }

    /// Sends one command, its line end included, and reads the reply.
    ///
    /// # Errors
    /// A negative reply (4xx, 5xx) is one.
    pub(crate) async fn command(&mut self, command: &str) -> Result<Reply, Cause> {
        self.write(command.as_bytes()).await?;
        self.reply().await
    }

    /// Sends a mail's text after the server's 354 (RFC 5321, section 4.5.2), and reads the reply.
    pub(crate) async fn text(&mut self, text: &[u8]) -> Result<Reply, Cause> {
        self.write(&stuffed(text)).await?;
        self.reply().await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        let stream = self.stream.get_mut();
        let written = async {
            stream.write_all(bytes).await?;
            stream.flush().await
        };
        written.await.map_err(|error| Cause::Lost(error.to_string()))
    }

    /// Reads one reply.
    pub(crate) async fn reply(&mut self) -> Result<Reply, Cause> {
        let mut reply = Reply::default();
        let mut left = REPLY_LIMIT;
        while reply.add(&self.line(&mut left).await?)? {}
        reply.accepted()
    }

    /// One line without its end, of at most `left` bytes, which it takes off `left`.
    async fn line(&mut self, left: &mut usize) -> Result<Vec<u8>, Cause> {
        let mut line = Vec::new();
        loop {
            let read = self.stream.fill_buf().await.map_err(|error| Cause::Lost(error.to_string()))?;
            if read.is_empty() {
                return Err(Cause::Lost("closed by the server".to_owned()));
            }
            let end = read.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(read.len(), |at| at.saturating_add(1));
            *left =
                left.checked_sub(taken).ok_or_else(|| Cause::Garbage("the reply does not end".to_owned()))?;
            line.extend(read.iter().take(taken));
            self.stream.consume_unpin(taken);
            if end.is_some() {
                line.truncate(line.trim_ascii_end().len());
                return Ok(line);
            }
        }
    }
}

/// `text` with its leading dots doubled, and the end that closes it.
fn stuffed(text: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(text.len().saturating_add(64));
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            stuffed.push(b'.');
        }
        stuffed.extend_from_slice(line);
    }
    if !stuffed.ends_with(b"\r\n") {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed.extend_from_slice(b".\r\n");
    stuffed
}

/// What is wrong, said by the layer that saw it first: `lettre` wraps it.
fn innermost(error: &lettre::transport::smtp::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(deeper) = innermost.source() {
        innermost = deeper;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::stuffed;

    #[test]
    fn leading_dots_are_doubled_and_the_text_is_closed() {
        for (text, sent) in [
            (&b"a\r\n.b\r\n..\r\n"[..], &b"a\r\n..b\r\n...\r\n.\r\n"[..]),
            (b".", b"..\r\n.\r\n"),
            (b"a.b", b"a.b\r\n.\r\n"),
            (b"", b"\r\n.\r\n"),
        ] {
            assert_eq!(stuffed(text), sent);
        }
    }
}
