use std::collections::BTreeSet;
use std::time::Duration;

use application::model::{ClaimedEvent, WebhookOutcome};
use domain::WebhookEventId;

use super::{claim, claim_as, happens};
use crate::contract::fixture::{Shop, at, at_once, worker};
use crate::contract::webhook_registry::listen;

fn ids(events: &[ClaimedEvent]) -> Vec<WebhookEventId> {
    events.iter().map(|event| event.id).collect()
}

pub(super) async fn a_claimed_event_is_nobody_elses(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    happens(&shop, 0).await;
    assert_eq!(claim(&shop, 1).await.len(), 1);
    for now in [1, 15, 30] {
        assert_eq!(claim(&shop, now).await, [], "claimed again at {now} s");
    }
}

pub(super) async fn simultaneous_claimers_never_share_an_event(shop: Shop) {
    for number in 0..10 {
        listen(&shop, &format!("https://{number}.example"), &[]).await;
    }
    for now in 0..5 {
        happens(&shop, now).await;
    }
    let outbox = shop.ports.outbox.clone();
    let claimed = at_once(8, |_| {
        let (outbox, holder) = (outbox.clone(), worker());
        async move { outbox.claim_events(holder, at(10), at(40), 1_000, 2).await.unwrap() }
    })
    .await;
    let claimed: Vec<_> = claimed.iter().flat_map(|events| ids(events)).collect();
    let different: BTreeSet<_> = claimed.iter().collect();
    assert_eq!(different.len(), claimed.len(), "two hold the same event");
    assert!(claimed.len() >= 20, "each endpoint has two that are claimed, not {} in all", claimed.len());
}

pub(super) async fn an_ended_lease_brings_the_same_event_back(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    happens(&shop, 0).await;
    let first = claim(&shop, 1).await;
    let again = claim(&shop, 31).await;
    assert_eq!(first, again, "the same id, and the same tale");
}

pub(super) async fn a_released_event_is_due_at_once(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    listen(&shop, "https://b", &[]).await;
    happens(&shop, 0).await;
    let (one, other) = (worker(), worker());
    let released = claim_as(&shop, one, 1, 1, 1).await;
    let kept = claim_as(&shop, other, 1, 1_000, 1).await;
    assert_eq!((released.len(), kept.len()), (1, 1));
    shop.ports.outbox.release_events(one, at(2)).await.unwrap();
    assert_eq!(ids(&claim(&shop, 2).await), ids(&released), "its own alone");
}

pub(super) async fn of_one_endpoint_a_few_come_at_a_time(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    for now in 0..5 {
        happens(&shop, now).await;
    }
    let holder = worker();
    let first = claim_as(&shop, holder, 10, 1_000, 2).await;
    let times: Vec<_> = first.iter().map(|event| event.event.at).collect();
    assert_eq!(times.len(), 2, "{first:?}");
    assert!(times.contains(&at(0)) && times.contains(&at(1)), "the longest due first: {times:?}");
    assert_eq!(claim_as(&shop, holder, 11, 1_000, 2).await, [], "none while others are on their way");
    for event in first {
        let outcome = WebhookOutcome::Delivered { answer: "200".to_owned() };
        assert!(shop.ports.outbox.complete_event(event.id, holder, outcome, at(12)).await.unwrap());
    }
    assert_eq!(claim_as(&shop, holder, 12, 1_000, 2).await.len(), 2);
}

pub(super) async fn no_more_than_the_limit_are_claimed(shop: Shop) {
    for number in 0..4 {
        listen(&shop, &format!("https://{number}.example"), &[]).await;
    }
    happens(&shop, 0).await;
    assert_eq!(claim_as(&shop, worker(), 1, 3, 10).await.len(), 3);
    assert_eq!(claim_as(&shop, worker(), 1, 3, 10).await.len(), 1);
}

pub(super) async fn an_endpoint_that_fails_rests_and_is_tried_with_one(shop: Shop) {
    let endpoint = listen(&shop, "https://a", &[]).await;
    for now in 0..5 {
        happens(&shop, now).await;
    }
    let holder = worker();
    let first = claim_as(&shop, holder, 10, 1_000, 3).await;
    assert_eq!(first.len(), 3);
    for (event, due) in first.iter().zip([70, 500, 20]) {
        let outcome = WebhookOutcome::RetryAt { due_at: at(due), answer: "503".to_owned() };
        assert!(shop.ports.outbox.complete_event(event.id, holder, outcome, at(11)).await.unwrap());
    }
    let status = shop.ports.webhooks.list(Some(shop.organisation.id)).await.unwrap().remove(0);
    assert_eq!((status.endpoint.id, status.failures), (endpoint, 1), "side by side they count once");
    assert_eq!(status.last_answer.as_deref(), Some("503"));
    for now in [12, 69] {
        assert_eq!(claim_as(&shop, holder, now, 1_000, 3).await, [], "it rests at {now} s");
    }
    let probe = claim_as(&shop, holder, 70, 1_000, 3).await;
    assert_eq!((probe.len(), probe[0].failures), (1, 1), "one to see whether it is back");
    let outcome = WebhookOutcome::RetryAt { due_at: at(200), answer: "no answer in time".to_owned() };
    assert!(shop.ports.outbox.complete_event(probe[0].id, holder, outcome, at(80)).await.unwrap());
    let probe = claim_as(&shop, holder, 200, 1_000, 3).await;
    assert_eq!((probe.len(), probe[0].failures), (1, 2));
    let outcome = WebhookOutcome::Delivered { answer: "200".to_owned() };
    assert!(shop.ports.outbox.complete_event(probe[0].id, holder, outcome, at(201)).await.unwrap());
    let back = claim_as(&shop, holder, 202, 1_000, 3).await;
    assert_eq!((back.len(), back[0].failures), (3, 0), "it is back");
}

pub(super) async fn an_endpoint_that_is_down_keeps_nobody_waiting(shop: Shop) {
    let down = listen(&shop, "https://down", &[]).await;
    for now in 0..30 {
        happens(&shop, now).await;
    }
    let up = listen(&shop, "https://up", &[]).await;
    let (holder, mut now) = (worker(), 100);
    let mut delivered = 0;
    for _ in 0..5 {
        happens(&shop, now).await;
        for event in claim_as(&shop, holder, now + 1, 4, 2).await {
            let outcome = if event.endpoint == down {
                WebhookOutcome::RetryAt { due_at: at(now + 600), answer: "503".to_owned() }
            } else {
                assert_eq!(event.endpoint, up);
                delivered += 1;
                WebhookOutcome::Delivered { answer: "200".to_owned() }
            };
            assert!(shop.ports.outbox.complete_event(event.id, holder, outcome, at(now + 2)).await.unwrap());
        }
        now += 10;
    }
    assert_eq!(delivered, 5, "each at the first claim after it happened");
}

pub(super) async fn dropping_the_wait_for_work_harms_nothing(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    let wait = tokio::time::timeout(Duration::from_millis(1), shop.ports.outbox.event_notifier());
    drop(wait.await);
    happens(&shop, 0).await;
    assert_eq!(claim(&shop, 1).await.len(), 1);
}
