use std::error::Error;
use std::fmt;
use std::time::Duration;

use application::model::{OutgoingWebhook, WebhookAnswer};
use application::ports::{WebhookError, WebhookSender};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::OnceCell;
use tokio::time::timeout;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tracing::error;

use crate::WebhookOptions;
use crate::resolve::{Guarded, ResolveError};
use crate::sign::signature;
use crate::target::{UrlError, target};

/// How much of a body is read, so that the connection can be kept. What it says does not matter.
const LARGEST_BODY: usize = 4 * 1024;
/// How long it may take.
const BODY: Duration = Duration::from_secs(1);
/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(15);

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

type Http = Client<HttpsConnector<HttpConnector<Guarded>>, Full<Bytes>>;

/// Calls endpoints over HTTP/1.1. Connections are kept for a while.
pub struct HttpWebhooks {
    options: WebhookOptions,
    /// Made with the first call: reading the system's certificates is for those who need them.
    http: OnceCell<Http>,
}

impl HttpWebhooks {
    /// A sender with these options; nothing is sent, read or resolved yet.
    #[must_use]
    pub const fn new(options: WebhookOptions) -> Self {
        Self { options, http: OnceCell::const_new() }
    }

    async fn client(&self) -> Result<&Http, WebhookError> {
        let made = async || {
            let tls = tls(self.options.ca_certificates.as_deref()).map_err(|error| {
                error!(error, "there are no certificates to trust, so no webhook can be sent");
                WebhookError::Unreachable
            })?;
            let mut connector =
                HttpConnector::new_with_resolver(Guarded { allow_private: self.options.allow_private });
            connector.enforce_http(false);
            connector.set_nodelay(true);
            connector.set_connect_timeout(Some(self.options.deadline));
            let connector = HttpsConnectorBuilder::new()
                .with_tls_config(tls)
                // Which URLs may be called in the clear has been decided before.
                .https_or_http()
                .enable_http1()
                .wrap_connector(connector);
            Ok(Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(4)
                .build(connector))
        };
        self.http.get_or_try_init(made).await
    }

    async fn call(
        &self,
        request: Request<Full<Bytes>>,
        now: DateTime<Utc>,
    ) -> Result<WebhookAnswer, WebhookError> {
        let response = self.client().await?.request(request).await.map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| retry_after(value, now));
        let rest = Limited::new(response.into_body(), LARGEST_BODY).collect();
        // The answer has been given; a body that is long, slow or cut costs the connection and
        // nothing else.
        drop(timeout(BODY, rest).await);
        Ok(WebhookAnswer { status, retry_after })
    }

    fn request(&self, webhook: &OutgoingWebhook) -> Result<Request<Full<Bytes>>, WebhookError> {
        let uri = target(&webhook.target.url, self.options.allow_private).map_err(|error| match error {
            UrlError::Private => WebhookError::Address,
            UrlError::NotAUrl | UrlError::Parts | UrlError::InTheClear => WebhookError::Url,
        })?;
        let (id, timestamp) = (webhook.id.to_string(), webhook.at.timestamp());
        let signature = signature(&webhook.target.secret, &id, timestamp, &webhook.body);
        Request::builder()
            .method(Method::POST)
            .uri(uri)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(USER_AGENT, HeaderValue::from_static(concat!("resetd/", env!("CARGO_PKG_VERSION"))))
            .header(ID, id)
            .header(TIMESTAMP, timestamp)
            .header(SIGNATURE, signature.unwrap_or_default())
            .body(Full::from(webhook.body.clone()))
            .map_err(|_| WebhookError::Url)
    }
}

#[async_trait]
impl WebhookSender for HttpWebhooks {
    async fn send(&self, webhook: &OutgoingWebhook) -> Result<WebhookAnswer, WebhookError> {
        let request = self.request(webhook)?;
        timeout(self.options.deadline, self.call(request, webhook.at))
            .await
            .unwrap_or(Err(WebhookError::TimedOut))
    }
}

impl fmt::Debug for HttpWebhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpWebhooks")
            .field("allow_private", &self.options.allow_private)
            .finish_non_exhaustive()
    }
}

/// Seconds, or the time until a date (RFC 9110, 10.2.3); `None`: neither.
fn retry_after(value: &HeaderValue, now: DateTime<Utc>) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let until = DateTime::parse_from_rfc2822(text).ok()?;
            Some((until.to_utc() - now).to_std().unwrap_or_default())
        }
    }
}

fn failure(error: &hyper_util::client::legacy::Error) -> WebhookError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(found) = cause {
        if matches!(found.downcast_ref(), Some(ResolveError::Refused)) {
            return WebhookError::Address;
        }
        cause = found.source();
    }
    if error.is_connect() { WebhookError::Unreachable } else { WebhookError::Cut }
}

/// TLS by ring with the system's certificates or the configured ones.
fn tls(ca_certificates: Option<&[u8]>) -> Result<ClientConfig, String> {
    let builder = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let Some(pem) = ca_certificates else {
        let builder = builder.with_native_roots().map_err(|error| error.to_string())?;
        return Ok(builder.with_no_client_auth());
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = DateTime::from_timestamp(1_445_412_430, 0).unwrap();
        for (text, seconds) in [
            ("20", Some(20)),
            (" 0 ", Some(0)),
            ("Wed, 21 Oct 2015 07:28:00 GMT", Some(50)),
            ("Wed, 21 Oct 2015 07:20:00 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
            ("1.5", None),
            ("", None),
        ] {
            let value = HeaderValue::from_static(text);
            assert_eq!(retry_after(&value, now), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
