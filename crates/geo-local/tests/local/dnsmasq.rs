//! Reverse DNS against dnsmasq, a resolver that others wrote.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use application::ports::{GeoError, GeoResolver};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::geo_local::{DnsOptions, LocalGeo, LocalGeoOptions};
use crate::{Files, ip};

#[tokio::test]
#[ignore = "needs dnsmasq"]
async fn names_are_confirmed_through_dnsmasq() {
    let binary = testkit::service("RESETD_TEST_DNSMASQ");
    let files = Files::new();
    let (_dnsmasq, server) = start(&binary, &files).await;
    let dns = Some(DnsOptions { servers: vec![server], deadline: Duration::from_secs(2) });
    let geo = LocalGeo::open(LocalGeoOptions { dns, ..LocalGeoOptions::default() }).unwrap();
    let name_of = async |address| geo.resolve(ip(address)).await.map(|found| found.reverse_dns.unwrap());
    assert_eq!(name_of("1.1.1.1").await.unwrap(), "one.example.net");
    assert_eq!(name_of("2001:4860:4860::8888").await.unwrap(), "six.example.net");
    assert_eq!(name_of("8.8.8.8").await, Err(GeoError::Unknown), "it points elsewhere");
    assert_eq!(name_of("8.8.4.4").await, Err(GeoError::Unknown), "it points nowhere");
    assert_eq!(name_of("9.9.9.9").await, Err(GeoError::Unknown), "there is no pointer");
}

/// A dnsmasq on a free loopback port that serves its own records and asks nobody. It ends with the
/// test.
async fn start(binary: &str, files: &Files) -> (Child, SocketAddr) {
    for _ in 0..5 {
        let address = free_address().await;
        let child = Command::new(binary)
            .args([
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--no-resolv",
                "--no-hosts",
                "--bind-interfaces",
            ])
            .args([
                "--listen-address=127.0.0.1",
                "--log-facility=-",
                "--local=/example.net/",
                "--local=/arpa/",
            ])
            .args([
                "--host-record=one.example.net,1.1.1.1",
                "--host-record=six.example.net,2001:4860:4860::8888",
            ])
            .args([
                "--ptr-record=8.8.8.8.in-addr.arpa,liar.example.net",
                "--address=/liar.example.net/9.9.9.9",
            ])
            .arg("--ptr-record=4.4.8.8.in-addr.arpa,nowhere.example.net")
            .arg(format!("--port={}", address.port()))
            .arg(format!("--pid-file={}", files.path("dnsmasq.pid").display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("dnsmasq starts");
        for _ in 0..100 {
            if TcpStream::connect(address).await.is_ok() {
                return (child, address);
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
    panic!("dnsmasq did not listen within 5 s, five times over");
}

/// A port that is free for UDP and TCP alike, over 20,000 as ephemeral ports are.
async fn free_address() -> SocketAddr {
    for _ in 0..50 {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        if address.port() >= 20_000 && UdpSocket::bind(address).await.is_ok() {
            return address;
        }
    }
    panic!("no free port");
}
