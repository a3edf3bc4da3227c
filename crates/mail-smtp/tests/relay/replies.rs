use application::model::FailureKind::{
    HostDown, HostRefuses, Permanent, PolicyRefused, SenderRefused, Transient,
};

use crate::script::{Relay, act, failure, send, send_to, willing};

#[tokio::test]
async fn a_mail_goes_out_and_the_reply_is_kept() {
    let relay = Relay::play(willing(1)).await;
    let delivered = send(&relay.sender()).await.unwrap();
    assert_eq!(delivered.host, format!("127.0.0.1:{}", relay.port));
    assert_eq!(delivered.reply, "250 2.0.0 Ok: queued as 4D2A");
    let received = relay.received(0);
    assert!(received[0].starts_with("EHLO "));
    assert_eq!(received[1], "MAIL FROM:<noreply@shop.example>");
    assert_eq!(received[2], "RCPT TO:<jan@barasek.com>");
    assert_eq!(received[3], "DATA");
}

#[tokio::test]
async fn nobody_listens() {
    let relay = Relay::play(vec![]).await;
    let sender = relay.sender();
    drop(relay);
    tokio::task::yield_now().await;
    let (kind, reply) = failure(&sender).await;
    assert_eq!(kind, HostDown);
    assert!(reply.starts_with("cannot connect: Connection refused"), "{reply}");
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_a_host_that_is_down() {
    let sender = crate::script::sender("smtp://relay.invalid:2525?connect_timeout=2");
    let error = send(&sender).await.unwrap_err();
    assert_eq!(error.kind, HostDown);
    assert_eq!(error.host, "relay.invalid:2525");
}

#[tokio::test]
async fn greetings_that_send_us_away() {
    for (greeting, expected) in [
        ("421 too busy\r\n", HostDown),
        ("450 later\r\n", HostDown),
        ("554 no\r\n", HostRefuses),
        ("", HostDown),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", HostDown),
        ("220", HostDown),
    ] {
        let relay = Relay::play(vec![act(move |mut peer| async move { peer.say(greeting).await })]).await;
        let (kind, reply) = failure(&relay.sender()).await;
        assert_eq!(kind, expected, "{greeting:?}: {reply}");
    }
}

#[tokio::test]
async fn a_greeting_that_never_comes() {
    let relay = Relay::play(vec![act(|mut peer| async move { peer.hear_out().await })]).await;
    let (kind, reply) = failure(&relay.sender()).await;
    assert_eq!(kind, HostDown);
    assert_eq!(reply, "no reply in time while connecting");
}

/// Answers the envelope's steps with these, and the text with the last.
async fn answers(
    mail: &'static str,
    rcpt: &'static str,
    data: &'static str,
    text: &'static str,
) -> (Relay, application::ports::SendError) {
    let relay = Relay::play(vec![act(move |mut peer| async move {
        peer.greet(&[]).await;
        for answer in [mail, rcpt, data] {
            peer.hear().await;
            peer.say(answer).await;
            if !answer.starts_with(['2', '3']) {
                peer.hear_out().await;
                return;
            }
        }
        peer.hear_text().await;
        peer.say(text).await;
        peer.hear_out().await;
    })])
    .await;
    let error = send(&relay.sender()).await.unwrap_err();
    (relay, error)
}

#[tokio::test]
async fn replies_decide_by_code_and_step() {
    const OK: &str = "250 ok\r\n";
    const GO: &str = "354 go\r\n";
    for (answer, [mail, rcpt, rest]) in [
        ("421 4.3.2 closing\r\n", [HostDown; 3]),
        ("450 4.2.0 greylisted\r\n", [Transient; 3]),
        ("452 4.3.1 disk full\r\n", [Transient; 3]),
        ("454 4.7.1 relay access denied\r\n", [Transient; 3]),
        ("500 what\r\n", [HostRefuses, HostRefuses, Permanent]),
        ("504 5.5.2 <vm>: Helo command rejected\r\n", [HostRefuses, HostRefuses, Permanent]),
        ("530 5.7.0 must issue STARTTLS first\r\n", [HostRefuses; 3]),
        ("535 5.7.8 authentication required\r\n", [HostRefuses; 3]),
        ("550 5.1.1 <jan@barasek.com>: user unknown\r\n", [SenderRefused, Permanent, Permanent]),
        ("554 5.7.1 spam\r\n", [SenderRefused, PolicyRefused, Permanent]),
    ] {
        assert_eq!(answers(answer, OK, GO, OK).await.1.kind, mail, "MAIL {answer}");
        assert_eq!(answers(OK, answer, GO, OK).await.1.kind, rcpt, "RCPT {answer}");
        assert_eq!(answers(OK, OK, answer, OK).await.1.kind, rest, "DATA {answer}");
        let (_, error) = answers(OK, OK, GO, answer).await;
        assert_eq!(error.kind, rest, "text {answer}");
        assert!(!error.reply.contains('@') && error.reply.starts_with(&answer[..3]), "{}", error.reply);
    }
}

#[tokio::test]
async fn replies_are_kept_without_addresses_and_controls() {
    let long = Box::leak(
        format!("550-5.1.1 <jan@barasek.com>\u{1b}[31m {}\r\n550 5.1.1 end\r\n", "x ".repeat(400))
            .into_boxed_str(),
    );
    let (_, error) = answers("250 ok\r\n", long, "", "").await;
    assert_eq!(error.kind, Permanent);
    assert!(error.reply.starts_with("550 5.1.1 <***> [31m x x"), "{}", error.reply);
    assert_eq!(error.reply.chars().count(), 500);
}

#[tokio::test]
async fn a_server_that_says_yes_at_the_wrong_time_gets_no_text() {
    let (relay, error) = answers("250 ok\r\n", "250 ok\r\n", "250 sure\r\n", "250 ok\r\n").await;
    assert_eq!(error.kind, Transient);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(!relay.received(0).iter().any(|entry| entry.contains("Subject")), "{:?}", relay.received(0));
}

#[tokio::test]
async fn a_354_behind_the_text_is_no_promise() {
    let (_, error) = answers("250 ok\r\n", "250 ok\r\n", "354 go\r\n", "354 go on\r\n").await;
    assert_eq!(error.kind, Transient, "{}", error.reply);
}

#[tokio::test]
async fn dropped_behind_the_text_the_mail_is_tried_again_later() {
    for words in ["", "25", "250-half\r\n", "garbage\r\n", "250 not utf-8 \u{fffd}"] {
        let relay = Relay::play(vec![act(move |mut peer| async move {
            peer.greet(&[]).await;
            for answer in ["250 ok\r\n", "250 ok\r\n", "354 go\r\n"] {
                peer.hear().await;
                peer.say(answer).await;
            }
            peer.hear_text().await;
            peer.say(words).await;
        })])
        .await;
        let (kind, reply) = failure(&relay.sender()).await;
        assert_eq!(kind, Transient, "{words:?}: {reply}");
        assert_eq!(relay.connections(), 1, "a mail the server may have is not sent again at once");
    }
}

#[tokio::test]
async fn silence_behind_the_text_is_transient_and_before_it_the_hosts() {
    for (steps, kind) in [(0, HostDown), (1, HostDown), (2, HostDown), (3, Transient)] {
        let relay = Relay::play(vec![act(move |mut peer| async move {
            peer.greet(&[]).await;
            for answer in ["250 ok\r\n", "250 ok\r\n", "354 go\r\n"].into_iter().take(steps) {
                peer.hear().await;
                peer.say(answer).await;
            }
            peer.hear_out().await;
        })])
        .await;
        let (found, reply) = failure(&relay.sender()).await;
        assert_eq!(found, kind, "{steps}: {reply}");
        assert!(reply.starts_with("no reply in time"), "{reply}");
    }
}

#[tokio::test]
async fn slow_bytes_are_waited_for_but_not_for_ever() {
    let relay = Relay::play(vec![act(|mut peer| async move {
        peer.greet(&[]).await;
        peer.hear().await;
        for byte in "250 ok\r\n".bytes() {
            peer.say(&char::from(byte).to_string()).await;
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        peer.hear().await;
        loop {
            peer.say("2").await;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
    })])
    .await;
    let started = std::time::Instant::now();
    let (kind, reply) = failure(&relay.sender()).await;
    assert_eq!(kind, HostDown, "{reply}");
    assert!(started.elapsed() < std::time::Duration::from_secs(3));
    assert_eq!(relay.received(0)[2], "RCPT TO:<jan@barasek.com>");
}

#[tokio::test]
async fn endless_replies_end_and_cost_no_memory() {
    for chunk in ["x", "250-more\r\n"] {
        let relay = Relay::play(vec![act(move |mut peer| async move {
            peer.greet(&[]).await;
            peer.hear().await;
            let flood = chunk.repeat(4_000);
            for _ in 0..10_000 {
                if peer.say_bytes(flood.as_bytes()).await.is_err() {
                    return;
                }
            }
            panic!("the client reads on");
        })])
        .await;
        let (kind, reply) = failure(&relay.sender()).await;
        assert_eq!(kind, Transient, "{reply}");
    }
}

#[tokio::test]
async fn an_endless_greeting_ends_too() {
    let relay = Relay::play(vec![act(|mut peer| async move {
        while peer.say_bytes("220-welcome\r\n".repeat(1_000).as_bytes()).await.is_ok() {}
    })])
    .await;
    let (kind, reply) = failure(&relay.sender()).await;
    assert_eq!(
        (kind, reply.as_str()),
        (HostDown, "not an SMTP reply while connecting: the reply does not end")
    );
}

#[tokio::test]
async fn an_internationalised_recipient_needs_smtputf8() {
    let relay = Relay::play(vec![act(|mut peer| async move {
        peer.greet(&["8BITMIME"]).await;
        peer.take_all().await;
    })])
    .await;
    let sender = relay.sender();
    let error = send_to(&sender, "jiří@barasek.com").await.unwrap_err();
    assert_eq!(error.kind, Permanent);
    assert!(error.reply.contains("SMTPUTF8"), "{}", error.reply);
    // The connection is as good as before.
    send(&sender).await.unwrap();
    assert_eq!(relay.connections(), 1);

    let relay = Relay::play(willing(1)).await;
    send_to(&relay.sender(), "jiří@barasek.com").await.unwrap();
    assert_eq!(relay.received(0)[1], "MAIL FROM:<noreply@shop.example> SMTPUTF8 BODY=8BITMIME");
    assert_eq!(relay.received(0)[2], "RCPT TO:<jiří@barasek.com>");
}

#[tokio::test]
async fn a_server_that_lies_about_smtputf8_answers_for_it() {
    let relay = Relay::play(vec![act(|mut peer| async move {
        peer.greet(&["SMTPUTF8", "8BITMIME"]).await;
        peer.hear().await;
        peer.say("555 5.5.4 Unsupported option: SMTPUTF8\r\n").await;
        peer.hear_out().await;
    })])
    .await;
    let error = send_to(&relay.sender(), "jiří@barasek.com").await.unwrap_err();
    assert_eq!((error.kind, error.reply.as_str()), (Permanent, "555 5.5.4 Unsupported option: SMTPUTF8"));
}

#[tokio::test]
async fn an_organisation_with_a_broken_sender_hurts_itself_only() {
    let relay = Relay::play(willing(1)).await;
    let sender = relay.sender();
    let mut mail = crate::script::mail(1, "jan@barasek.com");
    mail.from = Some("not a mailbox".to_owned());
    let error = application::ports::MailSender::send(&sender, &mail).await.unwrap_err();
    assert_eq!(error.kind, Permanent);
    assert_eq!(relay.connections(), 0);
}
