//! What a receiver sees, checked by the means of a receiver: another HMAC than the sender's.

use application::ports::WebhookSender;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use testkit::net::{Behaviour, HttpServer};

use crate::{SECRET, endpoint, sender};

#[tokio::test]
async fn a_call_is_signed_and_arrives_whole() {
    let server = HttpServer::start(Behaviour::status(204)).await;
    let sent = endpoint(&server);
    assert_eq!(sender().send(&sent).await.map(|answer| answer.status), Ok(204));
    let calls = server.calls();
    assert_eq!(calls.len(), 1);
    let call = &calls[0];
    assert_eq!((&*call.method, &*call.path, &call.body), ("POST", "/hooks?key=1", &sent.body));
    assert_eq!(call.header("content-type"), "application/json");
    assert_eq!(call.header("host"), server.address().to_string());
    assert_eq!(call.header("webhook-id"), "abababab-abab-abab-abab-abababababab");
    assert_eq!(call.header("webhook-timestamp"), "1772352000");

    let (version, signature) = call.header("webhook-signature").split_once(',').unwrap();
    assert_eq!(version, "v1");
    let key = hmac::Key::new(hmac::HMAC_SHA256, &SECRET);
    let signed = format!("{}.{}.{}", call.header("webhook-id"), call.header("webhook-timestamp"), call.body);
    let signature = STANDARD.decode(signature).unwrap();
    assert!(hmac::verify(&key, signed.as_bytes(), &signature).is_ok());
    assert!(hmac::verify(&key, signed.replace("sent", "completed").as_bytes(), &signature).is_err());
}

#[tokio::test]
async fn another_attempt_has_the_same_id_and_a_signature_of_its_own() {
    let server = HttpServer::start(Behaviour::status(204)).await;
    let (sender, mut sent) = (sender(), endpoint(&server));
    sender.send(&sent).await.unwrap();
    sent.at += chrono::TimeDelta::seconds(60);
    sender.send(&sent).await.unwrap();
    let calls = server.calls();
    assert_eq!(calls[0].header("webhook-id"), calls[1].header("webhook-id"));
    assert_ne!(calls[0].header("webhook-signature"), calls[1].header("webhook-signature"));
    assert_eq!(server.connections(), 1, "the connection is kept");
}
