use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use super::{BODY, Server, brisk, request, with_headers};

#[tokio::test]
async fn what_was_begun_is_finished_and_nothing_new_is_taken() {
    let mut server = Server::start(brisk()).await;
    let (mut begun, mut idle) = (server.connect().await, server.connect().await);
    idle.send(request()).await;
    idle.answer().await;
    let head = with_headers(&format!("Content-Length: {}\r\n", BODY.len()), "");
    begun.send(head).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop();
    assert!(idle.is_closed_within(Duration::from_secs(2)).await, "a connection at rest is closed");
    begun.send(BODY).await;
    let answer = begun.answer().await;
    assert!(answer.ends_with(r#"{"success":true}"#) && answer.contains("connection: close"), "{answer}");
    tokio::time::timeout(Duration::from_secs(2), &mut server.task).await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
    assert_eq!(server.shop.due().await, 2);
}

#[tokio::test]
async fn who_does_not_finish_is_dropped_when_the_time_is_over() {
    let limits = resetd_http::ConnectionLimits { body_timeout: Duration::from_secs(60), ..brisk() };
    let mut server = Server::start(limits).await;
    let mut stuck = server.connect().await;
    stuck.send(with_headers("Content-Length: 100\r\n", "")).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    server.stop();
    tokio::time::timeout(Duration::from_secs(5), &mut server.task).await.unwrap().unwrap();
    assert!((700..3_000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
}
