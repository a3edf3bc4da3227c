use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use application::ports::Clock;
use bytes::Bytes;
use domain::WebhookSecret;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, StatusCode, Uri};
use http_client::{Answer, HttpClient, HttpClientOptions, SetupError, Trust, UrlError, sign};
use serde_json::Value;

use crate::answer::{object, undefined};
use crate::{
    BackendError, DirectoryOptions, Find, FoundCustomer, OptionsError, SetPassword, SetPasswordAnswer,
};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Calls one organisation's backend. Connections are kept for a while.
pub struct DirectoryClient {
    http: HttpClient,
    clock: Arc<dyn Clock>,
    secret: WebhookSecret,
    find: Uri,
    set_password: Uri,
    find_deadline: Duration,
    set_password_deadline: Duration,
}

impl DirectoryClient {
    /// A client for the backend whose calls are below `base_url`: `https`, or `http` where the
    /// options allow it; no user, query or fragment. Requests are signed with `secret` and stamped by
    /// the clock. Nothing is sent yet.
    ///
    /// # Errors
    /// A URL, certificate or key that cannot be used.
    pub fn new(
        options: &DirectoryOptions,
        base_url: &str,
        secret: WebhookSecret,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OptionsError> {
        Self::over(Self::http(options)?, options, base_url, secret, clock)
    }

    /// What clients for several backends can share.
    pub(crate) fn http(options: &DirectoryOptions) -> Result<HttpClient, SetupError> {
        HttpClient::new(HttpClientOptions {
            trust: options.ca_certificates.clone().map_or(Trust::System, Trust::Only),
            identity: options.identity.clone(),
            connect_timeout: options.find_deadline,
            ..HttpClientOptions::new(options.addresses)
        })
    }

    pub(crate) fn over(
        http: HttpClient,
        options: &DirectoryOptions,
        base_url: &str,
        secret: WebhookSecret,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OptionsError> {
        let base = options.addresses.check_url(base_url.trim())?;
        if base.query().is_some() {
            return Err(OptionsError::Query);
        }
        let base = base.to_string();
        let below = |path: &str| {
            format!("{}/{path}", base.trim_end_matches('/')).parse().map_err(|_| UrlError::NotAUrl)
        };
        Ok(Self {
            http,
            clock,
            secret,
            find: below("find")?,
            set_password: below("set-password")?,
            find_deadline: options.find_deadline,
            set_password_deadline: options.set_password_deadline,
        })
    }

    /// The customer whose address has the same canonical form; `None` only where the backend says
    /// that there is no such customer.
    ///
    /// # Errors
    /// [`BackendError`] when the backend did not say, or returned somebody else.
    pub async fn find(&self, find: &Find<'_>) -> Result<Option<FoundCustomer>, BackendError> {
        let answer = self.call(&self.find, find.request, &find.body(), self.find_deadline).await?;
        match answer.status() {
            StatusCode::OK => find.read(&object(answer).await?),
            status => Err(undefined(status)),
        }
    }

    /// Sets a password, once however often the same change and sequence is sent.
    ///
    /// # Errors
    /// [`BackendError`] when the outcome is unknown: the password may be set all the same. Send the
    /// change again until the outcome is known.
    pub async fn set_password(&self, set: &SetPassword<'_>) -> Result<SetPasswordAnswer, BackendError> {
        let id = format!("{}-{}", set.change, set.sequence);
        let answer = self.call(&self.set_password, &id, &set.body(), self.set_password_deadline).await?;
        SetPasswordAnswer::read(answer).await
    }

    async fn call(
        &self,
        uri: &Uri,
        id: &str,
        body: &Value,
        within: Duration,
    ) -> Result<Answer, BackendError> {
        let mut request = Request::new(Bytes::from(body.to_string()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.clone();
        let body = request.body().clone();
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(ACCEPT, JSON);
        sign(headers, &self.secret, id, self.clock.now().timestamp(), &body)?;
        Ok(self.http.send(request, within).await?)
    }
}

impl fmt::Debug for DirectoryClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectoryClient").field("http", &self.http).finish_non_exhaustive()
    }
}
