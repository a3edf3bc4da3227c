use std::sync::Arc;
use std::time::Duration;

use application::ports::{WebhookError, WebhookSender};
use rcgen::{CertificateParams, Issuer, KeyPair};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::receiver::{Behaviour, State};
use crate::webhook;
use crate::webhook_http::{HttpWebhooks, WebhookOptions};

/// An authority of our own and a receiver with its certificate for `localhost`: the authority's PEM
/// and the URL.
async fn https(state: Arc<State>) -> (String, String) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let pem = authority.self_signed(&authority_key).unwrap().pem();
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
    (pem, format!("https://localhost:{port}/hooks"))
}

#[tokio::test]
async fn https_is_spoken_with_a_receiver_whose_certificate_holds() {
    let state = State::new(Behaviour::Status(204, ""));
    let (authority, url) = https(Arc::clone(&state)).await;
    let options = |ca: &str| WebhookOptions {
        allow_private: true,
        // A TLS handshake in a debug build takes its time.
        deadline: Duration::from_secs(10),
        ca_certificates: Some(ca.as_bytes().to_vec()),
    };
    assert_eq!(
        HttpWebhooks::new(options(&authority)).send(&webhook(&url)).await.map(|answer| answer.status),
        Ok(204)
    );
    assert_eq!(state.calls().len(), 1);

    let by_address = webhook(&url.replace("localhost", "127.0.0.1"));
    assert_eq!(
        HttpWebhooks::new(options(&authority)).send(&by_address).await,
        Err(WebhookError::Unreachable)
    );
    assert_eq!(HttpWebhooks::new(options("")).send(&webhook(&url)).await, Err(WebhookError::Unreachable));
    assert_eq!(state.calls().len(), 1, "nothing was said to who could not prove who it is");
}
