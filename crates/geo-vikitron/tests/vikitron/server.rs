//! A resolver of our own: HTTP/1.1 by hand, so that it can misbehave on every level.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::sleep;

/// How the server treats a request.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// 200 with this JSON.
    Json(String),
    /// This status line, these headers, this body.
    Reply(&'static str, Vec<(&'static str, String)>, String),
    /// The first for requests that end in this address, the second for any other.
    PerAddress(&'static str, Box<Behaviour>, Box<Behaviour>),
    /// Nothing for so long, then this.
    After(Duration, Box<Behaviour>),
    /// The promise of a long body, a little of it, and the end of the connection.
    Cut,
    /// The end of the connection, without a word.
    HangUp,
    /// Bytes that are no HTTP.
    Garbage,
    /// An endless body, with or without its length said before.
    Huge { content_length: bool },
    /// One byte of a fine answer every 50 ms.
    Drip,
    /// Endless headers.
    HugeHead,
}

impl Behaviour {
    pub(crate) fn json(body: &str) -> Self {
        Self::Json(body.to_owned())
    }

    pub(crate) fn status(status: &'static str) -> Self {
        Self::Reply(status, vec![("content-type", "application/json".to_owned())], "{}".to_owned())
    }
}

/// A running server; it ends with the test's runtime.
pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Debug)]
pub(crate) struct State {
    behaviour: Mutex<Behaviour>,
    heads: Mutex<Vec<String>>,
    connections: AtomicUsize,
    under_way: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl Server {
    pub(crate) async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = State::new(behaviour);
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                tokio::spawn(Arc::clone(&shared).serve(stream));
            }
        });
        Self { address, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn behave(&self, behaviour: Behaviour) {
        *self.state.behaviour.lock().unwrap() = behaviour;
    }

    /// The heads of the requests so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.state.heads.lock().unwrap().clone()
    }

    pub(crate) fn requests(&self) -> usize {
        self.state.heads.lock().unwrap().len()
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.state.most_at_once.load(Ordering::SeqCst)
    }
}

impl State {
    pub(crate) fn new(behaviour: Behaviour) -> Arc<Self> {
        Arc::new(Self {
            behaviour: Mutex::new(behaviour),
            heads: Mutex::default(),
            connections: AtomicUsize::default(),
            under_way: AtomicUsize::default(),
            most_at_once: AtomicUsize::default(),
        })
    }

    /// Serves one connection to its end.
    pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(self: Arc<Self>, mut stream: S) {
        self.connections.fetch_add(1, Ordering::SeqCst);
        while let Some(head) = read_head(&mut stream).await {
            self.heads.lock().unwrap().push(head.clone());
            let at_once = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
            let behaviour = match self.behaviour.lock().unwrap().clone() {
                Behaviour::PerAddress(address, one, other) => {
                    *if is_for_it(&head, address) { one } else { other }
                }
                behaviour => behaviour,
            };
            let goes_on = answer(&mut stream, behaviour).await;
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            if !goes_on {
                return;
            }
        }
    }
}

/// Whether the connection stays.
async fn answer<S: AsyncWrite + Unpin>(stream: &mut S, behaviour: Behaviour) -> bool {
    let (status, headers, body) = match behaviour {
        Behaviour::Json(body) => {
            ("200 OK", vec![("content-type", "application/json; charset=utf-8".to_owned())], body)
        }
        Behaviour::Reply(status, headers, body) => (status, headers, body),
        Behaviour::After(pause, then) => {
            sleep(pause).await;
            return Box::pin(answer(stream, *then)).await;
        }
        Behaviour::Cut => {
            let head =
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"city\":";
            say(stream, head.as_bytes()).await;
            return false;
        }
        Behaviour::HangUp | Behaviour::PerAddress(..) => return false,
        Behaviour::Garbage => {
            let noise: Vec<u8> =
                (0..4_000_u32).map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
            say(stream, &noise).await;
            return false;
        }
        Behaviour::Huge { content_length } => return huge(stream, content_length).await,
        Behaviour::Drip => {
            let text = reply(
                "200 OK",
                &[("content-type", "application/json".to_owned())],
                "{\"city\":{\"name\":\"Prague\"}}",
            );
            for byte in text.as_bytes() {
                if !say(stream, &[*byte]).await {
                    return false;
                }
                sleep(Duration::from_millis(50)).await;
            }
            return true;
        }
        Behaviour::HugeHead => {
            say(stream, b"HTTP/1.1 200 OK\r\n").await;
            for number in 0..20_000 {
                if !say(stream, format!("x-{number}: {}\r\n", "y".repeat(100)).as_bytes()).await {
                    return false;
                }
            }
            return false;
        }
    };
    say(stream, reply(status, &headers, &body).as_bytes()).await
}

fn is_for_it(head: &str, address: &str) -> bool {
    head.split(' ').nth(1).is_some_and(|path| path.ends_with(&format!("/{address}")))
}

async fn huge<S: AsyncWrite + Unpin>(stream: &mut S, content_length: bool) -> bool {
    let size = if content_length { "content-length: 10000000000" } else { "transfer-encoding: chunked" };
    say(stream, format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{size}\r\n\r\n").as_bytes())
        .await;
    let chunk = if content_length { " ".repeat(4_096) } else { format!("1000\r\n{}\r\n", " ".repeat(4_096)) };
    // 40 MB at most: far over the bound, and an end for a client that reads on.
    for _ in 0..10_000 {
        if !say(stream, chunk.as_bytes()).await {
            return false;
        }
    }
    false
}

fn reply(status: &str, headers: &[(&str, String)], body: &str) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> bool {
    stream.write_all(bytes).await.is_ok() && stream.flush().await.is_ok()
}

async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > 16_384 {
            return None;
        }
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}
