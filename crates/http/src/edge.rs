//! What happens to every request and every answer, whatever the route: identification, the access
//! log, metrics, the headers all answers share, and the 500 in place of a panic.
//!
//! One hand-written layer instead of a stack of ready-made ones: it runs on every request, and
//! while logging is off it allocates the request's identifier and its context, and nothing else.

mod client;
mod future;
mod rate_limit;
mod request_id;
mod stats;

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Instant;

use application::model::LimitDecision;
use application::ports::Random;
use axum::extract::Request;
use axum::http::{Extensions, HeaderValue};
use axum::response::Response;
use ipnetwork::IpNetwork;
use tower::{Layer, Service};
use tracing::Span;
use tracing::field::Empty;
use tracing::span::Entered;

pub use self::client::Peer;
use self::future::{EdgeFuture, Inner};
pub(crate) use self::request_id::REQUEST_ID;
use self::request_id::RequestIds;
use self::stats::RouteStats;
use crate::host::{self, InvalidHost};

/// The level of a route in the access log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccessLogLevel {
    /// Level info.
    Info,
    /// Level debug: probes come every few seconds and say nothing.
    Debug,
}

/// What all routes share.
pub(crate) struct EdgeShared {
    ids: RequestIds,
    trusted_proxies: Vec<IpNetwork>,
}

impl EdgeShared {
    pub(crate) fn new(random: &dyn Random, trusted_proxies: Vec<IpNetwork>) -> Self {
        stats::describe();
        Self { ids: RequestIds::new(random), trusted_proxies }
    }
}

/// The layer around one route.
#[derive(Clone)]
pub(crate) struct Edge {
    shared: Arc<EdgeShared>,
    stats: Arc<RouteStats>,
    log_level: AccessLogLevel,
}

impl Edge {
    pub(crate) fn new(shared: &Arc<EdgeShared>, template: &'static str, log_level: AccessLogLevel) -> Self {
        Self { shared: Arc::clone(shared), stats: Arc::new(RouteStats::new(template)), log_level }
    }
}

impl<S> Layer<S> for Edge {
    type Service = EdgeService<S>;

    fn layer(&self, inner: S) -> EdgeService<S> {
        EdgeService { inner, edge: self.clone() }
    }
}

/// A route behind the layer.
#[derive(Clone)]
pub(crate) struct EdgeService<S> {
    inner: S,
    edge: Edge,
}

impl<S> Service<Request> for EdgeService<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = EdgeFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let started = Instant::now();
        let Edge { shared, stats, log_level } = &self.edge;
        let id = shared.ids.identify(request.headers());
        let client = client::address(request.extensions(), request.headers(), &shared.trusted_proxies);
        let context = Arc::new(RequestContext {
            id,
            client,
            started,
            method: request.method().clone(),
            stats: Arc::clone(stats),
            log_level: *log_level,
            rate: OnceLock::new(),
        });
        let host = host::of(request.version(), request.uri(), request.headers()).map(drop);
        request.extensions_mut().insert(Arc::clone(&context));
        let spans = Spans { log: context.span(), trace: context.trace() };
        let inner = match host {
            Ok(()) => {
                let _entered = spans.enter();
                Inner::Route { future: self.inner.call(request) }
            }
            Err(InvalidHost) => Inner::Refused,
        };
        EdgeFuture::new(inner, spans, context)
    }
}

/// The two spans of a request.
struct Spans {
    /// Gives everything logged on the way the request's identifier.
    log: Span,
    /// For traces; made only where they are collected.
    trace: Span,
}

impl Spans {
    fn enter(&self) -> (Entered<'_>, Entered<'_>) {
        (self.log.enter(), self.trace.enter())
    }
}

/// What is known of a request until its answer leaves; in the extensions of every request that a
/// handler sees.
pub(crate) struct RequestContext {
    id: HeaderValue,
    client: IpAddr,
    started: Instant,
    method: axum::http::Method,
    stats: Arc<RouteStats>,
    log_level: AccessLogLevel,
    /// What the limit of the caller's key says, for the answer's headers.
    rate: OnceLock<LimitDecision>,
}

impl RequestContext {
    /// The address that the request came from.
    pub(crate) fn client(extensions: &Extensions) -> IpAddr {
        extensions.get::<Arc<Self>>().map_or(IpAddr::from([0, 0, 0, 0]), |context| context.client)
    }

    /// Has the rate-limit headers of `decision` written on the answer, whatever it is.
    pub(crate) fn set_rate(extensions: &Extensions, decision: LimitDecision) {
        if let Some(context) = extensions.get::<Arc<Self>>() {
            context.rate.get_or_init(|| decision);
        }
    }

    fn id(&self) -> &str {
        self.id.to_str().unwrap_or_default()
    }

    fn span(&self) -> Span {
        tracing::info_span!(
            target: "resetd::request",
            "request",
            request_id = self.id(),
            route = self.stats.template,
            method = self.method.as_str()
        )
    }

    /// The template, never the path or the query.
    fn trace(&self) -> Span {
        tracing::debug_span!(
            target: "resetd::trace",
            "http",
            request_id = self.id(),
            route = self.stats.template,
            method = self.method.as_str(),
            status = Empty,
            code = Empty
        )
    }
}
