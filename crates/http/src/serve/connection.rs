//! One connection: requests in, answers out, until either side has enough.

use std::net::SocketAddr;
use std::pin::pin;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CONNECTION, TRANSFER_ENCODING};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::Service;
use tracing::debug;

use super::body::TimedBody;
use super::stream::{Progress, TimedStream};
use super::{Acceptor, ConnectionLimits, Phase};
use crate::edge::Peer;

/// What every connection needs.
#[derive(Clone)]
pub(super) struct Connection {
    pub(super) router: Router,
    pub(super) limits: ConnectionLimits,
    pub(super) phase: watch::Receiver<Phase>,
}

impl Connection {
    pub(super) async fn run<A: Acceptor>(mut self, acceptor: &A, stream: TcpStream, peer: SocketAddr) {
        // Answers are small and whole: nothing is gained by waiting for more (RFC 896), 40 ms may
        // be lost.
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "TCP_NODELAY could not be set");
        }
        let accepted = tokio::select! {
            accepted = tokio::time::timeout(self.limits.header_timeout, acceptor.accept(stream)) => accepted,
            _ = self.phase.wait_for(|phase| *phase != Phase::Serving) => return,
        };
        match accepted {
            Ok(Ok(stream)) => self.speak(stream, peer).await,
            Ok(Err(error)) => debug!(%error, "a connection could not be prepared"),
            Err(_) => debug!("a connection was not prepared in time"),
        }
    }

    async fn speak<S>(mut self, stream: S, peer: SocketAddr)
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    {
        let progress = Progress::default();
        let stream = TimedStream::new(stream, self.limits, progress.clone());
        let (router, timeout) = (self.router, self.limits.body_timeout);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            progress.step();
            let (router, progress) = (router.clone(), progress.clone());
            async move {
                let chunked = request.headers().contains_key(TRANSFER_ENCODING);
                let request = request.map(|body| Body::new(TimedBody::new(body, timeout)));
                let answered = answer(router, request, peer, chunked).await;
                progress.step();
                answered
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // The stream has timeouts of its own; this one is a net, should it ever wait without
            // reading.
            .header_read_timeout(self.limits.idle_timeout + self.limits.header_timeout)
            .max_headers(self.limits.max_headers)
            .max_buf_size(self.limits.head_bytes())
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let mut outcome = tokio::select! {
            outcome = connection.as_mut() => Some(outcome),
            _ = self.phase.wait_for(|phase| *phase != Phase::Serving) => None,
        };
        if outcome.is_none() {
            connection.as_mut().graceful_shutdown();
            outcome = tokio::select! {
                outcome = connection => Some(outcome),
                _ = self.phase.wait_for(|phase| *phase == Phase::Closed) => None,
            };
        }
        if let Some(Err(error)) = outcome {
            debug!(%error, "a connection ended with an error");
        }
    }
}

async fn answer(
    mut router: Router,
    mut request: Request,
    peer: SocketAddr,
    chunked: bool,
) -> Result<axum::response::Response, std::convert::Infallible> {
    request.extensions_mut().insert(Peer(peer));
    let mut response = router.call(request).await?;
    if chunked {
        // A request with both Content-Length and Transfer-Encoding reaches this place with the
        // latter alone. RFC 9112, section 6.1: the connection MUST be closed after it. So it is
        // after every chunked one.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}
