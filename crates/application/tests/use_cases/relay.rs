//! What the relay says, and what becomes of mails and queue.

use application::model::{CustomerStatus, FailureKind, QueueDepth};
use application::ports::{Clock as _, MailQueue};
use chrono::TimeDelta;
use domain::{DeliveryState, MailId, RequestId};
use testkit::fake::SendScript;

use crate::use_cases::UseCases;

/// Use cases with `count` customers, each of whom has asked.
async fn asked(count: usize) -> (UseCases, Vec<RequestId>) {
    let use_cases = UseCases::new().await;
    let mut requests = Vec::new();
    for number in 0..count {
        let address = format!("c{number}@example.com");
        use_cases.customer(&address, CustomerStatus::Active).await;
        requests.push(use_cases.ask(&address).await);
    }
    (use_cases, requests)
}

/// Lets the worker run, its clock advanced by a second each step, until `done`.
async fn run_until(use_cases: &UseCases, done: impl Fn() -> bool) {
    use_cases
        .deliver_until(|| async {
            use_cases.clock.advance(TimeDelta::seconds(1));
            done()
        })
        .await;
}

async fn all(use_cases: &UseCases, requests: &[RequestId], state: DeliveryState) -> bool {
    for request in requests {
        if use_cases.mail(*request).await.state != state {
            return false;
        }
    }
    true
}

fn refuse(kind: FailureKind, reply: &str) -> SendScript {
    SendScript::Refuse(kind, reply.to_owned())
}

#[tokio::test]
async fn a_relay_that_denies_everybody_loses_nobody() {
    let (use_cases, requests) = asked(8).await;
    use_cases.sender.otherwise(refuse(FailureKind::PolicyRefused, "554 5.7.1 <***>: Relay access denied"));
    run_until(&use_cases, || use_cases.relay.error().is_some() && use_cases.sender.attempts().len() > 9)
        .await;
    assert_eq!(
        use_cases.relay.error().as_deref(),
        Some("the relay refuses us: 554 5.7.1 <***>: Relay access denied")
    );
    assert!(all(&use_cases, &requests, DeliveryState::WaitingForNextAttempt).await);
    use_cases.sender.otherwise(SendScript::Accept("250 ok".to_owned()));
    run_until(&use_cases, || use_cases.sender.taken().len() == 8).await;
    assert_eq!(use_cases.relay.error(), None);
    assert!(all(&use_cases, &requests, DeliveryState::Sent).await);
}

#[tokio::test]
async fn a_recipient_refused_among_others_is_undeliverable() {
    let (use_cases, requests) = asked(1).await;
    use_cases.sender.next([refuse(FailureKind::PolicyRefused, "554 5.7.1 not here")]);
    use_cases
        .deliver_until(|| async {
            use_cases.mail(requests[0]).await.state == DeliveryState::WaitingForNextAttempt
        })
        .await;
    use_cases.customer("other@example.com", CustomerStatus::Active).await;
    let other = use_cases.ask("other@example.com").await;
    use_cases.sender.next([
        refuse(FailureKind::PolicyRefused, "554 5.7.1 not here"),
        SendScript::Accept("250 ok".to_owned()),
        refuse(FailureKind::PolicyRefused, "554 5.7.1 not here"),
    ]);
    use_cases
        .deliver_until(|| async {
            use_cases.clock.advance(TimeDelta::seconds(1));
            use_cases.sender.attempts().len() >= 4
        })
        .await;
    let ended = [use_cases.mail(requests[0]).await.state, use_cases.mail(other).await.state];
    assert!(ended.contains(&DeliveryState::Sent), "{ended:?}");
    assert!(use_cases.relay.error().is_none());
}

#[tokio::test]
async fn a_deferred_mail_ends_as_a_sending_error_when_its_link_dies() {
    let (use_cases, requests) = asked(1).await;
    use_cases.sender.otherwise(refuse(FailureKind::Transient, "451 4.3.0 later"));
    use_cases
        .deliver_until(|| async {
            use_cases.clock.advance(TimeDelta::seconds(20));
            use_cases.mail(requests[0]).await.state.is_terminal()
        })
        .await;
    let mail = use_cases.mail(requests[0]).await;
    assert_eq!(mail.state, DeliveryState::SendingError);
    assert!(mail.attempts > 3, "{mail:?}");
}

#[tokio::test]
async fn a_wrong_password_is_tried_seldom_and_costs_no_mail_an_attempt() {
    let (use_cases, requests) = asked(5).await;
    use_cases.sender.refuse_connections(Some((FailureKind::HostRefuses, "535 5.7.8 no".to_owned())));
    let end = use_cases.clock.now() + TimeDelta::minutes(10);
    run_until(&use_cases, || use_cases.clock.now() > end).await;
    let logins = use_cases.sender.connections();
    assert!((2..=12).contains(&logins), "{logins} in ten minutes");
    assert_eq!(use_cases.relay.error().as_deref(), Some("the relay refuses us: 535 5.7.8 no"));
    assert!(use_cases.sender.attempts().is_empty());
    for request in &requests {
        let detail = use_cases.detail(*request).await;
        assert_eq!(detail.summary.attempts, 0);
        assert_eq!(detail.timeline.len(), 1, "{:?}", detail.timeline);
    }
    use_cases.sender.refuse_connections(None);
    run_until(&use_cases, || use_cases.sender.taken().len() == 5).await;
    assert_eq!(use_cases.relay.error(), None);
}

#[tokio::test]
async fn a_relay_that_is_down_for_hours_leaves_no_rows() {
    let (use_cases, requests) = asked(3).await;
    use_cases.sender.otherwise(refuse(FailureKind::HostDown, "connection refused"));
    use_cases.sender.refuse_connections(Some((FailureKind::HostDown, "connection refused".to_owned())));
    run_until(&use_cases, || use_cases.sender.connections() > 200).await;
    assert!(use_cases.sender.attempts().is_empty());
    assert_eq!(use_cases.detail(requests[0]).await.timeline.len(), 1);
    // When the link dies the mail does not wait for the relay.
    use_cases.clock.advance(TimeDelta::hours(2));
    use_cases.deliver_until(|| async { all(&use_cases, &requests, DeliveryState::SendingError).await }).await;
    let depths: Vec<QueueDepth> = use_cases.store.depths().await.unwrap();
    assert_eq!(depths, []);
}

#[tokio::test]
async fn an_organisations_refused_sender_stops_nobody_else() {
    let use_cases = UseCases::with(|organisation| {
        organisation.settings.mail_from = Some("a@own.example".to_owned());
    })
    .await;
    let request = use_cases.ask("jan@example.com").await;
    use_cases.sender.next([refuse(FailureKind::SenderRefused, "553 5.7.1 not yours")]);
    use_cases
        .deliver_until(|| async {
            use_cases.mail(request).await.state == DeliveryState::WaitingForNextAttempt
        })
        .await;
    assert_eq!(use_cases.relay.error(), None);

    let (use_cases, requests) = asked(1).await;
    use_cases.sender.next([refuse(FailureKind::SenderRefused, "553 5.7.1 not yours")]);
    use_cases.deliver_until(|| async { use_cases.relay.error().is_some() }).await;
    assert_eq!(use_cases.relay.error().as_deref(), Some("the relay refuses us: 553 5.7.1 not yours"));
    let id = MailId::from_bytes(*requests[0].as_bytes());
    use_cases
        .deliver_until(|| async {
            use_cases.store.show(id).await.unwrap().unwrap().summary.state
                == DeliveryState::WaitingForNextAttempt
                || use_cases.sender.taken().len() == 1
        })
        .await;
}
