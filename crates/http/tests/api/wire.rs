//! Over real sockets: what only a connection can do wrong.

mod limits;
mod shutdown;
mod smuggling;
mod tls_hook;

use std::net::SocketAddr;
use std::time::Duration;

use resetd_http::{ConnectionLimits, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::shop::{PROD, Shop};

const BODY: &str = r#"{"email":"jan@barasek.com"}"#;

/// Short waits, so that a test of a timeout takes no ten seconds.
fn brisk() -> ConnectionLimits {
    ConnectionLimits {
        header_timeout: Duration::from_millis(400),
        body_timeout: Duration::from_millis(400),
        idle_timeout: Duration::from_millis(1_500),
        shutdown_grace: Duration::from_millis(800),
        ..ConnectionLimits::default()
    }
}

struct Server {
    shop: Shop,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(limits: ConnectionLimits) -> Self {
        let shop = Shop::open().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = shop.router.clone();
        let task = tokio::spawn(async move {
            serve(listener, router, limits, async move { drop(stopped.await) }).await;
        });
        Self { shop, address, stop: Some(stop), task }
    }

    async fn connect(&self) -> Wire {
        Wire(TcpStream::connect(self.address).await.unwrap())
    }

    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }
}

/// A connection, spoken to in bytes.
struct Wire(TcpStream);

impl Wire {
    async fn send(&mut self, text: impl AsRef<[u8]>) {
        self.0.write_all(text.as_ref()).await.unwrap();
    }

    /// One answer: its head and a body of its Content-Length.
    async fn answer(&mut self) -> String {
        let mut bytes = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&bytes);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    return text.into_owned();
                }
            }
            let mut buffer = [0; 1];
            let read = tokio::time::timeout(Duration::from_secs(5), self.0.read(&mut buffer)).await;
            match read.unwrap() {
                Ok(1) => bytes.push(buffer[0]),
                _ => return String::from_utf8_lossy(&bytes).into_owned(),
            }
        }
    }

    /// Everything until the server closes the connection, and whether it did within five seconds.
    async fn rest(&mut self) -> (String, bool) {
        let mut bytes = Vec::new();
        let ended =
            tokio::time::timeout(Duration::from_secs(5), self.0.read_to_end(&mut bytes)).await.is_ok();
        (String::from_utf8_lossy(&bytes).into_owned(), ended)
    }

    async fn is_closed_within(&mut self, wait: Duration) -> bool {
        let mut buffer = [0; 64];
        matches!(tokio::time::timeout(wait, self.0.read(&mut buffer)).await, Ok(Ok(0) | Err(_)))
    }
}

fn request() -> String {
    with_headers(&format!("Content-Length: {}\r\n", BODY.len()), BODY)
}

fn with_headers(headers: &str, body: &str) -> String {
    format!(
        "POST /api/v1/customer/reset-password?apiKey={PROD} HTTP/1.1\r\nHost: localhost\r\n\
         Content-Type: application/json\r\n{headers}\r\n{body}"
    )
}
