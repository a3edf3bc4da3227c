//! One question over HTTP.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use domain::{CustomerIp, GeoContext};
use http::{HeaderValue, Request, StatusCode, header};
use http_client::{AddressPolicy, CallError, HttpClient, HttpClientOptions, Trust};

use crate::answer::{self, Nonsense};
use crate::endpoint::Endpoint;
use crate::{VikiTronError, VikiTronOptions};

/// Asks VikiTron and reads what it says. Cheap to clone.
#[derive(Clone)]
pub(crate) struct VikiTronClient {
    http: HttpClient,
    endpoint: Endpoint,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing came, or not all of it.
    Call(CallError),
    /// A status other than 200, 204 and a JSON 404.
    Status(StatusCode),
    /// Something other than JSON.
    ContentType,
    /// JSON that is no answer.
    Nonsense(Nonsense),
}

impl VikiTronClient {
    pub(crate) fn new(endpoint: Endpoint, options: &VikiTronOptions) -> Result<Self, VikiTronError> {
        let trust = match &options.ca_certificates {
            Some(pem) => Trust::Only(pem.clone()),
            None if endpoint.is_https() => Trust::System,
            None => Trust::Nobody,
        };
        let http = HttpClient::new(HttpClientOptions {
            trust,
            connect_timeout: options.deadline,
            ..HttpClientOptions::new(AddressPolicy::Trusted)
        })?;
        Ok(Self { http, endpoint })
    }

    /// What VikiTron says of the address, `within` this time; `None` when it knows nothing.
    pub(crate) async fn ask(&self, ip: CustomerIp, within: Duration) -> Result<Option<GeoContext>, Failure> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = self.endpoint.of(ip).map_err(|_| Failure::Call(CallError::Unreachable))?;
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(authorization) = &self.endpoint.authorization {
            headers.insert(header::AUTHORIZATION, authorization.clone());
        }
        let answer = self.http.send(request, within).await.map_err(Failure::Call)?;
        match answer.status() {
            StatusCode::NO_CONTENT => return Ok(None),
            // A 404 of VikiTron's own is JSON; one in HTML comes from a wrong base URL.
            StatusCode::NOT_FOUND if answer.is_json() => {
                answer.discard().await;
                return Ok(None);
            }
            StatusCode::OK if answer.is_json() => {}
            StatusCode::OK => return Err(Failure::ContentType),
            status => return Err(Failure::Status(status)),
        }
        let body = answer.bytes().await.map_err(Failure::Call)?;
        answer::read(&body, ip).map_err(Failure::Nonsense)
    }
}

impl Failure {
    /// The name in metrics.
    pub(crate) const fn label(&self) -> &'static str {
        match self {
            Self::Call(error) => error.as_str(),
            Self::Status(_) => "status",
            Self::ContentType => "content-type",
            Self::Nonsense(_) => "nonsense",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => write!(f, "VikiTron: {error}"),
            Self::Status(status) => write!(f, "VikiTron answered {}", status.as_u16()),
            Self::ContentType => f.write_str("VikiTron's answer is not JSON by its content type"),
            Self::Nonsense(Nonsense::NotAnObject) => f.write_str("VikiTron's answer is no JSON object"),
            Self::Nonsense(Nonsense::OtherAddress) => {
                f.write_str("VikiTron's answer is about another address")
            }
        }
    }
}
