//! The way to the collector: HTTP by hyper, as everywhere here.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use opentelemetry_http::{HttpClient, HttpError};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use crate::command_error::CommandError;
use crate::settings::SettingsError;

/// For one batch to be taken.
pub(super) const DEADLINE: Duration = Duration::from_secs(5);
/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Sends batches, each with the headers that the operator wants on them.
pub(super) struct Collector {
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
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
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(DEADLINE));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(url)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(Self { http, headers })
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = self.http.request(request).await?.into_parts();
        let body = Limited::new(body, LARGEST_ANSWER).collect().await?.to_bytes();
        Ok(Response::from_parts(head, body))
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut request = request.map(Full::new);
        request.headers_mut().extend(self.headers.clone());
        tokio::time::timeout(DEADLINE, self.send(request)).await?
    }
}

/// `NAME=VALUE`, separated by commas; the values are never repeated in a error.
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

/// TLS by ring with the system's certificates; a plain URL needs none.
fn tls(url: &Url) -> Result<ClientConfig, CommandError> {
    use hyper_rustls::ConfigBuilderExt;
    let config = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(|error| CommandError::Setup(format!("telemetry: {error}")))?;
    if url.scheme() == "https" {
        let config =
            config.with_native_roots().map_err(CommandError::io("telemetry: the system's certificates"))?;
        return Ok(config.with_no_client_auth());
    }
    Ok(config.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
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
