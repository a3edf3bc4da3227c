//! One client of the sink, from greeting to goodbye (RFC 5321, with pipelining: RFC 2920).

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::{Behaviour, Record};

/// The longest command line taken, in bytes (RFC 5321 section 4.5.3.1.4 asks for 512).
const LONGEST_LINE: usize = 4096;
/// The largest mail taken, in bytes.
const LARGEST_MAIL: usize = 4 << 20;

/// Serves one client until it leaves, or the sink is set to be away.
pub(super) async fn serve(stream: TcpStream, current: watch::Receiver<Behaviour>, record: Arc<Record>) {
    // The client may vanish at any point; there is nothing to report.
    let input = Vec::with_capacity(16 << 10);
    let session = Session { stream, current, record, input, output: Vec::new(), recipients: Vec::new() };
    session.run().await.ok();
}

struct Session {
    stream: TcpStream,
    current: watch::Receiver<Behaviour>,
    record: Arc<Record>,
    input: Vec<u8>,
    /// Replies that have not been sent: they go out together once the input holds no more commands.
    output: Vec<u8>,
    recipients: Vec<String>,
}

impl Session {
    async fn run(mut self) -> io::Result<()> {
        self.stream.set_nodelay(true)?;
        let ended = self.converse().await;
        self.flush().await?;
        ended
    }

    async fn converse(&mut self) -> io::Result<()> {
        if self.behaviour() == Behaviour::Busy {
            self.answer("421 4.3.2 sink.example too busy");
            return Ok(());
        }
        self.answer("220 sink.example ESMTP");
        loop {
            let line = self.until(b"\r\n", LONGEST_LINE).await?;
            if self.behaviour() == Behaviour::Busy {
                self.answer("421 4.3.2 sink.example too busy");
                return Ok(());
            }
            if !self.command(&line).await? {
                return Ok(());
            }
        }
    }

    /// Carries out one command; `false` ends the session.
    async fn command(&mut self, line: &[u8]) -> io::Result<bool> {
        let verb = line.split(|byte| b" :\r".contains(byte)).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_slice() {
            b"EHLO" => {
                self.answer(
                    "250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 4194304\r\n250 SMTPUTF8",
                );
            }
            b"HELO" | b"NOOP" => self.answer("250 sink.example"),
            b"MAIL" | b"RSET" => {
                self.recipients.clear();
                self.answer("250 2.1.0 OK");
            }
            b"RCPT" if self.behaviour() == Behaviour::Greylist => {
                self.answer("450 4.7.1 greylisted, come back later");
            }
            b"RCPT" => match mailbox(line) {
                Some(recipient) => {
                    self.recipients.push(recipient);
                    self.answer("250 2.1.5 OK");
                }
                None => self.answer("501 5.1.3 no mailbox"),
            },
            b"DATA" if self.recipients.is_empty() => self.answer("503 5.5.1 no recipient"),
            b"DATA" => self.data().await?,
            b"QUIT" => {
                self.record.add_goodbye();
                self.answer("221 2.0.0 bye");
                return Ok(false);
            }
            _ => self.answer("502 5.5.2 not here"),
        }
        Ok(true)
    }

    async fn data(&mut self) -> io::Result<()> {
        self.answer("354 go ahead");
        let message = self.until(b"\r\n.\r\n", LARGEST_MAIL).await?;
        if let Behaviour::Delay(pause) = self.behaviour() {
            let mut current = self.current.clone();
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = current.wait_for(|now| gone(*now)) => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
        match self.behaviour() {
            Behaviour::Busy => {
                self.answer("421 4.3.2 sink.example too busy");
                return Ok(());
            }
            now if gone(now) => return Err(io::ErrorKind::ConnectionAborted.into()),
            _ => {}
        }
        // Counted when it is taken, which is before the client can know: as a relay writes to its
        // queue first.
        self.record.add(&self.recipients, &message);
        self.recipients.clear();
        self.answer("250 2.0.0 taken");
        Ok(())
    }

    fn behaviour(&self) -> Behaviour {
        *self.current.borrow()
    }

    fn answer(&mut self, text: &str) {
        self.output.extend_from_slice(text.as_bytes());
        self.output.extend_from_slice(b"\r\n");
    }

    async fn flush(&mut self) -> io::Result<()> {
        if !self.output.is_empty() {
            self.stream.write_all(&self.output).await?;
            self.output.clear();
        }
        Ok(())
    }

    /// Reads up to and including `end`; what comes after it stays in the input. Dot-stuffing keeps
    /// the end of a mail from appearing inside it.
    async fn until(&mut self, end: &[u8], limit: usize) -> io::Result<Vec<u8>> {
        // What was searched before a read needs no other look, but for a part of `end`.
        let mut searched = 0_usize;
        loop {
            let rest = self.input.get(searched..).unwrap_or_default();
            if let Some(at) = rest.windows(end.len()).position(|window| window == end) {
                let after = self.input.split_off(searched + at + end.len());
                return Ok(std::mem::replace(&mut self.input, after));
            }
            if self.input.len() > limit {
                return Err(io::ErrorKind::InvalidData.into());
            }
            searched = self.input.len().saturating_sub(end.len() - 1);
            self.flush().await?;
            tokio::select! {
                read = self.stream.read_buf(&mut self.input) => {
                    if read? == 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                _ = self.current.wait_for(|now| gone(*now)) => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
    }
}

fn gone(behaviour: Behaviour) -> bool {
    matches!(behaviour, Behaviour::Away | Behaviour::Closed)
}

/// The mailbox between the angle brackets of `RCPT TO:<…>`.
fn mailbox(line: &[u8]) -> Option<String> {
    let line = std::str::from_utf8(line).ok()?;
    let (_, rest) = line.split_once('<')?;
    let (mailbox, _) = rest.split_once('>')?;
    (!mailbox.is_empty()).then(|| mailbox.to_owned())
}
