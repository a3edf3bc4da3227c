use std::error::Error;
use std::io;

use hyper_util::client::legacy;
use thiserror::Error;
use tokio_rustls::rustls;

use crate::UrlError;
use crate::resolver::ResolveError;

/// Why an [`HttpClient`](crate::HttpClient) cannot be set up. Quotes nothing of keys.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SetupError {
    /// The authorities' PEM cannot be used.
    #[error("CA certificates: {0}")]
    Authorities(String),
    /// The operating system trusts no authority.
    #[error("CA certificates: the system has none ({0})")]
    NoSystemAuthorities(String),
    /// The client certificate or its key cannot be used.
    #[error("client certificate: {0}")]
    Identity(String),
}

/// Why a call has no answer. Holds nothing of the URL, the headers or the bodies.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CallError {
    /// The URL is none that may be called.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The host resolves to nothing but addresses that may not be called.
    #[error("none of the host's addresses may be called")]
    Address,
    /// The host has no address.
    #[error("the host cannot be resolved")]
    UnknownHost,
    /// No connection.
    #[error("the host cannot be reached")]
    Unreachable,
    /// The server or the client could not prove itself.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// The connection ended before the answer did.
    #[error("the answer was cut short")]
    Cut,
    /// What came is no HTTP/1.1, or its head is too large.
    #[error("the answer is no HTTP")]
    NotHttp,
    /// The body is over the limit.
    #[error("the answer is over {limit} bytes")]
    TooLarge {
        /// In bytes.
        limit: usize,
    },
    /// The deadline passed first.
    #[error("no answer in time")]
    TimedOut,
}

impl CallError {
    /// The name in metrics.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Url(_) => "url",
            Self::Address => "address",
            Self::UnknownHost => "unknown-host",
            Self::Unreachable => "unreachable",
            Self::Tls(_) => "tls",
            Self::Cut => "cut",
            Self::NotHttp => "not-http",
            Self::TooLarge { .. } => "too-large",
            Self::TimedOut => "timed-out",
        }
    }
}

impl From<&legacy::Error> for CallError {
    fn from(error: &legacy::Error) -> Self {
        let otherwise = if error.is_connect() { Self::Unreachable } else { Self::Cut };
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(found) = cause {
            if let Some(known) = known(found) {
                return known;
            }
            cause = match found.downcast_ref::<io::Error>() {
                // `source` would pass over the error that an I/O error wraps.
                Some(wrapper) => wrapper.get_ref().map(|inner| inner as &(dyn Error + 'static)),
                None => found.source(),
            };
        }
        otherwise
    }
}

fn known(error: &(dyn Error + 'static)) -> Option<CallError> {
    if let Some(error) = error.downcast_ref::<ResolveError>() {
        return Some(match error {
            ResolveError::Refused => CallError::Address,
            ResolveError::Unknown => CallError::UnknownHost,
        });
    }
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(CallError::Tls(error.to_string()));
    }
    let error = error.downcast_ref::<hyper::Error>()?;
    (error.is_parse() || error.is_parse_too_large()).then_some(CallError::NotHttp)
}
