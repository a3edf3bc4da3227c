use std::time::Duration;

use application::ports::{GeoError, GeoResolver};
use testkit::net::{Behaviour, HttpServer};

use crate::geo_vikitron::{BearerToken, VikiTron, VikiTronOptions};
use crate::{ip, vikitron};

const PRAGUE: &str = r#"{"ip":"1.1.1.1","country":{"code":"CZ","name":"Czechia","names":{"cs":"Česko"}},
    "city":{"name":"Prague","names":{"cs":"Praha"}},"network":{"asn":13335,"organisation":"Cloudflare"},
    "flags":{"tor":false},"unknown":{"deep":[1,{"x":null}]}}"#;

#[tokio::test]
async fn an_answer_becomes_a_context_and_is_kept() {
    let server = HttpServer::start(Behaviour::json(PRAGUE)).await;
    let geo = vikitron(&server);
    assert_eq!(geo.cached(ip("1.1.1.1")), None);
    let first = geo.resolve(ip("1.1.1.1")).await.unwrap();
    assert_eq!(first.city.as_ref().unwrap().names["cs"], "Praha");
    assert_eq!(first.country_code.as_deref(), Some("CZ"));
    assert_eq!(first.asn, Some(13335));
    assert_eq!(first.is_tor, Some(false));
    assert_eq!(first.is_vpn, None);
    assert_eq!(first.source.as_deref(), Some("vikitron"));
    for _ in 0..100 {
        assert_eq!(geo.resolve(ip("1.1.1.1")).await.unwrap(), first);
    }
    assert_eq!(**geo.cached(ip("1.1.1.1")).unwrap().as_ref().unwrap(), first);
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn the_request_is_the_documented_one() {
    let server = HttpServer::start(Behaviour::json("{}")).await;
    let options = VikiTronOptions {
        token: Some(BearerToken::new("t0ken")),
        ..VikiTronOptions::new(format!("{}/geo/", server.url()))
    };
    let geo = VikiTron::new(options).unwrap();
    assert_eq!(geo.resolve(ip("2001:4860:4860:0::8888")).await, Err(GeoError::Unknown));
    let call = server.calls().remove(0);
    assert_eq!((&*call.method, &*call.path), ("GET", "/geo/v1/ip/2001:4860:4860::8888"));
    assert_eq!(call.header("accept"), "application/json");
    assert_eq!(call.header("authorization"), "Bearer t0ken");
    assert!(call.header("user-agent").starts_with("resetd/"), "{call:?}");
    assert!(!format!("{geo:?}").contains("t0ken"));
}

#[tokio::test]
async fn without_a_token_there_is_no_authorization() {
    let server = HttpServer::start(Behaviour::json("{}")).await;
    let _ = vikitron(&server).resolve(ip("8.8.8.8")).await;
    assert_eq!(server.calls().remove(0).header("authorization"), "");
}

#[tokio::test]
async fn what_nobody_knows_is_kept_for_a_shorter_time() {
    let json_404 = Behaviour::status(404);
    let no_content = Behaviour::status(204);
    for unknown in [Behaviour::json("{}"), json_404, no_content] {
        let server = HttpServer::start(unknown.clone()).await;
        let options =
            VikiTronOptions { unknown_for: Duration::from_millis(200), ..VikiTronOptions::new(server.url()) };
        let geo = VikiTron::new(options).unwrap();
        for _ in 0..5 {
            assert_eq!(geo.resolve(ip("8.8.8.8")).await, Err(GeoError::Unknown), "{unknown:?}");
        }
        assert_eq!(geo.cached(ip("8.8.8.8")), Some(None));
        assert_eq!(server.requests(), 1);
        server.behave(Behaviour::json(r#"{"city":{"name":"Brno"}}"#));
        tokio::time::sleep(Duration::from_millis(220)).await;
        assert_eq!(geo.resolve(ip("8.8.8.8")).await.unwrap().city.unwrap().name, "Brno");
        assert_eq!(server.requests(), 2);
    }
}

#[tokio::test]
async fn a_known_answer_is_asked_for_again_when_it_is_old() {
    let server = HttpServer::start(Behaviour::json(r#"{"city":{"name":"Brno"}}"#)).await;
    let options =
        VikiTronOptions { known_for: Duration::from_millis(100), ..VikiTronOptions::new(server.url()) };
    let geo = VikiTron::new(options).unwrap();
    geo.resolve(ip("8.8.8.8")).await.unwrap();
    server.behave(Behaviour::json(r#"{"city":{"name":"Praha"}}"#));
    assert_eq!(geo.resolve(ip("8.8.8.8")).await.unwrap().city.unwrap().name, "Brno");
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert_eq!(geo.resolve(ip("8.8.8.8")).await.unwrap().city.unwrap().name, "Praha");
}

#[tokio::test]
async fn private_addresses_are_never_sent() {
    let server = HttpServer::start(Behaviour::json(PRAGUE)).await;
    let geo = vikitron(&server);
    for private in [
        "",
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.1.1",
        "100.64.0.1",
        "0.1.2.3",
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "198.18.0.1",
        "fe80::1",
        "fc00::1",
        "fd12::1",
        "ff02::1",
        "2001:db8::1",
        "::",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
    ] {
        assert_eq!(geo.resolve(ip(private)).await, Err(GeoError::Unknown), "{private}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn connections_are_kept() {
    let server = HttpServer::start(Behaviour::json("{}")).await;
    let geo = vikitron(&server);
    for number in 1..=50 {
        let _ = geo.resolve(ip(&format!("8.8.8.{number}"))).await;
    }
    assert_eq!((server.requests(), server.connections()), (50, 1));
}
