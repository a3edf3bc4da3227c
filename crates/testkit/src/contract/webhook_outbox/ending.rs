use application::model::{OutboxDepth, WebhookEndpointStatus, WebhookOutcome};

use super::{claim, claim_as, happens};
use crate::contract::fixture::{Shop, at, worker};
use crate::contract::webhook_registry::listen;

async fn status(shop: &Shop) -> WebhookEndpointStatus {
    let mut all = shop.ports.webhooks.list(Some(shop.organisation.id)).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn counts(status: &WebhookEndpointStatus) -> (u64, u64, u64) {
    (status.waiting, status.delivered, status.given_up)
}

/// Claims the one event that is due and records how it ended, a second later.
async fn ends(shop: &Shop, now: i64, outcome: WebhookOutcome) {
    let holder = worker();
    let claimed = claim_as(shop, holder, now, 1, 1).await;
    assert_eq!(claimed.len(), 1, "due at {now} s");
    assert!(shop.ports.outbox.complete_event(claimed[0].id, holder, outcome, at(now + 1)).await.unwrap());
}

fn delivered() -> WebhookOutcome {
    WebhookOutcome::Delivered { answer: "204".to_owned() }
}

pub(super) async fn a_delivered_event_has_ended(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    happens(&shop, 0).await;
    ends(&shop, 1, delivered()).await;
    for now in [3, 31, 1_000_000] {
        assert_eq!(claim(&shop, now).await, [], "claimed again after {now} s");
    }
    let status = status(&shop).await;
    assert_eq!(counts(&status), (0, 1, 0));
    assert_eq!((status.failures, status.last_answer.as_deref()), (0, Some("204")));
}

pub(super) async fn an_event_comes_again_when_it_is_due(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    happens(&shop, 0).await;
    ends(&shop, 1, WebhookOutcome::RetryAt { due_at: at(50), answer: "500".to_owned() }).await;
    assert_eq!(claim(&shop, 49).await, [], "before it is due");
    let again = claim(&shop, 50).await;
    assert_eq!((again.len(), again[0].attempts, again[0].failures), (1, 1, 1));
    assert_eq!(counts(&status(&shop).await), (1, 0, 0));
}

pub(super) async fn an_endpoint_that_is_gone_is_disabled(shop: Shop) {
    let endpoint = listen(&shop, "https://a", &[]).await;
    for now in 0..3 {
        happens(&shop, now).await;
    }
    ends(&shop, 10, WebhookOutcome::Gone { answer: "410".to_owned() }).await;
    let status = status(&shop).await;
    assert_eq!(counts(&status), (0, 0, 3), "what waits is given up");
    assert_eq!((status.endpoint.id, status.endpoint.disabled_at), (endpoint, Some(at(11))));
    assert_eq!(status.last_answer.as_deref(), Some("410"));
    happens(&shop, 20).await;
    assert_eq!(claim(&shop, 21).await, []);
    assert_eq!(shop.ports.outbox.outbox_depth().await.unwrap(), OutboxDepth::default());
    assert_eq!(counts(&self::status(&shop).await), (0, 0, 3), "nothing is written for it any more");
}

pub(super) async fn an_outcome_without_the_lease_changes_nothing(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    happens(&shop, 0).await;
    let (first, second) = (worker(), worker());
    let event = claim_as(&shop, first, 1, 1, 1).await.remove(0);
    claim_as(&shop, second, 31, 1, 1).await;
    let before = status(&shop).await;
    for outcome in [
        delivered(),
        WebhookOutcome::RetryAt { due_at: at(40), answer: "500".to_owned() },
        WebhookOutcome::Gone { answer: "410".to_owned() },
    ] {
        let late = shop.ports.outbox.complete_event(event.id, first, outcome, at(32)).await.unwrap();
        assert!(!late, "the second has it");
        assert_eq!(status(&shop).await, before);
    }
    assert!(shop.ports.outbox.complete_event(event.id, second, delivered(), at(33)).await.unwrap());
    assert!(!shop.ports.outbox.complete_event(event.id, second, delivered(), at(34)).await.unwrap(), "once");
}

pub(super) async fn what_is_too_old_is_given_up(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    for now in [0, 1, 2, 100] {
        happens(&shop, now).await;
    }
    let holder = worker();
    let leased = claim_as(&shop, holder, 101, 1, 1).await;
    assert_eq!(leased[0].event.at, at(0));
    assert_eq!(shop.ports.outbox.give_up(at(50), 1).await.unwrap(), 1, "no more than asked");
    assert_eq!(shop.ports.outbox.give_up(at(50), 100).await.unwrap(), 1, "nor what is under way");
    assert_eq!(shop.ports.outbox.give_up(at(50), 100).await.unwrap(), 0);
    assert_eq!(counts(&status(&shop).await), (2, 0, 2));
    assert!(shop.ports.outbox.complete_event(leased[0].id, holder, delivered(), at(102)).await.unwrap());
    let due: Vec<_> = claim(&shop, 103).await.iter().map(|claimed| claimed.event.at).collect();
    assert_eq!(due, [at(100)]);
}

/// Its worker died, and its endpoint was disabled before anybody else could claim it.
pub(super) async fn a_lease_that_nobody_ended_is_given_up_with_its_event(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    happens(&shop, 0).await;
    let dead = worker();
    let claimed = claim_as(&shop, dead, 1, 1, 1).await.remove(0);
    assert_eq!(shop.ports.outbox.give_up(at(30), 100).await.unwrap(), 0, "its lease ends at 31 s");
    assert_eq!(shop.ports.outbox.give_up(at(32), 100).await.unwrap(), 1);
    assert_eq!(counts(&status(&shop).await), (0, 0, 1));
    assert!(!shop.ports.outbox.complete_event(claimed.id, dead, delivered(), at(33)).await.unwrap());
}

pub(super) async fn what_has_ended_is_purged_in_small_steps(shop: Shop) {
    listen(&shop, "https://a", &[]).await;
    for now in 0..6 {
        happens(&shop, now).await;
    }
    ends(&shop, 10, delivered()).await;
    ends(&shop, 20, delivered()).await;
    // The two that happened first are delivered; two of the others are too old.
    assert_eq!(shop.ports.outbox.give_up(at(4), 100).await.unwrap(), 2);
    assert_eq!(shop.ports.outbox.purge_events(at(1), 100).await.unwrap(), 1);
    assert_eq!(shop.ports.outbox.purge_events(at(100), 2).await.unwrap(), 2);
    assert_eq!(shop.ports.outbox.purge_events(at(100), 2).await.unwrap(), 1);
    assert_eq!(shop.ports.outbox.purge_events(at(100), 2).await.unwrap(), 0);
    assert_eq!(counts(&status(&shop).await), (2, 0, 0), "what waits stays");
}

pub(super) async fn the_depth_counts_what_waits(shop: Shop) {
    assert_eq!(shop.ports.outbox.outbox_depth().await.unwrap(), OutboxDepth::default());
    listen(&shop, "https://a", &[]).await;
    for now in [5, 6, 7] {
        happens(&shop, now).await;
    }
    let depth = shop.ports.outbox.outbox_depth().await.unwrap();
    assert_eq!(depth, OutboxDepth { waiting: 3, oldest: Some(at(5)) });
    ends(&shop, 10, delivered()).await;
    let depth = shop.ports.outbox.outbox_depth().await.unwrap();
    assert_eq!(depth, OutboxDepth { waiting: 2, oldest: Some(at(6)) });
}
