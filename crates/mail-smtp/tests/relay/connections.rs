use std::sync::Arc;
use std::time::Duration;

use application::model::FailureKind::{HostDown, Permanent, Transient};
use application::ports::MailSender;

use crate::script::{Relay, act, failure, mail, send, sender, willing};

/// Takes one mail, then ends with `words`.
fn one_then(
    words: &'static str,
) -> impl FnOnce(crate::script::Peer) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
    move |mut peer| {
        Box::pin(async move {
            peer.greet(&[]).await;
            peer.take().await;
            if !words.is_empty() {
                peer.say(words).await;
            }
        })
    }
}

#[tokio::test]
async fn one_connection_carries_many_mails() {
    let relay = Relay::play(willing(1)).await;
    let sender = relay.sender();
    for _ in 0..20 {
        send(&sender).await.unwrap();
    }
    assert_eq!(relay.connections(), 1);
    assert_eq!(relay.texts().len(), 20);
}

#[tokio::test]
async fn a_stale_connection_is_replaced_unnoticed() {
    for words in ["", "421 4.4.2 timeout exceeded\r\n", "garbage\r\n"] {
        let mut acts = vec![act(one_then(words))];
        acts.extend(willing(1));
        let relay = Relay::play(acts).await;
        let sender = relay.sender();
        send(&sender).await.unwrap();
        tokio::time::sleep(Duration::from_millis(30)).await;
        send(&sender).await.unwrap();
        assert_eq!(relay.connections(), 2, "{words:?}");
        assert_eq!(relay.texts().len(), 2);
    }
}

#[tokio::test]
async fn a_421_in_mid_session_is_tried_once_on_a_fresh_connection() {
    let busy = || {
        act(|mut peer| async move {
            peer.greet(&[]).await;
            peer.take().await;
            peer.hear().await;
            peer.say("250 ok\r\n").await;
            peer.hear().await;
            peer.say("421 4.7.0 enough\r\n").await;
        })
    };
    let mut acts = vec![busy()];
    acts.extend(willing(1));
    let relay = Relay::play(acts).await;
    let sender = relay.sender();
    send(&sender).await.unwrap();
    send(&sender).await.unwrap();
    assert_eq!(relay.connections(), 2);

    // Once, not for ever: the fresh one says the same.
    let closed = act(|mut peer| async move { peer.say("421 4.7.0 enough\r\n").await });
    let relay = Relay::play(vec![busy(), closed]).await;
    let sender = relay.sender();
    send(&sender).await.unwrap();
    let (kind, reply) = failure(&sender).await;
    assert_eq!((kind, reply.as_str()), (HostDown, "421 4.7.0 enough"));
    assert_eq!(relay.connections(), 2);
}

#[tokio::test]
async fn a_kept_connection_dropped_behind_the_text_is_not_tried_again() {
    let mut acts = vec![act(|mut peer| async move {
        peer.greet(&[]).await;
        peer.take().await;
        for answer in ["250 ok\r\n", "250 ok\r\n", "354 go\r\n"] {
            peer.hear().await;
            peer.say(answer).await;
        }
        peer.hear_text().await;
    })];
    acts.extend(willing(1));
    let relay = Relay::play(acts).await;
    let sender = relay.sender();
    send(&sender).await.unwrap();
    assert_eq!(failure(&sender).await.0, Transient);
    assert_eq!(relay.connections(), 1);
}

#[tokio::test]
async fn a_refused_recipient_costs_no_connection() {
    let relay = Relay::play(vec![act(|mut peer| async move {
        peer.greet(&[]).await;
        for code in ["550 5.1.1 unknown\r\n", "450 4.2.0 greylisted\r\n"] {
            if peer.hear().await == "RSET" {
                peer.say("250 ok\r\n").await;
                peer.hear().await;
            }
            peer.say("250 ok\r\n").await;
            peer.hear().await;
            peer.say(code).await;
        }
        peer.take_all().await;
    })])
    .await;
    let sender = relay.sender();
    assert_eq!(failure(&sender).await.0, Permanent);
    assert_eq!(failure(&sender).await.0, Transient);
    send(&sender).await.unwrap();
    assert_eq!(relay.connections(), 1);
    assert_eq!(relay.received(0).iter().filter(|entry| *entry == "RSET").count(), 2);
}

