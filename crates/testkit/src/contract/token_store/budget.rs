use application::model::{AddressBudget, Admission, Lease};
use domain::RequestId;

use crate::contract::fixture::{Shop, at, at_once, number, was_admitted, worker};

const ONE_AND_FIVE: AddressBudget = AddressBudget { per_minute: 1, per_hour: 5 };

/// Records and claims a request for `address`, and asks whether it is admitted, all at `now`.
async fn ask(shop: &Shop, address: &str, budget: AddressBudget, now: i64) -> (RequestId, Admission) {
    let (worker, request) = (worker(), shop.record(address, now).await);
    shop.claim(worker, now).await;
    (request, shop.ports.delivery.admit(Lease::new(request, worker), budget, at(now)).await.unwrap())
}

async fn verdicts(shop: &Shop, address: &str, budget: AddressBudget, times: &[i64]) -> Vec<bool> {
    let mut verdicts = Vec::new();
    for now in times {
        verdicts.push(ask(shop, address, budget, *now).await.1 == Admission::Admitted);
    }
    verdicts
}

pub(super) async fn within_the_budget_a_request_is_admitted(shop: Shop) {
    let three = AddressBudget { per_minute: 3, per_hour: 100 };
    assert_eq!(verdicts(&shop, "jan@example.com", three, &[0, 1, 2, 3]).await, [true, true, true, false]);
}

pub(super) async fn a_request_counts_once(shop: Shop) {
    let two = AddressBudget { per_minute: 2, per_hour: 2 };
    let (first, verdict) = ask(&shop, "jan@example.com", two, 0).await;
    assert_eq!(verdict, Admission::Admitted);
    for now in [0, 1, 30] {
        let again = shop.ports.delivery.admit(Lease::new(first, worker()), two, at(now)).await;
        assert_eq!(again, Ok(Admission::Admitted), "the same request again after {now} s");
    }
    assert_eq!(
        verdicts(&shop, "jan@example.com", two, &[31, 32]).await,
        [true, false],
        "it was counted once"
    );
    let again = shop.ports.delivery.admit(Lease::new(first, worker()), two, at(33)).await;
    assert_eq!(again, Ok(Admission::Admitted), "a full budget does not turn an admitted request away");
}

pub(super) async fn a_refused_request_is_not_counted(shop: Shop) {
    let budget = AddressBudget { per_minute: 1, per_hour: 2 };
    let times = [0, 10, 20, 30, 40, 50, 61];
    let expected = [true, false, false, false, false, false, true];
    assert_eq!(verdicts(&shop, "jan@example.com", budget, &times).await, expected);
    let (refused, verdict) = ask(&shop, "jan@example.com", budget, 62).await;
    assert_eq!(verdict, Admission::OverBudget);
    let again = shop.ports.delivery.admit(Lease::new(refused, worker()), budget, at(62)).await;
    assert_eq!(again, Ok(Admission::OverBudget), "asked twice, refused twice");
}

/// Not a bucket that is emptied on the minute: the window ends where the request is.
pub(super) async fn the_minute_slides(shop: Shop) {
    let two = AddressBudget { per_minute: 2, per_hour: 100 };
    let times = [0, 50, 59, 61, 100, 109, 111];
    let expected = [true, true, false, true, false, false, true];
    assert_eq!(verdicts(&shop, "jan@example.com", two, &times).await, expected);
}

pub(super) async fn the_hour_slides(shop: Shop) {
    let times = [0, 600, 1_200, 1_800, 2_400, 3_000, 3_599, 3_601, 3_700, 4_199, 4_201];
    let expected = [true, true, true, true, true, false, false, true, false, false, true];
    assert_eq!(verdicts(&shop, "jan@example.com", ONE_AND_FIVE, &times).await, expected);
}

pub(super) async fn spellings_of_one_mailbox_share_a_budget(shop: Shop) {
    assert_eq!(ask(&shop, "jan.barasek@gmail.com", ONE_AND_FIVE, 0).await.1, Admission::Admitted);
    for spelling in ["janbarasek@gmail.com", "jan.barasek+1@googlemail.com", "JANBARASEK@gmail.com"] {
        assert_eq!(ask(&shop, spelling, ONE_AND_FIVE, 1).await.1, Admission::OverBudget, "{spelling}");
    }
    assert_eq!(ask(&shop, "eva@gmail.com", ONE_AND_FIVE, 1).await.1, Admission::Admitted, "another mailbox");
}

pub(super) async fn the_address_need_not_exist(shop: Shop) {
    shop.customer("jan@example.com").await;
    for address in ["jan@example.com", "nobody@example.com"] {
        assert_eq!(verdicts(&shop, address, ONE_AND_FIVE, &[0, 1]).await, [true, false], "{address}");
    }
}

pub(super) async fn organisations_have_budgets_of_their_own(shop: Shop) {
    let neighbour = shop.neighbour().await;
    assert_eq!(verdicts(&shop, "jan@example.com", ONE_AND_FIVE, &[0, 1]).await, [true, false]);
    assert_eq!(verdicts(&neighbour, "jan@example.com", ONE_AND_FIVE, &[2, 3]).await, [true, false]);
}

pub(super) async fn an_empty_budget_admits_nobody(shop: Shop) {
    for budget in [AddressBudget { per_minute: 0, per_hour: 5 }, AddressBudget { per_minute: 5, per_hour: 0 }]
    {
        assert_eq!(
            verdicts(&shop, "jan@example.com", budget, &[0, 10_000]).await,
            [false, false],
            "{budget:?}"
        );
    }
}

/// A crash cannot turn an admitted request into a throttled one, nor count it twice.
pub(super) async fn the_verdict_survives_the_worker(shop: Shop) {
    let (first, second) = (worker(), worker());
    let request = shop.record("jan@example.com", 0).await;
    assert!(!was_admitted(&shop.claim_one(first, 0).await), "nobody asked yet");
    shop.ports.delivery.admit(Lease::new(request, first), ONE_AND_FIVE, at(0)).await.unwrap();
    let reclaimed = shop.claim_one(second, 61).await;
    assert!(was_admitted(&reclaimed), "the next worker knows");
    assert_eq!(
        shop.ports.delivery.admit(Lease::new(request, second), ONE_AND_FIVE, at(61)).await,
        Ok(Admission::Admitted)
    );
}

pub(super) async fn of_simultaneous_requests_no_more_than_the_budget_pass(shop: Shop) {
    let three = AddressBudget { per_minute: 3, per_hour: 100 };
    let mut requests = Vec::new();
    for _ in 0..16 {
        requests.push(shop.record(&format!("j.an+{}@gmail.com", number()), 0).await);
    }
    let worker = worker();
    shop.claim(worker, 0).await;
    let verdicts = at_once(16, |index| {
        let (delivery, request) = (shop.ports.delivery.clone(), requests[index]);
        async move { delivery.admit(Lease::new(request, worker), three, at(1)).await.unwrap() }
    })
    .await;
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == Admission::Admitted).count(), 3);
}
