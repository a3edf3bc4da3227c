//! A DNS server of our own (RFC 1035 over UDP and TCP), so that it can lie, fail and be silent.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// Type numbers of RFC 1035 and RFC 3596.
pub(crate) const A: u16 = 1;
pub(crate) const PTR: u16 = 12;
pub(crate) const AAAA: u16 = 28;
const CNAME: u16 = 5;

/// What is answered to a question.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// Records of the type asked for, by their data.
    Records(Vec<Vec<u8>>),
    /// The name is another's: its canonical name, and the records there.
    Alias(&'static str, Vec<Vec<u8>>),
    /// A response code alone: 2 is SERVFAIL, 5 is REFUSED.
    Code(u8),
    /// A datagram that is no DNS.
    Noise,
    /// Nothing at all.
    Silence,
}

type Zone = HashMap<(String, u16), Answer>;

/// A port that is free for both: TCP may have given away the one that UDP got.
async fn bind() -> (UdpSocket, TcpListener, SocketAddr) {
    for _ in 0..100 {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = udp.local_addr().unwrap();
        if let Ok(tcp) = TcpListener::bind(address).await {
            return (udp, tcp, address);
        }
    }
    panic!("no port is free for UDP and TCP alike")
}

/// Starts a server with these answers; a question not among them is answered with NXDOMAIN.
pub(crate) async fn start(answers: impl IntoIterator<Item = (&'static str, u16, Answer)>) -> SocketAddr {
    start_counting(answers).await.0
}

/// The same, with the number of questions so far.
pub(crate) async fn start_counting(
    answers: impl IntoIterator<Item = (&'static str, u16, Answer)>,
) -> (SocketAddr, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let zone: Zone =
        answers.into_iter().map(|(name, kind, answer)| ((name.to_owned(), kind), answer)).collect();
    let zone = Arc::new(zone);
    let (udp, tcp, address) = bind().await;
    let (shared, count) = (Arc::clone(&zone), Arc::clone(&asked));
    tokio::spawn(async move {
        let mut buffer = [0; 1_500];
        while let Ok((length, client)) = udp.recv_from(&mut buffer).await {
            count.fetch_add(1, Ordering::SeqCst);
            if let Some(reply) = reply(&shared, &buffer[..length]) {
                let _ = udp.send_to(&reply, client).await;
            }
        }
    });
    tokio::spawn(async move {
        while let Ok((stream, _)) = tcp.accept().await {
            tokio::spawn(over_tcp(stream, Arc::clone(&zone)));
        }
    });
    (address, asked)
}

async fn over_tcp(mut stream: TcpStream, zone: Arc<Zone>) {
    while let Ok(length) = stream.read_u16().await {
        let mut question = vec![0; length.into()];
        if stream.read_exact(&mut question).await.is_err() {
            return;
        }
        let Some(reply) = reply(&zone, &question) else { continue };
        let framed = [&u16::try_from(reply.len()).unwrap().to_be_bytes(), &reply[..]].concat();
        let _ = stream.write_all(&framed).await;
    }
}

fn reply(zone: &Zone, question: &[u8]) -> Option<Vec<u8>> {
    let mut end = 12;
    let mut labels = Vec::new();
    while question[end] != 0 {
        let length = usize::from(question[end]);
        labels.push(String::from_utf8_lossy(&question[end + 1..=end + length]).to_lowercase());
        end += length + 1;
    }
    let kind = u16::from_be_bytes([question[end + 1], question[end + 2]]);
    let (code, alias, records) = match zone.get(&(labels.join("."), kind)) {
        Some(Answer::Records(records)) => (0, None, records.clone()),
        Some(Answer::Alias(name, records)) => (0, Some(wire(name)), records.clone()),
        Some(Answer::Code(code)) => (*code, None, Vec::new()),
        Some(Answer::Noise) => return Some(vec![0xff; 40]),
        Some(Answer::Silence) => return None,
        None => (3, None, Vec::new()),
    };
    let answers = u16::try_from(records.len() + usize::from(alias.is_some())).unwrap();
    let mut reply = Vec::from(&question[..2]);
    reply.extend([0x81, 0x80 | code, 0, 1]);
    reply.extend(answers.to_be_bytes());
    reply.extend([0, 0, 0, 0]);
    reply.extend(&question[12..end + 5]);
    // A pointer to the name in the question.
    let mut owner = vec![0xc0, 12];
    let mut record = |owner: &[u8], kind: u16, data: &[u8]| {
        reply.extend(owner);
        reply.extend(kind.to_be_bytes());
        reply.extend([0, 1, 0, 0, 0, 60]);
        reply.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        reply.extend(data);
    };
    if let Some(alias) = alias {
        record(&owner, CNAME, &alias);
        owner = alias;
    }
    for data in &records {
        record(&owner, kind, data);
    }
    Some(reply)
}

/// A name as it travels: labels with their lengths.
pub(crate) fn wire(name: &str) -> Vec<u8> {
    let mut wire = Vec::new();
    for label in name.split('.') {
        wire.push(u8::try_from(label.len()).unwrap());
        wire.extend(label.as_bytes());
    }
    wire.push(0);
    wire
}

/// Pointers to these names.
pub(crate) fn names(names: &[&str]) -> Answer {
    Answer::Records(names.iter().map(|name| wire(name)).collect())
}

/// IPv4 addresses.
pub(crate) fn v4(addresses: &[[u8; 4]]) -> Answer {
    Answer::Records(addresses.iter().map(|address| address.to_vec()).collect())
}
