use std::time::{Duration, Instant};

use application::CircuitSettings;
use application::ports::{GeoError, GeoResolver};
use testkit::net::{Behaviour, HttpServer};

use crate::geo_vikitron::{VikiTron, VikiTronOptions};
use crate::ip;

fn eager(server: &HttpServer) -> VikiTron {
    let options = VikiTronOptions {
        circuit: CircuitSettings {
            failures: 3,
            pause: Duration::from_millis(200),
            longest: Duration::from_millis(200),
        },
        ..VikiTronOptions::new(server.url())
    };
    VikiTron::new(options).unwrap()
}

#[tokio::test]
async fn a_server_that_is_down_is_left_alone_and_found_again() {
    let server = HttpServer::start(Behaviour::status(500)).await;
    let geo = eager(&server);
    for number in 1..=3 {
        assert!(geo.resolve(ip(&format!("8.8.8.{number}"))).await.is_err());
    }
    let began = Instant::now();
    for number in 1..=1_000 {
        let answer = geo.resolve(ip(&format!("8.8.{}.{}", number / 250, number % 250))).await;
        assert!(matches!(answer, Err(GeoError::Unavailable(_))));
    }
    assert!(
        began.elapsed() < Duration::from_millis(190),
        "an open breaker answers at once: {:?}",
        began.elapsed()
    );
    assert_eq!(server.requests(), 3);
    // One probe finds it still down, the next one finds it back.
    tokio::time::sleep(Duration::from_millis(210)).await;
    assert!(geo.resolve(ip("8.8.8.8")).await.is_err());
    assert!(geo.resolve(ip("8.8.8.8")).await.is_err());
    assert_eq!(server.requests(), 4);
    server.behave(Behaviour::json(r#"{"city":{"name":"Prague"}}"#));
    tokio::time::sleep(Duration::from_millis(210)).await;
    assert!(geo.resolve(ip("8.8.8.8")).await.is_ok());
    assert!(geo.resolve(ip("8.8.4.4")).await.is_ok());
}

#[tokio::test]
async fn what_is_in_the_cache_is_answered_while_the_server_is_down() {
    let server = HttpServer::start(Behaviour::json(r#"{"city":{"name":"Prague"}}"#)).await;
    let geo = eager(&server);
    geo.resolve(ip("1.1.1.1")).await.unwrap();
    server.behave(Behaviour::HangUp);
    for number in 1..=10 {
        assert!(geo.resolve(ip(&format!("8.8.8.{number}"))).await.is_err());
    }
    assert_eq!(geo.resolve(ip("1.1.1.1")).await.unwrap().city.unwrap().name, "Prague");
}

#[tokio::test]
async fn a_404_is_no_failure() {
    let server = HttpServer::start(Behaviour::status(404)).await;
    let geo = eager(&server);
    for number in 1..=20 {
        assert_eq!(geo.resolve(ip(&format!("8.8.8.{number}"))).await, Err(GeoError::Unknown));
    }
    assert_eq!(server.requests(), 20);
}
