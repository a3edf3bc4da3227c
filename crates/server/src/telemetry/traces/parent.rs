//! W3C Trace Context: a request that is part of somebody's trace goes on in it.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::FutureExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;

/// The one header that is looked at. `tracestate` is the callers' own and no business of our
/// collector.
const TRACEPARENT: &str = "traceparent";

/// Middleware for the whole surface: what is made while the request is answered is part of the
/// caller's trace.
pub(crate) async fn continued(request: Request, next: Next) -> Response {
    let parent = TraceContextPropagator::new().extract(&Parent(request.headers()));
    next.run(request).with_context(parent).await
}

struct Parent<'a>(&'a HeaderMap);

impl Extractor for Parent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        if key == TRACEPARENT { self.0.get(TRACEPARENT)?.to_str().ok() } else { None }
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT]
    }
}
