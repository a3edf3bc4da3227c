use application::model::{Completion, MailFilter, MailKind, MailSummary, Redeemed};
use domain::{DeliveryState, MailId, NoMailReason, RequestId};

use super::StoreUnderTest;
use super::fixture::{IntoMail as _, Shop, at, id, ids, retry_at, sent, worker};
use super::suite::run_cases;

/// The contract of [`MailQueue`](application::ports::MailQueue).
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn mail_queue<P: Into<StoreUnderTest>>(fresh: impl AsyncFn() -> P) {
    run_cases!(
        "MailQueue",
        async { Shop::open(fresh().await.into()).await },
        [
            a_new_mail_is_shown_as_it_was_accepted,
            an_unknown_mail_is_not_shown,
            addresses_are_masked,
            the_newest_is_listed_first,
            the_list_is_limited,
            the_list_is_filtered,
            a_failed_mail_is_put_back,
            a_waiting_mail_need_not_wait,
            what_has_ended_well_is_not_retried,
            a_dead_link_is_not_retried,
            an_unknown_mail_is_not_retried,
            what_failed_since_then_is_put_back_together,
            many_are_put_back_together,
            depths_count_what_is_under_way,
            an_empty_queue_has_no_depths,
        ]
    );
}

/// A request accepted at `accepted` that ended as `completion` says.
async fn ended(shop: &Shop, accepted: i64, completion: Completion) -> RequestId {
    let (worker, request) = (worker(), shop.record("jan@example.com", accepted).await);
    shop.claim(worker, accepted).await;
    assert!(shop.complete(request, worker, completion, accepted + 1).await, "the lease was good");
    shop.ports.delivery.release(worker, &[]).await.unwrap();
    request
}

fn preparing_error() -> Completion {
    Completion::PreparingError { error: "unknown variable".to_owned() }
}

async fn list(shop: &Shop, filter: MailFilter) -> Vec<MailId> {
    shop.ports.queue.list(filter).await.unwrap().into_iter().map(|mail| mail.id).collect()
}

fn of(shop: &Shop) -> MailFilter {
    MailFilter { organisation: Some(shop.organisation.id), state: None, limit: 100 }
}

async fn a_new_mail_is_shown_as_it_was_accepted(shop: Shop) {
    let request = shop.request("jan.barasek@example.com", 0);
    shop.ports.intake.record(request.clone()).await.unwrap();
    let detail = shop.show(request.id).await;
    let expected = MailSummary {
        id: request.id.into_mail(),
        kind: MailKind::ResetPassword,
        organisation: shop.organisation.id,
        sandbox: false,
        address: "j***@example.com".to_owned(),
        state: DeliveryState::InQueue,
        no_mail_reason: None,
        attempts: 0,
        accepted_at: at(0),
        due_at: at(0),
        expires_at: at(3_600),
        sent_at: None,
        last_reply: None,
    };
    assert_eq!(detail.summary, expected);
    assert_eq!((detail.customer, detail.customer_ip, detail.geo), (None, request.customer_ip, None));
    let events: Vec<_> = detail.timeline.iter().map(|entry| (entry.event.as_str(), entry.at)).collect();
    assert_eq!(events, [("accepted", at(0))]);
    assert_eq!(shop.ports.queue.list(of(&shop)).await, Ok(vec![expected]), "the list says the same");
}

async fn an_unknown_mail_is_not_shown(shop: Shop) {
    shop.record("jan@example.com", 0).await;
    assert_eq!(shop.ports.queue.show(MailId::from_bytes(id())).await, Ok(None));
}

async fn addresses_are_masked(shop: Shop) {
    for address in ["jan.barasek@example.com", "žofie@příklad.cz", "x@example.com"] {
        let request = shop.record(address, 0).await;
        let shown = shop.show(request).await.summary.address;
        assert_eq!(shown, super::fixture::email(address).masked().to_string());
    }
}

async fn the_newest_is_listed_first(shop: Shop) {
    let mut expected = Vec::new();
    for accepted in [20, 0, 30, 10] {
        expected
            .push((std::cmp::Reverse(accepted), shop.record("jan@example.com", accepted).await.into_mail()));
    }
    expected.sort();
    let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).collect();
    assert_eq!(list(&shop, of(&shop)).await, expected);
}

async fn the_list_is_limited(shop: Shop) {
    let mut newest = Vec::new();
    for accepted in 0..5 {
        newest.insert(0, shop.record("jan@example.com", accepted).await.into_mail());
    }
    assert_eq!(list(&shop, MailFilter { limit: 2, ..of(&shop) }).await, newest[..2]);
    assert_eq!(list(&shop, MailFilter { limit: 0, ..of(&shop) }).await, []);
}

