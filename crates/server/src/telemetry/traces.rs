//! Traces for a collector, over OTLP/HTTP in protobuf. Without `telemetry.otlp_url` none of this is
//! installed.
//!
//! Spans are made by `tracing`'s macros under the target [`TARGET`], which no log shows; here they
//! become OpenTelemetry's.

mod collector;
mod parent;
mod queue;
mod semantic_conventions;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanExporter as _};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;
use url::Url;

use self::collector::Collector;
pub(crate) use self::parent::continued;
use self::queue::{Exporting, Queue};
use crate::command_error::CommandError;
use crate::settings::{Settings, SettingsError};

/// The target of spans that are made for traces alone.
const TARGET: &str = "resetd::trace";
/// Keeps them out of the log.
pub(super) const NOT_LOGGED: &str = "resetd::trace=off";
/// Of the traces that begin here, how many are kept unless the operator says otherwise.
const SAMPLING: f64 = 0.05;
/// Where a collector takes traces, under its base URL (OTLP specification 1.0).
const PATH: &str = "v1/traces";

/// What carries spans to the collector.
pub(crate) struct Traces {
    exporting: Exporting,
    /// Spans go nowhere once it is gone.
    _provider: SdkTracerProvider,
}

impl Traces {
    /// Whether the settings name a collector.
    pub(crate) fn are_wanted(settings: &Settings) -> bool {
        settings.text("telemetry.otlp_url").is_some()
    }

    /// `None`: no collector is set. Otherwise called within the runtime that is to carry the spans.
    pub(super) fn from_settings<S>(
        settings: &Settings,
    ) -> Result<Option<(Self, impl Layer<S> + Send + Sync + use<S>)>, CommandError>
    where
        S: tracing::Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let Some(url) = settings.text("telemetry.otlp_url") else { return Ok(None) };
        let url = endpoint(url)?;
        let sampling = sampling(settings)?;
        let name = settings.text("telemetry.service_name").unwrap_or("resetd").to_owned();
        // Empty, not detected: what is sent is what the settings say, whatever the environment
        // holds.
        let resource = Resource::builder_empty()
            .with_service_name(name)
            .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let client = Collector::new(&url, settings.text("telemetry.otlp_headers"))?;
        let mut exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(collector::DEADLINE)
            .with_endpoint(url.as_str())
            .build()
            .map_err(|error| SettingsError::invalid("telemetry.otlp_url", error.to_string()))?;
        exporter.set_resource(&resource);
        let (queue, exporting) = Queue::start(exporter);
        // Whoever continues a trace has decided about it; of those that begin here a share is kept.
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(sampling)));
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_sampler(sampler)
            .with_span_processor(queue)
            .build();
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("resetd"))
            .with_context_activation(false)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(Targets::new().with_target(TARGET, LevelFilter::DEBUG));
        Ok(Some((Self { exporting, _provider: provider }, layer)))
    }

    /// Sends what is left, for a few seconds at most.
    pub(crate) async fn finish(self) {
        self.exporting.finish().await;
    }
}

/// The collector's base URL with the path of traces, unless it is there already.
fn endpoint(text: &str) -> Result<Url, SettingsError> {
    let invalid = |error: &str| SettingsError::invalid("telemetry.otlp_url", error);
    let mut url = Url::parse(text).map_err(|_| invalid("expected a URL such as http://127.0.0.1:4318"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(invalid("expected http or https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("credentials belong into telemetry.otlp_headers"));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    if !path.ends_with(PATH) {
        url.set_path(&format!("{path}/{PATH}"));
    }
    Ok(url)
}

fn sampling(settings: &Settings) -> Result<f64, SettingsError> {
    let expected = "a number from 0 to 1";
    match settings.parsed("telemetry.sampling", expected)? {
        None => Ok(SAMPLING),
        Some(share) if (0.0..=1.0).contains(&share) => Ok(share),
        Some(_) => Err(SettingsError::invalid("telemetry.sampling", format!("expected {expected}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_go_to_their_path_under_the_base_url() {
        for (given, expected) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("https://collector.example/otlp/", "https://collector.example/otlp/v1/traces"),
            ("https://collector.example/v1/traces", "https://collector.example/v1/traces"),
        ] {
            assert_eq!(endpoint(given).unwrap().as_str(), expected);
        }
        for bad in ["127.0.0.1:4318", "grpc://127.0.0.1:4317", "https://user:hunter2@collector.example"] {
            let told = endpoint(bad).unwrap_err().to_string();
            assert!(told.contains("telemetry.otlp_url") && !told.contains("hunter2"), "{told}");
        }
    }
}
