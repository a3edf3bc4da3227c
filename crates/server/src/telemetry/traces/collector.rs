//! How traces reach the collector.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_client::{AddressPolicy, HttpClientOptions, Trust};
use opentelemetry_http::{HttpClient, HttpError};
use url::Url;

use crate::command_error::CommandError;
use crate::settings::SettingsError;

/// For one batch to be taken.
pub(super) const DEADLINE: Duration = Duration::from_secs(5);

/// Sends batches, each with the headers that the operator wants on them.
pub(super) struct Collector {
    http: http_client::HttpClient,
    headers: HeaderMap,
}

/// The headers hold credentials.
impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collector").finish_non_exhaustive()
    }
}

impl Collector {
    pub(super) fn new(url: &Url, headers: Option<&str>) -> Result<Self, CommandError> {
        let headers = headers.map(read_headers).transpose()?.unwrap_or_default();
        let trust = if url.scheme() == "https" { Trust::System } else { Trust::Nobody };
        let options = HttpClientOptions { trust, ..HttpClientOptions::new(AddressPolicy::Trusted) };
        let http = http_client::HttpClient::new(options)
            .map_err(|error| CommandError::Setup(format!("telemetry: {error}")))?;
        Ok(Self { http, headers })
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        request.headers_mut().extend(self.headers.clone());
        let answer = self.http.send(request, DEADLINE).await?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        *response.body_mut() = answer.bytes().await?;
        Ok(response)
    }
}

/// `NAME=VALUE`, separated by commas; the values are never repeated in an error.
fn read_headers(text: &str) -> Result<HeaderMap, SettingsError> {
    let expected = || SettingsError::invalid("telemetry.otlp_headers", "expected NAME=VALUE, NAME=VALUE");
    text.split(',')
        .map(|pair| {
            let (name, value) = pair.split_once('=').ok_or_else(expected)?;
            let name = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| expected())?;
            let mut value = HeaderValue::from_str(value.trim()).map_err(|_| expected())?;
            value.set_sensitive(true);
            Ok((name, value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_and_never_told() {
        let headers = read_headers("Authorization=Bearer a=b, x-tenant = 7").unwrap();
        assert_eq!(headers["authorization"], "Bearer a=b");
        assert_eq!(headers["x-tenant"], "7");
        for bad in ["hunter2", "a b=hunter2", "a=\u{7f}hunter2"] {
            assert!(!read_headers(bad).unwrap_err().to_string().contains("hunter2"), "{bad}");
        }
        assert!(!format!("{headers:?}").contains("Bearer"));
    }
}
