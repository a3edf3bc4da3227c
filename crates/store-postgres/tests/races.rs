//! What replicas must not do twice.

#![expect(clippy::unwrap_used, reason = "a test that cannot begin fails")]

mod support;

use std::collections::HashSet;
use std::sync::Arc;

use application::audit::{GENESIS, first_break};
use application::model::{Completion, Issued, Lease, PasswordHash, Redeemed, Redemption, TokenIssue};
use application::ports::{AuditLog, CustomerDirectory, DeliveryQueue, RequestIntake, TokenStore};
use chrono::TimeDelta;
use domain::{CustomerId, LinkState, MailId, OrganisationId, RequestId, TokenHash};
use resetd_store_postgres::PostgresStore;
use support::{TestDatabase, at, customer, id, ip, organisation, request, server, token, worker};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

async fn link(store: &PostgresStore, shop: OrganisationId, customer: CustomerId, seconds: i64) -> TokenHash {
    let request = request(shop, "jan@barasek.com", at(seconds));
    let (request, worker) = (store.record(request.clone()).await.map(|()| request.id).unwrap(), worker());
    let claimed = store.claim(worker, at(seconds), at(seconds + 60), 100).await.unwrap();
    assert!(claimed.iter().any(|mail| mail.id().as_bytes() == request.as_bytes()));
    let token = token();
    assert_eq!(
        store.issue(issue(shop, customer, request, worker, token, seconds)).await.unwrap(),
        Issued::Issued
    );
    let sent = Completion::Sent { host: "relay.test:25".to_owned(), reply: "250 ok".to_owned() };
    assert!(store.complete(Lease::new(request, worker), sent, at(seconds)).await.unwrap());
    token
}

fn issue(
    organisation: OrganisationId,
    customer: CustomerId,
    request: RequestId,
    worker: domain::WorkerId,
    token: TokenHash,
    seconds: i64,
) -> TokenIssue {
    let (at, expires_at) = (at(seconds), at(seconds + 3_600));
    TokenIssue {
        lease: Lease::new(request, worker),
        organisation,
        customer,
        token,
        at,
        expires_at,
        geo: None,
    }
}

fn redemption(organisation: OrganisationId, token: TokenHash, number: usize) -> Redemption {
    Redemption {
        token,
        organisation,
        sandbox: false,
        password: Some(PasswordHash::new(format!("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$winner{number}"))),
        repetition: None,
        at: at(10),
        customer_ip: Some(ip("198.51.100.9")),
        notice: MailId::from_bytes(id(at(10))),
        notice_expires_at: at(10) + TimeDelta::days(3),
        actor: "customer".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn of_sixteen_redemptions_on_two_replicas_one_wins() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let replicas = [database.store().await, database.store().await];
    let shop = organisation(&replicas[0]).await;
    let customer = customer(&replicas[0], shop, "jan@barasek.com").await;
    let token = link(&replicas[0], shop, customer, 0).await;

    let start = Arc::new(Barrier::new(16));
    let mut attempts = JoinSet::new();
    for number in 0..16 {
        let (store, start) = (replicas[number % 2].clone(), Arc::clone(&start));
        attempts.spawn(async move {
            start.wait().await;
            store.redeem(redemption(shop, token, number)).await.unwrap()
        });
    }
    let outcomes = attempts.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Redeemed::Changed).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Redeemed::NoSuchLink).count(), 15);

    // One change, whole: one new hash, one former, one notice, one row of the audit log.
    assert_eq!(replicas[1].password_history(customer, 10).await.unwrap().len(), 2);
    assert_eq!(database.count("SELECT count(*) FROM mail_queue WHERE kind = 1").await, 1);
    let audit = replicas[1].read(0, 100).await.unwrap();
    assert_eq!((audit.len(), first_break(GENESIS, 0, &audit)), (1, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn two_replicas_claim_without_doubles() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let replicas = [database.store().await, database.store().await];
    let shop = organisation(&replicas[0]).await;
    let mut recording = JoinSet::new();
    for number in 0..400 {
        let store = replicas[number % 2].clone();
        recording.spawn(async move { store.record(request(shop, "jan@barasek.com", at(0))).await.unwrap() });
    }
    recording.join_all().await;

    let mut claiming = JoinSet::new();
    for number in 0..8 {
        let store = replicas[number % 2].clone();
        claiming.spawn(async move {
            let (worker, mut mine) = (worker(), Vec::new());
            loop {
                let mails = store.claim(worker, at(1), at(61), 7).await.unwrap();
                if mails.is_empty() {
                    return mine;
                }
                mine.extend(mails.into_iter().map(|mail| mail.id()));
            }
        });
    }
    let claimed: Vec<MailId> = claiming.join_all().await.into_iter().flatten().collect();
    // A claim that meets only rows another is about to take may come back empty: what is left is
    // claimable.
    let left = replicas[0].claim(worker(), at(1), at(61), 1_000).await.unwrap();
    assert_eq!(claimed.len() + left.len(), 400);
    assert_eq!(claimed.iter().collect::<HashSet<_>>().len(), claimed.len());
}

/// Batches, too, are judged as if they came one after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn of_many_issues_for_one_customer_the_newest_request_holds_the_link() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let replicas = [database.store().await, database.store().await];
    let shop = organisation(&replicas[0]).await;
    let customer = customer(&replicas[0], shop, "jan@barasek.com").await;
    let mut requests = Vec::new();
    for second in 0..12 {
        let request = request(shop, "jan@barasek.com", at(second));
        requests.push(request.id);
        replicas[0].record(request).await.unwrap();
    }
    let worker = worker();
    assert_eq!(replicas[0].claim(worker, at(20), at(80), 100).await.unwrap().len(), 12);

    let mut issuing = JoinSet::new();
    for (number, request) in requests.into_iter().enumerate() {
        let (store, token) = (replicas[number % 2].clone(), token());
        let issue = issue(shop, customer, request, worker, token, 20);
        issuing.spawn(async move { (number, token, store.issue(issue).await.unwrap()) });
    }
    for (number, token, outcome) in issuing.join_all().await {
        let link = TokenStore::find(&replicas[0], token, at(21)).await.unwrap();
        match (number, outcome) {
            (11, outcome) => {
                assert_eq!((outcome, link.unwrap().state), (Issued::Issued, LinkState::Good));
            }
            (_, Issued::Issued) => assert_eq!(link.unwrap().state, LinkState::Superseded),
            (_, outcome) => assert_eq!((outcome, link), (Issued::Superseded, None)),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn a_flood_of_visits_keeps_ninety() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let store = database.store().await;
    let shop = organisation(&store).await;
    let request = request(shop, "jan@barasek.com", at(0));
    let id = request.id;
    store.record(request).await.unwrap();
    let mut notes = JoinSet::new();
    for _ in 0..250 {
        let store = store.clone();
        notes.spawn(async move { store.note(id, at(1), "opened", "a browser".to_owned()).await.unwrap() });
    }
    notes.join_all().await;
    let kept = database.count("SELECT count(*) FROM mail_event").await;
    assert!((1..=90).contains(&kept), "{kept} notes are kept");
    for _ in 0..100 {
        store.note(id, at(2), "opened", String::new()).await.unwrap();
    }
    assert_eq!(database.count("SELECT count(*) FROM mail_event").await, 90);
}
