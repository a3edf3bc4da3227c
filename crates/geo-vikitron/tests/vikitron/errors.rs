use std::time::{Duration, Instant};

use application::ports::{GeoError, GeoResolver};
use testkit::net::{Behaviour, HttpServer};

use crate::geo_vikitron::{VikiTron, VikiTronOptions};
use crate::{ip, vikitron};

/// The deadline and what a busy test machine adds to it.
const ENDS_WITHIN: Duration = Duration::from_millis(300 + 700);

async fn unavailable(geo: &VikiTron, what: &str) -> String {
    let began = Instant::now();
    let answer = geo.resolve(ip("8.8.8.8")).await;
    assert!(began.elapsed() < ENDS_WITHIN, "{what}: {:?}", began.elapsed());
    match answer {
        Err(GeoError::Unavailable(reason)) => reason,
        other => panic!("{what}: {other:?}"),
    }
}

#[tokio::test]
async fn every_error_ends_as_unavailable_within_the_deadline() {
    let header = |name, value: &str| vec![(name, value.to_owned())];
    let json = || header("content-type", "application/json");
    let html = || header("content-type", "text/html");
    let city = r#"{"city":{"name":"Prague"}}"#.to_owned();
    let errors = [
        (
            "slow",
            Behaviour::After(Duration::from_secs(5), Box::new(Behaviour::json(city.clone()))),
            "in time",
        ),
        ("slow head", Behaviour::SlowHead, "in time"),
        ("slow body", Behaviour::SlowBody, "in time"),
        ("500", Behaviour::status(500), "answered 500"),
        ("503", Behaviour::status(503), "answered 503"),
        ("401", Behaviour::status(401), "answered 401"),
        ("429", Behaviour::status(429), "answered 429"),
        ("206", Behaviour::Reply(206, json(), city.clone()), "answered 206"),
        ("404 of a proxy", Behaviour::Reply(404, html(), "<h1>no</h1>".to_owned()), "answered 404"),
        ("redirect", Behaviour::redirect(302, "http://127.0.0.1:9/"), "answered 302"),
        ("wrong type", Behaviour::html(&city), "content type"),
        ("no type", Behaviour::Reply(200, vec![], city.clone()), "content type"),
        ("cut", Behaviour::CutBody, "cut short"),
        ("hang up", Behaviour::HangUp, "cut short"),
        ("garbage", Behaviour::Garbage, "no HTTP"),
        ("endless headers", Behaviour::HugeHead, "no HTTP"),
        ("huge", Behaviour::HugeBody { content_length: false }, "over 65536 bytes"),
        ("huge and says so", Behaviour::HugeBody { content_length: true }, "over 65536 bytes"),
        ("not JSON", Behaviour::json("<html>"), "JSON object"),
        ("a list", Behaviour::json("[]"), "JSON object"),
        ("deep", Behaviour::json("[".repeat(50_000)), "JSON object"),
        (
            "another address",
            Behaviour::json(r#"{"ip":"8.8.4.4","city":{"name":"Prague"}}"#),
            "another address",
        ),
    ];
    for (what, behaviour, expected) in errors {
        let server = HttpServer::start(behaviour).await;
        let geo = vikitron(&server);
        let reason = unavailable(&geo, what).await;
        assert!(reason.contains(expected), "{what}: {reason}");
        assert_eq!(server.requests(), 1, "{what}");
        // Nothing of it is kept: the next answer counts.
        server.behave(Behaviour::json(city.clone()));
        assert_eq!(geo.resolve(ip("8.8.8.8")).await.unwrap().city.unwrap().name, "Prague", "{what}");
    }
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let gone = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let geo = VikiTron::new(VikiTronOptions::new(format!("http://{gone}"))).unwrap();
    assert!(unavailable(&geo, "nobody there").await.contains("cannot be reached"));
}

#[tokio::test]
async fn a_body_of_exactly_the_bound_is_read_and_one_more_is_not() {
    let padded = |size: usize| {
        let body = r#"{"city":{"name":"Prague"}}"#;
        Behaviour::json(format!("{body}{}", " ".repeat(size - body.len())))
    };
    let server = HttpServer::start(padded(64 * 1024)).await;
    assert!(vikitron(&server).resolve(ip("8.8.8.8")).await.is_ok());
    server.behave(padded(64 * 1024 + 1));
    assert!(unavailable(&vikitron(&server), "one byte too many").await.contains("over 65536 bytes"));
}

#[tokio::test]
async fn a_server_that_restarts_costs_no_lookup_for_long() {
    let server = HttpServer::start(Behaviour::json(r#"{"city":{"name":"Prague"}}"#)).await;
    let geo = vikitron(&server);
    geo.resolve(ip("8.8.8.8")).await.unwrap();
    server.behave(Behaviour::HangUp);
    assert!(geo.resolve(ip("8.8.4.4")).await.is_err());
    server.behave(Behaviour::json(r#"{"city":{"name":"Prague"}}"#));
    assert!(geo.resolve(ip("8.8.4.4")).await.is_ok());
}

#[tokio::test]
async fn a_dropped_lookup_leaves_nothing_behind() {
    let server =
        HttpServer::start(Behaviour::After(Duration::from_secs(5), Box::new(Behaviour::HangUp))).await;
    let geo = vikitron(&server);
    let gave_up = tokio::time::timeout(Duration::from_millis(50), geo.resolve(ip("8.8.8.8"))).await;
    assert!(gave_up.is_err());
    server.behave(Behaviour::json(r#"{"city":{"name":"Prague"}}"#));
    assert!(geo.resolve(ip("8.8.8.8")).await.is_ok());
    assert_eq!(server.requests(), 2);
}
