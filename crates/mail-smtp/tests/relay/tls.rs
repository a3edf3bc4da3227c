use std::sync::Arc;

use application::model::FailureKind::{HostDown, HostRefuses};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::script::{Peer, Relay, act, failure, send, sender};

/// A certificate for `name` and the authority's PEM file.
struct Identity {
    acceptor: TlsAcceptor,
    directory: TempDir,
}

impl Identity {
    fn of(name: &str) -> Self {
        let mut authority = CertificateParams::new(vec![]).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
        let directory = TempDir::new().unwrap();
        std::fs::write(directory.path().join("ca.pem"), authority.pem()).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        Self { acceptor: TlsAcceptor::from(Arc::new(config)), directory }
    }

    fn ca(&self) -> String {
        self.directory.path().join("ca.pem").display().to_string()
    }
}

/// Greets, offers STARTTLS, upgrades, greets again with `extensions`.
async fn upgraded(mut peer: Peer, acceptor: &TlsAcceptor, extensions: &[&str]) -> Option<Peer> {
    peer.greet(&["STARTTLS"]).await;
    assert_eq!(peer.hear().await, "STARTTLS");
    peer.say("220 go ahead\r\n").await;
    let mut peer = peer.upgrade(acceptor).await?;
    peer.ehlo(extensions).await;
    Some(peer)
}

async fn takes_over_starttls(identity: &Identity) -> Relay {
    let acceptor = identity.acceptor.clone();
    Relay::play(vec![act(move |peer| async move {
        if let Some(mut peer) = upgraded(peer, &acceptor, &[]).await {
            peer.take_all().await;
        }
    })])
    .await
}

#[tokio::test]
async fn required_tls_with_a_trusted_certificate() {
    let identity = Identity::of("localhost");
    let relay = takes_over_starttls(&identity).await;
    let url = relay.url(&format!("&tls=required&ca={}", identity.ca())).replace("127.0.0.1", "localhost");
    let sender = sender(&url);
    for _ in 0..3 {
        send(&sender).await.unwrap();
    }
    assert_eq!(relay.connections(), 1);
    assert_eq!(relay.texts().len(), 3);
}

#[tokio::test]
async fn an_address_is_a_name_too() {
    let identity = Identity::of("127.0.0.1");
    let relay = takes_over_starttls(&identity).await;
    send(&sender(&relay.url(&format!("&tls=required&ca={}", identity.ca())))).await.unwrap();
}

#[tokio::test]
async fn required_tls_refuses_strangers_and_wrong_names() {
    let identity = Identity::of("localhost");
    let relay = takes_over_starttls(&identity).await;
    let (kind, reply) = stranger(&relay).await;
    assert_eq!(kind, HostDown);
    assert!(reply.starts_with("TLS failed: invalid peer certificate"), "{reply}");

    let identity = Identity::of("elsewhere.example");
    let relay = takes_over_starttls(&identity).await;
    let (kind, reply) = failure(&sender(&relay.url(&format!("&tls=required&ca={}", identity.ca())))).await;
    assert_eq!(kind, HostDown);
    assert!(reply.starts_with("TLS failed: invalid peer certificate"), "{reply}");
    assert!(relay.texts().is_empty());
}

#[tokio::test]
async fn opportunistic_tls_takes_any_certificate_and_none() {
    let identity = Identity::of("elsewhere.example");
    let relay = takes_over_starttls(&identity).await;
    send(&sender(&relay.url(""))).await.unwrap();
    assert_eq!(relay.received(0)[1], "STARTTLS");

    let relay = Relay::play(crate::script::willing(1)).await;
    send(&sender(&relay.url("&tls=opportunistic"))).await.unwrap();
}

#[tokio::test]
async fn tls_none_asks_for_none() {
    let identity = Identity::of("localhost");
    let acceptor = identity.acceptor.clone();
    let relay = Relay::play(vec![act(move |mut peer| async move {
        let _acceptor = acceptor;
        peer.greet(&["STARTTLS"]).await;
        peer.take_all().await;
    })])
    .await;
    send(&sender(&relay.url("&tls=none"))).await.unwrap();
}

#[tokio::test]
async fn required_tls_without_an_offer_sends_nothing() {
    let relay = Relay::play(crate::script::willing(1)).await;
    let (kind, reply) = failure(&sender(&relay.url("&tls=required"))).await;
    assert_eq!(kind, HostRefuses);
    assert!(reply.contains("STARTTLS"), "{reply}");
    assert!(relay.texts().is_empty());
}

#[tokio::test]
async fn starttls_refused() {
    let relay = Relay::play(vec![act(|mut peer| async move {
        peer.greet(&["STARTTLS"]).await;
        peer.hear().await;
        peer.say("454 4.7.0 TLS not available\r\n").await;
        assert_eq!(peer.hear().await, "QUIT");
        peer.say("221 bye\r\n").await;
        peer.hear_out().await;
    })])
    .await;
    let (kind, reply) = failure(&sender(&relay.url(""))).await;
    assert_eq!((kind, reply.as_str()), (HostDown, "454 4.7.0 TLS not available"));
}

