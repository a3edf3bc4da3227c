//! `GET /healthz` (the process answers) and `GET /readyz` (it can do its work).

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::schema::answer::{JSON, json};

pub(crate) const HEALTHZ: &str = "/healthz";
pub(crate) const READYZ: &str = "/readyz";

/// Tells whether this process can take and deliver requests.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Looks now; within a second, as probes give up then.
    async fn check(&self) -> ReadinessReport;
}

/// What a [`Readiness`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadinessReport {
    /// The store takes requests.
    pub store: bool,
    /// The worker runs. A process that runs none on purpose says `true`.
    pub worker: bool,
    /// Why the relay takes no mail, without addresses and credentials. It makes nothing unready:
    /// requests are accepted and wait.
    pub relay: Option<String>,
}

#[derive(Serialize)]
struct Ready {
    status: &'static str,
    store: &'static str,
    worker: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    relay: Option<String>,
}

pub(crate) async fn healthz() -> Response {
    ([(CONTENT_TYPE, JSON)], r#"{"status":"ok"}"#).into_response()
}

pub(crate) async fn readyz(State(readiness): State<Arc<dyn Readiness>>) -> Response {
    let report = readiness.check().await;
    let word = |good| if good { "ok" } else { "unavailable" };
    let ready = report.store && report.worker;
    let body = Ready {
        status: word(ready),
        store: word(report.store),
        worker: word(report.worker),
        relay: report.relay,
    };
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, json(&body)).into_response()
}
