use http_client::SetupError;
use thiserror::Error;

/// Why a [`VikiTron`](crate::VikiTron) cannot be set up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VikiTronError {
    /// The base URL is no URL, or not `http` or `https`.
    #[error("the VikiTron URL must be http://… or https://… with a host")]
    Url,
    /// The base URL holds a user, a query or a fragment.
    #[error("the VikiTron URL must end with its path: no user, query or fragment")]
    UrlParts,
    /// The token has characters that no header can hold (RFC 6750 allows letters, digits and
    /// `-._~+/=`).
    #[error("the VikiTron token has characters that cannot be sent")]
    Token,
    /// The token would cross the network in the clear.
    #[error("the VikiTron token would be sent in the clear: use https, or a loopback address")]
    TokenInTheClear,
    /// The deadline, the number of requests at once or the size of the cache is zero.
    #[error("the VikiTron setting {0} must not be zero")]
    Zero(&'static str),
    /// No certificates to trust.
    #[error("VikiTron: {0}")]
    Certificates(#[from] SetupError),
}
