use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::USER_AGENT;
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Instant, timeout_at};

use crate::connection::{HasAnswered, Marking};
use crate::resolver::CheckedResolver;
use crate::{AddressPolicy, Answer, CallError, HttpClientOptions, SetupError, tls};

/// How long an unused connection is kept, however many there are; a server should keep it longer.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
const NAME: HeaderValue = HeaderValue::from_static(concat!("resetd/", env!("CARGO_PKG_VERSION")));

type Connector = HttpsConnector<Marking<HttpConnector<CheckedResolver>>>;

/// Speaks HTTP/1.1. Clones share the connections.
#[derive(Clone)]
pub struct HttpClient {
    http: Client<Connector, Full<Bytes>>,
    addresses: AddressPolicy,
    max_answer_bytes: usize,
}

impl HttpClient {
    /// A client with these options. Certificates are read, nothing is sent.
    ///
    /// # Errors
    /// Certificates or a key that cannot be used.
    pub fn new(options: HttpClientOptions) -> Result<Self, SetupError> {
        let tls = tls::config(&options.trust, options.identity.as_ref())?;
        let mut connector =
            HttpConnector::new_with_resolver(CheckedResolver { addresses: options.addresses });
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(options.connect_timeout));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            // The policy decides which URLs may be called in the clear.
            .https_or_http()
            .enable_http1()
            .wrap_connector(Marking(connector));
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build(connector);
        Ok(Self { http, addresses: options.addresses, max_answer_bytes: options.max_answer_bytes })
    }

    /// Makes one call, to be over `within` this time, its body included; an answer of any status is an answer. The
    /// request may arrive more than once.
    ///
    /// # Errors
    /// [`CallError`] when there is no answer. The request may have arrived all the same, unless the error is of the
    /// URL, the address or the connection.
    pub async fn send(&self, request: Request<Bytes>, within: Duration) -> Result<Answer, CallError> {
        self.addresses.check(request.uri())?;
        let deadline = Instant::now() + within;
        let mut request = request.map(Full::new);
        request.headers_mut().entry(USER_AGENT).or_insert(NAME);
        let response = timeout_at(deadline, self.call(request)).await.map_err(|_| CallError::TimedOut)??;
        Ok(Answer::new(response, self.max_answer_bytes, deadline))
    }

    async fn call(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, CallError> {
        loop {
            match self.http.request(request.clone()).await {
                Ok(response) => {
                    HasAnswered::note(response.extensions());
                    return Ok(response);
                }
                // It is gone from the pool: at the latest the call on a new connection ends this.
                Err(error) if was_kept_and_closed(&error) => {}
                Err(error) => return Err(CallError::from(&error)),
            }
        }
    }
}

/// Whether a connection from an earlier call ended instead of answering this one.
fn was_kept_and_closed(error: &Error) -> bool {
    CallError::from(error) == CallError::Cut && error.connect_info().is_some_and(HasAnswered::of)
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}
