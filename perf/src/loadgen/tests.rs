use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use super::*;

/// A server that answers `count` requests on each of `connections` connections and then hangs up.
fn server(connections: usize, count: usize, answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for _ in 0..connections {
            let (mut stream, _) = listener.accept().unwrap();
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                for _ in 0..count {
                    // The requests are small and sent at once.
                    if matches!(stream.read(&mut buffer), Ok(0) | Err(_)) {
                        return;
                    }
                    // In two pieces, as a network may.
                    let (head, tail) = answer.split_at(answer.len() / 2);
                    stream.write_all(head.as_bytes()).ok();
                    thread::sleep(Duration::from_millis(1));
                    stream.write_all(tail.as_bytes()).ok();
                }
            });
        }
    });
    address
}

const GOOD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"success\":true}";

#[test]
fn a_closed_loop_counts_each_answer_once_and_stops_at_its_limit() {
    let server = server(2, 1000, GOOD);
    let plan = Closed {
        server,
        request: ResetRequest::new(server, "KEY"),
        connections: 2,
        warm_up: Duration::ZERO,
        duration: Duration::from_secs(20),
        customers: 10,
        at_most: 40,
    };
    let load = apart(move || closed_loop(plan)).unwrap();
    assert_eq!((load.accepted, load.latencies.len(), load.broken), (40, 40, 0));
    assert_eq!(load.errors(), "none");
    assert!(load.per_second() > 1.0);
}

#[test]
fn other_statuses_and_broken_connections_are_errors_and_not_throughput() {
    let address = server(3, 2, "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\n{}");
    let plan = Closed {
        server: address,
        request: ResetRequest::new(address, "KEY"),
        connections: 1,
        warm_up: Duration::ZERO,
        duration: Duration::from_secs(20),
        customers: 10,
        at_most: 4,
    };
    let load = apart(move || closed_loop(plan)).unwrap();
    assert_eq!((load.accepted, load.statuses.get(&503).copied()), (0, Some(3)));
    assert_eq!(load.errors(), "3 × 503, 1 broken connections");
}

#[test]
fn a_paced_run_keeps_its_pace_and_tells_answers_from_none() {
    let server = server(1, 5, GOOD);
    let plan = Paced {
        servers: vec![server],
        api_key: "KEY".to_owned(),
        rate: 20,
        duration: Duration::from_secs(1),
        connections: 1,
        customers: 7,
    };
    let start = std::time::Instant::now();
    let outcomes = apart(move || paced(plan)).unwrap();
    let acknowledged: Vec<u32> =
        outcomes.iter().filter(|o| o.is_acknowledged()).map(|o| o.customer).collect();
    assert_eq!(acknowledged, [0, 1, 2, 3, 4]);
    // The server hung up and is gone; the others were due all the same.
    assert_eq!(outcomes.iter().filter(|outcome| outcome.status.is_none()).count(), 15);
    assert!(start.elapsed() >= Duration::from_millis(900), "{:?}", start.elapsed());
}

#[test]
fn load_goes_to_this_machine_only() {
    assert!(refuse_foreign("192.0.2.1:80".parse().unwrap()).is_err());
    assert!(refuse_foreign("[::1]:80".parse().unwrap()).is_ok());
}
