//! One client of the sink, from greeting to goodbye (RFC 5321, without pipelining).

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

/// Serves one client until it leaves, or the sink is told to be somewhere else.
pub(super) async fn serve(stream: TcpStream, told: watch::Receiver<Behaviour>, record: Arc<Record>) {
    // The client may vanish at any point; there is nobody to tell.
    Session { stream, told, record, input: Vec::with_capacity(16 << 10), recipients: Vec::new() }
        .run()
        .await
        .ok();
}

struct Session {
    stream: TcpStream,
    told: watch::Receiver<Behaviour>,
    record: Arc<Record>,
    input: Vec<u8>,
    recipients: Vec<String>,
}

impl Session {
    async fn run(mut self) -> io::Result<()> {
        self.stream.set_nodelay(true)?;
        if self.behaviour() == Behaviour::Busy {
            return self.answer("421 4.3.2 sink.example too busy").await;
        }
        self.answer("220 sink.example ESMTP").await?;
        loop {
            let line = self.until(b"\r\n", LONGEST_LINE).await?;
            if self.behaviour() == Behaviour::Busy {
                return self.answer("421 4.3.2 sink.example too busy").await;
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
                self.answer("250-sink.example\r\n250-8BITMIME\r\n250-SIZE 4194304\r\n250 SMTPUTF8").await?;
            }
            b"HELO" | b"NOOP" => self.answer("250 sink.example").await?,
            b"MAIL" | b"RSET" => {
                self.recipients.clear();
                self.answer("250 2.1.0 OK").await?;
            }
            b"RCPT" if self.behaviour() == Behaviour::Greylist => {
                self.answer("450 4.7.1 greylisted, come back later").await?;
            }
            b"RCPT" => match mailbox(line) {
                Some(recipient) => {
                    self.recipients.push(recipient);
                    self.answer("250 2.1.5 OK").await?;
                }
                None => self.answer("501 5.1.3 no mailbox").await?,
            },
            b"DATA" if self.recipients.is_empty() => self.answer("503 5.5.1 no recipient").await?,
            b"DATA" => self.data().await?,
            b"QUIT" => {
                self.record.add_goodbye();
                self.answer("221 2.0.0 bye").await?;
                return Ok(false);
            }
            _ => self.answer("502 5.5.2 not here").await?,
        }
        Ok(true)
    }

    async fn data(&mut self) -> io::Result<()> {
        self.answer("354 go ahead").await?;
        let message = self.until(b"\r\n.\r\n", LARGEST_MAIL).await?;
        if let Behaviour::Delay(pause) = self.behaviour() {
            let mut told = self.told.clone();
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = told.wait_for(|now| gone(*now)) => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
        match self.behaviour() {
            Behaviour::Busy => return self.answer("421 4.3.2 sink.example too busy").await,
            now if gone(now) => return Err(io::ErrorKind::ConnectionAborted.into()),
            _ => {}
        }
        // Counted when it is taken, which is before the client can know: as a relay writes to its
        // queue first.
        self.record.add(&self.recipients, &message);
        self.recipients.clear();
        self.answer("250 2.0.0 taken").await
    }

    fn behaviour(&self) -> Behaviour {
        *self.told.borrow()
    }

    async fn answer(&mut self, text: &str) -> io::Result<()> {
        let mut line = String::with_capacity(text.len() + 2);
        line.push_str(text);
        line.push_str("\r\n");
        self.stream.write_all(line.as_bytes()).await
    }

    /// Reads up to and including `end`. A client that does not pipeline sends nothing after it
    /// before it has its answer, and dot-stuffing keeps the end of a mail from appearing inside it,
    /// so only the end of the input needs a look.
    async fn until(&mut self, end: &[u8], limit: usize) -> io::Result<Vec<u8>> {
        loop {
            if self.input.ends_with(end) {
                return Ok(std::mem::replace(&mut self.input, Vec::with_capacity(16 << 10)));
            }
            if self.input.len() > limit {
                return Err(io::ErrorKind::InvalidData.into());
            }
            tokio::select! {
                read = self.stream.read_buf(&mut self.input) => {
                    if read? == 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                _ = self.told.wait_for(|now| gone(*now)) => return Err(io::ErrorKind::ConnectionAborted.into()),
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
