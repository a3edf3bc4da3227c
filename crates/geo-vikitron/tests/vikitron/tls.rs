use std::sync::Arc;

use application::ports::{GeoError, GeoResolver};
use rcgen::{CertificateParams, Issuer, KeyPair};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::geo_vikitron::{BearerToken, VikiTron, VikiTronError, VikiTronOptions};
use crate::ip;
use crate::server::{Behaviour, State};

/// An authority of our own and a server with its certificate for `localhost`: the authority's PEM
/// and the URL.
async fn https(state: Arc<State>) -> (String, String) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .signed_by(&key, &Issuer::new(authority, authority_key))
        .unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                tokio::spawn(Arc::clone(&state).serve(stream));
            }
        }
    });
    (authority_pem, format!("https://localhost:{port}"))
}

#[tokio::test]
async fn https_is_spoken_with_a_server_whose_certificate_holds() {
    let state = State::new(Behaviour::json(r#"{"city":{"name":"Prague"}}"#));
    let (authority, url) = https(state).await;
    let trusting = VikiTronOptions {
        ca_certificates: Some(authority.into_bytes()),
        token: Some(BearerToken::new("t0ken")),
        // A TLS handshake in a debug build takes its time.
        deadline: std::time::Duration::from_secs(5),
        ..VikiTronOptions::new(&url)
    };
    let geo = VikiTron::new(trusting.clone()).unwrap();
    assert_eq!(geo.resolve(ip("8.8.8.8")).await.unwrap().city.unwrap().name, "Prague");

    let by_address = url.replace("localhost", "127.0.0.1");
    for other in [
        VikiTronOptions { ca_certificates: None, ..trusting.clone() },
        VikiTronOptions { base_url: by_address, ..trusting.clone() },
    ] {
        // Where the system has no certificates at all, the set-up says so.
        let Ok(geo) = VikiTron::new(other) else { continue };
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
    assert_eq!(zero(|options| options.deadline = std::time::Duration::ZERO), VikiTronError::Zero("deadline"));
    assert_eq!(zero(|options| options.max_concurrent = 0), VikiTronError::Zero("max_concurrent"));
    assert_eq!(zero(|options| options.cache_capacity = 0), VikiTronError::Zero("cache_capacity"));
}
