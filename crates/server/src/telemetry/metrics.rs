//! Metrics for Prometheus: their listener, their meaning and their buckets.

use axum::Router;
use axum::routing::get;
use http_api::ConnectionLimits;
use metrics::Unit;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use crate::command_error::CommandError;
use crate::settings::Settings;

/// Seconds from an idle queue to a relay that was down for hours.
const DELIVERY_SECONDS: [f64; 12] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0, 3600.0];
/// Seconds of everything that somebody waits for: answers, the store, resolvers.
const ANSWER_SECONDS: [f64; 11] = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0, 10.0];
/// Rows or jobs of one batch.
const BATCH_SIZES: [f64; 8] = [1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0];

/// Scrapers are few; each is cut off like any client.
const MAX_CONNECTIONS: usize = 64;

enum Kind {
    Counter,
    Gauge,
    Histogram,
}
use Kind::{Counter, Gauge, Histogram};

/// Every metric there is, with its help.
const METRICS: &[(Kind, &str, &str)] = &[
    (Gauge, "resetd_build_info", "1, with the version as a label"),
    (Histogram, "resetd_delivery_seconds", "From the acceptance of a request to its mail at the relay"),
    (Histogram, "resetd_directory_call_seconds", "One call of a customer directory"),
    (Counter, "resetd_directory_calls_total", "Calls of customer directories, by outcome"),
    (Gauge, "resetd_directory_up", "Whether a customer directory answers (1) or is left alone (0)"),
    (Gauge, "resetd_geo_database_build_timestamp_seconds", "When a geo database was built"),
    (Counter, "resetd_geo_database_errors_total", "Look-ups that a geo database failed"),
    (Counter, "resetd_geo_database_reloads_total", "Replaced geo databases that were read again, by outcome"),
    (Counter, "resetd_geo_reverse_dns_failures_total", "Reverse DNS look-ups that failed or came too late"),
    (Gauge, "resetd_geo_vikitron_breaker_open", "Whether VikiTron is left alone because it fails (1)"),
    (Counter, "resetd_geo_vikitron_cache_hits_total", "Addresses that VikiTron need not be asked for"),
    (Histogram, "resetd_geo_vikitron_request_duration_seconds", "Calls of VikiTron"),
    (Counter, "resetd_geo_vikitron_requests_total", "Calls of VikiTron, by outcome"),
    (Histogram, "resetd_http_request_seconds", "From a request's head to the head of its answer, by route"),
    (Counter, "resetd_http_requests_total", "Answers, by route, status and error code"),
    (
        Counter,
        "resetd_limiter_local_hits_total",
        "Calls counted by this process alone, the shared limiter being away",
    ),
    (Counter, "resetd_limiter_outages_total", "Times the shared rate limiter was lost"),
    (Gauge, "resetd_limiter_shared_up", "Whether the shared rate limiter answers (1) or not (0)"),
    (Gauge, "resetd_mails_in_flight", "Mails on their way to the relay"),
    (Counter, "resetd_mails_total", "Attempts to deliver a mail, by outcome"),
    (Counter, "resetd_password_changes_total", "Attempts to set a password with a link, by outcome"),
    (Histogram, "resetd_password_hash_seconds", "Computing one password hash"),
    (Gauge, "resetd_queue_depth", "Mails by state"),
    (Gauge, "resetd_queue_oldest_seconds", "Age of the oldest mail by state"),
    (Gauge, "resetd_relay_up", "Whether the relay takes mails (1) or the queue pauses (0)"),
    (Counter, "resetd_smtp_connection_failures_total", "Connections to the relay that did not come about"),
    (Gauge, "resetd_smtp_connections", "Open connections to the relay"),
    (Counter, "resetd_smtp_connections_opened_total", "Connections to the relay that were opened"),
    (Counter, "resetd_smtp_stale_connections_total", "Kept connections that the relay had closed"),
    (
        Counter,
        "resetd_store_batch_failures_total",
        "Statements of PostgreSQL for several calls that failed, by batch",
    ),
    (Histogram, "resetd_store_batch_rows", "Calls that one statement of PostgreSQL served, by batch"),
    (Histogram, "resetd_store_batch_seconds", "Statements of PostgreSQL for several calls, by batch"),
    (Gauge, "resetd_store_log_bytes", "Size of SQLite's write-ahead log"),
    (Histogram, "resetd_store_round_jobs", "Writes that one commit of SQLite holds"),
    (Histogram, "resetd_store_round_seconds", "One commit of SQLite, without its sync"),
    (Counter, "resetd_store_rounds_total", "Commits of SQLite, by outcome"),
    (Histogram, "resetd_store_sync_seconds", "One sync of SQLite's log"),
    (Counter, "resetd_trace_spans_total", "Spans of traces, by outcome"),
    (Histogram, "resetd_webhook_call_seconds", "One call of a webhook endpoint"),
    (Counter, "resetd_webhook_calls_total", "Calls of webhook endpoints, by outcome"),
    (Gauge, "resetd_webhook_calls_in_flight", "Calls of webhook endpoints under way"),
    (Histogram, "resetd_webhook_delivery_seconds", "From an event to its delivery"),
    (Counter, "resetd_webhook_events_given_up_total", "Events that no endpoint took in time"),
    (Gauge, "resetd_webhook_outbox_depth", "Events that wait for an endpoint"),
    (Gauge, "resetd_webhook_outbox_oldest_seconds", "Age of the oldest event that waits"),
];

