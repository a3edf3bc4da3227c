//! One question over HTTP.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use domain::CustomerIp;
use domain::GeoContext;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::answer::{self, Nonsense};
use crate::endpoint::Endpoint;
use crate::{VikiTronError, VikiTronOptions};

/// The largest body that is read.
const LARGEST_BODY: usize = 64 * 1024;
/// How long an unused connection is kept; a server should keep it longer.
const IDLE: Duration = Duration::from_secs(15);

/// Asks VikiTron and reads what it says. Cheap to clone.
#[derive(Clone)]
pub(crate) struct VikiTronClient {
    http: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    endpoint: Endpoint,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection.
    Connect,
    /// The connection ended before the answer did.
    Cut,
    /// A status other than 200, 204 and a JSON 404.
    Status(StatusCode),
    /// Something other than JSON.
    ContentType,
    /// A body over 64 KiB.
    TooLarge,
    /// JSON that is no answer.
    Nonsense(Nonsense),
}

impl VikiTronClient {
    pub(crate) fn new(endpoint: Endpoint, options: &VikiTronOptions) -> Result<Self, VikiTronError> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(options.deadline));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(&endpoint, options)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(options.max_concurrent)
            .build(connector);
        Ok(Self { http, endpoint })
    }

    /// What VikiTron says of the address; `None` when it knows nothing.
    pub(crate) async fn ask(&self, ip: CustomerIp) -> Result<Option<GeoContext>, Failure> {
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = self.endpoint.of(ip).map_err(|_| Failure::Connect)?;
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(
            header::USER_AGENT,
            HeaderValue::from_static(concat!("resetd/", env!("CARGO_PKG_VERSION"))),
        );
        if let Some(authorization) = &self.endpoint.authorization {
            headers.insert(header::AUTHORIZATION, authorization.clone());
        }
        let answered = self.http.request(request).await;
        let response =
            answered.map_err(|error| if error.is_connect() { Failure::Connect } else { Failure::Cut })?;
        match response.status() {
            StatusCode::NO_CONTENT => return Ok(None),
            // A 404 of VikiTron's own is JSON; one in HTML comes from a wrong base URL.
            StatusCode::NOT_FOUND if is_json(&response) => {
                // Read to its end so that the connection can be kept; what it says does not matter.
                let _ = Limited::new(response.into_body(), LARGEST_BODY).collect().await;
                return Ok(None);
            }
            StatusCode::OK if is_json(&response) => {}
            StatusCode::OK => return Err(Failure::ContentType),
            status => return Err(Failure::Status(status)),
        }
        let body = Limited::new(response.into_body(), LARGEST_BODY)
            .collect()
            .await
            .map_err(|error| if error.is::<LengthLimitError>() { Failure::TooLarge } else { Failure::Cut })?;
        answer::read(&body.to_bytes(), ip).map_err(Failure::Nonsense)
    }
}

/// `application/json` or any `…+json` (RFC 6839), whatever the parameters.
fn is_json<B>(response: &Response<B>) -> bool {
    let value = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence =
        value.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// TLS by ring with the system's certificates or the configured ones; a plain URL needs none.
fn tls(endpoint: &Endpoint, options: &VikiTronOptions) -> Result<ClientConfig, VikiTronError> {
    let failed = |error: &dyn fmt::Display| VikiTronError::Certificates(error.to_string());
    let builder = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?;
    let mut roots = RootCertStore::empty();
    if let Some(pem) = &options.ca_certificates {
        for certificate in CertificateDer::pem_slice_iter(pem) {
            roots.add(certificate.map_err(|error| failed(&error))?).map_err(|error| failed(&error))?;
        }
        if roots.is_empty() {
            return Err(failed(&"there is no certificate in the PEM"));
        }
    } else if endpoint.is_https() {
        use hyper_rustls::ConfigBuilderExt;
        return Ok(builder.with_native_roots().map_err(|error| failed(&error))?.with_no_client_auth());
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

impl Failure {
    /// The name in metrics.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Cut => "cut",
            Self::Status(_) => "status",
            Self::ContentType => "content-type",
            Self::TooLarge => "too-large",
            Self::Nonsense(_) => "nonsense",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("VikiTron cannot be reached"),
            Self::Cut => f.write_str("VikiTron's answer was cut short"),
            Self::Status(status) => write!(f, "VikiTron answered {}", status.as_u16()),
            Self::ContentType => f.write_str("VikiTron's answer is not JSON by its content type"),
            Self::TooLarge => f.write_str("VikiTron's answer is over 64 KiB"),
            Self::Nonsense(Nonsense::NotAnObject) => f.write_str("VikiTron's answer is no JSON object"),
            Self::Nonsense(Nonsense::OtherAddress) => {
                f.write_str("VikiTron's answer is about another address")
            }
        }
    }
}
