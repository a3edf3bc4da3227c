use std::time::{Duration, Instant};

use testkit::net::{Behaviour, HttpServer};

use crate::http_client::{CallError, HttpClient, HttpClientOptions, UrlError};
use crate::{client, options, post, read, request};

#[tokio::test]
async fn every_error_has_its_kind() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    let too_large = CallError::TooLarge { limit: 65_536 };
    for (behaviour, expected) in [
        (Behaviour::HangUp, CallError::Cut),
        (Behaviour::CutBody, CallError::Cut),
        (Behaviour::Garbage, CallError::NotHttp),
        (Behaviour::HugeHead, CallError::NotHttp),
        (Behaviour::HugeBody { content_length: true }, too_large.clone()),
        (Behaviour::HugeBody { content_length: false }, too_large),
    ] {
        server.behave(behaviour.clone());
        assert_eq!(read(&client(), &server.url()).await, Err(expected), "{behaviour:?}");
    }
    assert_eq!(server.requests(), 6, "on a new connection nothing is sent twice");
}

#[tokio::test]
async fn a_call_is_over_at_its_deadline() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    let within = Duration::from_millis(300);
    for behaviour in [Behaviour::hang(), Behaviour::SlowHead, Behaviour::SlowBody] {
        server.behave(behaviour.clone());
        let began = Instant::now();
        let answer = client().send(request(&server.url()), within).await;
        let ended = match answer {
            Ok(answer) => answer.bytes().await.err(),
            Err(error) => Some(error),
        };
        assert_eq!(ended, Some(CallError::TimedOut), "{behaviour:?}");
        assert!(began.elapsed() >= within && began.elapsed() < within * 5, "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn the_limit_is_exact() {
    let client = HttpClient::new(HttpClientOptions { max_answer_bytes: 100, ..options() }).unwrap();
    let server = HttpServer::start(Behaviour::json("x".repeat(100))).await;
    assert_eq!(read(&client, &server.url()).await.unwrap().1.len(), 100);
    server.behave(Behaviour::json("x".repeat(101)));
    assert_eq!(read(&client, &server.url()).await, Err(CallError::TooLarge { limit: 100 }));
}

#[tokio::test]
async fn nobody_there() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(post(&client(), &format!("http://{closed}/")).await.unwrap_err(), CallError::Unreachable);
    let unknown = post(&client(), "https://no-such-host.invalid/").await.unwrap_err();
    assert_eq!(unknown, CallError::UnknownHost);
}

#[tokio::test]
async fn no_error_holds_what_was_sent() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    let base = server.url();
    for url in [
        format!("{base}/hooks?key=s3cret"),
        base.replace("http://", "http://s3cret:s3cret@"),
        base.replace("http://", "ftp://s3cret@"),
        "http://shop.example/s3cret".to_owned(),
        "https://no-such-host.invalid/s3cret?s3cret".to_owned(),
        "https://127.0.0.1:1/s3cret".to_owned(),
    ] {
        let error = post(&client(), &url).await.unwrap_err();
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(!text.contains("s3cret") && !text.contains("t0ken"), "{url}: {text}");
        }
    }
    let in_the_clear = post(&client(), "http://shop.example/").await.unwrap_err();
    assert_eq!(in_the_clear, CallError::Url(UrlError::InTheClear));
}
