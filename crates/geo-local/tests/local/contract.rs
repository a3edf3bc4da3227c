use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use testkit::contract::{GeoUnderTest, geo_resolver, geo_resolver_deadline};

use crate::dns_server::{self, A, Answer, PTR, names, v4};
use crate::geo_local::{DnsOptions, LocalGeo, LocalGeoOptions};
use crate::{Files, fixtures, ip};

const EIGHT: &str = "8.8.8.8.in-addr.arpa";
/// Generous: a busy machine is no reason to miss a name.
const DEADLINE: Duration = Duration::from_secs(2);

/// Databases and DNS together; what can be counted is DNS.
async fn under_test(dns: Vec<(&'static str, u16, Answer)>, with_databases: bool) -> GeoUnderTest {
    let (server, asked) = dns_server::start_counting(dns).await;
    let files = Files::new();
    let mut options = LocalGeoOptions {
        dns: Some(DnsOptions { servers: vec![server], deadline: DEADLINE }),
        ..LocalGeoOptions::default()
    };
    if with_databases {
        options.city = vec![files.put("city", &fixtures::maxmind_city())];
        options.asn = vec![files.put("asn", &fixtures::maxmind_asn())];
    }
    GeoUnderTest {
        resolver: Arc::new(LocalGeo::open(options).unwrap()),
        asked: Box::new(move || asked.load(Ordering::SeqCst)),
        known: ip("8.8.8.8"),
        unknown: ip("9.9.9.9"),
        kept: Box::new(files),
    }
}

#[tokio::test]
async fn the_contract_of_the_port_is_kept() {
    geo_resolver(async || {
        let dns =
            vec![(EIGHT, PTR, names(&["eight.example.net"])), ("eight.example.net", A, v4(&[[8, 8, 8, 8]]))];
        under_test(dns, true).await
    })
    .await;
}

#[tokio::test]
async fn the_deadline_is_kept() {
    geo_resolver_deadline(async || under_test(vec![(EIGHT, PTR, Answer::Silence)], false).await, DEADLINE)
        .await;
}
