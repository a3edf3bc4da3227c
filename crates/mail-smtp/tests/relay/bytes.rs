//! Replies whose text is any bytes: the code alone decides.

use application::model::FailureKind::{HostDown, HostRefuses, Permanent, Transient};
use application::ports::MailSender as _;

use crate::script::{Peer, Relay, act, failure, send, sender};

/// Latin-1, GBK, NUL, what is never UTF-8, a bare CR, nothing, and a line longer than servers may
/// write.
fn texts() -> Vec<Vec<u8>> {
    vec![
        b"Nachricht \xfcbernommen".to_vec(),
        b"\xd3\xca\xbc\xfe\xd2\xd1\xbd\xd3\xca\xd5".to_vec(),
        b"a\0b".to_vec(),
        b"\xff\xfe\xff".to_vec(),
        b"\xe2\x82".to_vec(),
        b"one\rtwo".to_vec(),
        Vec::new(),
        b"2.0.0 ".iter().chain([b'x'; 4_000].iter()).copied().collect(),
    ]
}

/// `code`, on two lines, with `text`.
fn reply(code: &str, text: &[u8]) -> Vec<u8> {
    let mut reply = Vec::new();
    for mark in [b'-', b' '] {
        reply.extend_from_slice(code.as_bytes());
        reply.push(mark);
        reply.extend_from_slice(text);
        reply.extend_from_slice(b"\r\n");
    }
    reply
}

async fn answer(peer: &mut Peer, code: &str, text: &[u8]) {
    let _ = peer.say_bytes(&reply(code, text)).await;
}

async fn open(peer: &mut Peer, text: &[u8]) {
    answer(peer, "220", text).await;
    peer.hear().await;
    let mut hello = reply("250", text);
    hello.truncate(hello.len() / 2);
    hello.extend_from_slice(b"250-AUTH LOGIN\r\n250-");
    hello.extend_from_slice(text);
    hello.extend_from_slice(b"\r\n250 8BITMIME\r\n");
    let _ = peer.say_bytes(&hello).await;
    for code in ["334", "334", "235"] {
        peer.hear().await;
        answer(peer, code, text).await;
    }
}

#[tokio::test]
async fn a_mail_is_sent_once_whatever_the_replies_say() {
    for text in texts() {
        let script = text.clone();
        let relay = Relay::play(vec![act(move |mut peer| async move {
            open(&mut peer, &script).await;
            for _ in 0..2 {
                for code in ["250", "250", "354"] {
                    peer.hear().await;
                    answer(&mut peer, code, &script).await;
                }
                peer.hear_text().await;
                answer(&mut peer, "250", &script).await;
            }
            // A refused recipient leaves an envelope behind, which RSET takes away.
            for code in ["250", "550", "250", "250", "250", "354"] {
                peer.hear().await;
                answer(&mut peer, code, &script).await;
            }
            peer.hear_text().await;
            answer(&mut peer, "250", &script).await;
            peer.hear().await;
            answer(&mut peer, "221", &script).await;
        })])
        .await;
        let sender = sender(&relay.url("").replace("smtp://", "smtp://user:secretpassword@"));
        for _ in 0..2 {
            let delivered = send(&sender).await.unwrap();
            assert!(delivered.reply.starts_with("250"), "{text:?}: {}", delivered.reply);
            assert!(!delivered.reply.contains(char::is_control), "{text:?}: {}", delivered.reply);
            assert!(delivered.reply.chars().count() <= 500);
        }
        failure(&sender).await;
        send(&sender).await.unwrap();
        sender.close().await;
        assert_eq!((relay.connections(), relay.texts().len()), (1, 3), "{text:?}");
        let received = relay.received(0);
        assert!(received.iter().any(|entry| entry == "RSET"), "{received:?}");
        assert_eq!(received.last().map(String::as_str), Some("QUIT"), "{text:?}");
    }
}

#[tokio::test]
async fn refusals_are_refusals_whatever_they_say() {
    for text in texts() {
        for (step, code, kind) in [
            (0, "554", HostRefuses),
            (0, "421", HostDown),
            (1, "550", HostRefuses),
            (5, "503", HostRefuses),
            (6, "556", Permanent),
            (6, "450", Transient),
            (7, "451", Transient),
            (8, "552", Permanent),
        ] {
            let script = text.clone();
            let relay = Relay::play(vec![act(move |mut peer| async move {
                if step == 0 {
                    answer(&mut peer, code, &script).await;
                } else if step == 1 {
                    answer(&mut peer, "220", &script).await;
                    peer.hear().await;
                    answer(&mut peer, code, &script).await;
                } else {
                    open(&mut peer, &script).await;
                    for (at, good) in [(5, "250"), (6, "250"), (7, "354"), (8, "250")] {
                        if at == 8 {
                            peer.hear_text().await;
                        } else {
                            peer.hear().await;
                        }
                        answer(&mut peer, if at == step { code } else { good }, &script).await;
                        if at == step {
                            break;
                        }
                    }
                }
                peer.hear_out().await;
            })])
            .await;
            let sender = sender(&relay.url("").replace("smtp://", "smtp://user:secretpassword@"));
            let (found, reply) = failure(&sender).await;
            // What a text begins with may be an enhanced status; none of these is one that counts
            // here.
            assert_eq!(found, kind, "step {step}, {code} {text:?}: {reply}");
            assert!(reply.starts_with(code), "{reply}");
            assert_eq!(relay.connections(), 1);
        }
    }
}

#[tokio::test]
async fn a_server_that_repeats_our_credentials_has_them_masked() {
    let relay = Relay::play(vec![act(|mut peer| async move {
        peer.greet(&["AUTH PLAIN"]).await;
        peer.hear().await;
        peer.say("535 5.7.8 user1/secretpassword AHVzZXIxAHNlY3JldHBhc3N3b3Jk c2VjcmV0cGFzc3dvcmQ= no\r\n")
            .await;
        peer.hear_out().await;
    })])
    .await;
    let sender = sender(&relay.url("").replace("smtp://", "smtp://user1:secretpassword@"));
    let error = send(&sender).await.unwrap_err();
    assert_eq!((error.kind, error.reply.as_str()), (HostRefuses, "535 5.7.8 ***/*** *** *** no"));
}

#[tokio::test]
async fn a_connection_made_before_is_the_first_mails() {
    let relay = Relay::play(crate::script::willing(1)).await;
    let sender = relay.sender();
    sender.connect().await.unwrap();
    send(&sender).await.unwrap();
    assert_eq!(relay.connections(), 1);
}