async fn the_list_is_filtered(shop: Shop) {
    let neighbour = shop.neighbour().await;
    let done = ended(&shop, 0, sent()).await.into_mail();
    let failed = ended(&shop, 10, preparing_error()).await.into_mail();
    let queued = shop.record("jan@example.com", 20).await.into_mail();
    let foreign = neighbour.record("jan@example.com", 30).await.into_mail();
    let state = |state| MailFilter { state: Some(state), ..of(&shop) };
    assert_eq!(list(&shop, state(DeliveryState::Sent)).await, [done]);
    assert_eq!(list(&shop, state(DeliveryState::PreparingError)).await, [failed]);
    assert_eq!(list(&shop, state(DeliveryState::InQueue)).await, [queued]);
    assert_eq!(list(&shop, state(DeliveryState::Undeliverable)).await, []);
    assert_eq!(list(&shop, of(&shop)).await, [queued, failed, done]);
    assert_eq!(list(&shop, of(&neighbour)).await, [foreign]);
    let everywhere = list(&shop, MailFilter { organisation: None, ..state(DeliveryState::InQueue) }).await;
    assert!(everywhere.contains(&queued) && everywhere.contains(&foreign), "of all organisations");
}

async fn a_failed_mail_is_put_back(shop: Shop) {
    let (host, reply) = ("relay.test:25".to_owned(), "550 5.1.1 No such user".to_owned());
    for (round, outcome) in [
        preparing_error(),
        Completion::SendingError { host: host.clone(), reply: "451 later".to_owned() },
        Completion::Undeliverable { host, reply },
    ]
    .into_iter()
    .enumerate()
    {
        let start = 1_000 * round as i64;
        let request = ended(&shop, start, outcome.clone()).await;
        assert_eq!(
            shop.ports.queue.retry(request.into_mail(), at(start + 100)).await,
            Ok(true),
            "{outcome:?}"
        );
        let summary = shop.show(request).await.summary;
        assert_eq!((summary.state, summary.due_at), (DeliveryState::InQueue, at(start + 100)), "{outcome:?}");
        let worker = worker();
        assert_eq!(shop.claim_one(worker, start + 100).await.id(), request.into_mail());
        assert!(shop.complete(request, worker, sent(), start + 101).await);
    }
}

async fn a_waiting_mail_need_not_wait(shop: Shop) {
    let request = ended(&shop, 0, retry_at(1_000)).await;
    assert_eq!(ids(&shop.claim(worker(), 10).await), []);
    assert_eq!(shop.ports.queue.retry(request.into_mail(), at(10)).await, Ok(true));
    let claimed = shop.claim_one(worker(), 10).await;
    assert_eq!((claimed.id(), claimed.attempts), (request.into_mail(), 1), "what was tried stays counted");
}

async fn what_has_ended_well_is_not_retried(shop: Shop) {
    for (outcome, state) in [
        (sent(), DeliveryState::Sent),
        (Completion::NoMail(NoMailReason::UnknownAddress), DeliveryState::NoMail),
    ] {
        let request = ended(&shop, 0, outcome).await;
        assert_eq!(shop.ports.queue.retry(request.into_mail(), at(10)).await, Ok(false), "{state}");
        assert_eq!(shop.state(request).await, state);
    }
    assert_eq!(ids(&shop.claim(worker(), 20).await), []);
}

async fn a_dead_link_is_not_retried(shop: Shop) {
    let expired = ended(&shop, 0, preparing_error()).await;
    assert_eq!(shop.ports.queue.retry(expired.into_mail(), at(3_601)).await, Ok(false), "expired");
    assert_eq!(shop.state(expired).await, DeliveryState::PreparingError);

    // The relay took the mail, its answer was lost, and the customer was quick.
    let jan = shop.customer("jan@example.com").await;
    let (worker, request) = (worker(), shop.record("jan@example.com", 10).await);
    shop.claim_one(worker, 10).await;
    let issue = shop.token_issue(request, worker, jan, 10);
    let token = issue.token;
    shop.ports.tokens.issue(issue).await.unwrap();
    assert!(shop.complete(request, worker, retry_at(1_000), 11).await);
    assert_eq!(shop.redeem(token, 20).await, Redeemed::Changed);
    assert_eq!(shop.ports.queue.retry(request.into_mail(), at(30)).await, Ok(false), "used");
}

