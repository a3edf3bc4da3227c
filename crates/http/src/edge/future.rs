//! The way back: from the route's answer to the one that leaves.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use tracing::{Span, debug, error, info};

use super::{AccessLogLevel, REQUEST_ID, RequestContext, Spans, rate_limit};
use crate::schema::error::{AnsweredCode, ApiError};
use crate::schema::error_code::ErrorCode;

pin_project_lite::pin_project! {
    /// Where the answer comes from.
    #[project = InnerProjection]
    pub(crate) enum Inner<F> {
        Route { #[pin] future: F },
        /// From here: the request names no host.
        Refused,
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for Inner<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            InnerProjection::Route { future } => future.poll(context),
            InnerProjection::Refused => Poll::Ready(Ok(ApiError::bad_host().into_response())),
        }
    }
}

pin_project_lite::pin_project! {
    /// Polls a route inside its request's span and finishes the answer.
    pub(crate) struct EdgeFuture<F> {
        #[pin]
        inner: Inner<F>,
        spans: Spans,
        context: Arc<RequestContext>,
    }
}

impl<F> EdgeFuture<F> {
    pub(super) const fn new(inner: Inner<F>, spans: Spans, context: Arc<RequestContext>) -> Self {
        Self { inner, spans, context }
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for EdgeFuture<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polled = {
            let _entered = this.spans.enter();
            // The future is not polled again after a panic: the answer is ready.
            catch_unwind(AssertUnwindSafe(|| this.inner.poll(context)))
        };
        let mut response = match polled {
            Ok(poll) => match ready!(poll) {
                Ok(response) => response,
                Err(never) => match never {},
            },
            Err(_) => {
                error!(
                    request_id = this.context.id(),
                    route = this.context.stats.template,
                    "a handler panicked"
                );
                ApiError::new(ErrorCode::Internal).into_response()
            }
        };
        finish(response.headers_mut(), this.context);
        record(&response, this.context, &this.spans.trace);
        Poll::Ready(Ok(response))
    }
}

fn finish(headers: &mut HeaderMap, context: &RequestContext) {
    if let Some(decision) = context.rate.get() {
        rate_limit::insert_headers(headers, decision);
    }
    headers.insert(REQUEST_ID, context.id.clone());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

fn record(response: &Response, context: &RequestContext, trace: &Span) {
    let status = response.status();
    let code = response.extensions().get::<AnsweredCode>().map_or("", |code| code.0);
    let elapsed = context.started.elapsed();
    context.stats.record(status, code, elapsed.as_secs_f64());
    if !trace.is_disabled() {
        trace.record("status", i64::from(status.as_u16()));
        trace.record("code", code);
    }
    let duration_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
    // The template, never the path: that of the reset page holds a token. No query either: it holds
    // the key.
    let (method, route, request_id) = (context.method.as_str(), context.stats.template, context.id());
    match context.log_level {
        AccessLogLevel::Info => info!(
            target: "access", method, route, status = status.as_u16(), code, duration_us, request_id,
            client = %context.client
        ),
        AccessLogLevel::Debug => debug!(
            target: "access", method, route, status = status.as_u16(), code, duration_us, request_id,
            client = %context.client
        ),
    }
}
