//! The use cases behind the router, and the listener: plain, or TLS.

use std::sync::Arc;
use std::time::{Duration, Instant};

use application::{
    Authenticate, CachedKeys, CancelRequest, ConsumeToken, OpenLink, PasswordQueue, RelayStatus,
    RequestReset, ResendLink, SetNewPassword,
};
use async_trait::async_trait;
use axum::http::HeaderValue;
use axum::http::header::STRICT_TRANSPORT_SECURITY;
use axum::response::Response;
use http_api::{Api, ConnectionLimits, Readiness, ReadinessReport};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};

use super::{Options, Parts, adapters};
use crate::command_error::CommandError;
use crate::settings::Settings;
use crate::stores::Database;
use crate::telemetry::continued;

/// Within this time a probe wants its answer.
const PROBE: Duration = Duration::from_millis(900);
/// How long the store's answer holds.
const PROBE_AGAIN: Duration = Duration::from_secs(1);

/// Serves until `stopped` turns true and what was begun is done.
pub(super) async fn serve(
    parts: &Parts,
    settings: &Settings,
    listener: TcpListener,
    options: &Options,
    mut stopped: watch::Receiver<bool>,
) -> Result<(), CommandError> {
    let readiness = Ready {
        asked: Mutex::default(),
        database: Arc::clone(&parts.stores.database),
        stopped: stopped.clone(),
        relay: parts.relay.clone(),
    };
    let mut router = http_api::router(api(parts, settings, options, readiness)?);
    if settings.telemetry.otlp_url.is_some() {
        router = router.layer(axum::middleware::from_fn(continued));
    }
    if parts.tls.is_some() {
        router = router.layer(axum::middleware::map_response(with_hsts));
    }
    let max_connections = settings.max_connections.get();
    let limits = ConnectionLimits { max_connections, ..ConnectionLimits::default() };
    let stop = async move {
        // An error means that the sender is gone; then nobody will say more.
        drop(stopped.wait_for(|stopped| *stopped).await);
    };
    match parts.tls.clone() {
        Some(tls) => http_api::serve_with(listener, tls, router, limits, stop).await,
        None => http_api::serve(listener, router, limits, stop).await,
    }
    Ok(())
}

/// Who once came by TLS comes by TLS for a year (RFC 6797).
async fn with_hsts(mut response: Response) -> Response {
    const YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");
    response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, YEAR);
    response
}

fn api(parts: &Parts, settings: &Settings, options: &Options, readiness: Ready) -> Result<Api, CommandError> {
    let stores = &parts.stores;
    let hasher = adapters::hasher(settings);
    let open_link = Arc::new(OpenLink {
        tokens: Arc::clone(&stores.tokens),
        customers: Arc::clone(&stores.customers),
        organisations: Arc::clone(&stores.organisations),
        visits: Arc::clone(&parts.visits),
        clock: Arc::clone(&parts.clock),
    });
    Ok(Api {
        authenticate: Arc::new(Authenticate {
            keys: Arc::new(CachedKeys::new(Arc::clone(&stores.keys), Arc::clone(&parts.clock))),
            limiter: Arc::clone(&parts.limiter),
            clock: Arc::clone(&parts.clock),
            accept_sample: options.accept_sample,
        }),
        request_reset: Arc::new(RequestReset {
            intake: Arc::clone(&stores.intake),
            limiter: Arc::clone(&parts.limiter),
            clock: Arc::clone(&parts.clock),
            random: Arc::clone(&parts.random),
            signal: parts.signal.clone(),
        }),
        set_new_password: Arc::new(SetNewPassword {
            tokens: Arc::clone(&stores.tokens),
            customers: Arc::clone(&stores.customers),
            hasher,
            limiter: Arc::clone(&parts.limiter),
            queue: Arc::new(PasswordQueue::new(adapters::hashes_at_once(settings))),
            visits: Arc::clone(&parts.visits),
            clock: Arc::clone(&parts.clock),
            random: Arc::clone(&parts.random),
            signal: parts.signal.clone(),
        }),
        consume_token: Arc::new(ConsumeToken {
            tokens: Arc::clone(&stores.tokens),
            customers: Arc::clone(&stores.customers),
            limiter: Arc::clone(&parts.limiter),
            clock: Arc::clone(&parts.clock),
            random: Arc::clone(&parts.random),
            signal: parts.signal.clone(),
        }),
        resent_link: Arc::new(ResendLink {
            open: Arc::clone(&open_link),
            intake: Arc::clone(&stores.intake),
            customers: Arc::clone(&stores.customers),
            limiter: Arc::clone(&parts.limiter),
            clock: Arc::clone(&parts.clock),
            random: Arc::clone(&parts.random),
            signal: parts.signal.clone(),
        }),
        open_link,
        cancel: Arc::new(CancelRequest {
            tokens: Arc::clone(&stores.tokens),
            clock: Arc::clone(&parts.clock),
        }),
        sandbox: Arc::clone(&parts.stores.sandbox_mail),
        mailbox: options.mailbox.clone(),
        readiness: Arc::new(readiness),
        trusted_proxies: settings.trusted_proxies.networks().to_vec(),
        public_url: settings.public_url()?.to_owned(),
        random: Arc::clone(&parts.random),
    })
}

/// Ready while the store takes writes and nobody has asked to stop. The worker's thread ends with
/// the process only: a panic in one mail does not end it, and one elsewhere ends the process.
struct Ready {
    database: Arc<dyn Database>,
    /// When the store was asked last, and whether it took the write: each question costs one.
    asked: Mutex<Option<(Instant, bool)>>,
    stopped: watch::Receiver<bool>,
    relay: RelayStatus,
}

#[async_trait]
impl Readiness for Ready {
    async fn check(&self) -> ReadinessReport {
        let mut asked = self.asked.lock().await;
        let store = match *asked {
            Some((at, answer)) if at.elapsed() < PROBE_AGAIN => answer,
            _ => {
                let answer = matches!(tokio::time::timeout(PROBE, self.database.ping()).await, Ok(Ok(())));
                *asked = Some((Instant::now(), answer));
                answer
            }
        };
        ReadinessReport { store, worker: !*self.stopped.borrow(), relay: self.relay.error() }
    }
}
