//! The host name of an address, believed only when it points back: forward-confirmed reverse DNS
//! (RFC 8499's FCrDNS).
//!
//! The holder of an address writes its pointer and can write anything into it; only the holder of
//! the domain can make the name point back.

use std::net::IpAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData, RecordType};

use crate::{DnsOptions, LocalGeoError};

/// Pointers tried when an address has several.
const MOST_POINTERS: usize = 4;

/// What DNS said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reverse {
    /// A name that points back.
    Confirmed(String),
    /// There is no name, or none that points back.
    None,
    /// DNS did not answer.
    Failed(&'static str),
}

/// Asks the DNS within a deadline.
#[derive(Clone)]
pub(crate) struct ReverseDns {
    resolver: TokioResolver,
    deadline: Duration,
}

impl ReverseDns {
    /// Sets the resolver up; no packet is sent.
    pub(crate) fn new(options: &DnsOptions) -> Result<Self, LocalGeoError> {
        let dns = |error: NetError| LocalGeoError::Dns(error.to_string());
        let mut builder = if options.servers.is_empty() {
            TokioResolver::builder_tokio().map_err(dns)?
        } else {
            let servers = options.servers.iter().map(|server| {
                let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
                    connection.port = server.port();
                    connection
                });
                NameServerConfig::new(server.ip(), true, connections.into())
            });
            let config = ResolverConfig::from_parts(None, Vec::new(), servers.collect());
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        };
        let settings = builder.options_mut();
        // Half of the deadline each for two tries, so that one lost packet does not cost the name.
        settings.timeout = options.deadline / 2;
        settings.attempts = 2;
        settings.use_hosts_file = ResolveHosts::Never;
        settings.ndots = 0;
        settings.cache_size = 4_096;
        Ok(Self { resolver: builder.build().map_err(dns)?, deadline: options.deadline })
    }

    /// The confirmed name of the address, in lower case and without the trailing dot.
    pub(crate) async fn name_of(&self, address: IpAddr) -> Reverse {
        match tokio::time::timeout(self.deadline, self.confirmed(address)).await {
            Ok(Ok(Some(name))) => Reverse::Confirmed(name),
            Ok(Ok(None)) => Reverse::None,
            Ok(Err(NetError::Timeout)) | Err(_) => Reverse::Failed("reverse DNS timed out"),
            Ok(Err(_)) => Reverse::Failed("reverse DNS failed"),
        }
    }

    async fn confirmed(&self, address: IpAddr) -> Result<Option<String>, NetError> {
        for name in self.pointers(address).await?.into_iter().take(MOST_POINTERS) {
            if self.points_back(&name, address).await? {
                return Ok(Some(name.to_lowercase().to_ascii().trim_end_matches('.').to_owned()));
            }
        }
        Ok(None)
    }

    async fn pointers(&self, address: IpAddr) -> Result<Vec<Name>, NetError> {
        let answers = records(self.resolver.lookup(Name::from(address), RecordType::PTR).await)?;
        let names = answers.into_iter().filter_map(|data| match data {
            RData::PTR(pointer) if is_host_name(&pointer.0) => Some(pointer.0),
            _ => None,
        });
        Ok(names.collect())
    }

    async fn points_back(&self, name: &Name, address: IpAddr) -> Result<bool, NetError> {
        let family = if address.is_ipv4() { RecordType::A } else { RecordType::AAAA };
        let mut name = name.clone();
        name.set_fqdn(true);
        let answers = records(self.resolver.lookup(name, family).await)?;
        Ok(answers.iter().any(|data| data.ip_addr() == Some(address)))
    }
}

/// The records of an answer; that there are none is an answer too.
fn records(answer: Result<hickory_resolver::lookup::Lookup, NetError>) -> Result<Vec<RData>, NetError> {
    match answer {
        Ok(lookup) => Ok(lookup.answers().iter().map(|record| record.data.clone()).collect()),
        Err(error) if error.is_no_records_found() || error.is_nx_domain() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Letters, digits, `-` and `_` in at least two labels: a pointer may hold any bytes.
fn is_host_name(name: &Name) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    name.num_labels() >= 2 && name.iter().all(|label| label.iter().all(plain))
}

impl std::fmt::Debug for ReverseDns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReverseDns").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
