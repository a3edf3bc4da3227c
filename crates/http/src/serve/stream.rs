//! A stream that ends by itself when the client is silent or does not read.
//!
//! hyper has one timeout, from the end of an answer to the end of the next request's head. That
//! cannot tell a pooled connection at rest, which may rest for a minute, from a head that drips,
//! which may not.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::ConnectionLimits;

/// How many times a request was begun or answered: odd while one is being worked on. Written by the
/// service, read by the stream.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress(Arc<AtomicU64>);

impl Progress {
    /// A request was begun, or answered.
    pub(super) fn step(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What the stream waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// The first byte of the next request.
    Idle,
    /// The rest of a head.
    Head,
    /// Nothing: a request is being worked on; its body has a timer of its own.
    Working,
}

/// The stream of one connection.
pub(super) struct TimedStream<S> {
    inner: S,
    limits: ConnectionLimits,
    progress: Progress,
    seen: u64,
    wait: Wait,
    read_timer: Timer,
    write_timer: Timer,
}

impl<S> TimedStream<S> {
    /// A fresh connection owes a request at once.
    pub(super) fn new(inner: S, limits: ConnectionLimits, progress: Progress) -> Self {
        let read_timer = Timer { deadline: Some(Instant::now() + limits.header_timeout), sleep: None };
        let write_timer = Timer::default();
        Self { inner, limits, progress, seen: 0, wait: Wait::Head, read_timer, write_timer }
    }

    /// Takes note of what has become of the connection since the last look.
    fn settle(&mut self) {
        let progress = self.progress.get();
        if progress != self.seen {
            self.seen = progress;
            self.expect(if progress.is_multiple_of(2) { Wait::Idle } else { Wait::Working });
        }
    }

    fn expect(&mut self, wait: Wait) {
        self.wait = wait;
        match wait {
            Wait::Idle => self.read_timer.start(self.limits.idle_timeout),
            Wait::Head => self.read_timer.start(self.limits.header_timeout),
            Wait::Working => self.read_timer.stop(),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.settle();
        if let Poll::Ready(outcome) = Pin::new(&mut self.inner).poll_read(context, buffer) {
            if self.wait == Wait::Idle {
                self.expect(Wait::Head);
            }
            return Poll::Ready(outcome);
        }
        ready!(self.read_timer.poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncWrite + Unpin> TimedStream<S> {
    fn timed<T>(&mut self, context: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.write_timer.stop();
            return outcome;
        }
        if self.write_timer.deadline.is_none() {
            self.write_timer.start(self.limits.write_timeout);
        }
        ready!(self.write_timer.poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.timed(context, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.timed(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.inner).poll_flush(context);
        self.timed(context, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.inner).poll_shutdown(context);
        self.timed(context, outcome)
    }
}

/// A deadline whose timer is made when it is first waited for, and kept.
#[derive(Default)]
struct Timer {
    deadline: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Timer {
    fn start(&mut self, timeout: Duration) {
        self.deadline = Some(Instant::now() + timeout);
    }

    const fn stop(&mut self) {
        self.deadline = None;
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.deadline else { return Poll::Pending };
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(context)
    }
}
