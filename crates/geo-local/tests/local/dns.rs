use std::net::{Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use application::ports::{GeoError, GeoResolver};
use domain::GeoContext;

use crate::dns_server::{self, A, AAAA, Answer, PTR, names, v4, wire};
use crate::geo_local::{DnsOptions, LocalGeo, LocalGeoOptions};
use crate::{Files, fixtures, ip};

const ONE: &str = "1.1.1.1.in-addr.arpa";
const EIGHT: &str = "8.8.8.8.in-addr.arpa";

fn asking(server: SocketAddr) -> LocalGeo {
    let dns = Some(DnsOptions { servers: vec![server], ..DnsOptions::default() });
    LocalGeo::open(LocalGeoOptions { dns, ..LocalGeoOptions::default() }).unwrap()
}

async fn name_of(server: SocketAddr, address: &str) -> Result<String, GeoError> {
    asking(server).resolve(ip(address)).await.map(|context| context.reverse_dns.unwrap())
}

#[tokio::test]
async fn a_name_that_points_back_is_believed() {
    let six: Ipv6Addr = "2001:4860:4860::8888".parse().unwrap();
    let pointer = "8.8.8.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.8.4.0.6.8.4.1.0.0.2.ip6.arpa";
    let server = dns_server::start([
        (ONE, PTR, names(&["One.Example.NET"])),
        ("one.example.net", A, v4(&[[9, 9, 9, 9], [1, 1, 1, 1]])),
        (pointer, PTR, names(&["dns.example.net"])),
        ("dns.example.net", AAAA, Answer::Records(vec![six.octets().to_vec()])),
    ])
    .await;
    assert_eq!(name_of(server, "1.1.1.1").await.unwrap(), "one.example.net");
    assert_eq!(name_of(server, "2001:4860:4860::8888").await.unwrap(), "dns.example.net");
}

#[tokio::test]
async fn a_name_that_points_elsewhere_is_not() {
    let server = dns_server::start([
        (EIGHT, PTR, names(&["mail.yourbank.example"])),
        ("mail.yourbank.example", A, v4(&[[9, 9, 9, 9]])),
        (ONE, PTR, names(&["nowhere.example.net"])),
    ])
    .await;
    assert_eq!(name_of(server, "8.8.8.8").await, Err(GeoError::Unknown));
    assert_eq!(name_of(server, "1.1.1.1").await, Err(GeoError::Unknown));
    assert_eq!(name_of(server, "9.9.9.9").await, Err(GeoError::Unknown));
}

#[tokio::test]
async fn of_several_names_one_that_points_back_is_taken() {
    let server = dns_server::start([
        (ONE, PTR, names(&["liar.example.net", "true.example.net"])),
        ("liar.example.net", A, v4(&[[9, 9, 9, 9]])),
        ("true.example.net", A, v4(&[[1, 1, 1, 1]])),
    ])
    .await;
    assert_eq!(name_of(server, "1.1.1.1").await.unwrap(), "true.example.net");
}

#[tokio::test]
async fn a_delegated_pointer_is_followed() {
    // RFC 2317: the pointer of a small network is an alias into the customer's zone.
    let server = dns_server::start([
        (ONE, PTR, Answer::Alias("1.0-127.1.1.1.in-addr.arpa", vec![wire("host.example.net")])),
        ("host.example.net", A, v4(&[[1, 1, 1, 1]])),
    ])
    .await;
    assert_eq!(name_of(server, "1.1.1.1").await.unwrap(), "host.example.net");
}

#[tokio::test]
async fn names_that_are_no_host_names_are_passed_over() {
    for bad in
        ["<script>.example.net", "a b.example.net", "x\r\ny.example.net", "single", "\u{202e}.example.net"]
    {
        let bad_answer = v4(&[[1, 1, 1, 1]]);
        let server = dns_server::start([(ONE, PTR, names(&[bad])), (bad, A, bad_answer)]).await;
        assert_eq!(name_of(server, "1.1.1.1").await, Err(GeoError::Unknown), "{bad}");
    }
}

#[tokio::test]
async fn a_server_that_fails_or_keeps_silent_is_unavailable_within_the_deadline() {
    for error in [Answer::Silence, Answer::Code(2), Answer::Code(5), Answer::Noise] {
        for zone in [
            vec![(ONE, PTR, error.clone())],
            vec![(ONE, PTR, names(&["one.example.net"])), ("one.example.net", A, error.clone())],
        ] {
            let server = dns_server::start(zone).await;
            let began = Instant::now();
            let answer = name_of(server, "1.1.1.1").await;
            assert!(matches!(answer, Err(GeoError::Unavailable(_))), "{error:?}: {answer:?}");
            assert!(began.elapsed() < Duration::from_millis(300 + 700), "{error:?}: {:?}", began.elapsed());
        }
    }
}

#[tokio::test]
async fn the_databases_answer_while_dns_is_silent() {
    let files = Files::new();
    let server = dns_server::start([(EIGHT, PTR, Answer::Silence)]).await;
    let dns = Some(DnsOptions { servers: vec![server], deadline: Duration::from_millis(100) });
    let city = vec![files.put("city", &fixtures::maxmind_city())];
    let geo = LocalGeo::open(LocalGeoOptions { city, dns, ..LocalGeoOptions::default() }).unwrap();
    let began = Instant::now();
    let found = geo.resolve(ip("8.8.8.8")).await.unwrap();
    assert!(began.elapsed() < Duration::from_millis(100 + 700), "{:?}", began.elapsed());
    assert_eq!((found.country_code.as_deref(), found.reverse_dns), (Some("US"), None));
}

#[tokio::test]
async fn private_addresses_are_not_asked_about() {
    let server = dns_server::start([
        ("1.0.0.10.in-addr.arpa", PTR, names(&["inside.example.net"])),
        ("inside.example.net", A, v4(&[[10, 0, 0, 1]])),
    ])
    .await;
    let geo = asking(server);
    for private in ["10.0.0.1", "127.0.0.1", "fe80::1"] {
        assert_eq!(geo.resolve(ip(private)).await, Err(GeoError::Unknown), "{private}");
    }
    assert_eq!(geo.lookup([8, 8, 8, 8].into()), GeoContext::default());
}
