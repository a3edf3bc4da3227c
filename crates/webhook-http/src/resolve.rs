//! From a host to the addresses that may be called. The connector connects to what comes from here
//! and to nothing else.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::Name;
use thiserror::Error;
use tower::Service;

use crate::target::{is_localhost, may_be_called};

/// Resolves by the system and keeps what may be called.
#[derive(Debug, Clone)]
pub(crate) struct Guarded {
    pub(crate) allow_private: bool,
}

/// Why a host has no address to connect to.
#[derive(Debug, Error)]
pub(crate) enum ResolveError {
    /// It has some, and none may be called.
    #[error("none of the host's addresses may be called")]
    Refused,
    /// It has none.
    #[error("the host cannot be resolved")]
    Unknown(#[source] io::Error),
}

impl Guarded {
    fn keep(
        &self,
        name: &str,
        found: impl Iterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, ResolveError> {
        let at_home = is_localhost(name);
        let kept: Vec<_> = found
            .filter(|address| may_be_called(address.ip(), self.allow_private))
            // What is sent in the clear to this machine must not leave it.
            .filter(|address| !at_home || address.ip().is_loopback())
            .collect();
        if kept.is_empty() { Err(ResolveError::Refused) } else { Ok(kept) }
    }
}

impl Service<Name> for Guarded {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = ResolveError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let guard = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(ResolveError::Unknown)?;
            Ok(guard.keep(name.as_str(), found)?.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(allow_private: bool, name: &str, addresses: &[&str]) -> Option<Vec<String>> {
        let found = addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0));
        let kept = Guarded { allow_private }.keep(name, found).ok()?;
        Some(kept.iter().map(|address| address.ip().to_string()).collect())
    }

    #[test]
    fn a_public_name_that_points_inside_is_refused() {
        assert_eq!(kept(false, "rebind.example", &["10.0.0.1", "::1", "169.254.169.254"]), None);
        let mixed = ["127.0.0.1", "1.1.1.1", "fd00::1"];
        assert_eq!(kept(false, "mixed.example", &mixed).unwrap(), ["1.1.1.1"]);
        assert_eq!(kept(true, "inside.example", &["10.0.0.1", "0.0.0.0"]).unwrap(), ["10.0.0.1"]);
    }

    #[test]
    fn localhost_is_this_machine() {
        assert_eq!(kept(true, "localhost", &["127.0.0.1", "1.1.1.1"]).unwrap(), ["127.0.0.1"]);
        assert_eq!(kept(true, "x.LOCALHOST.", &["10.0.0.1"]), None);
        assert_eq!(kept(false, "localhost", &["127.0.0.1"]), None);
    }
}
