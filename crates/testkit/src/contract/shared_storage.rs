use std::collections::HashSet;

use application::audit::{GENESIS, first_break};
use application::model::{
    AddressBudget, Admission, ApiKeyRecord, AuditAction, AuditEntry, Completion, ImportCheckpoint, Issued,
    Lease, Redeemed,
};
use domain::{ApiKeyHash, ApiKeyId, ApiKeyKind, DeliveryState, LinkState};

use super::StoreUnderTest;
use super::fixture::{IntoMail as _, Shop, at, at_once, hash, id, ids, retry_at, row, sent, worker};
use super::suite::run_cases;

/// What several handles on one storage owe each other. `fresh` makes an empty storage and returns
/// the closure that opens it: the suite opens it several times, one handle after the other (as a
/// process that was restarted does) and side by side (as replicas do).
///
/// ```
/// # use resetd_testkit as testkit;
/// # use testkit::fake::MemoryStore;
/// # #[tokio::main(flavor = "multi_thread", worker_threads = 2)]
/// # async fn main() {
/// testkit::contract::shared_storage(|| async {
///     let disk = MemoryStore::new();
///     move || {
///         let disk = disk.clone();
///         async move { std::sync::Arc::new(disk) }
///     }
/// })
/// .await;
/// # }
/// ```
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn shared_storage<P: Into<StoreUnderTest>, Open: AsyncFn() -> P>(fresh: impl AsyncFn() -> Open) {
    run_cases!(
        "SharedStorage",
        fresh(),
        [
            an_acknowledged_request_is_there_after_reopening,
            many_acknowledged_requests_are_there_after_reopening,
            the_state_of_the_queue_is_there_after_reopening,
            links_and_passwords_are_there_after_reopening,
            a_token_is_there_after_a_crash_between_issue_and_send,
            budgets_and_checkpoints_are_there_after_reopening,
            the_audit_chain_goes_on_after_reopening,
            replicas_never_share_a_mail,
            replicas_redeem_a_link_once,
            replicas_write_one_audit_chain,
            replicas_share_a_budget,
            a_revoked_key_is_revoked_on_every_replica_within_a_second,
        ]
    );
}

async fn open<P: Into<StoreUnderTest>>(open: &impl AsyncFn() -> P) -> StoreUnderTest {
    open().await.into()
}

/// The same shop, seen by a process that has just been started.
async fn restarted<P: Into<StoreUnderTest>>(storage: &impl AsyncFn() -> P, shop: Shop) -> Shop {
    let organisation = shop.organisation.clone();
    drop(shop);
    Shop { ports: open(storage).await, organisation }
}

/// The same shop, seen by `count` processes at once.
async fn replicas<P: Into<StoreUnderTest>>(
    storage: &impl AsyncFn() -> P,
    shop: &Shop,
    count: usize,
) -> Vec<Shop> {
    let mut replicas = Vec::new();
    for _ in 0..count {
        replicas.push(Shop { ports: open(storage).await, organisation: shop.organisation.clone() });
    }
    replicas
}

async fn an_acknowledged_request_is_there_after_reopening<P: Into<StoreUnderTest>>(
    storage: impl AsyncFn() -> P,
) {
    let shop = Shop::open(open(&storage).await).await;
    let request = shop.record("jan@example.com", 0).await;
    let shop = restarted(&storage, shop).await;
    assert_eq!(shop.claim_one(worker(), 0).await.id(), request.into_mail());
    assert_eq!(shop.ports.organisations.find(shop.organisation.id).await.unwrap(), Some(shop.organisation));
}

async fn many_acknowledged_requests_are_there_after_reopening<P: Into<StoreUnderTest>>(
    storage: impl AsyncFn() -> P,
) {
    let shop = Shop::open(open(&storage).await).await;
    let recorded = at_once(100, |index| {
        let (intake, request) =
            (shop.ports.intake.clone(), shop.request(&format!("c{index}@example.com"), 0));
        async move {
            let id = request.id.into_mail();
            intake.record(request).await.unwrap();
            id
        }
    })
    .await;
    let shop = restarted(&storage, shop).await;
    let claimed: HashSet<_> = ids(&shop.claim(worker(), 1).await).into_iter().collect();
    let lost = recorded.iter().filter(|request| !claimed.contains(request)).count();
    assert_eq!(lost, 0, "of 100 acknowledged requests");
}

async fn the_state_of_the_queue_is_there_after_reopening<P: Into<StoreUnderTest>>(
    storage: impl AsyncFn() -> P,
) {
    let shop = Shop::open(open(&storage).await).await;
    let holder = worker();
    let (done, waiting) = (shop.record("a@example.com", 0).await, shop.record("b@example.com", 1).await);
    shop.claim(holder, 2).await;
    assert!(shop.complete(done, holder, sent(), 3).await);
    assert!(shop.complete(waiting, holder, retry_at(500), 3).await);
    let leased = shop.record("c@example.com", 4).await;
    shop.claim_one(holder, 5).await;
    let shop = restarted(&storage, shop).await;
    assert_eq!(shop.state(done).await, DeliveryState::Sent);
    assert_eq!(shop.state(waiting).await, DeliveryState::WaitingForNextAttempt);
    assert_eq!(ids(&shop.claim(worker(), 64).await), [], "a lease outlives its process until it ends");
    assert_eq!(shop.claim_one(worker(), 66).await.id(), leased.into_mail());
}

