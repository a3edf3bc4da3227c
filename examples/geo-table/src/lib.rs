//! A `GeoResolver` over a table of networks, such as a company's own offices and data centres.

use application::ports::{GeoError, GeoResolver};
use async_trait::async_trait;
use domain::{CustomerIp, GeoContext, PlaceName};
use ipnetwork::IpNetwork;

/// Networks and what is known of them. The narrowest one that holds an address answers for it.
#[derive(Debug, Default)]
pub struct GeoTable {
    rows: Vec<(IpNetwork, GeoContext)>,
}

impl GeoTable {
    /// Adds a network with its country (ISO 3166-1 alpha-2) and city.
    #[must_use]
    pub fn with(mut self, network: IpNetwork, country_code: &str, city: &str) -> Self {
        let context = GeoContext {
            country_code: Some(country_code.to_ascii_uppercase()),
            city: Some(PlaceName::new(city)),
            source: Some("table".to_owned()),
            ..GeoContext::default()
        };
        self.rows.push((network, context));
        self.rows.sort_by_key(|(network, _)| std::cmp::Reverse(network.prefix()));
        self
    }
}

#[async_trait]
impl GeoResolver for GeoTable {
    async fn resolve(&self, ip: CustomerIp) -> Result<GeoContext, GeoError> {
        // The port's contract: private, loopback and reserved addresses are unknown, whatever the
        // table says.
        if !ip.is_global() {
            return Err(GeoError::Unknown);
        }
        let row = self.rows.iter().find(|(network, _)| network.contains(ip.addr()));
        row.map(|(_, context)| context.clone()).ok_or(GeoError::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use testkit::contract::{GeoUnderTest, geo_resolver};

    use super::*;

    fn table() -> GeoTable {
        GeoTable::default()
            .with("1.0.0.0/8".parse().unwrap(), "AU", "Sydney")
            .with("1.1.1.0/24".parse().unwrap(), "CZ", "Prague")
            .with("10.0.0.0/8".parse().unwrap(), "CZ", "the office")
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn it_keeps_the_contract() {
        geo_resolver(async || GeoUnderTest {
            resolver: Arc::new(table()),
            asked: Box::new(|| 0),
            known: CustomerIp::parse("1.1.1.1").unwrap(),
            unknown: CustomerIp::parse("8.8.8.8").unwrap(),
            kept: Box::new(()),
        })
        .await;
    }

    #[tokio::test]
    async fn the_narrowest_network_answers() {
        let context = table().resolve(CustomerIp::parse("1.1.1.1").unwrap()).await.unwrap();
        assert_eq!(context.country_code.as_deref(), Some("CZ"));
    }
}
