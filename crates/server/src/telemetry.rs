//! Logs on standard error, metrics for Prometheus on a listener of their own, traces to a
//! collector.

mod traces;

use std::io::IsTerminal as _;

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tracing_subscriber::filter::Directive;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

pub(crate) use self::traces::{Traces, continued};
use crate::command_error::CommandError;
use crate::settings::{LogFormat, Settings, SettingsError};

/// Seconds, for delivery: from an idle queue to a relay that was down for hours.
const DELIVERY_BUCKETS: [f64; 12] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0, 3600.0];
/// Seconds, for HTTP answers.
const ANSWER_BUCKETS: [f64; 10] = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0];

/// Starts logging. Called once, first of all.
pub(crate) fn start_logging(settings: &Settings) -> Result<(), CommandError> {
    let builder = fmt().with_env_filter(filter(settings)?).with_writer(std::io::stderr).with_ansi(colours());
    let started = match settings.log_format {
        LogFormat::Text => builder.with_target(false).compact().try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(CommandError::setup("logging"))
}

/// Starts logging, and traces where a collector is set; then within a runtime that carries them
/// there.
pub(crate) fn start(settings: &Settings) -> Result<Option<Traces>, CommandError> {
    let Some((traces, layer)) = Traces::from_settings(&settings.telemetry)? else {
        // Nothing of traces is installed, so that they cost nothing.
        return start_logging(settings).map(|()| None);
    };
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(colours());
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match settings.log_format {
        LogFormat::Text => lines.with_target(false).compact().with_filter(filter(settings)?).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_filter(filter(settings)?).boxed(),
    };
    tracing_subscriber::registry().with(lines).with(layer).try_init().map_err(unset)?;
    Ok(Some(traces))
}

/// Colours are for terminals, and for those who have not asked to be spared
/// (<https://no-color.org>).
fn colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn unset(error: impl std::error::Error) -> CommandError {
    CommandError::Setup(format!("logging: {error}"))
}

/// What is logged: what the operator says, but not the spans of traces. Where there is no collector
/// they stay unmade at any level of the log.
fn filter(settings: &Settings) -> Result<EnvFilter, CommandError> {
    let filter = EnvFilter::try_new(&settings.log)
        .map_err(|_| SettingsError::invalid("log", "expected a filter such as info or info,access=warn"))?;
    let spans: Directive = traces::NOT_LOGGED.parse().map_err(unset)?;
    Ok(filter.add_directive(spans))
}

/// Whether logs and traces can be started with these settings.
pub(crate) fn check(settings: &Settings) -> Result<(), CommandError> {
    filter(settings)?;
    traces::check(&settings.telemetry)
}

/// Serves `GET /metrics`, if the operator wants it served.
pub(crate) async fn start_metrics(settings: &Settings) -> Result<(), CommandError> {
    let Some(listen) = settings.metrics_listen else { return Ok(()) };
    let recorder = recorder().map_err(|error| CommandError::Setup(format!("metrics: {error}")))?;
    metrics::gauge!("resetd_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let listener =
        TcpListener::bind(listen).await.map_err(CommandError::io(format!("metrics_listen {listen}")))?;
    let bound = listener.local_addr().map_err(CommandError::io("metrics_listen"))?;
    let router = Router::new().route("/metrics", get(move || std::future::ready(recorder.render())));
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the metrics listener ended");
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
