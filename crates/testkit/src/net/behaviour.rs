use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::sleep;

use super::Call;

const JSON: &str = "application/json; charset=utf-8";
/// Chunks of 4 KiB in an endless body: 100 MB, an end for a client that reads on.
const CHUNKS: usize = 25_000;
/// Headers in an endless head: 2 MB.
const HEADERS: usize = 20_000;
/// Between the bytes of a slow answer.
const DRIP: Duration = Duration::from_millis(50);

/// How the server treats a call.
#[derive(Clone)]
pub enum Behaviour {
    /// This status, these headers, this body.
    Reply(u16, Vec<(&'static str, String)>, String),
    /// What the function says of the call.
    ByCall(Arc<dyn Fn(&Call) -> Behaviour + Send + Sync>),
    /// Nothing for so long, then this.
    After(Duration, Box<Behaviour>),
    /// The end of the connection, without an answer.
    HangUp,
    /// Bytes that are no HTTP.
    Garbage,
    /// 200, the promise of a long body, a little of it, and the end of the connection.
    CutBody,
    /// 200 and an endless body, with or without its length said before.
    HugeBody {
        /// Whether `content-length` says it.
        content_length: bool,
    },
    /// 200 and a byte of the body every 50 ms.
    SlowBody,
    /// A byte of a fine answer every 50 ms.
    SlowHead,
    /// Endless headers.
    HugeHead,
}

impl Behaviour {
    /// 200 with this JSON.
    #[must_use]
    pub fn json(body: impl Into<String>) -> Self {
        Self::json_status(200, body)
    }

    /// This status with this JSON.
    #[must_use]
    pub fn json_status(status: u16, body: impl Into<String>) -> Self {
        Self::Reply(status, vec![("content-type", JSON.to_owned())], body.into())
    }

    /// This status with an empty JSON object; 204 has no body (RFC 9110, section 15.3.5).
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::json_status(status, if status == 204 { "" } else { "{}" })
    }

    /// 200 with this page.
    #[must_use]
    pub fn html(body: impl Into<String>) -> Self {
        Self::Reply(200, vec![("content-type", "text/html".to_owned())], body.into())
    }

    /// A redirect to this URL.
    #[must_use]
    pub fn redirect(status: u16, to: impl Into<String>) -> Self {
        Self::Reply(status, vec![("location", to.into())], String::new())
    }

    /// What `function` says of each call.
    #[must_use]
    pub fn by_call(function: impl Fn(&Call) -> Self + Send + Sync + 'static) -> Self {
        Self::ByCall(Arc::new(function))
    }

    /// Nothing for longer than any test waits.
    #[must_use]
    pub fn hang() -> Self {
        Self::After(Duration::from_secs(600), Box::new(Self::HangUp))
    }

    /// Answers; `false`: the connection ends. Counts in `written` the bytes of endless bodies.
    pub(super) async fn perform<S: AsyncWrite + Unpin>(
        self,
        call: &Call,
        stream: &mut S,
        written: &AtomicUsize,
    ) -> bool {
        match self {
            Self::Reply(status, headers, body) => send(stream, reply(status, &headers, &body)).await,
            Self::ByCall(function) => Box::pin(function(call).perform(call, stream, written)).await,
            Self::After(pause, then) => {
                sleep(pause).await;
                Box::pin(then.perform(call, stream, written)).await
            }
            Self::HangUp => false,
            Self::Garbage => {
                let noise = (0..4_000_u32).map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()[0]);
                send(stream, noise.collect::<Vec<_>>()).await;
                false
            }
            Self::CutBody => {
                send(stream, head("content-length: 500") + "{\"a\":").await;
                false
            }
            Self::HugeBody { content_length } => {
                huge_body(stream, content_length, written).await;
                false
            }
            Self::SlowBody => {
                send(stream, head("content-length: 4000")).await && drip(stream, &[b' '; 4_000]).await
            }
            Self::SlowHead => {
                drip(stream, reply(200, &[("content-type", JSON.to_owned())], "{}").as_bytes()).await
            }
            Self::HugeHead => {
                let line = format!("x: {}\r\n", "y".repeat(100));
                let mut goes_on = send(stream, "HTTP/1.1 200 OK\r\n").await;
                for _ in 0..HEADERS {
                    goes_on = goes_on && send(stream, &line).await;
                }
                false
            }
        }
    }
}

impl fmt::Debug for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply(status, headers, _) => f.debug_tuple("Reply").field(status).field(headers).finish(),
            Self::ByCall(_) => f.write_str("ByCall"),
            Self::After(pause, then) => f.debug_tuple("After").field(pause).field(then).finish(),
            Self::HangUp => f.write_str("HangUp"),
            Self::Garbage => f.write_str("Garbage"),
            Self::CutBody => f.write_str("CutBody"),
            Self::HugeBody { content_length } => write!(f, "HugeBody(content_length: {content_length})"),
            Self::SlowBody => f.write_str("SlowBody"),
            Self::SlowHead => f.write_str("SlowHead"),
            Self::HugeHead => f.write_str("HugeHead"),
        }
    }
}

/// A head of 200 with this line about the size of its body.
fn head(size: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: {JSON}\r\n{size}\r\n\r\n")
}

fn reply(status: u16, headers: &[(&str, String)], body: &str) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = if status == 204 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    format!("HTTP/1.1 {status} X\r\n{headers}{length}\r\n{body}")
}

async fn huge_body<S: AsyncWrite + Unpin>(stream: &mut S, content_length: bool, written: &AtomicUsize) {
    let size = if content_length { "content-length: 10000000000" } else { "transfer-encoding: chunked" };
    let blank = " ".repeat(4_096);
    let chunk = if content_length { blank } else { format!("1000\r\n{blank}\r\n") };
    let mut goes_on = send(stream, head(size)).await;
    for _ in 0..CHUNKS {
        goes_on = goes_on && send(stream, &chunk).await;
        if goes_on {
            written.fetch_add(4_096, Ordering::SeqCst);
        }
    }
}

async fn drip<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> bool {
    for byte in bytes {
        if !send(stream, [*byte]).await {
            return false;
        }
        sleep(DRIP).await;
    }
    true
}

async fn send<S: AsyncWrite + Unpin>(stream: &mut S, bytes: impl AsRef<[u8]>) -> bool {
    stream.write_all(bytes.as_ref()).await.is_ok() && stream.flush().await.is_ok()
}
