//! Logs on standard error, metrics for Prometheus on a listener of their own.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::fault::Fault;
use crate::settings::{Settings, SettingsError};

/// What is logged unless the operator says otherwise: the access log is there to be switched on.
const DEFAULT_FILTER: &str = "info,access=warn";
/// Seconds, for delivery: from an idle queue to a relay that was down for hours.
const DELIVERY_BUCKETS: [f64; 12] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0, 3600.0];
/// Seconds, for HTTP answers.
const ANSWER_BUCKETS: [f64; 10] = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0];

/// Starts logging. Called once, first of all.
pub(crate) fn start_logging(settings: &Settings) -> Result<(), Fault> {
    let filter = settings.text("log").unwrap_or(DEFAULT_FILTER);
    let filter = EnvFilter::try_new(filter)
        .map_err(|_| SettingsError::invalid("log", "expected a filter such as info or info,access=warn"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match settings.text("log_format").unwrap_or("text") {
        "text" => builder.with_target(false).compact().try_init(),
        "json" => builder.json().flatten_event(true).try_init(),
        _ => return Err(SettingsError::invalid("log_format", "expected text or json").into()),
    };
    started.map_err(Fault::setup("logging"))
}

/// Serves `GET /metrics`, if the operator wants it served.
pub(crate) async fn start_metrics(settings: &Settings) -> Result<(), Fault> {
    let listen: Option<SocketAddr> =
        settings.parsed("metrics_listen", "an address and port such as 127.0.0.1:9100")?;
    let Some(listen) = listen else { return Ok(()) };
    let recorder = recorder().map_err(|fault| Fault::Setup(format!("metrics: {fault}")))?;
    metrics::gauge!("resetd_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let listener = TcpListener::bind(listen).await.map_err(Fault::io(format!("metrics_listen {listen}")))?;
    let bound = listener.local_addr().map_err(Fault::io("metrics_listen"))?;
    let router = Router::new().route("/metrics", get(move || std::future::ready(recorder.render())));
    tokio::spawn(async move {
        if let Err(fault) = axum::serve(listener, router).await {
            tracing::error!(%fault, "the metrics listener ended");
        }
    });
    tracing::info!("metrics on http://{bound}/metrics");
    Ok(())
}

fn recorder() -> Result<PrometheusHandle, metrics_exporter_prometheus::BuildError> {
    let delivery = Matcher::Full("resetd_delivery_seconds".to_owned());
    let answer = Matcher::Full("resetd_http_request_seconds".to_owned());
    let webhook = Matcher::Prefix("resetd_webhook_".to_owned());
    PrometheusBuilder::new()
        .set_buckets_for_metric(delivery, &DELIVERY_BUCKETS)?
        .set_buckets_for_metric(webhook, &DELIVERY_BUCKETS)?
        .set_buckets_for_metric(answer, &ANSWER_BUCKETS)?
        .install_recorder()
}
