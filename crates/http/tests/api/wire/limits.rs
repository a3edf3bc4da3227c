use std::time::{Duration, Instant};

use resetd_http::ConnectionLimits;

use super::{BODY, Server, brisk, request, with_headers};

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let server = Server::start(brisk()).await;
    let mut wire = server.connect().await;
    for _ in 0..3 {
        wire.send(request()).await;
        let answer = wire.answer().await;
        assert!(
            answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with(r#"{"success":true}"#),
            "{answer}"
        );
    }
    // Pipelined: answered in order.
    wire.send(format!("{}{}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", request(), request())).await;
    assert!(wire.answer().await.ends_with(r#"{"success":true}"#));
    assert!(wire.answer().await.ends_with(r#"{"success":true}"#));
    assert!(wire.answer().await.ends_with(r#"{"status":"ok"}"#));
    assert_eq!(server.shop.due().await, 5);
}

#[tokio::test]
async fn headers_that_drip_are_cut_off() {
    let server = Server::start(brisk()).await;
    let mut wire = server.connect().await;
    let started = Instant::now();
    let mut closed = false;
    for byte in request().into_bytes() {
        if tokio::io::AsyncWriteExt::write_all(&mut wire.0, &[byte]).await.is_err() {
            closed = true;
            break;
        }
        if wire.is_closed_within(Duration::from_millis(50)).await {
            closed = true;
            break;
        }
    }
    assert!(closed && started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    assert_eq!(server.shop.due().await, 0);
}

#[tokio::test]
async fn headers_that_drip_on_a_used_connection_are_cut_off() {
    let server = Server::start(brisk()).await;
    let mut wire = server.connect().await;
    wire.send(request()).await;
    wire.answer().await;
    wire.send("GET /heal").await;
    let started = Instant::now();
    assert!(wire.is_closed_within(Duration::from_secs(3)).await);
    assert!(started.elapsed() < Duration::from_millis(1_200), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_connection_at_rest_may_rest_longer_than_a_head_may_take() {
    let server = Server::start(brisk()).await;
    let mut wire = server.connect().await;
    wire.send(request()).await;
    wire.answer().await;
    assert!(!wire.is_closed_within(Duration::from_millis(900)).await, "twice the time for a head");
    wire.send(request()).await;
    assert!(wire.answer().await.ends_with(r#"{"success":true}"#));
    assert!(wire.is_closed_within(Duration::from_secs(4)).await, "but not for ever");
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let server = Server::start(brisk()).await;
    let mut wire = server.connect().await;
    assert!(wire.is_closed_within(Duration::from_secs(3)).await);
}

#[tokio::test]
async fn a_body_that_drips_is_a_400_and_the_connection_is_closed() {
    let server = Server::start(brisk()).await;
    let mut wire = server.connect().await;
    wire.send(with_headers("Content-Length: 200\r\n", "{\"email\":")).await;
    let (answer, ended) = wire.rest().await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("did not arrive in full"), "{answer}");
    assert!(ended);
    assert_eq!(server.shop.due().await, 0);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_accepted() {
    let server = Server::start(brisk()).await;
    let mut wire = server.connect().await;
    wire.send(with_headers(&format!("Content-Length: {}\r\n", BODY.len() + 1), BODY)).await;
    drop(wire);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(server.shop.due().await, 0);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_it_is_read() {
    let server = Server::start(brisk()).await;
    let mut wire = server.connect().await;
    wire.send(with_headers("Content-Length: 1000000000\r\n", "{")).await;
    let started = Instant::now();
    assert!(wire.answer().await.starts_with("HTTP/1.1 413 "));
    assert!(started.elapsed() < Duration::from_millis(300), "not after the timeout of the body");
}

#[tokio::test]
async fn an_oversize_or_endless_head_is_refused() {
    let server = Server::start(brisk()).await;
    for head in [
        format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "x".repeat(20_000)),
        format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: y\r\n".repeat(100)),
        format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(70_000)),
    ] {
        let mut wire = server.connect().await;
        // The server may close while the head is still being sent.
        let _ = tokio::io::AsyncWriteExt::write_all(&mut wire.0, head.as_bytes()).await;
        let answer = wire.answer().await;
        let refused =
            ["HTTP/1.1 431 ", "HTTP/1.1 414 ", "HTTP/1.1 400 "].iter().any(|line| answer.starts_with(line));
        assert!(refused || answer.is_empty(), "{answer}");
    }
    let mut wire = server.connect().await;
    wire.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(wire.answer().await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn idle_and_dripping_connections_do_not_keep_others_out() {
    let limits = ConnectionLimits { max_connections: 8, ..brisk() };
    let server = Server::start(limits).await;
    let mut hogs = Vec::new();
    for number in 0..8 {
        let mut wire = server.connect().await;
        if number % 2 == 0 {
            wire.send("GET /heal").await;
        }
        hogs.push(wire);
    }
    let mut wire = server.connect().await;
    wire.send(request()).await;
    let answer = wire.answer().await;
    assert!(answer.ends_with(r#"{"success":true}"#), "served when the hogs were cut off: {answer}");
}

#[tokio::test]
async fn a_compressed_bomb_is_refused_unread() {
    let server = Server::start(brisk()).await;
    let mut wire = server.connect().await;
    let bomb = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    wire.send(with_headers("Content-Encoding: gzip\r\nContent-Length: 10\r\n", "")).await;
    wire.send(bomb).await;
    assert!(wire.answer().await.starts_with("HTTP/1.1 415 "));
}
