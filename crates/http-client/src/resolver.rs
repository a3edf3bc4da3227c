//! From a host's name to the addresses that may be called. The connector connects to these and to no others.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::Name;
use thiserror::Error;
use tower::Service;

use crate::AddressPolicy;

/// Resolves by the system and keeps what the policy allows.
#[derive(Debug, Clone)]
pub(crate) struct CheckedResolver {
    pub(crate) addresses: AddressPolicy,
}

/// Why a host has no address to connect to.
#[derive(Debug, Error)]
pub(crate) enum ResolveError {
    #[error("none of the host's addresses may be called")]
    Refused,
    #[error("the host cannot be resolved")]
    Unknown,
}

impl CheckedResolver {
    fn keep(
        &self,
        name: &str,
        found: impl Iterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, ResolveError> {
        let kept: Vec<_> = found.filter(|address| self.addresses.allows(name, address.ip())).collect();
        if kept.is_empty() { Err(ResolveError::Refused) } else { Ok(kept) }
    }
}

impl Service<Name> for CheckedResolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = ResolveError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolver = self.clone();
        Box::pin(async move {
            let found =
                tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| ResolveError::Unknown)?;
            Ok(resolver.keep(name.as_str(), found)?.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(addresses: AddressPolicy, name: &str, found: &[&str]) -> Option<Vec<String>> {
        let found = found.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0));
        let kept = CheckedResolver { addresses }.keep(name, found).ok()?;
        Some(kept.iter().map(|address| address.ip().to_string()).collect())
    }

    #[test]
    fn a_public_name_that_points_inside_is_refused() {
        use AddressPolicy::{PrivateToo, Public, Trusted};
        assert_eq!(kept(Public, "rebind.example", &["10.0.0.1", "::1", "169.254.169.254"]), None);
        let mixed = ["127.0.0.1", "1.1.1.1", "fd00::1"];
        assert_eq!(kept(Public, "mixed.example", &mixed).unwrap(), ["1.1.1.1"]);
        assert_eq!(kept(PrivateToo, "inside.example", &["10.0.0.1", "0.0.0.0"]).unwrap(), ["10.0.0.1"]);
        assert_eq!(kept(Trusted, "mixed.example", &mixed).unwrap(), mixed);
    }

    #[test]
    fn localhost_is_this_machine() {
        for policy in [AddressPolicy::PrivateToo, AddressPolicy::Trusted] {
            assert_eq!(kept(policy, "localhost", &["127.0.0.1", "1.1.1.1"]).unwrap(), ["127.0.0.1"]);
            assert_eq!(kept(policy, "x.LOCALHOST.", &["10.0.0.1"]), None);
        }
        assert_eq!(kept(AddressPolicy::Public, "localhost", &["127.0.0.1"]), None);
    }
}
