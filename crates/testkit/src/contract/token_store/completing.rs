use application::model::{Completion, MailDetail};
use domain::{DeliveryState, NoMailReason, RequestId};

use crate::contract::fixture::{Shop, at, ids, retry_at, sent, worker};

/// A request that was claimed at once and ended as `completion` says, one second later.
async fn completed(shop: &Shop, completion: Completion) -> (RequestId, MailDetail) {
    let (worker, request) = (worker(), shop.record("jan@example.com", 0).await);
    shop.claim_one(worker, 0).await;
    assert!(shop.complete(request, worker, completion, 1).await, "the lease was good");
    (request, shop.show(request).await)
}

/// Nobody claims it, now or ever.
async fn assert_ended(shop: &Shop) {
    for now in [2, 61, 3_599, 3_601, 1_000_000] {
        assert_eq!(ids(&shop.claim(worker(), now).await), [], "claimed again after {now} s");
    }
    let depths = shop.ports.queue.depths().await.unwrap();
    assert!(depths.is_empty(), "it still waits: {depths:?}");
}

pub(super) async fn a_sent_mail_has_ended(shop: Shop) {
    let (_, detail) = completed(&shop, sent()).await;
    let summary = detail.summary;
    assert_eq!((summary.state, summary.attempts, summary.sent_at), (DeliveryState::Sent, 1, Some(at(1))));
    assert_eq!(summary.last_reply.as_deref(), Some("250 2.0.0 Ok: queued as 4D2A"));
    assert_ended(&shop).await;
}

pub(super) async fn a_deferred_mail_comes_again_when_it_is_due(shop: Shop) {
    let (request, detail) = completed(&shop, retry_at(30)).await;
    let summary = detail.summary;
    assert_eq!((summary.state, summary.attempts), (DeliveryState::WaitingForNextAttempt, 1));
    assert_eq!((summary.due_at, summary.sent_at), (at(30), None));
    assert_eq!(summary.last_reply.as_deref(), Some("451 4.7.1 Greylisted"));
    let worker = worker();
    assert_eq!(ids(&shop.claim(worker, 29).await), [], "before it is due");
    assert_eq!(shop.claim_one(worker, 30).await.attempts, 1);
    assert!(shop.complete(request, worker, retry_at(90), 31).await);
    assert_eq!(shop.claim_one(worker, 91).await.attempts, 2);
    assert!(shop.complete(request, worker, sent(), 92).await);
    let detail = shop.show(request).await;
    assert_eq!((detail.summary.state, detail.summary.attempts), (DeliveryState::Sent, 3));
    assert_eq!(detail.summary.sent_at, Some(at(92)));
}

pub(super) async fn a_mail_that_is_not_ready_counts_no_attempt(shop: Shop) {
    let slowed = Completion::NotReadyUntil { due_at: at(60), reason: "slowed down".to_owned() };
    let (_, detail) = completed(&shop, slowed).await;
    assert_eq!((detail.summary.state, detail.summary.attempts), (DeliveryState::NotReadyToQueue, 0));
    assert!(detail.timeline.iter().all(|entry| entry.event != "attempt"), "{:?}", detail.timeline);
    assert_eq!(ids(&shop.claim(worker(), 59).await), [], "before it is due");
    assert_eq!(shop.claim_one(worker(), 60).await.attempts, 0);
}

pub(super) async fn a_preparing_error_ends_it(shop: Shop) {
    let error = "contact-reset-password, cs, text: unknown variable `naem` in line 3".to_owned();
    let (_, detail) = completed(&shop, Completion::PreparingError { error: error.clone() }).await;
    assert_eq!(detail.summary.state, DeliveryState::PreparingError);
    assert_eq!(detail.summary.last_reply, Some(error));
    assert_ended(&shop).await;
}

pub(super) async fn a_sending_error_ends_it(shop: Shop) {
    let (host, reply) = ("relay.test:25".to_owned(), "451 4.3.0 later (given up)".to_owned());
    let (_, detail) = completed(&shop, Completion::SendingError { host, reply: reply.clone() }).await;
    assert_eq!((detail.summary.state, detail.summary.attempts), (DeliveryState::SendingError, 1));
    assert_eq!(detail.summary.last_reply, Some(reply));
    let late = Completion::SendingError { host: String::new(), reply: "dead on arrival".to_owned() };
    let (_, detail) = completed(&shop, late).await;
    assert_eq!((detail.summary.state, detail.summary.attempts), (DeliveryState::SendingError, 0));
    assert_eq!(detail.summary.last_reply.as_deref(), Some("dead on arrival"));
    assert_ended(&shop).await;
}