async fn an_unknown_mail_is_not_retried(shop: Shop) {
    assert_eq!(shop.ports.queue.retry(MailId::from_bytes(id()), at(0)).await, Ok(false));
}

async fn what_failed_since_then_is_put_back_together(shop: Shop) {
    let refused = |shop| ended_as(shop, "554 5.7.1 relay access denied");
    let before = refused(&shop)(0).await;
    let (first, second) = (refused(&shop)(100).await, refused(&shop)(200).await);
    let other = ended(&shop, 150, preparing_error()).await;
    let done = ended(&shop, 160, sent()).await;
    let waiting = ended(&shop, 170, retry_at(10_000)).await;
    let queue = &shop.ports.queue;
    for state in [DeliveryState::Sent, DeliveryState::NoMail, DeliveryState::InQueue] {
        assert_eq!(queue.retry_since(state, at(0), at(300)).await, Ok(0), "{state}");
    }
    assert_eq!(queue.retry_since(DeliveryState::Undeliverable, at(100), at(300)).await, Ok(2));
    assert_eq!(queue.retry_since(DeliveryState::Undeliverable, at(100), at(300)).await, Ok(0), "once");
    assert_eq!(queue.retry_since(DeliveryState::WaitingForNextAttempt, at(0), at(300)).await, Ok(1));
    for request in [first, second, waiting] {
        let detail = shop.show(request).await;
        assert_eq!((detail.summary.state, detail.summary.due_at), (DeliveryState::InQueue, at(300)));
        assert!(detail.timeline.iter().any(|entry| entry.event == "retried" && entry.at == at(300)));
    }
    for (request, state) in [
        (before, DeliveryState::Undeliverable),
        (other, DeliveryState::PreparingError),
        (done, DeliveryState::Sent),
    ] {
        assert_eq!(shop.state(request).await, state);
    }
    // Of the one from before the link is dead by then.
    assert_eq!(queue.retry_since(DeliveryState::Undeliverable, at(0), at(3_601)).await, Ok(0));
}

async fn many_are_put_back_together(shop: Shop) {
    for number in 0..1_100 {
        shop.record(&format!("c{number}@example.com"), 0).await;
    }
    let worker = worker();
    for mail in shop.claim(worker, 0).await {
        let late = Completion::SendingError { host: String::new(), reply: "late".to_owned() };
        assert!(shop.ports.delivery.complete(mail.lease, late, at(1)).await.unwrap());
    }
    let failed = DeliveryState::SendingError;
    let ended = shop.ports.queue.list(MailFilter { state: Some(failed), limit: 2_000, ..of(&shop) }).await;
    let ended = ended.unwrap().len() as u64;
    assert!(ended > 0);
    assert_eq!(shop.ports.queue.retry_since(failed, at(0), at(2)).await, Ok(ended));
}

/// Undeliverable mails with this reply, by when they were accepted.
fn ended_as(shop: &Shop, reply: &'static str) -> impl AsyncFn(i64) -> RequestId {
    async move |accepted| {
        let (host, reply) = ("relay.test:25".to_owned(), reply.to_owned());
        ended(shop, accepted, Completion::Undeliverable { host, reply }).await
    }
}

async fn depths_count_what_is_under_way(shop: Shop) {
    let neighbour = shop.neighbour().await;
    for accepted in [10, 20] {
        ended(&shop, accepted, retry_at(10_000)).await;
    }
    ended(&shop, 30, Completion::NotReadyUntil { due_at: at(10_000), reason: "slow".to_owned() }).await;
    ended(&shop, 40, sent()).await;
    ended(&shop, 50, preparing_error()).await;
    ended(&shop, 60, Completion::NoMail(NoMailReason::Inactive)).await;
    shop.record("jan@example.com", 70).await;
    neighbour.record("jan@example.com", 60).await;
    shop.record("jan@example.com", 80).await;
    let depths = shop.ports.queue.depths().await.unwrap();
    let mut found: Vec<_> = depths.iter().map(|depth| (depth.state, depth.count, depth.oldest)).collect();
    found.sort();
    let mut expected = [
        (DeliveryState::InQueue, 3, Some(at(60))),
        (DeliveryState::NotReadyToQueue, 1, Some(at(30))),
        (DeliveryState::WaitingForNextAttempt, 2, Some(at(10))),
    ];
    expected.sort();
    assert_eq!(found, expected);
}

async fn an_empty_queue_has_no_depths(shop: Shop) {
    assert_eq!(shop.ports.queue.depths().await, Ok(Vec::new()));
}
