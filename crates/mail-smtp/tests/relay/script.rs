//! A relay with a script per connection, and what it received.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use application::model::{ComposedMail, Delivered, FailureKind, MailKind, OutgoingMail};
use application::ports::{MailSender, SendError};
use chrono::{TimeZone, Utc};
use domain::{EmailAddress, Language, MailId, OrganisationId};
use resetd_mail_smtp::{SmtpSender, SmtpSettings};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

type Act = Box<dyn FnOnce(Peer) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// What the relay received on one connection: commands, and texts as one entry each.
pub(crate) type Received = Arc<Mutex<Vec<Vec<String>>>>;

/// One connection as the relay sees it.
pub(crate) struct Peer {
    stream: BufReader<Box<dyn Stream>>,
    number: usize,
    received: Received,
}

impl Peer {
    fn note(&self, entry: String) {
        self.received.lock().unwrap()[self.number].push(entry);
    }

    pub(crate) async fn say(&mut self, words: &str) {
        let _ = self.stream.write_all(words.as_bytes()).await;
        let _ = self.stream.flush().await;
    }

    pub(crate) async fn say_bytes(&mut self, words: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(words).await?;
        self.stream.flush().await
    }

    /// The next command; empty when the other side has hung up.
    pub(crate) async fn hear(&mut self) -> String {
        let mut line = String::new();
        let _ = self.stream.read_line(&mut line).await;
        let line = line.trim_end().to_owned();
        if !line.is_empty() {
            self.note(line.clone());
        }
        line
    }

    /// A text up to the final dot.
    pub(crate) async fn hear_text(&mut self) -> String {
        let mut text = Vec::new();
        while !text.ends_with(b"\r\n.\r\n") {
            if self.stream.read_until(b'\n', &mut text).await.unwrap_or(0) == 0 {
                break;
            }
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        self.note(text.clone());
        text
    }

    /// Whatever comes until the other side hangs up.
    pub(crate) async fn hear_out(&mut self) {
        let mut rest = Vec::new();
        let _ = self.stream.read_to_end(&mut rest).await;
        if !rest.is_empty() {
            self.note(String::from_utf8_lossy(&rest).into_owned());
        }
    }

    pub(crate) async fn greet(&mut self, extensions: &[&str]) {
        self.say("220 relay.example ESMTP\r\n").await;
        self.ehlo(extensions).await;
    }

    pub(crate) async fn ehlo(&mut self, extensions: &[&str]) {
        self.hear().await;
        let mut reply = String::new();
        for extension in extensions {
            reply.push_str(&format!("250-{extension}\r\n"));
        }
        reply.push_str("250 HELP\r\n");
        self.say(&format!("250-relay.example\r\n{reply}")).await;
    }

    /// Takes one mail in the ordinary way. `false`: the other side hung up or said something else.
    pub(crate) async fn take(&mut self) -> bool {
        let mut line = self.hear().await;
        if line == "RSET" {
            self.say("250 ok\r\n").await;
            line = self.hear().await;
        }
        if !line.starts_with("MAIL FROM:") {
            return false;
        }
        self.say("250 2.1.0 Ok\r\n").await;
        self.hear().await;
        self.say("250 2.1.5 Ok\r\n").await;
        self.hear().await;
        self.say("354 go\r\n").await;
        self.hear_text().await;
        self.say("250 2.0.0 Ok: queued as 4D2A\r\n").await;
        true
    }

    pub(crate) async fn take_all(&mut self) {
        while self.take().await {}
    }

    pub(crate) async fn upgrade(self, acceptor: &TlsAcceptor) -> Option<Self> {
        let Self { stream, number, received } = self;
        assert!(stream.buffer().is_empty());
        let stream = acceptor.accept(stream.into_inner()).await.ok()?;
        Some(Self { stream: BufReader::new(Box::new(stream)), number, received })
    }
}

pub(crate) struct Relay {
    pub(crate) port: u16,
    pub(crate) received: Received,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Relay {
    /// Plays one act per connection, in order; further connections are closed at once.
    pub(crate) async fn play(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Received::default();
        let ears = Arc::clone(&received);
        let task = tokio::spawn(async move {
            let mut acts = acts.into_iter();
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                let Some(act) = acts.next() else { continue };
                let number = {
                    let mut received = ears.lock().unwrap();
                    received.push(Vec::new());
                    received.len() - 1
                };
                let _ = stream.set_nodelay(true);
                let peer =
                    Peer { stream: BufReader::new(Box::new(stream)), number, received: Arc::clone(&ears) };
                tokio::spawn(act(peer));
            }
        });
        Self { port, received, task }
    }

