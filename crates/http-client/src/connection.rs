//! Connections that know whether they have carried an answer, so that a kept one which was closed is told from a
//! server that closes every connection.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use http::{Extensions, Uri};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use tower::Service;

/// Whether a connection has carried an answer. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct HasAnswered(Arc<AtomicBool>);

impl HasAnswered {
    /// An answer came with these extensions.
    pub(crate) fn note(extensions: &Extensions) {
        if let Some(Self(flag)) = extensions.get() {
            flag.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the connection of a failed call had carried an answer before.
    pub(crate) fn of(connected: &Connected) -> bool {
        let mut extensions = Extensions::new();
        connected.get_extras(&mut extensions);
        extensions.get::<Self>().is_some_and(|Self(flag)| flag.load(Ordering::Relaxed))
    }
}

/// Marks every connection of `C`.
#[derive(Debug, Clone)]
pub(crate) struct Marking<C>(pub(crate) C);

impl<C> Service<Uri> for Marking<C>
where
    C: Service<Uri>,
    C::Future: Send + 'static,
{
    type Response = Marked<C::Response>;
    type Error = C::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async move { Ok(Marked { io: connecting.await?, has_answered: HasAnswered::default() }) })
    }
}

/// A connection with its mark.
#[derive(Debug)]
pub(crate) struct Marked<T> {
    io: T,
    has_answered: HasAnswered,
}

impl<T: Connection> Connection for Marked<T> {
    fn connected(&self) -> Connected {
        self.io.connected().extra(self.has_answered.clone())
    }
}

impl<T: Read + Unpin> Read for Marked<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_read(context, buffer)
    }
}

impl<T: Write + Unpin> Write for Marked<T> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().io).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(context)
    }
}
