use std::time::{Duration, Instant};

use application::ports::{WebhookError, WebhookSender};
use testkit::net::{Behaviour, HttpServer};

use crate::{endpoint, sender, sender_with_deadline, webhook};

#[tokio::test]
async fn a_status_is_told_as_it_is_and_no_redirect_is_followed() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    let sender = sender();
    for status in [200, 202, 204, 301, 302, 303, 307, 308, 400, 404, 410, 429, 500, 503] {
        let location = vec![("location", "/elsewhere".to_owned())];
        server.behave(Behaviour::Reply(status, location, String::new()));
        assert_eq!(sender.send(&endpoint(&server)).await.map(|answer| answer.status), Ok(status));
    }
    assert!(server.calls().iter().all(|call| call.path == "/hooks?key=1"));
    assert_eq!(server.requests(), 14);
}

#[tokio::test]
async fn how_long_to_wait_is_read() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    for (value, seconds) in [("120", Some(120)), ("Sun, 01 Mar 2026 08:01:00 GMT", Some(60)), ("soon", None)]
    {
        server.behave(Behaviour::Reply(429, vec![("retry-after", value.to_owned())], String::new()));
        let answer = sender().send(&endpoint(&server)).await.unwrap();
        assert_eq!(answer.retry_after, seconds.map(Duration::from_secs), "{value}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_an_error() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    for behaviour in [Behaviour::HangUp, Behaviour::Garbage, Behaviour::HugeHead] {
        server.behave(behaviour.clone());
        assert_eq!(sender().send(&endpoint(&server)).await, Err(WebhookError::Cut), "{behaviour:?}");
    }
    server.behave(Behaviour::hang());
    let began = Instant::now();
    let impatient = sender_with_deadline(Duration::from_millis(300));
    assert_eq!(impatient.send(&endpoint(&server)).await, Err(WebhookError::TimedOut));
    assert!(began.elapsed() < Duration::from_secs(5), "took {:?}", began.elapsed());
}

#[tokio::test]
async fn a_body_does_not_matter() {
    let server = HttpServer::start(Behaviour::HangUp).await;
    let sender = sender();
    for behaviour in [
        Behaviour::CutBody,
        Behaviour::HugeBody { content_length: true },
        Behaviour::SlowBody,
        Behaviour::status(204),
    ] {
        server.behave(behaviour.clone());
        let began = Instant::now();
        let answer = sender.send(&endpoint(&server)).await;
        assert!(answer.is_ok_and(|answer| answer.status < 300), "{behaviour:?}");
        assert!(began.elapsed() < Duration::from_secs(5), "{behaviour:?} took {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn nobody_there_is_an_error() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = webhook(&format!("http://{closed}/"));
    assert_eq!(sender().send(&nobody).await, Err(WebhookError::Unreachable));
    let nowhere = webhook("https://no-such-host.invalid/");
    assert_eq!(sender().send(&nowhere).await, Err(WebhookError::Unreachable));
}
