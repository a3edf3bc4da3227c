use std::io;
use std::time::Duration;

use resetd_http::{Acceptor, serve_with};
use tokio::io::{AsyncReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{Wire, brisk, request};
use crate::shop::Shop;

/// In place of a TLS handshake: wants one byte, and speaks through another type of stream.
#[derive(Clone)]
struct Knock;

impl Acceptor for Knock {
    type Stream = BufReader<TcpStream>;

    async fn accept(&self, mut stream: TcpStream) -> io::Result<Self::Stream> {
        if stream.read_u8().await? != b'!' {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(BufReader::new(stream))
    }
}

#[tokio::test]
async fn connections_pass_through_the_acceptor_within_the_time_for_a_head() {
    let shop = Shop::open().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = shop.router.clone();
    let server = tokio::spawn(serve_with(listener, Knock, router, brisk(), std::future::pending()));
    let mut wire = Wire(TcpStream::connect(address).await.unwrap());
    wire.send(format!("!{}", request())).await;
    assert!(wire.answer().await.ends_with(r#"{"success":true}"#));
    let mut wrong = Wire(TcpStream::connect(address).await.unwrap());
    wrong.send("?").await;
    assert!(wrong.is_closed_within(Duration::from_secs(2)).await);
    let mut silent = Wire(TcpStream::connect(address).await.unwrap());
    assert!(silent.is_closed_within(Duration::from_secs(2)).await);
    server.abort();
}
