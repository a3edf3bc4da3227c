use std::fmt;
use std::time::Duration;

use application::model::{OutgoingWebhook, WebhookAnswer};
use application::ports::{WebhookError, WebhookSender};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Method, Request};
use http_client::{CallError, HttpClient, HttpClientOptions, Trust, UrlError, sign};
use tokio::sync::OnceCell;
use tracing::error;

use crate::WebhookOptions;

/// Calls endpoints over HTTP/1.1. Connections are kept for a while.
pub struct HttpWebhooks {
    options: WebhookOptions,
    /// Made with the first call: reading the system's certificates is for those who need them.
    http: OnceCell<HttpClient>,
}

impl HttpWebhooks {
    /// A sender with these options; nothing is sent, read or resolved yet.
    #[must_use]
    pub const fn new(options: WebhookOptions) -> Self {
        Self { options, http: OnceCell::const_new() }
    }

    async fn client(&self) -> Result<&HttpClient, WebhookError> {
        let made = async || {
            let trust = self.options.ca_certificates.clone().map_or(Trust::System, Trust::Only);
            let options = HttpClientOptions {
                trust,
                connect_timeout: self.options.deadline,
                ..HttpClientOptions::new(self.options.addresses)
            };
            HttpClient::new(options).map_err(|error| {
                error!(%error, "no webhook can be sent");
                WebhookError::Unreachable
            })
        };
        self.http.get_or_try_init(made).await
    }

    fn request(&self, webhook: &OutgoingWebhook) -> Result<Request<Bytes>, WebhookError> {
        let uri = self.options.addresses.check_url(&webhook.target.url).map_err(refused)?;
        let mut request = Request::new(Bytes::from(webhook.body.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let (id, body) = (webhook.id.to_string(), webhook.body.as_bytes());
        // An id is a UUID, which any header can hold.
        sign(headers, &webhook.target.secret, &id, webhook.at.timestamp(), body)
            .map_err(|_| WebhookError::Url)?;
        Ok(request)
    }
}

#[async_trait]
impl WebhookSender for HttpWebhooks {
    async fn send(&self, webhook: &OutgoingWebhook) -> Result<WebhookAnswer, WebhookError> {
        let request = self.request(webhook)?;
        let answered = self.client().await?.send(request, self.options.deadline).await;
        let answer = answered.map_err(failure)?;
        let status = answer.status().as_u16();
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| retry_after(value, webhook.at));
        // What the body says does not matter.
        answer.discard().await;
        Ok(WebhookAnswer { status, retry_after })
    }
}

impl fmt::Debug for HttpWebhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpWebhooks").field("addresses", &self.options.addresses).finish_non_exhaustive()
    }
}

fn failure(error: CallError) -> WebhookError {
    match error {
        CallError::Url(error) => refused(error),
        CallError::Address => WebhookError::Address,
        CallError::UnknownHost | CallError::Unreachable | CallError::Tls(_) => WebhookError::Unreachable,
        CallError::Cut | CallError::NotHttp | CallError::TooLarge { .. } => WebhookError::Cut,
        CallError::TimedOut => WebhookError::TimedOut,
    }
}

const fn refused(error: UrlError) -> WebhookError {
    match error {
        UrlError::Private => WebhookError::Address,
        UrlError::NotAUrl | UrlError::Parts | UrlError::InTheClear => WebhookError::Url,
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
