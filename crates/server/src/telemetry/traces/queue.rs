//! Between the spans and the collector: a queue with an end. Nobody waits for it; what does not fit
//! is dropped and counted.

use std::time::Duration;

use metrics::counter;
use opentelemetry::Context;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter, SpanProcessor};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tracing::{info, warn};

use super::semantic_conventions;

/// Spans that wait at most: about 2 MiB.
const CAPACITY: usize = 4_096;
/// Spans sent at once at most.
const BATCH: usize = 512;
/// How long a span waits for others to go with.
const EVERY: Duration = Duration::from_secs(1);
/// How long the service waits for the collector when it stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// Takes ended spans.
#[derive(Debug)]
pub(super) struct Queue(mpsc::Sender<SpanData>);

/// The task that sends them.
pub(super) struct Exporting {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Queue {
    /// A queue, and the task that empties it into `exporter`.
    pub(super) fn start<E: SpanExporter + 'static>(exporter: E) -> (Self, Exporting) {
        let (sender, spans) = mpsc::channel(CAPACITY);
        let (stop, stopped) = oneshot::channel();
        let sending = Sending { exporter, batch: Vec::with_capacity(BATCH), failing: false };
        (Self(sender), Exporting { stop, task: tokio::spawn(sending.run(spans, stopped)) })
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() && self.0.try_send(span).is_err() {
            count("dropped", 1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        // Whoever wants the rest to be sent asks `Exporting`, which can be waited for without
        // blocking.
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}

impl Exporting {
    /// Sends what waits, within [`SHUTDOWN_TIMEOUT`].
    pub(super) async fn finish(self) {
        // An error means that the task has ended.
        let _ = self.stop.send(());
        if timeout(SHUTDOWN_TIMEOUT, self.task).await.is_err() {
            warn!("the collector did not take the last spans in time");
        }
    }
}

struct Sending<E> {
    exporter: E,
    batch: Vec<SpanData>,
    failing: bool,
}

impl<E: SpanExporter> Sending<E> {
    async fn run(mut self, mut spans: mpsc::Receiver<SpanData>, mut stop: oneshot::Receiver<()>) {
        let mut every = interval(EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let room = BATCH - self.batch.len();
            tokio::select! {
                _ = &mut stop => break,
                received = spans.recv_many(&mut self.batch, room) => match received {
                    0 => break,
                    _ if self.batch.len() < BATCH => continue,
                    _ => {}
                },
                _ = every.tick() => {}
            }
            self.send().await;
        }
        spans.close();
        self.send().await;
        while spans.recv_many(&mut self.batch, BATCH).await > 0 {
            self.send().await;
        }
    }

    /// Sends the batch once. A collector that is away costs its spans, never memory.
    async fn send(&mut self) {
        let mut batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        batch.retain(semantic_conventions::should_export);
        batch.iter_mut().for_each(semantic_conventions::translate);
        let spans = batch.len();
        if spans == 0 {
            return;
        }
        match self.exporter.export(batch).await {
            Ok(()) => {
                count("sent", spans);
                if std::mem::take(&mut self.failing) {
                    info!("the collector takes spans again");
                }
            }
            Err(error) => {
                count("dropped", spans);
                if !std::mem::replace(&mut self.failing, true) {
                    warn!(%error, "the collector takes no spans; they are dropped until it does");
                }
            }
        }
    }
}

fn count(outcome: &'static str, spans: usize) {
    counter!("resetd_trace_spans_total", "outcome" => outcome).increment(spans as u64);
}
