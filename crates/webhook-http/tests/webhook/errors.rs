use std::time::{Duration, Instant};

use application::ports::{WebhookError, WebhookSender};

use crate::receiver::{Behaviour, Receiver};
use crate::{sender, sender_with_deadline, webhook};

#[tokio::test]
async fn a_status_is_told_as_it_is() {
    let receiver = Receiver::start(Behaviour::HangUp).await;
    let sender = sender();
    for status in [200, 202, 204, 400, 404, 410, 429, 500, 503] {
        receiver.behave(Behaviour::Status(status, ""));
        assert_eq!(sender.send(&webhook(&receiver.url())).await.map(|answer| answer.status), Ok(status));
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let receiver = Receiver::start(Behaviour::HangUp).await;
    let sender = sender();
    for status in [301, 302, 303, 307, 308] {
        receiver.behave(Behaviour::Status(status, "location: /elsewhere\r\n"));
        assert_eq!(sender.send(&webhook(&receiver.url())).await.map(|answer| answer.status), Ok(status));
    }
    assert!(receiver.calls().iter().all(|call| call.line.starts_with("POST /hooks?key=1 ")));
    assert_eq!(receiver.calls().len(), 5);
}

#[tokio::test]
async fn who_does_not_answer_is_left_at_the_deadline() {
    let receiver = Receiver::start(Behaviour::After(Duration::from_secs(60))).await;
    let deadline = Duration::from_millis(300);
    for behaviour in [Behaviour::After(Duration::from_secs(60)), Behaviour::HugeHead] {
        receiver.behave(behaviour.clone());
        let began = Instant::now();
        let answer = sender_with_deadline(deadline).send(&webhook(&receiver.url())).await;
        assert!(
            matches!(answer, Err(WebhookError::TimedOut | WebhookError::Cut)),
            "{behaviour:?}: {answer:?}"
        );
        assert!(began.elapsed() < Duration::from_secs(5), "{behaviour:?} took {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn an_answer_that_is_none_is_a_error() {
    let receiver = Receiver::start(Behaviour::HangUp).await;
    for behaviour in [Behaviour::HangUp, Behaviour::Garbage] {
        receiver.behave(behaviour.clone());
        let answer = sender().send(&webhook(&receiver.url())).await;
        assert_eq!(answer, Err(WebhookError::Cut), "{behaviour:?}");
    }
}

#[tokio::test]
async fn a_body_does_not_matter() {
    let receiver = Receiver::start(Behaviour::HangUp).await;
    let sender = sender();
    for behaviour in [Behaviour::CutBody, Behaviour::Huge, Behaviour::Drip] {
        receiver.behave(behaviour.clone());
        let began = Instant::now();
        assert_eq!(
            sender.send(&webhook(&receiver.url())).await.map(|answer| answer.status),
            Ok(200),
            "{behaviour:?}"
        );
        assert!(began.elapsed() < Duration::from_secs(5), "{behaviour:?} took {:?}", began.elapsed());
    }
    // What was on its way in the buffers of both sides, and not 100 MB.
    assert!(receiver.written() < 20_000_000, "{} octets of the body were taken", receiver.written());
    receiver.behave(Behaviour::Status(204, ""));
    assert_eq!(
        sender.send(&webhook(&receiver.url())).await.map(|answer| answer.status),
        Ok(204),
        "and nothing of it is left behind"
    );
}

#[tokio::test]
async fn nobody_there_is_a_error() {
    let receiver = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", receiver.local_addr().unwrap());
    drop(receiver);
    assert_eq!(sender().send(&webhook(&url)).await, Err(WebhookError::Unreachable));
    let nowhere = webhook("https://no-such-host.invalid/");
    assert_eq!(sender().send(&nowhere).await, Err(WebhookError::Unreachable));
}
