use futures_util::future::join_all;
use testkit::net::{Behaviour, Call, HttpServer};

use crate::http_client::CallError;
use crate::{client, post, read};

#[tokio::test]
async fn connections_are_kept() {
    let server = HttpServer::start(Behaviour::json("{}")).await;
    let client = client();
    for _ in 0..50 {
        read(&client, &server.url()).await.unwrap();
    }
    assert_eq!((server.requests(), server.connections()), (50, 1));
}

/// Reads the second call of each connection and hangs up instead of answering, as a server does whose time for idle
/// connections ends at that moment.
fn closes_kept_connections(call: &Call) -> Behaviour {
    if call.on_connection == 0 { Behaviour::json("{}") } else { Behaviour::HangUp }
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_replaced() {
    let server = HttpServer::start(Behaviour::by_call(closes_kept_connections)).await;
    let client = client();
    for number in 1..=20 {
        assert_eq!(read(&client, &server.url()).await.map(|(status, _)| status), Ok(200), "{number}");
    }
    // Each connection answers once; each call but the first came on a kept one before.
    assert_eq!((server.requests(), server.connections()), (39, 20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_recover_too() {
    let server = HttpServer::start(Behaviour::by_call(closes_kept_connections)).await;
    let client = client();
    for _ in 0..10 {
        let url = server.url();
        let answers = join_all((0..8).map(|_| read(&client, &url))).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    }
}

#[tokio::test]
async fn a_server_that_only_hangs_up_is_not_called_for_ever() {
    let server = HttpServer::start(Behaviour::json("{}")).await;
    let client = client();
    read(&client, &server.url()).await.unwrap();
    server.behave(Behaviour::HangUp);
    assert_eq!(post(&client, &server.url()).await.unwrap_err(), CallError::Cut);
    assert_eq!(server.requests(), 3, "one on the kept connection, one on a new one");
    assert_eq!(post(&client, &server.url()).await.unwrap_err(), CallError::Cut);
    assert_eq!(server.requests(), 4);
}

#[tokio::test]
async fn a_restarted_server_is_found_again() {
    let first = HttpServer::start(Behaviour::by_call(|call| match call.path.as_str() {
        "/die" => Behaviour::HangUp,
        _ => Behaviour::json("{}"),
    }))
    .await;
    let client = client();
    read(&client, &first.url()).await.unwrap();
    // Closes the kept connection while nobody looks.
    post(&client, &format!("{}/die", first.url())).await.unwrap_err();
    assert_eq!(read(&client, &first.url()).await.map(|(status, _)| status), Ok(200));
}
