use super::{BODY, Server, brisk, with_headers};

/// What a proxy in front would take for the body of one request, and a careless server for a second
/// request.
const SMUGGLED: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

/// Sends `text` and counts the answers before the connection ends.
async fn answers(text: &str) -> (usize, String) {
    let server = Server::start(brisk()).await;
    let mut wire = server.connect().await;
    wire.send(text).await;
    let (answers, ended) = wire.rest().await;
    assert!(ended, "the connection is closed: {answers}");
    (answers.matches("HTTP/1.1 ").count(), answers)
}

#[tokio::test]
async fn content_length_and_transfer_encoding_together_carry_no_second_request() {
    let chunked = format!("{:x}\r\n{BODY}\r\n0\r\n\r\n", BODY.len());
    for headers in [
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", chunked.len() + SMUGGLED.len()),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {}\r\n", chunked.len() + SMUGGLED.len()),
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n".to_owned(),
    ] {
        let (count, answers) = answers(&format!("{}{SMUGGLED}", with_headers(&headers, &chunked))).await;
        assert_eq!(count, 1, "{answers}");
        assert!(
            answers.contains("connection: close") && !answers.contains(r#"{"status":"ok"}"#),
            "{answers}"
        );
    }
}

#[tokio::test]
async fn differing_content_lengths_are_refused() {
    for headers in [
        "Content-Length: 27\r\nContent-Length: 28\r\n",
        "Content-Length: 27, 28\r\n",
        "Content-Length: +27\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x1b\r\n",
        "Content-Length: 27 28\r\n",
        "Content-Length: 18446744073709551643\r\n",
        "Content-Length:\r\n",
    ] {
        let (count, answers) = answers(&format!("{}{SMUGGLED}", with_headers(headers, BODY))).await;
        assert!(count == 1 && answers.starts_with("HTTP/1.1 400 "), "{headers:?}: {answers}");
    }
}

#[tokio::test]
async fn disguised_transfer_encodings_are_refused() {
    let chunked = format!("{:x}\r\n{BODY}\r\n0\r\n\r\n", BODY.len());
    for header in [
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding\t: chunked\r\n",
        " Transfer-Encoding: chunked\r\n",
        "X: y\r\n Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding:\u{b}chunked\r\n",
        "Transfer-Encoding: gzip\r\n",
    ] {
        let (count, answers) = answers(&format!("{}{SMUGGLED}", with_headers(header, &chunked))).await;
        assert!(count == 1 && answers.starts_with("HTTP/1.1 400 "), "{header:?}: {answers}");
    }
}

#[tokio::test]
async fn broken_chunks_are_refused() {
    for body in [
        "zz\r\n{}\r\n0\r\n\r\n",
        "-1\r\n{}\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}XX0\r\n\r\n",
    ] {
        let text = format!("{}{SMUGGLED}", with_headers("Transfer-Encoding: chunked\r\n", body));
        let (count, answers) = answers(&text).await;
        assert!(count <= 1 && !answers.contains(r#"{"status":"ok"}"#), "{body:?}: {answers}");
        assert!(!answers.contains("200 OK"), "{body:?}: {answers}");
    }
}

#[tokio::test]
async fn a_broken_head_is_refused() {
    for head in [
        "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHo st: x\r\n\r\n",
        "GET /heal thz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n",
        "\u{1}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "POST /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ] {
        let (count, answers) = answers(&format!("{head}{SMUGGLED}")).await;
        assert!(count <= 1 && !answers.contains("200 OK"), "{head:?}: {answers}");
    }
}

#[tokio::test]
async fn a_request_names_one_host() {
    for (host, status) in [
        ("Host: localhost\r\n", 200),
        ("", 400),
        ("Host:\r\n", 400),
        ("Host: localhost\r\nHost: localhost\r\n", 400),
        ("Host: localhost\r\nHost: evil.example\r\n", 400),
        ("Host: local host\r\n", 400),
        ("Host: http://localhost\r\n", 400),
        ("Host: user@localhost\r\n", 400),
        ("Host: localhost:x\r\n", 400),
    ] {
        let text = format!("GET /healthz HTTP/1.1\r\n{host}Connection: close\r\n\r\n");
        let (count, answers) = answers(&text).await;
        assert!(count == 1 && answers.starts_with(&format!("HTTP/1.1 {status} ")), "{host:?}: {answers}");
        assert!(answers.contains("x-request-id: "), "{answers}");
    }
    let (_, old) = answers("GET /healthz HTTP/1.0\r\n\r\n").await;
    assert!(old.starts_with("HTTP/1.0 200 "), "{old}");
}