/// Serves `GET /metrics`, if the operator wants it served.
pub(crate) async fn start_metrics(settings: &Settings) -> Result<(), CommandError> {
    let Some(listen) = settings.metrics_listen else { return Ok(()) };
    let recorder = recorder().map_err(|error| CommandError::Setup(format!("metrics: {error}")))?;
    describe();
    metrics::gauge!("resetd_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let listener =
        TcpListener::bind(listen).await.map_err(CommandError::io(format!("metrics_listen {listen}")))?;
    let bound = listener.local_addr().map_err(CommandError::io("metrics_listen"))?;
    let router = Router::new().route("/metrics", get(move || std::future::ready(recorder.render())));
    let limits = ConnectionLimits { max_connections: MAX_CONNECTIONS, ..ConnectionLimits::default() };
    tokio::spawn(http_api::serve(listener, router, limits, std::future::pending()));
    tracing::info!("metrics on http://{bound}/metrics");
    Ok(())
}

fn recorder() -> Result<PrometheusHandle, BuildError> {
    let mut builder = PrometheusBuilder::new();
    for (kind, name, _) in METRICS {
        let buckets: &[f64] = match name {
            _ if !matches!(kind, Histogram) => continue,
            name if !name.ends_with("_seconds") => &BATCH_SIZES,
            name if name.contains("delivery") || name.contains("webhook") => &DELIVERY_SECONDS,
            _ => &ANSWER_SECONDS,
        };
        builder = builder.set_buckets_for_metric(Matcher::Full((*name).to_owned()), buckets)?;
    }
    builder.install_recorder()
}

fn describe() {
    for (kind, name, help) in METRICS {
        let unit = match name {
            name if name.ends_with("_seconds") => Unit::Seconds,
            name if name.ends_with("_bytes") => Unit::Bytes,
            _ => Unit::Count,
        };
        match kind {
            Counter => metrics::describe_counter!(*name, unit, *help),
            Gauge => metrics::describe_gauge!(*name, unit, *help),
            Histogram => metrics::describe_histogram!(*name, unit, *help),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// The names of metrics in the sources below `directory`.
    fn names(directory: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                names(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for (start, _) in text.match_indices("\"resetd_") {
                    let name: String = text[start + 1..].chars().take_while(|c| *c != '"').collect();
                    if name.matches('_').count() > 1
                        && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
                    {
                        found.insert(name);
                    }
                }
            }
        }
    }

    #[test]
    fn every_metric_has_a_help_and_every_help_a_metric() {
        let mut found = BTreeSet::new();
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for name in std::fs::read_dir(crates).unwrap() {
            let sources = name.unwrap().path().join("src");
            if sources.is_dir() && !sources.ends_with("testkit/src") {
                names(&sources, &mut found);
            }
        }
        let known: BTreeSet<String> = METRICS.iter().map(|(_, name, _)| (*name).to_owned()).collect();
        assert_eq!(known.len(), METRICS.len(), "a name is there twice");
        let prefixes = found.iter().filter(|name| !known.contains(*name)).collect::<Vec<_>>();
        assert!(prefixes.is_empty(), "without a help: {prefixes:?}");
    }

    #[test]
    fn names_say_what_a_metric_is() {
        for (kind, name, help) in METRICS {
            assert!(!help.is_empty() && !help.ends_with('.'), "{name}");
            assert_eq!(matches!(kind, Counter), name.ends_with("_total"), "{name}");
        }
    }
}
