use std::collections::HashSet;
use std::time::Duration;

use application::model::Redeemed;
use domain::MailId;

use crate::contract::fixture::{IntoMail as _, Shop, at, at_once, ids, sent, worker};

pub(super) async fn links_go_before_notices_then_the_oldest(shop: Shop) {
    let jan = shop.customer("jan@example.com").await;
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    let redemption = shop.redemption(token, 5);
    let notice = redemption.notice;
    assert_eq!(shop.ports.tokens.redeem(redemption).await, Ok(Redeemed::Changed));
    let mut expected = Vec::new();
    for accepted in [30, 40, 10, 20, 50] {
        expected.push((accepted, shop.record("petra@example.com", accepted).await.into_mail()));
    }
    expected.sort_unstable();
    let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).chain([notice]).collect();
    let worker = worker();
    let mut claimed = Vec::new();
    for _ in 0..expected.len() {
        claimed.extend(ids(&shop.ports.delivery.claim(worker, at(60), at(120), 1).await.unwrap()));
    }
    assert_eq!(claimed, expected, "claimed one by one");
    shop.ports.delivery.release(worker, &[]).await.unwrap();
    assert_eq!(ids(&shop.claim(worker, 60).await), expected, "claimed together");
}

pub(super) async fn no_more_than_the_limit_are_claimed(shop: Shop) {
    for accepted in 0..5 {
        shop.record("jan@example.com", accepted).await;
    }
    let claim = |limit| shop.ports.delivery.claim(worker(), at(10), at(70), limit);
    assert_eq!(claim(0).await.unwrap().len(), 0);
    assert_eq!(claim(3).await.unwrap().len(), 3);
    assert_eq!(claim(3).await.unwrap().len(), 2, "the rest");
    assert_eq!(claim(3).await.unwrap().len(), 0);
}

pub(super) async fn a_claimed_mail_is_nobody_elses(shop: Shop) {
    shop.record("jan@example.com", 0).await;
    let holder = worker();
    shop.claim_one(holder, 0).await;
    assert_eq!(ids(&shop.claim(worker(), 59).await), [], "another worker, before the lease ends");
    assert_eq!(ids(&shop.claim(holder, 59).await), [], "nor twice the same one");
}

pub(super) async fn simultaneous_claimers_never_share_a_mail(shop: Shop) {
    let requests = at_once(200, |index| {
        let (intake, request) =
            (shop.ports.intake.clone(), shop.request("jan@example.com", index as i64 % 7));
        async move {
            let id = request.id.into_mail();
            intake.record(request).await.unwrap();
            id
        }
    })
    .await;
    let hauls = at_once(16, |_| {
        let delivery = shop.ports.delivery.clone();
        async move {
            let (worker, mut haul) = (worker(), Vec::<MailId>::new());
            // Others may take everything in between, so that one empty hand proves nothing.
            let mut empty = 0;
            while empty < 3 && haul.len() < 200 {
                let mails = delivery.claim(worker, at(10), at(70), 7).await.unwrap();
                empty = if mails.is_empty() { empty + 1 } else { 0 };
                haul.extend(ids(&mails));
            }
            haul
        }
    })
    .await;
    let claimed: Vec<_> = hauls.into_iter().flatten().collect();
    let distinct: HashSet<_> = claimed.iter().copied().collect();
    assert_eq!(claimed.len(), distinct.len(), "mails claimed twice: {}", claimed.len() - distinct.len());
    let missed = requests.iter().filter(|request| !distinct.contains(request)).count();
    assert_eq!(missed, 0, "mails of 200 that nobody claimed");
}

pub(super) async fn an_ended_lease_lets_another_claim(shop: Shop) {
    let request = shop.record("jan@example.com", 0).await;
    let (first, second) = (worker(), worker());
    shop.claim_one(first, 0).await;
    let again = shop.claim_one(second, 61).await;
    assert_eq!(again.id(), request.into_mail());
    assert_eq!(again.attempts, 0, "a crash is no attempt");
    assert_eq!(ids(&shop.claim(first, 62).await), [], "now it is the second one's");
    assert!(shop.complete(request, second, sent(), 63).await);
}

pub(super) async fn a_renewed_lease_holds_longer(shop: Shop) {
    shop.record("jan@example.com", 0).await;
    let holder = worker();
    let mail = shop.claim_one(holder, 0).await;
    shop.ports.delivery.renew(holder, &[mail.id()], at(100)).await.unwrap();
    assert_eq!(ids(&shop.claim(worker(), 99).await), [], "before the renewed lease ends");
    shop.claim_one(worker(), 101).await;
}

