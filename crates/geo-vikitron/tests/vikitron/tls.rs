use std::time::Duration;

use application::ports::{GeoError, GeoResolver};
use testkit::net::{Authority, Behaviour, HttpServer};

use crate::geo_vikitron::{BearerToken, VikiTron, VikiTronError, VikiTronOptions};
use crate::ip;

#[tokio::test]
async fn https_is_spoken_with_a_server_whose_certificate_holds() {
    let authority = Authority::new();
    let prague = Behaviour::json(r#"{"city":{"name":"Prague"}}"#);
    let server = HttpServer::start_tls(prague, &authority.issue("localhost")).await;
    let trusting = VikiTronOptions {
        ca_certificates: Some(authority.pem().into_bytes()),
        token: Some(BearerToken::new("t0ken")),
        // A TLS handshake in a debug build takes its time.
        deadline: Duration::from_secs(5),
        ..VikiTronOptions::new(server.url())
    };
    let geo = VikiTron::new(trusting.clone()).unwrap();
    assert_eq!(geo.resolve(ip("8.8.8.8")).await.unwrap().city.unwrap().name, "Prague");

    let by_address = server.url().replace("localhost", "127.0.0.1");
    for other in [
        VikiTronOptions { ca_certificates: None, ..trusting.clone() },
        VikiTronOptions { base_url: by_address, ..trusting.clone() },
    ] {
        let geo = match VikiTron::new(other) {
            Ok(geo) => geo,
            // Where the system has no certificates at all, the set-up says so.
            Err(VikiTronError::Certificates(_)) => continue,
            Err(error) => panic!("{error}"),
        };
        assert!(matches!(geo.resolve(ip("8.8.8.8")).await, Err(GeoError::Unavailable(_))));
    }
}

#[test]
fn certificates_that_are_none_are_refused() {
    for pem in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let options =
            VikiTronOptions { ca_certificates: Some(pem.into()), ..VikiTronOptions::new("https://viki") };
        assert!(matches!(VikiTron::new(options), Err(VikiTronError::Certificates(_))), "{pem}");
    }
}

#[test]
fn zeros_are_refused() {
    let zero = |change: fn(&mut VikiTronOptions)| {
        let mut options = VikiTronOptions::new("http://viki");
        change(&mut options);
        VikiTron::new(options).unwrap_err()
    };
    assert_eq!(zero(|options| options.deadline = Duration::ZERO), VikiTronError::Zero("deadline"));
    assert_eq!(zero(|options| options.max_concurrent = 0), VikiTronError::Zero("max_concurrent"));
    assert_eq!(zero(|options| options.cache_capacity = 0), VikiTronError::Zero("cache_capacity"));
}
