//! Cached lookups a second on one core, after a server on loopback has answered once for every
//! address.
#![expect(clippy::unwrap_used, reason = "a benchmark may fail")]

use std::net::Ipv4Addr;
use std::sync::LazyLock;

use application::ports::GeoResolver;
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use domain::CustomerIp;
use futures_util::FutureExt;
use resetd_geo_vikitron::{VikiTron, VikiTronOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// Different addresses in the cache.
const ADDRESSES: u32 = 2_000;

/// What the documentation shows: every field, the place in Czech and English.
const ANSWER: &str = r#"{"ip":"%","reverseDns":"host.example.net","country":{"code":"CZ","name":"Czechia","names":{"cs":"Česko"}},
"region":{"name":"Prague","names":{"cs":"Hlavní město Praha"}},"city":{"name":"Prague","names":{"cs":"Praha"}},
"location":{"latitude":50.0883,"longitude":14.4124,"timeZone":"Europe/Prague"},
"network":{"asn":5610,"organisation":"Example Telecom"},
"flags":{"proxy":false,"vpn":false,"tor":false,"hosting":false}}"#;

fn main() {
    divan::main();
}

static WARM: LazyLock<(Runtime, VikiTron)> = LazyLock::new(|| {
    let runtime = Runtime::new().unwrap();
    let geo = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        });
        let geo = VikiTron::new(VikiTronOptions::new(url)).unwrap();
        for address in addresses() {
            geo.resolve(address).await.unwrap();
        }
        geo
    });
    (runtime, geo)
});

/// The port's own method: a context of one's own.
#[divan::bench]
fn resolve(bencher: Bencher) {
    let (_runtime, geo) = &*WARM;
    let addresses: Vec<CustomerIp> = addresses().collect();
    bencher.counter(ItemsCount::new(ADDRESSES)).bench(|| {
        for address in &addresses {
            // A cached answer is there at the first poll.
            black_box(geo.resolve(black_box(*address)).now_or_never()).unwrap().unwrap();
        }
    });
}

/// A look into the cache: a shared context.
#[divan::bench]
fn cached(bencher: Bencher) {
    let (_runtime, geo) = &*WARM;
    let addresses: Vec<CustomerIp> = addresses().collect();
    bencher.counter(ItemsCount::new(ADDRESSES)).bench(|| {
        for address in &addresses {
            black_box(geo.cached(black_box(*address))).unwrap().unwrap();
        }
    });
}

fn addresses() -> impl Iterator<Item = CustomerIp> {
    (0..ADDRESSES).map(|number| Ipv4Addr::from_bits((11 << 24) + number * 257).into())
}

async fn serve(mut stream: TcpStream) {
    let mut head = Vec::new();
    while let Ok(byte) = stream.read_u8().await {
        head.push(byte);
        if head.ends_with(b"\r\n\r\n") {
            let line = String::from_utf8_lossy(&head);
            let address = line
                .split_ascii_whitespace()
                .nth(1)
                .and_then(|path| path.rsplit('/').next())
                .unwrap_or_default();
            let body = ANSWER.replace('%', address);
            let reply = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            if stream.write_all(reply.as_bytes()).await.is_err() {
                return;
            }
            head.clear();
        }
    }
}
