//! Serving the router over HTTP/1.1, with every wait and every buffer bounded.

mod body;
mod connection;
mod limits;
mod stream;

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tracing::warn;

use self::connection::Connection;
pub use self::limits::ConnectionLimits;

/// How long to rest when the machine has no file descriptors left.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(50);

/// Between two lines of the log about that.
const WARN_EVERY: Duration = Duration::from_secs(60);

/// Connections that could not be accepted, for a line in the log now and then.
#[derive(Debug, Default)]
struct AcceptErrors {
    warned: Option<Instant>,
    since: u64,
}

impl AcceptErrors {
    fn warn(&mut self, error: &io::Error) {
        self.since += 1;
        if self.warned.is_none_or(|at| at.elapsed() >= WARN_EVERY) {
            warn!(%error, times = self.since, "no connection can be accepted; are there enough file descriptors?");
            *self = Self { warned: Some(Instant::now()), since: 0 };
        }
    }
}

/// Turns an accepted connection into the stream HTTP is spoken over: where TLS goes.
pub trait Acceptor: Clone + Send + Sync + 'static {
    /// The stream.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Prepares one connection. It runs in the connection's own task and is cut off after
    /// [`ConnectionLimits::header_timeout`].
    fn accept(&self, stream: TcpStream) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

/// No TLS: the stream as it is.
#[derive(Debug, Clone, Copy)]
pub struct Plain;

impl Acceptor for Plain {
    type Stream = TcpStream;

    async fn accept(&self, stream: TcpStream) -> io::Result<TcpStream> {
        Ok(stream)
    }
}

/// How far a shutdown has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serving,
    /// Requests under way are answered, no new ones are read.
    Closing,
    /// Whatever is left is dropped.
    Closed,
}

/// Serves `router` until `shutdown` is done; then takes no more connections, finishes what was
/// begun within [`ConnectionLimits::shutdown_grace`], and returns.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    shutdown: impl Future<Output = ()> + Send,
) {
    serve_with(listener, Plain, router, limits, shutdown).await;
}

/// [`serve`], with every connection passed through `acceptor` first.
pub async fn serve_with<A: Acceptor>(
    listener: TcpListener,
    acceptor: A,
    router: Router,
    limits: ConnectionLimits,
    shutdown: impl Future<Output = ()> + Send,
) {
    let permits = Arc::new(Semaphore::new(limits.max_connections));
    let (phase, seen) = watch::channel(Phase::Serving);
    let connection = Connection { router, limits, phase: seen };
    tokio::select! {
        () = accept_all(listener, &acceptor, &permits, &connection) => {}
        () = shutdown => {}
    }
    drop(connection);
    let _ = phase.send(Phase::Closing);
    if tokio::time::timeout(limits.shutdown_grace, phase.closed()).await.is_err() {
        warn!("connections were still busy when the time to shut down was over");
        let _ = phase.send(Phase::Closed);
        phase.closed().await;
    }
}

/// Beyond the most connections the next ones wait in the kernel's queue: the timeouts free permits
/// in seconds.
async fn accept_all<A: Acceptor>(
    listener: TcpListener,
    acceptor: &A,
    permits: &Arc<Semaphore>,
    connection: &Connection,
) {
    let mut refused = AcceptErrors::default();
    loop {
        // The semaphore is never closed.
        let Ok(permit) = Arc::clone(permits).acquire_owned().await else { return };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                refused.warn(&error);
                tokio::time::sleep(ACCEPT_BACKOFF).await;
                continue;
            }
        };
        let (acceptor, connection) = (acceptor.clone(), connection.clone());
        tokio::spawn(async move {
            connection.run(&acceptor, stream, peer).await;
            drop(permit);
        });
    }
}