async fn links_and_passwords_are_there_after_reopening<P: Into<StoreUnderTest>>(
    storage: impl AsyncFn() -> P,
) {
    let shop = Shop::open(open(&storage).await).await;
    let (jan, eva) = (shop.customer("jan@example.com").await, shop.customer("eva@example.com").await);
    let (_, used) = shop.link(jan, "jan@example.com", 0).await;
    let (_, good) = shop.link(eva, "eva@example.com", 1).await;
    assert_eq!(shop.redeem(used, 10).await, Redeemed::Changed);
    let shop = restarted(&storage, shop).await;
    assert_eq!(shop.link_state(used, 11).await, Some(LinkState::Used));
    assert_eq!(shop.link_state(good, 11).await, Some(LinkState::Good));
    assert_eq!(shop.passwords(jan).await, ["second", "first"]);
    assert_eq!(shop.redeem(used, 12).await, Redeemed::NoSuchLink);
    assert_eq!(shop.redeem(good, 12).await, Redeemed::Changed);
    assert_eq!(shop.claim(worker(), 13).await.len(), 2, "both notices");
}

/// The relay may have the mail: its link has to be good, and the mail goes out once more.
async fn a_token_is_there_after_a_crash_between_issue_and_send<P: Into<StoreUnderTest>>(
    storage: impl AsyncFn() -> P,
) {
    let shop = Shop::open(open(&storage).await).await;
    let jan = shop.customer("jan@example.com").await;
    let (request, holder) = (shop.record("jan@example.com", 0).await, worker());
    shop.claim_one(holder, 0).await;
    let issue = shop.token_issue(request, holder, jan, 0);
    let token = issue.token;
    assert_eq!(shop.ports.tokens.issue(issue).await, Ok(Issued::Issued));
    let shop = restarted(&storage, shop).await;
    assert_eq!(shop.link_state(token, 1).await, Some(LinkState::Good));
    assert_eq!(shop.claim_one(worker(), 61).await.id(), request.into_mail());
    assert_eq!(shop.redeem(token, 62).await, Redeemed::Changed);
}

async fn budgets_and_checkpoints_are_there_after_reopening<P: Into<StoreUnderTest>>(
    storage: impl AsyncFn() -> P,
) {
    let shop = Shop::open(open(&storage).await).await;
    let (budget, worker) = (AddressBudget { per_minute: 1, per_hour: 5 }, worker());
    let first = shop.record("jan@example.com", 0).await;
    shop.claim_one(worker, 0).await;
    assert_eq!(
        shop.ports.delivery.admit(Lease::new(first, worker), budget, at(0)).await,
        Ok(Admission::Admitted)
    );
    let checkpoint = ImportCheckpoint { name: "file".to_owned(), position: 3 };
    shop.ports
        .customers
        .import(shop.organisation.id, &[row("x@example.com")], checkpoint, at(0))
        .await
        .unwrap();
    let shop = restarted(&storage, shop).await;
    assert_eq!(
        shop.ports.delivery.admit(Lease::new(first, worker), budget, at(1)).await,
        Ok(Admission::Admitted),
        "the same again"
    );
    let second = shop.record("jan@example.com", 2).await;
    shop.claim_one(worker, 2).await;
    assert_eq!(
        shop.ports.delivery.admit(Lease::new(second, worker), budget, at(2)).await,
        Ok(Admission::OverBudget)
    );
    assert_eq!(shop.ports.customers.import_position(shop.organisation.id, "file").await, Ok(Some(3)));
}

async fn the_audit_chain_goes_on_after_reopening<P: Into<StoreUnderTest>>(storage: impl AsyncFn() -> P) {
    let mut shop = Shop::open(open(&storage).await).await;
    for subject in ["a", "b", "c"] {
        shop.ports.audit.append(&audit_entry(&shop, subject)).await.unwrap();
        shop = restarted(&storage, shop).await;
    }
    assert_eq!(shop.audit().await.len(), 3);
    assert_eq!(first_break(GENESIS, 0, &shop.ports.audit.read(0, 1_000).await.unwrap()), None);
}

fn audit_entry(shop: &Shop, subject: &str) -> AuditEntry {
    AuditEntry {
        at: at(0),
        organisation: Some(shop.organisation.id),
        actor: "operator".to_owned(),
        action: AuditAction::MailRetried,
        subject: subject.to_owned(),
        ip: None,
    }
}

