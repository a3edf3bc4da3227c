//! The service itself, for `serve` and `demo` alike: use cases over adapters, the listener, the
//! worker.

mod adapters;
mod http;
mod reload;
mod store_log;
mod tls;
mod upkeep;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use application::ports::{Clock, GeoResolver, MailArchive, MailComposer, MailSender, Random, RateLimiter};
use application::{
    DeliverResets, DeliverWebhooks, DeliveryPorts, DeliverySettings, Links, NoteVisit, RelayStatus,
    WebhookPorts, WebhookSettings, WorkSignal, new_id,
};
use domain::WorkerId;
use system::OsRandom;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::{info, warn};

pub(crate) use self::adapters::{Adapters, capture, composer, geo, sender, webhooks};
use self::reload::{ReloadSignal, Reloadable};
use self::tls::TlsListener;
use crate::command_error::CommandError;
use crate::settings::Settings;
use crate::stores::Stores;
use crate::telemetry;
use crate::worker::Worker;

/// What differs between `serve` and `demo`.
pub(crate) struct Options {
    /// The sample key of the documentation is a key like any other.
    pub(crate) accept_sample: bool,
    /// Captured mail shown at `/dev/mailbox`.
    pub(crate) mailbox: Option<Arc<dyn MailArchive>>,
}

/// The ports that use cases are made of.
struct Parts {
    stores: Stores,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    limiter: Arc<dyn RateLimiter>,
    signal: WorkSignal,
    sender: Arc<dyn MailSender>,
    /// `None`: plain HTTP.
    tls: Option<TlsListener>,
    geo: Arc<dyn GeoResolver>,
    visits: Arc<NoteVisit>,
    relay: RelayStatus,
}

/// The listener of the API.
pub(crate) async fn bind(listen: SocketAddr) -> Result<TcpListener, CommandError> {
    TcpListener::bind(listen).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => CommandError::Setup(format!(
            "listen {listen}: another process listens there; stop it, or choose another port: --listen {}:{}",
            listen.ip(),
            listen.port().wrapping_add(1)
        )),
        _ => CommandError::Io(format!("listen {listen}"), error),
    })
}

/// Serves on `listener` until the process is told to stop, then finishes what it accepted.
pub(crate) async fn run(
    settings: &Settings,
    stores: Stores,
    listener: TcpListener,
    adapters: Adapters,
    options: Options,
) -> Result<(), CommandError> {
    let reload_signal = ReloadSignal::watch();
    // First, so that what the parts report as they start is there from the start.
    telemetry::start_metrics(settings).await?;
    let Adapters { sender, geo, tls, limiter } = adapters;
    let parts = Parts {
        visits: Arc::new(NoteVisit::new(Arc::clone(&stores.tokens), Arc::clone(&geo))),
        sender,
        tls,
        geo,
        clock: Arc::clone(&stores.clock),
        stores,
        random: Arc::new(OsRandom),
        limiter: limiter.start().await?,
        signal: WorkSignal::default(),
        relay: RelayStatus::default(),
    };
    let stopped = watch_for_stop();
    let delivery = if settings.worker {
        let worker = parts.worker();
        let composer = composer(&parts.stores, settings)?;
        let mails = Arc::new(parts.deliver(worker, settings, composer.clone())?);
        let webhooks = Arc::new(parts.call_webhooks(worker, settings));
        let thread = Worker::spawn(mails, webhooks, Arc::clone(&parts.sender), stopped.clone())?;
        Some((composer, thread))
    } else {
        None
    };
    let (composer, delivery) = delivery.unzip();
    reload_signal.reload(Reloadable { tls: parts.tls.clone(), composer });
    let mut upkeep = upkeep::start(settings, &parts.stores, &parts.clock);
    let mut delivery = delivery.unwrap_or_else(Worker::absent);
    // What was acknowledged stays acknowledged: the next process goes on with it.
    tokio::select! {
        served = http::serve(&parts, settings, listener, &options, stopped) => served?,
        reason = parts.stores.database.failed() => {
            return Err(CommandError::Ended(format!("the store can be written no more: {reason}")));
        }
        () = delivery.failed() => return Err(Worker::error()),
        () = upkeep.failed() => {
            return Err(CommandError::Ended("a task beside the service ended in a panic".to_owned()));
        }
    }
    parts.visits.settle().await;
    // The worker winds down within its grace.
    delivery.finish().await?;
    parts.stores.database.close().await;
    info!("stopped");
    Ok(())
}

impl Parts {
    /// A name for this process among those that hold leases.
    fn worker(&self) -> WorkerId {
        WorkerId::from_bytes(*new_id(self.clock.as_ref(), self.random.as_ref()).as_bytes())
    }

    fn call_webhooks(&self, worker: WorkerId, settings: &Settings) -> DeliverWebhooks {
        let ports = WebhookPorts {
            outbox: Arc::clone(&self.stores.outbox),
            sender: webhooks(settings),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
        };
        DeliverWebhooks::new(ports, WebhookSettings::new(worker))
    }

    fn deliver(
        &self,
        worker: WorkerId,
        settings: &Settings,
        composer: Arc<dyn MailComposer>,
    ) -> Result<DeliverResets, CommandError> {
        let ports = DeliveryPorts {
            delivery: Arc::clone(&self.stores.delivery),
            tokens: Arc::clone(&self.stores.tokens),
            customers: Arc::clone(&self.stores.customers),
            organisations: Arc::clone(&self.stores.organisations),
            geo: Arc::clone(&self.geo),
            composer,
            sender: Arc::clone(&self.sender),
            sandbox: Arc::new(adapters::sandbox(settings, &self.stores)),
            sandbox_customers: Arc::clone(&self.stores.sandbox),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
        };
        let links = Links::new(settings.public_url()?);
        let deliver = DeliverResets::new(ports, links, DeliverySettings::new(worker), self.signal.clone());
        Ok(deliver.reporting_to(self.relay.clone()))
    }
}

/// Turns true when the process is asked to stop: SIGTERM, SIGINT.
fn watch_for_stop() -> watch::Receiver<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        told_to_stop().await;
        info!("stopping: what was accepted is finished first");
        if stop.send(true).is_err() {
            warn!("nobody was left to stop");
        }
    });
    stopped
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(error) => {
            warn!(%error, "SIGTERM cannot be watched for");
            interrupt().await;
        }
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    interrupt().await;
}

async fn interrupt() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        warn!(%error, "SIGINT cannot be watched for");
        std::future::pending::<()>().await;
    }
}