pub(super) async fn renewing_touches_the_workers_own_leases_only(shop: Shop) {
    let (one, other) = (worker(), worker());
    let first = shop.record("jan@example.com", 0).await;
    shop.claim_one(one, 0).await;
    let second = shop.record("jan@example.com", 1).await;
    shop.claim_one(other, 1).await;
    let third = shop.record("jan@example.com", 2).await;
    shop.claim_one(one, 2).await;
    assert!(shop.complete(third, one, sent(), 3).await);
    let waiting = shop.record("jan@example.com", 70).await;
    let mails = [first, second, third, waiting].map(|request| request.into_mail());
    shop.ports.delivery.renew(one, &mails, at(1_000)).await.unwrap();
    let mut due = ids(&shop.claim(worker(), 100).await);
    due.sort();
    assert_eq!(
        due,
        [second.into_mail(), waiting.into_mail()],
        "not {first}, which was renewed, nor {third}, sent"
    );
}

/// The engine renews by name what it works on, so that a lease nobody knows of ends.
pub(super) async fn renewing_some_leases_leaves_the_others_to_end(shop: Shop) {
    let holder = worker();
    let mut requests = Vec::new();
    for accepted in 0..3 {
        requests.push(shop.record("jan@example.com", accepted).await.into_mail());
    }
    shop.claim(holder, 3).await;
    shop.ports.delivery.renew(holder, &requests[1..2], at(1_000)).await.unwrap();
    shop.ports.delivery.renew(holder, &[], at(1_000)).await.unwrap();
    let again = ids(&shop.claim(worker(), 64).await);
    assert_eq!(again, [requests[0], requests[2]], "all but the one that was renewed");
}

/// The worker never learns of what it leased, and goes on with other mails.
pub(super) async fn a_claim_whose_answer_is_lost_ends_under_steady_load(shop: Shop) {
    let holder = worker();
    let lost = shop.record("jan@example.com", 0).await.into_mail();
    drop(shop.claim_one(holder, 0).await);
    for now in (5..60).step_by(5) {
        let next = shop.record("jan@example.com", now).await;
        let mails = ids(&shop.claim(holder, now).await);
        assert_eq!(mails, [next.into_mail()], "at {now} s");
        shop.ports.delivery.renew(holder, &mails, at(now + 60)).await.unwrap();
        assert!(shop.complete(next, holder, sent(), now).await);
    }
    assert_eq!(shop.claim_one(holder, 61).await.id(), lost, "even the same worker gets it again");
}

pub(super) async fn releasing_keeps_what_is_still_worked_on(shop: Shop) {
    let holder = worker();
    let (first, kept, last) = (
        shop.record("jan@example.com", 0).await,
        shop.record("jan@example.com", 1).await,
        shop.record("jan@example.com", 2).await,
    );
    shop.claim(holder, 3).await;
    shop.ports.delivery.release(holder, &[kept.into_mail()]).await.unwrap();
    assert_eq!(ids(&shop.claim(worker(), 4).await), [first, last].map(|request| request.into_mail()));
    assert!(shop.complete(kept, holder, sent(), 5).await, "the lease is still the holder's");
}

pub(super) async fn a_released_mail_is_due_at_once(shop: Shop) {
    let request = shop.record("jan@example.com", 0).await;
    let holder = worker();
    shop.claim_one(holder, 10).await;
    shop.ports.delivery.release(holder, &[]).await.unwrap();
    let successor = worker();
    assert_eq!(shop.claim_one(successor, 10).await.id(), request.into_mail());
    assert!(!shop.complete(request, holder, sent(), 11).await, "the lease is the successor's now");
    assert!(shop.complete(request, successor, sent(), 11).await);
}

pub(super) async fn releasing_touches_the_workers_own_leases_only(shop: Shop) {
    let (one, other) = (worker(), worker());
    shop.record("jan@example.com", 0).await;
    shop.claim_one(one, 0).await;
    shop.record("jan@example.com", 1).await;
    shop.claim_one(other, 1).await;
    shop.ports.delivery.release(one, &[]).await.unwrap();
    assert_eq!(shop.claim(worker(), 2).await.len(), 1);
}

pub(super) async fn a_mail_past_its_expiry_is_claimed_to_be_ended(shop: Shop) {
    let request = shop.record("jan@example.com", 0).await;
    let claimed = shop.claim_one(worker(), 10_000).await;
    assert_eq!((claimed.id(), claimed.expires_at), (request.into_mail(), at(3_600)));
}

pub(super) async fn mails_of_every_organisation_are_claimed(shop: Shop) {
    let neighbour = shop.neighbour().await;
    shop.record("jan@example.com", 0).await;
    neighbour.record("jan@example.com", 1).await;
    let owners: Vec<_> = shop.claim(worker(), 2).await.into_iter().map(|mail| mail.organisation).collect();
    assert_eq!(owners, [shop.organisation.id, neighbour.organisation.id]);
}

pub(super) async fn dropping_the_wait_for_work_harms_nothing(shop: Shop) {
    for accepted in 0..3 {
        let waited =
            tokio::time::timeout(Duration::from_millis(5), shop.ports.delivery.remote_work_available()).await;
        // A notification may be a false alarm; that the wait can be given up is what counts.
        drop(waited);
        shop.record("jan@example.com", accepted).await;
    }
    assert_eq!(shop.claim(worker(), 3).await.len(), 3);
}
