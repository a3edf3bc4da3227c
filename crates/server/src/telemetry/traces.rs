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
use secrecy::ExposeSecret;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

use self::collector::Collector;
pub(crate) use self::parent::continued;
use self::queue::{Exporting, Queue};
use crate::command_error::CommandError;
use crate::settings::{OtlpUrl, SettingsError, TelemetrySettings};

/// The target of spans that are made for traces alone.
const TARGET: &str = "resetd::trace";

/// What carries spans to the collector.
pub(crate) struct Traces {
    exporting: Exporting,
    /// Spans go nowhere once it is gone.
    _provider: SdkTracerProvider,
}

impl Traces {
    /// `None`: no collector is set. Otherwise called within the runtime that is to carry the spans.
    pub(super) fn from_settings<S>(
        settings: &TelemetrySettings,
    ) -> Result<Option<(Self, impl Layer<S> + Send + Sync + use<S>)>, CommandError>
    where
        S: tracing::Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let Some(url) = &settings.otlp_url else { return Ok(None) };
        // Empty, not detected: what is sent is what the settings say, whatever the environment
        // holds.
        let resource = Resource::builder_empty()
            .with_service_name(settings.service_name.clone())
            .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let client = collector(url, settings)?;
        let mut exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(collector::DEADLINE)
            .with_endpoint(url.url().as_str())
            .build()
            .map_err(|error| SettingsError::invalid("telemetry.otlp_url", error.to_string()))?;
        exporter.set_resource(&resource);
        let (queue, exporting) = Queue::start(exporter);
        // Whoever continues a trace has decided about it; of those that begin here a share is kept.
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.sampling)));
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

/// Whether a collector can be called with these settings.
pub(super) fn check(settings: &TelemetrySettings) -> Result<(), CommandError> {
    settings.otlp_url.as_ref().map_or(Ok(()), |url| collector(url, settings).map(drop))
}

fn collector(url: &OtlpUrl, settings: &TelemetrySettings) -> Result<Collector, CommandError> {
    Collector::new(url.url(), settings.otlp_headers.as_ref().map(ExposeSecret::expose_secret))
}
