mod ending;
mod leasing;
mod reporting;

use application::model::{AddressBudget, Admission, ClaimedEvent, Lease};
use domain::{RequestId, WebhookEventType, WorkerId};

use super::StoreUnderTest;
use super::fixture::{Shop, at, worker};
use super::suite::run_cases;

/// The contract of [`WebhookOutbox`](application::ports::WebhookOutbox), and of what
/// [`TokenStore`](application::ports::TokenStore) writes for it.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn webhook_outbox<P: Into<StoreUnderTest>>(fresh: impl AsyncFn() -> P) {
    run_cases!(
        "WebhookOutbox",
        async { Shop::open(fresh().await.into()).await },
        [
            reporting::where_nobody_listens_nothing_is_written,
            reporting::an_admitted_request_is_reported_once,
            reporting::a_sent_mail_is_reported,
            reporting::an_undeliverable_mail_is_reported,
            reporting::no_other_outcome_is_reported,
            reporting::an_outcome_without_the_lease_is_not_reported,
            reporting::a_new_password_is_reported_and_its_notice_is_not,
            reporting::a_failed_redemption_is_not_reported,
            reporting::only_what_is_wanted_is_reported,
            reporting::organisations_hear_of_their_own_alone,
            leasing::a_claimed_event_is_nobody_elses,
            leasing::simultaneous_claimers_never_share_an_event,
            leasing::an_ended_lease_brings_the_same_event_back,
            leasing::a_released_event_is_due_at_once,
            leasing::of_one_endpoint_a_few_come_at_a_time,
            leasing::no_more_than_the_limit_are_claimed,
            leasing::an_endpoint_that_fails_rests_and_is_tried_with_one,
            leasing::an_endpoint_that_is_down_keeps_nobody_waiting,
            leasing::dropping_the_wait_for_work_harms_nothing,
            ending::a_delivered_event_has_ended,
            ending::an_event_comes_again_when_it_is_due,
            ending::an_endpoint_that_is_gone_is_disabled,
            ending::an_outcome_without_the_lease_changes_nothing,
            ending::what_is_too_old_is_given_up,
            ending::a_lease_that_nobody_ended_is_given_up_with_its_event,
            ending::what_has_ended_is_purged_in_small_steps,
            ending::the_depth_counts_what_waits,
        ]
    );
}

const BUDGET: AddressBudget = AddressBudget { per_minute: 1_000, per_hour: 1_000 };

/// Takes a request on at `now`, so that `password_reset.requested` is reported. The mail is given back.
pub(super) async fn happens(shop: &Shop, now: i64) -> RequestId {
    let (worker, request) = (worker(), shop.record("jan@example.com", now).await);
    shop.claim(worker, now).await;
    assert_eq!(
        shop.ports.delivery.admit(Lease::new(request, worker), BUDGET, at(now)).await,
        Ok(Admission::Admitted)
    );
    shop.ports.delivery.release(worker, &[]).await.unwrap();
    request
}

async fn claim_as(shop: &Shop, worker: WorkerId, now: i64, limit: u32, each: u32) -> Vec<ClaimedEvent> {
    let lease_until = at(now + 30);
    shop.ports.outbox.claim_events(worker, at(now), lease_until, limit, each).await.unwrap()
}

/// Whatever is due, leased for half a minute to somebody.
pub(super) async fn claim(shop: &Shop, now: i64) -> Vec<ClaimedEvent> {
    claim_as(shop, worker(), now, 1_000, 1_000).await
}

/// What is due, by its type, sorted.
async fn reported(shop: &Shop, now: i64) -> Vec<WebhookEventType> {
    let mut reported: Vec<_> = claim(shop, now).await.iter().map(|event| event.event.event).collect();
    reported.sort();
    reported
}