    pub(crate) fn url(&self, options: &str) -> String {
        format!("smtp://127.0.0.1:{}?connect_timeout=2&command_timeout=1{options}", self.port)
    }

    pub(crate) fn sender(&self) -> SmtpSender {
        sender(&self.url(""))
    }

    pub(crate) fn connections(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    /// What was received on connection `number`.
    pub(crate) fn received(&self, number: usize) -> Vec<String> {
        self.received.lock().unwrap()[number].clone()
    }

    /// Every text that was taken.
    pub(crate) fn texts(&self) -> Vec<String> {
        let received = self.received.lock().unwrap();
        received.iter().flatten().filter(|entry| entry.contains("\r\n.\r\n")).cloned().collect()
    }
}

/// One act.
pub(crate) fn act<F, A>(script: F) -> Act
where
    F: FnOnce(Peer) -> A + Send + 'static,
    A: Future<Output = ()> + Send + 'static,
{
    Box::new(move |peer| Box::pin(script(peer)))
}

/// A relay that takes everything, `connections` times over.
pub(crate) fn willing(connections: usize) -> Vec<Act> {
    (0..connections)
        .map(|_| {
            act(|mut peer| async move {
                peer.greet(&["8BITMIME", "SMTPUTF8"]).await;
                peer.take_all().await;
            })
        })
        .collect()
}

pub(crate) fn sender(url: &str) -> SmtpSender {
    SmtpSender::new(url.parse::<SmtpSettings>().unwrap(), "Barášek <noreply@shop.example>", None).unwrap()
}

pub(crate) fn mail(number: u8, to: &str) -> OutgoingMail {
    OutgoingMail {
        id: MailId::from_parts(1_795_000_000_000, [number; 10]),
        organisation: OrganisationId::from_bytes([1; 16]),
        kind: MailKind::ResetPassword,
        from: None,
        reply_to: None,
        to: EmailAddress::parse(to).unwrap(),
        content: ComposedMail {
            subject: "Nastavení nového hesla – Barášek".to_owned(),
            html: "<p>Dobrý den, <a href=\"https://shop.example/reset/abc\">odkaz</a></p>".to_owned(),
            text: "Dobrý den,\n\nhttps://shop.example/reset/abc\n.\n-- \nBarášek".to_owned(),
            language: Language::CS,
        },
        link: Some("https://shop.example/reset/abc".to_owned()),
        date: Utc.with_ymd_and_hms(2026, 11, 23, 14, 20, 5).unwrap(),
    }
}

pub(crate) async fn send(sender: &SmtpSender) -> Result<Delivered, SendError> {
    send_to(sender, "jan@barasek.com").await
}

pub(crate) async fn send_to(sender: &SmtpSender, to: &str) -> Result<Delivered, SendError> {
    tokio::time::timeout(Duration::from_secs(20), sender.send(&mail(1, to))).await.expect("a send must end")
}

/// The failure of an attempt that must fail.
pub(crate) async fn failure(sender: &SmtpSender) -> (FailureKind, String) {
    let error = send(sender).await.expect_err("the attempt should have failed");
    assert!(error.host.starts_with("127.0.0.1:"), "{}", error.host);
    assert!(!error.reply.contains("barasek"), "an address is in the reply: {}", error.reply);
    (error.kind, error.reply)
}