async fn replicas_never_share_a_mail<P: Into<StoreUnderTest>>(storage: impl AsyncFn() -> P) {
    let shop = Shop::open(open(&storage).await).await;
    let replicas = replicas(&storage, &shop, 3).await;
    for accepted in 0..90 {
        replicas[accepted as usize % 3].record("jan@example.com", accepted).await;
    }
    let hauls = at_once(9, |index| {
        let delivery = replicas[index % 3].ports.delivery.clone();
        async move {
            let (worker, mut haul, mut empty) = (worker(), Vec::new(), 0);
            while empty < 3 && haul.len() < 90 {
                let mails = delivery.claim(worker, at(100), at(160), 4).await.unwrap();
                empty = if mails.is_empty() { empty + 1 } else { 0 };
                for mail in mails {
                    let nothing = Completion::NoMail(domain::NoMailReason::UnknownAddress);
                    assert!(
                        delivery.complete(mail.lease, nothing, at(101)).await.unwrap(),
                        "its lease was good"
                    );
                    haul.push(mail.id());
                }
            }
            haul
        }
    })
    .await;
    let done: Vec<_> = hauls.into_iter().flatten().collect();
    assert_eq!(done.len(), 90, "mails taken by all replicas together");
    assert_eq!(done.iter().collect::<HashSet<_>>().len(), 90, "distinct ones among them");
}

async fn replicas_redeem_a_link_once<P: Into<StoreUnderTest>>(storage: impl AsyncFn() -> P) {
    let shop = Shop::open(open(&storage).await).await;
    let replicas = replicas(&storage, &shop, 3).await;
    let jan = shop.customer("jan@example.com").await;
    let (_, token) = shop.link(jan, "jan@example.com", 0).await;
    let results = at_once(15, |index| {
        let (tokens, redemption) = (replicas[index % 3].ports.tokens.clone(), shop.redemption(token, 10));
        async move { tokens.redeem(redemption).await.unwrap() }
    })
    .await;
    assert_eq!(results.iter().filter(|result| **result == Redeemed::Changed).count(), 1, "{results:?}");
    assert_eq!(shop.passwords(jan).await, ["second", "first"]);
}

async fn replicas_write_one_audit_chain<P: Into<StoreUnderTest>>(storage: impl AsyncFn() -> P) {
    let shop = Shop::open(open(&storage).await).await;
    let replicas = replicas(&storage, &shop, 3).await;
    at_once(12, |index| {
        let (audit, audit_entry) =
            (replicas[index % 3].ports.audit.clone(), audit_entry(&shop, &index.to_string()));
        async move { audit.append(&audit_entry).await.unwrap() }
    })
    .await;
    assert_eq!(shop.audit().await.len(), 12);
    assert_eq!(first_break(GENESIS, 0, &shop.ports.audit.read(0, 1_000).await.unwrap()), None);
}

async fn replicas_share_a_budget<P: Into<StoreUnderTest>>(storage: impl AsyncFn() -> P) {
    let shop = Shop::open(open(&storage).await).await;
    let replicas = replicas(&storage, &shop, 3).await;
    let (budget, worker) = (AddressBudget { per_minute: 2, per_hour: 5 }, worker());
    let mut requests = Vec::new();
    for _ in 0..9 {
        requests.push(shop.record("jan@example.com", 0).await);
    }
    shop.claim(worker, 0).await;
    let verdicts = at_once(9, |index| {
        let (delivery, request) = (replicas[index % 3].ports.delivery.clone(), requests[index]);
        async move { delivery.admit(Lease::new(request, worker), budget, at(1)).await.unwrap() }
    })
    .await;
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == Admission::Admitted).count(), 2, "{verdicts:?}");
}

async fn a_revoked_key_is_revoked_on_every_replica_within_a_second<P: Into<StoreUnderTest>>(
    storage: impl AsyncFn() -> P,
) {
    let shop = Shop::open(open(&storage).await).await;
    let replicas = replicas(&storage, &shop, 3).await;
    let key = ApiKeyRecord {
        id: ApiKeyId::from_bytes(id()),
        organisation: shop.organisation.id,
        hash: ApiKeyHash::from_bytes(hash()),
        kind: ApiKeyKind::ALL[0],
        description: "eshop".to_owned(),
        scopes: Vec::new(),
        networks: Vec::new(),
        created_at: at(0),
        expires_at: at(1_000),
        revoked_at: None,
    };
    shop.ports.keys.create(&key).await.unwrap();
    for replica in &replicas {
        let found = replica.ports.keys.find(key.hash).await.unwrap();
        assert!(found.is_some_and(|found| found.key.revoked_at.is_none()), "a new key is known everywhere");
    }
    assert_eq!(replicas[0].ports.keys.revoke(key.id, at(10)).await, Ok(true));
    tokio::time::sleep(std::time::Duration::from_millis(1_000)).await;
    for (index, replica) in replicas.iter().enumerate() {
        let found = replica.ports.keys.find(key.hash).await.unwrap().expect("a revoked key is known");
        assert_eq!(found.key.revoked_at, Some(at(10)), "replica {index}");
    }
}
