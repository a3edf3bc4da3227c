//! The smallest client that will do: one request per connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case, in order.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

pub(crate) fn send(
    server: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut stream = connect(server);
    let headers = [&[("Connection", "close")], headers].concat();
    write_request(&mut stream, method, target, &headers, body);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    parse(&String::from_utf8(answer).unwrap())
}

pub(crate) fn connect(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// One request over a connection that stays open; the answer says how long it is.
pub(crate) fn exchange(
    stream: &mut (impl Read + Write),
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    write_request(stream, method, target, headers, body);
    let mut text = Vec::new();
    loop {
        let mut some = [0; 4096];
        let read = stream.read(&mut some).unwrap();
        assert!(read > 0, "the connection ended within an answer: {}", String::from_utf8_lossy(&text));
        text.extend_from_slice(&some[..read]);
        let Some(end) = text.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let answer = parse(std::str::from_utf8(&text).unwrap());
        let length: usize = answer.header("content-length").unwrap().parse().unwrap();
        if text.len() >= end + 4 + length {
            return answer;
        }
    }
}

fn write_request(stream: &mut impl Write, method: &str, target: &str, headers: &[(&str, &str)], body: &str) {
    let mut request = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(request.as_bytes()).unwrap();
}

pub(crate) fn get(server: SocketAddr, target: &str) -> Answer {
    send(server, "GET", target, &[], "")
}

pub(crate) fn post_json(server: SocketAddr, target: &str, body: &str) -> Answer {
    send(server, "POST", target, &[("Content-Type", "application/json")], body)
}

fn parse(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head in {text:?}"));
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    Answer { status, headers, body: body.to_owned() }
}
