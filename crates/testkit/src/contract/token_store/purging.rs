use application::model::{AddressBudget, Admission, Lease, NewRequest, Redeemed};
use domain::RequestId;

use crate::contract::fixture::{IntoMail as _, Shop, at, ids, retry_at, sent, worker};

/// Purges until nothing is left to purge. Returns how many rows each call took.
async fn purge(shop: &Shop, before: i64, now: i64, limit: u32) -> Vec<u64> {
    let mut steps = Vec::new();
    while steps.len() < 1_000 {
        match shop.ports.delivery.purge(at(before), at(now), limit).await.unwrap() {
            0 => return steps,
            gone => steps.push(gone),
        }
    }
    panic!("1,000 calls, and still rows to purge");
}

async fn is_known(shop: &Shop, request: RequestId) -> bool {
    shop.ports.queue.show(request.into_mail()).await.unwrap().is_some()
}

pub(super) async fn ended_mails_go(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, token) = shop.link(jan, "jan@example.com", 0).await;
    let unsent = shop.record("nobody@example.com", 1).await;
    let worker = worker();
    shop.claim_one(worker, 2).await;
    let outcome = application::model::Completion::NoMail(domain::NoMailReason::UnknownAddress);
    assert!(shop.complete(unsent, worker, outcome, 3).await);
    assert!(!purge(&shop, 100_000, 200_000, 100).await.is_empty());
    assert!(!is_known(&shop, request).await && !is_known(&shop, unsent).await);
    assert_eq!(shop.link_state(token, 4).await, None, "its token went with it");
    assert_eq!(shop.passwords(jan).await, ["first"], "the customer stays");
    let (_, fresh) = shop.link(jan, "jan@example.com", 200_001).await;
    assert!(shop.link_state(fresh, 200_002).await.is_some(), "life goes on");
}

pub(super) async fn mails_under_way_stay(shop: Shop) {
    let queued = shop.record("a@example.com", 0).await;
    let holder = worker();
    shop.claim_one(holder, 1).await;
    let waiting = shop.record("b@example.com", 2).await;
    let other = worker();
    shop.claim_one(other, 3).await;
    assert!(shop.complete(waiting, other, retry_at(500_000), 4).await);
    assert!(purge(&shop, 100_000, 200_000, 100).await.is_empty());
    assert!(is_known(&shop, queued).await && is_known(&shop, waiting).await);
    assert_eq!(ids(&shop.claim(other, 500_000).await), [queued.into_mail(), waiting.into_mail()]);
}

pub(super) async fn newer_mails_stay(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (older, _) = shop.link(jan, "jan@example.com", 0).await;
    let (newer, token) = shop.link(jan, "jan@example.com", 1_000).await;
    purge(&shop, 500, 4_000, 100).await;
    assert!(!is_known(&shop, older).await);
    assert!(is_known(&shop, newer).await);
    assert!(
        shop.link_state(token, 4_000).await.is_some_and(|state| state.is_good()),
        "nor is its link harmed"
    );
}

/// Mails may be kept for a shorter time than a link may live.
pub(super) async fn a_link_that_may_still_be_good_keeps_its_mail(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (request, token) = shop.link(jan, "jan@example.com", 0).await;
    purge(&shop, 1_000, 3_000, 100).await;
    assert!(is_known(&shop, request).await);
    assert!(shop.link_state(token, 3_000).await.is_some_and(|state| state.is_good()));
    assert_eq!(shop.redeem(token, 3_001).await, Redeemed::Changed);
    purge(&shop, 1_000, 3_601, 100).await;
    assert!(!is_known(&shop, request).await, "it goes when the link's time is over");
    assert_eq!(shop.link_state(token, 3_601).await, None);
}

pub(super) async fn it_goes_in_small_steps(shop: Shop) {
    let worker = worker();
    let mut requests = Vec::new();
    for accepted in 0..60 {
        let request = shop.record("jan@example.com", accepted).await;
        shop.claim_one(worker, accepted).await;
        assert!(shop.complete(request, worker, sent(), accepted).await);
        requests.push(request);
    }
    let first = shop.ports.delivery.purge(at(1_000), at(10_000), 5).await.unwrap();
    assert!(first > 0, "there is something to purge");
    let mut left = 0;
    for request in &requests {
        left += usize::from(is_known(&shop, *request).await);
    }
    assert!(left >= 40, "a limit of 5 rows took {} mails", 60 - left);
    purge(&shop, 1_000, 10_000, 5).await;
    for request in requests {
        assert!(!is_known(&shop, request).await, "everything goes in the end");
    }
}

pub(super) async fn budgets_survive_while_a_window_sees_them(shop: Shop) {
    let one = AddressBudget { per_minute: 10, per_hour: 1 };
    let worker = worker();
    let request = NewRequest { expires_at: at(600), ..shop.request("jan@example.com", 0) };
    let first = request.id;
    shop.ports.intake.record(request).await.unwrap();
    shop.claim_one(worker, 0).await;
    assert_eq!(
        shop.ports.delivery.admit(Lease::new(first, worker), one, at(0)).await,
        Ok(Admission::Admitted)
    );
    assert!(shop.complete(first, worker, sent(), 1).await);
    purge(&shop, 100, 3_000, 100).await;
    assert!(!is_known(&shop, first).await);
    let second = shop.record("jan@example.com", 3_000).await;
    shop.claim_one(worker, 3_000).await;
    let verdict = shop.ports.delivery.admit(Lease::new(second, worker), one, at(3_000)).await;
    assert_eq!(verdict, Ok(Admission::OverBudget), "the hour still sees the purged request");
}
