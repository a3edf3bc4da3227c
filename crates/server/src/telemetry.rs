//! Logs on standard error, metrics for Prometheus on a listener of their own, traces to a
//! collector.

mod masked;
mod metrics;
#[cfg_attr(not(feature = "otlp"), path = "telemetry/no_traces.rs")]
mod traces;

use std::io::IsTerminal as _;

use tracing_subscriber::filter::Directive;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use self::masked::MaskedError;
pub(crate) use self::masked::masked;
pub(crate) use self::metrics::start_metrics;
pub(crate) use self::traces::{Traces, continued};
use crate::command_error::CommandError;
use crate::settings::{LogFormat, Settings, SettingsError};

/// Keeps spans that are made for traces alone out of the log.
const NOT_LOGGED: &str = "resetd::trace=off";
/// Starts logging. Called once, first of all.
pub(crate) fn start_logging(settings: &Settings) -> Result<(), CommandError> {
    let builder = fmt().with_env_filter(filter(settings)?).with_writer(MaskedError::new).with_ansi(colours());
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
    let lines = fmt::layer().with_writer(MaskedError::new).with_ansi(colours());
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
    let spans: Directive = NOT_LOGGED.parse().map_err(unset)?;
    Ok(filter.add_directive(spans))
}

/// Whether logs and traces can be started with these settings.
pub(crate) fn check(settings: &Settings) -> Result<(), CommandError> {
    filter(settings)?;
    traces::check(&settings.telemetry)
}