#[tokio::test]
async fn tls_cut_short() {
    for greeting in ["220 go\r\n", "220 go\r\nnot a handshake at all, not even nearly one\r\n"] {
        let relay = Relay::play(vec![act(move |mut peer| async move {
            peer.greet(&["STARTTLS"]).await;
            peer.hear().await;
            peer.say(greeting).await;
        })])
        .await;
        let (kind, reply) = failure(&sender(&relay.url(""))).await;
        assert_eq!(kind, HostDown, "{reply}");
        assert!(reply.starts_with("TLS failed: "), "{reply}");
    }
}

#[tokio::test]
async fn what_comes_in_the_clear_behind_the_220_is_not_read_under_tls() {
    let identity = Identity::of("localhost");
    let acceptor = identity.acceptor.clone();
    let relay = Relay::play(vec![act(move |mut peer| async move {
        peer.greet(&["STARTTLS"]).await;
        peer.hear().await;
        peer.say("220 go\r\n250-relay.example\r\n250 AUTH PLAIN\r\n").await;
        if let Some(mut peer) = peer.upgrade(&acceptor).await {
            peer.hear_out().await;
        }
    })])
    .await;
    let url = relay.url("").replace("smtp://", "smtp://user:secretpassword@");
    let (kind, reply) = failure(&sender(&url)).await;
    assert_eq!(kind, HostDown, "{reply}");
    assert!(!relay.received(0).iter().any(|entry| entry.contains("AUTH")), "{:?}", relay.received(0));
}

#[tokio::test]
async fn endless_replies_end_under_tls_too() {
    let identity = Identity::of("localhost");
    let acceptor = identity.acceptor.clone();
    let relay = Relay::play(vec![act(move |peer| async move {
        let Some(mut peer) = upgraded(peer, &acceptor, &[]).await else { return };
        peer.hear().await;
        while peer.say_bytes("250-more\r\n".repeat(1_000).as_bytes()).await.is_ok() {}
    })])
    .await;
    let (kind, reply) = failure(&sender(&relay.url(""))).await;
    assert_eq!(kind, application::model::FailureKind::Transient, "{reply}");
}

#[tokio::test]
async fn tls_from_the_first_byte() {
    let identity = Identity::of("localhost");
    let acceptor = identity.acceptor.clone();
    let relay = Relay::play(vec![act(move |peer| async move {
        let Some(mut peer) = peer.upgrade(&acceptor).await else { return };
        peer.greet(&["AUTH LOGIN"]).await;
        assert_eq!(peer.hear().await, "AUTH LOGIN");
        peer.say("334 VXNlcm5hbWU6\r\n").await;
        assert_eq!(peer.hear().await, "dXNlcg==");
        peer.say("334 UGFzc3dvcmQ6\r\n").await;
        assert_eq!(peer.hear().await, "c2VjcmV0cGFzc3dvcmQ=");
        peer.say("235 2.7.0 ok\r\n").await;
        peer.take_all().await;
    })])
    .await;
    let url = format!("smtps://user:secretpassword@localhost:{}?ca={}", relay.port, identity.ca());
    let sender = sender(&url);
    send(&sender).await.unwrap();
    send(&sender).await.unwrap();
    assert_eq!(relay.connections(), 1);
}

#[tokio::test]
async fn a_password_waits_for_tls_and_a_failed_login_pauses_the_queue() {
    let identity = Identity::of("localhost");
    let acceptor = identity.acceptor.clone();
    let relay = Relay::play(vec![act(move |peer| async move {
        let Some(mut peer) = upgraded(peer, &acceptor, &["AUTH PLAIN LOGIN"]).await else { return };
        assert_eq!(peer.hear().await, "AUTH PLAIN AHVzZXIAc2VjcmV0cGFzc3dvcmQ=");
        peer.say("535 5.7.8 user@relay.example: authentication failed\r\n").await;
        peer.hear_out().await;
    })])
    .await;
    let url = relay.url("").replace("smtp://", "smtp://user:secretpassword@");
    let (kind, reply) = failure(&sender(&url)).await;
    assert_eq!((kind, reply.as_str()), (HostRefuses, "535 5.7.8 ***: authentication failed"));
}

#[tokio::test]
async fn a_relay_without_login_is_a_host_that_is_down() {
    let relay = Relay::play(crate::script::willing(1)).await;
    let url = relay.url("").replace("smtp://", "smtp://user:secretpassword@");
    let (kind, reply) = failure(&sender(&url)).await;
    assert_eq!(kind, HostRefuses);
    assert!(reply.contains("AUTH PLAIN"), "{reply}");
}

/// A failure at a host called by name.
async fn stranger(relay: &Relay) -> (application::model::FailureKind, String) {
    let error =
        send(&sender(&relay.url("&tls=required").replace("127.0.0.1", "localhost"))).await.unwrap_err();
    (error.kind, error.reply)
}
