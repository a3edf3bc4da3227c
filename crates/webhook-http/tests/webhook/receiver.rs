//! A receiver of our own: HTTP/1.1 by hand, so that it can misbehave on every level.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::sleep;

/// How the receiver treats a call.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// This status, and perhaps a header.
    Status(u16, &'static str),
    /// 307 to this place.
    Redirect(String),
    /// Nothing for so long, then 200.
    After(Duration),
    /// The end of the connection without a word.
    HangUp,
    /// Bytes that are no HTTP.
    Garbage,
    /// 200 and the promise of a body of which little comes.
    CutBody,
    /// 200 and a body without an end.
    Huge,
    /// 200 and a body of which a byte comes every 50 ms.
    Drip,
    /// Headers without an end.
    HugeHead,
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) line: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

#[derive(Debug)]
pub(crate) struct State {
    behaviour: Mutex<Behaviour>,
    calls: Mutex<Vec<Call>>,
    connections: AtomicUsize,
    written: AtomicUsize,
}

/// A running receiver; it ends with the test's runtime.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

impl Receiver {
    pub(crate) async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = State::new(behaviour);
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&shared).serve(stream));
            }
        });
        Self { address, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hooks?key=1", self.address)
    }

    pub(crate) fn behave(&self, behaviour: Behaviour) {
        *self.state.behaviour.lock().unwrap() = behaviour;
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.state.calls()
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Octets of bodies that went out.
    pub(crate) fn written(&self) -> usize {
        self.state.written.load(Ordering::SeqCst)
    }
}

impl State {
    pub(crate) fn new(behaviour: Behaviour) -> Arc<Self> {
        Arc::new(Self {
            behaviour: Mutex::new(behaviour),
            calls: Mutex::default(),
            connections: AtomicUsize::default(),
            written: AtomicUsize::default(),
        })
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// Serves one connection to its end.
    pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(self: Arc<Self>, mut stream: S) {
        self.connections.fetch_add(1, Ordering::SeqCst);
        while let Some(call) = read(&mut stream).await {
            self.calls.lock().unwrap().push(call);
            let behaviour = self.behaviour.lock().unwrap().clone();
            if !self.answer(&mut stream, behaviour).await {
                return;
            }
        }
    }

    /// Whether the connection stays.
    async fn answer<S: AsyncWrite + Unpin>(&self, stream: &mut S, behaviour: Behaviour) -> bool {
        match behaviour {
            Behaviour::Status(status, header) => {
                // A 204 has no body (RFC 9110, section 15.3.5).
                let body = if status == 204 { "\r\n" } else { "content-length: 2\r\n\r\nok" };
                let head = format!("HTTP/1.1 {status} X\r\n{header}{body}");
                return say(stream, head.as_bytes()).await;
            }
            Behaviour::Redirect(to) => {
                let head = format!("HTTP/1.1 307 X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
                return say(stream, head.as_bytes()).await;
            }
            Behaviour::After(pause) => {
                sleep(pause).await;
                return say(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
            }
            Behaviour::HangUp => {}
            Behaviour::Garbage => _ = say(stream, &[0x80; 4_000]).await,
            Behaviour::CutBody => {
                _ = say(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{").await;
            }
            Behaviour::Huge => {
                say(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n").await;
                // 100 MB: an end for a client that reads on.
                for _ in 0..25_000 {
                    if !say(stream, &[b' '; 4_096]).await {
                        break;
                    }
                    self.written.fetch_add(4_096, Ordering::SeqCst);
                }
            }
            Behaviour::Drip => {
                say(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n").await;
                while say(stream, b" ").await {
                    sleep(Duration::from_millis(50)).await;
                }
            }
            Behaviour::HugeHead => {
                say(stream, b"HTTP/1.1 200 OK\r\n").await;
                while say(stream, &[b"x: ".as_slice(), &[b'y'; 1_000], b"\r\n"].concat()).await {}
            }
        }
        false
    }
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> bool {
    stream.write_all(bytes).await.is_ok() && stream.flush().await.is_ok()
}

async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Call> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.trim_end().split("\r\n");
    let line = lines.next().unwrap().to_owned();
    let headers: Vec<_> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map(|(_, value)| value.parse().unwrap());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    Some(Call { line, headers, body: String::from_utf8(body).unwrap() })
}