#[tokio::test]
async fn a_dropped_attempt_leaves_no_connection_behind() {
    let mut acts = vec![act(|mut peer| async move {
        peer.greet(&[]).await;
        peer.hear().await;
        peer.say("250 ok\r\n").await;
        peer.hear().await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        peer.say("250 ok\r\n").await;
        peer.hear_out().await;
    })];
    acts.extend(willing(1));
    let relay = Relay::play(acts).await;
    let sender = relay.sender();
    let given_up =
        tokio::time::timeout(Duration::from_millis(100), sender.send(&mail(1, "jan@barasek.com"))).await;
    assert!(given_up.is_err());
    send(&sender).await.unwrap();
    assert_eq!(relay.connections(), 2);
    assert_eq!(relay.texts().len(), 1);
}

#[tokio::test]
async fn there_are_never_more_connections_than_the_pool_has_places() {
    let relay = Relay::play(willing(50)).await;
    let sender = Arc::new(sender(&relay.url("&pool=3")));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..60 {
        let sender = Arc::clone(&sender);
        tasks.spawn(async move { sender.send(&mail(number, "jan@barasek.com")).await.map(drop) });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    assert_eq!(relay.texts().len(), 60);
    assert!(relay.connections() <= 3, "{}", relay.connections());
}

#[tokio::test]
async fn idle_connections_are_closed_politely() {
    let relay = Relay::play(vec![act(|mut peer| async move {
        peer.greet(&[]).await;
        peer.take_all().await;
        peer.say("221 bye\r\n").await;
        peer.hear_out().await;
    })])
    .await;
    let mut settings: resetd_mail_smtp::SmtpSettings = relay.url("").parse().unwrap();
    assert_eq!(settings.idle_timeout, Duration::from_secs(30));
    settings.idle_timeout = Duration::from_millis(100);
    let sender = resetd_mail_smtp::SmtpSender::new(settings, "a@shop.example", None).unwrap();
    send(&sender).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_ne!(relay.received(0).last().map(String::as_str), Some("QUIT"));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(relay.received(0).last().map(String::as_str), Some("QUIT"));
}

#[tokio::test]
async fn closing_says_good_bye_on_what_is_unused() {
    let relay = Relay::play(willing(1)).await;
    let sender = relay.sender();
    send(&sender).await.unwrap();
    sender.close().await;
    assert_eq!(relay.received(0).last().map(String::as_str), Some("QUIT"));
}

#[tokio::test]
async fn a_host_that_comes_back_is_used_again() {
    let down = || act(|mut peer| async move { peer.say("421 not yet\r\n").await });
    let mut acts = vec![down(), down()];
    acts.extend(willing(1));
    let relay = Relay::play(acts).await;
    let sender = relay.sender();
    assert_eq!(failure(&sender).await.0, HostDown);
    assert_eq!(sender.probe().await.unwrap_err().kind, HostDown);
    send(&sender).await.unwrap();
}

/// With Nagle's algorithm each of these mails would wait 40 ms for a delayed acknowledgement: 8 s
/// in all.
#[tokio::test]
async fn two_hundred_mails_on_one_connection_do_not_wait_for_acknowledgements() {
    let relay = Relay::play(willing(1)).await;
    let sender = relay.sender();
    send(&sender).await.unwrap();
    let started = std::time::Instant::now();
    for _ in 0..200 {
        send(&sender).await.unwrap();
    }
    assert_eq!(relay.connections(), 1);
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}
