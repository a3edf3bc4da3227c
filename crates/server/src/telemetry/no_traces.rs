//! A build without the feature `otlp`: there are no traces.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tracing_subscriber::layer::Identity;

use crate::command_error::CommandError;
use crate::settings::{SettingsError, TelemetrySettings};

/// Never made.
pub(crate) enum Traces {}

impl Traces {
    pub(super) fn from_settings(
        settings: &TelemetrySettings,
    ) -> Result<Option<(Self, Identity)>, CommandError> {
        check(settings).map(|()| None)
    }

    pub(crate) async fn finish(self) {
        match self {}
    }
}

pub(super) fn check(settings: &TelemetrySettings) -> Result<(), CommandError> {
    match settings.otlp_url {
        None => Ok(()),
        Some(_) => Err(SettingsError::not_in_this_build("telemetry.otlp_url", "otlp").into()),
    }
}

/// Passes the request on.
pub(crate) async fn continued(request: Request, next: Next) -> Response {
    next.run(request).await
}