pub(super) async fn an_undeliverable_mail_has_ended(shop: Shop) {
    let (host, reply) = ("relay.test:25".to_owned(), "550 5.1.1 No such user".to_owned());
    let (_, detail) = completed(&shop, Completion::Undeliverable { host, reply: reply.clone() }).await;
    assert_eq!((detail.summary.state, detail.summary.attempts), (DeliveryState::Undeliverable, 1));
    assert_eq!(detail.summary.last_reply, Some(reply));
    let late = Completion::Undeliverable { host: String::new(), reply: "dead on arrival".to_owned() };
    let (_, detail) = completed(&shop, late).await;
    assert_eq!(detail.summary.state, DeliveryState::Undeliverable);
    assert_eq!(detail.summary.last_reply.as_deref(), Some("dead on arrival"));
    assert_ended(&shop).await;
}

pub(super) async fn no_mail_is_owed_for_every_reason(shop: Shop) {
    for reason in NoMailReason::ALL {
        let (_, detail) = completed(&shop, Completion::NoMail(*reason)).await;
        assert_eq!(detail.summary.state, DeliveryState::NoMail);
        assert_eq!(detail.summary.no_mail_reason, Some(*reason));
        assert_eq!((detail.summary.attempts, detail.summary.sent_at), (0, None), "{reason}");
    }
    assert_ended(&shop).await;
}

pub(super) async fn an_outcome_without_the_lease_changes_nothing(shop: Shop) {
    let request = shop.record("jan@example.com", 0).await;
    let (first, second) = (worker(), worker());
    assert!(!shop.complete(request, first, sent(), 0).await, "nobody has it yet");
    shop.claim_one(first, 0).await;
    assert!(!shop.complete(request, second, sent(), 1).await, "the first has it");
    shop.claim_one(second, 61).await;
    let before = shop.show(request).await;
    assert!(!shop.complete(request, first, sent(), 62).await, "the second has it");
    assert_eq!(shop.show(request).await, before, "not a trace of it");
    assert_eq!(ids(&shop.claim(worker(), 63).await), [], "the second's lease still holds");
    assert!(shop.complete(request, second, sent(), 64).await);
}

pub(super) async fn an_outcome_is_recorded_once(shop: Shop) {
    let (worker, request) = (worker(), shop.record("jan@example.com", 0).await);
    shop.claim_one(worker, 0).await;
    assert!(shop.complete(request, worker, sent(), 1).await);
    let before = shop.show(request).await;
    let again = shop.complete(request, worker, retry_at(10), 2).await;
    assert!(!again, "the lease was given back with the first outcome");
    assert_eq!(shop.show(request).await, before);
}

pub(super) async fn the_timeline_is_in_order(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (worker, request) = (worker(), shop.record("jan@example.com", 0).await);
    shop.claim_one(worker, 0).await;
    let issue = shop.token_issue(request, worker, jan, 1);
    let token = issue.token;
    shop.ports.tokens.issue(issue).await.unwrap();
    assert!(shop.complete(request, worker, retry_at(30), 2).await);
    shop.claim_one(worker, 30).await;
    assert!(shop.complete(request, worker, sent(), 31).await);
    shop.ports.tokens.note(request, at(40), "opened", String::new()).await.unwrap();
    shop.redeem(token, 50).await;
    let timeline = shop.show(request).await.timeline;
    assert!(timeline.is_sorted_by_key(|entry| entry.at), "{timeline:?}");
    let expected = [("accepted", 0), ("attempt", 2), ("sent", 31), ("opened", 40), ("consumed", 50)];
    for (event, seconds) in expected {
        let found = timeline.iter().any(|entry| entry.event == event && entry.at == at(seconds));
        assert!(found, "`{event}` at {seconds} s is missing: {timeline:?}");
    }
    for (reply, host) in
        [("451 4.7.1 Greylisted", "relay.test"), ("250 2.0.0 Ok: queued as 4D2A", "relay.test")]
    {
        let recorded =
            timeline.iter().any(|entry| entry.detail.contains(reply) && entry.detail.contains(host));
        assert!(recorded, "the server's reply `{reply}` and its host are missing: {timeline:?}");
    }
}
