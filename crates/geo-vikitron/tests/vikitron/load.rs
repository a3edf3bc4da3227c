use std::sync::Arc;
use std::time::Duration;

use application::CircuitSettings;
use application::ports::{GeoError, GeoResolver};
use futures_util::future::join_all;
use testkit::net::{Behaviour, HttpServer};

use crate::geo_vikitron::{VikiTron, VikiTronOptions};
use crate::{ip, vikitron};

fn prague_after(milliseconds: u64) -> Behaviour {
    let prague = Box::new(Behaviour::json(r#"{"city":{"name":"Prague"}}"#));
    Behaviour::After(Duration::from_millis(milliseconds), prague)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn simultaneous_questions_share_one_request() {
    let server = HttpServer::start(prague_after(50)).await;
    let geo = Arc::new(vikitron(&server));
    let askers = (0..200).map(|_| {
        let geo = Arc::clone(&geo);
        tokio::spawn(async move { geo.resolve(ip("8.8.8.8")).await })
    });
    for answer in join_all(askers).await {
        assert_eq!(answer.unwrap().unwrap().city.unwrap().name, "Prague");
    }
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_shared_request_that_fails_fails_for_all_at_once() {
    let server =
        HttpServer::start(Behaviour::After(Duration::from_millis(50), Box::new(Behaviour::HangUp))).await;
    let geo = vikitron(&server);
    let answers = join_all((0..50).map(|_| geo.resolve(ip("8.8.8.8")))).await;
    assert!(answers.iter().all(|answer| matches!(answer, Err(GeoError::Unavailable(_)))));
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn one_of_many_may_give_up() {
    let server = HttpServer::start(prague_after(100)).await;
    let geo = vikitron(&server);
    let (impatient, patient) = tokio::join!(
        tokio::time::timeout(Duration::from_millis(20), geo.resolve(ip("8.8.8.8"))),
        geo.resolve(ip("8.8.8.8")),
    );
    assert!(impatient.is_err());
    assert_eq!(patient.unwrap().city.unwrap().name, "Prague");
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn requests_at_once_are_bounded() {
    let server = HttpServer::start(prague_after(20)).await;
    let options = VikiTronOptions {
        max_concurrent: 4,
        deadline: Duration::from_secs(5),
        ..VikiTronOptions::new(server.url())
    };
    let geo = VikiTron::new(options).unwrap();
    let answers = join_all((1..=40).map(|number| {
        let geo = &geo;
        async move { geo.resolve(ip(&format!("8.8.8.{number}"))).await }
    }))
    .await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(server.requests(), 40);
    assert!(server.most_at_once() <= 4, "{}", server.most_at_once());
}

#[tokio::test]
async fn waiting_for_a_turn_ends_with_the_deadline_and_is_not_the_servers_error() {
    let server = HttpServer::start(prague_after(200)).await;
    let circuit =
        CircuitSettings { failures: 1, pause: Duration::from_secs(1), longest: Duration::from_secs(1) };
    let options = VikiTronOptions { max_concurrent: 1, circuit, ..VikiTronOptions::new(server.url()) };
    let geo = VikiTron::new(options).unwrap();
    let (first, second, third) =
        tokio::join!(geo.resolve(ip("8.8.8.1")), geo.resolve(ip("8.8.8.2")), geo.resolve(ip("8.8.8.3")));
    assert!(first.is_ok());
    // The second began in time and ran into its deadline; the third never began.
    assert!(matches!(second, Err(GeoError::Unavailable(_))));
    let Err(GeoError::Unavailable(reason)) = third else { panic!("{third:?}") };
    assert!(reason.contains("too many") || reason.contains("left alone"), "{reason}");
}
