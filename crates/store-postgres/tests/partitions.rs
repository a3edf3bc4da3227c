//! Retention: days are made ahead and dropped whole.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot begin fails")]

mod support;

use application::audit::{GENESIS, first_break, purged_through};
use application::model::{AuditAction, AuditEntry, Completion, Lease};
use application::ports::{AuditLog, DeliveryQueue, MailQueue, RequestIntake, StoreError, TokenStore};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{MailId, OrganisationId, RequestId};
use resetd_store_postgres::PostgresStore;
use support::{TestDatabase, at, customer, organisation, request, server, token, worker};

async fn sent(store: &PostgresStore, shop: OrganisationId, accepted: DateTime<Utc>) -> RequestId {
    let request = request(shop, "jan@barasek.com", accepted);
    let (id, worker) = (request.id, worker());
    store.record(request).await.unwrap();
    store.claim(worker, accepted, accepted + TimeDelta::minutes(1), 10).await.unwrap();
    let sent = Completion::Sent { host: "relay.test:25".to_owned(), reply: "250 ok".to_owned() };
    assert!(store.complete(Lease::new(id, worker), sent, accepted).await.unwrap());
    id
}

async fn purge(store: &PostgresStore, before: DateTime<Utc>) -> u64 {
    let mut gone = 0;
    for _ in 0..1_000 {
        match store.purge(before, before, 200).await.unwrap() {
            0 => return gone,
            rows => gone += rows,
        }
    }
    panic!("purging never ends");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn a_day_is_made_ahead_and_dropped_whole() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let store = database.store().await;
    let shop = organisation(&store).await;
    let customer = customer(&store, shop, "jan@barasek.com").await;
    // Any replica may do it, and all at once.
    let (one, other) = tokio::join!(store.database().maintain(at(0)), store.database().maintain(at(0)));
    one.and(other).unwrap();
    store.database().maintain(at(0)).await.unwrap();
    let days = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'mail'::regclass";
    assert_eq!(database.count(days).await, 5, "four days and the default");

    let first = sent(&store, shop, at(0)).await;
    let next_day = sent(&store, shop, at(86_400)).await;
    assert_eq!(database.count("SELECT count(*) FROM mail_p20260301").await, 1);
    assert_eq!(database.count("SELECT count(*) FROM mail_p20260302").await, 1);
    store.note(first, at(1), "opened", String::new()).await.unwrap();
    assert_eq!(database.count("SELECT count(*) FROM mail_event_p20260301").await, 1);
    // A token of the first day, as an issue would leave it.
    let hash = token();
    sqlx::query(
        "INSERT INTO reset_token (accepted_at, issued_at, expires_at, sandbox, request_id, organisation_id, customer_id, hash) \
         SELECT accepted_at, accepted_at, expires_at, false, id, organisation_id, $1, $2 FROM mail WHERE id = $3",
    )
    .bind(sqlx::types::Uuid::from_bytes(*customer.as_bytes()))
    .bind(&hash.as_bytes()[..])
    .bind(sqlx::types::Uuid::from_bytes(*first.as_bytes()))
    .execute(&mut database.plain().await)
    .await
    .unwrap();

    // A day that is not over stays, whatever its hour.
    assert_eq!(purge(&store, at(12 * 3_600)).await, 0);
    assert!(store.show(MailId::from_bytes(*first.as_bytes())).await.unwrap().is_some());
    assert!(purge(&store, at(86_400)).await > 0);
    assert!(store.show(MailId::from_bytes(*first.as_bytes())).await.unwrap().is_none());
    assert!(store.find(hash, at(0)).await.unwrap().is_none());
    assert!(store.show(MailId::from_bytes(*next_day.as_bytes())).await.unwrap().is_some());
    let gone = "SELECT count(*) FROM pg_class WHERE relname IN ('mail_p20260301', 'mail_event_p20260301')";
    assert_eq!(database.count(gone).await, 0);
    assert_eq!(purge(&store, at(86_400)).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn a_day_with_mail_in_the_queue_is_not_dropped() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let store = database.store().await;
    let shop = organisation(&store).await;
    store.database().maintain(at(0)).await.unwrap();
    let ended = sent(&store, shop, at(0)).await;
    store.record(request(shop, "jan@barasek.com", at(5))).await.unwrap();
    assert_eq!(purge(&store, at(10 * 86_400)).await, 3, "the three empty days after it went");
    assert!(store.show(MailId::from_bytes(*ended.as_bytes())).await.unwrap().is_some());
}

/// Rows of a day that began before anybody made its partition stay in the default one, and go in
/// batches.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn a_day_begun_without_a_partition_is_purged_in_batches() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let store = database.store().await;
    let shop = organisation(&store).await;
    let early = sent(&store, shop, at(0)).await;
    store.database().maintain(at(10)).await.unwrap();
    let late = sent(&store, shop, at(4_000)).await;
    assert_eq!(database.count("SELECT count(*) FROM mail_default").await, 2);
    assert_eq!(purge(&store, at(3_500)).await, 0, "its link may still be good");
    assert_eq!(purge(&store, at(3_900)).await, 1);
    assert!(store.show(MailId::from_bytes(*early.as_bytes())).await.unwrap().is_none());
    assert!(store.show(MailId::from_bytes(*late.as_bytes())).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn a_month_of_the_audit_log_goes_without_a_gap_in_the_rest() {
    let server = server();
    let database = TestDatabase::create(&server).await;
    let store = database.store().await;
    let entry = |day: i64| AuditEntry {
        at: at(day * 86_400),
        organisation: None,
        actor: "operator".to_owned(),
        action: AuditAction::MailRetried,
        subject: format!("day {day}"),
        ip: None,
    };
    let write = async |from: i64, to: i64| -> Result<(), StoreError> {
        for day in from..to {
            store.append(&entry(day)).await?;
        }
        Ok(())
    };
    // March, April, May: each begins when maintenance first sees it.
    store.database().maintain(at(0)).await.unwrap();
    write(0, 30).await.unwrap();
    store.database().maintain(at(40 * 86_400)).await.unwrap();
    store.database().maintain(at(41 * 86_400)).await.unwrap();
    write(40, 60).await.unwrap();
    store.database().maintain(at(70 * 86_400)).await.unwrap();
    write(70, 75).await.unwrap();
    let rows = store.read(0, 1_000).await.unwrap();
    assert_eq!((rows.len(), first_break(GENESIS, 0, &rows)), (55, None));

    let now = at(76 * 86_400);
    assert_eq!(
        store.purge_audit(at(65 * 86_400), now).await.unwrap(),
        50,
        "the empty beginning, March and April"
    );
    let rest = store.read(0, 1_000).await.unwrap();
    assert_eq!(rest.first().map(|row| row.sequence), Some(51));
    assert_eq!(first_break(rows[49].hash, 50, &rest), None);
    // March and April each left a row that says so.
    let told: Vec<_> = rest.iter().filter_map(|row| purged_through(&row.entry)).collect();
    assert_eq!(told, [(30, rows[29].hash, rows[29].mac), (50, rows[49].hash, rows[49].mac)]);
    write(77, 78).await.unwrap();
    assert_eq!(store.read(57, 10).await.unwrap().len(), 1);
    assert_eq!(store.purge_audit(at(1_000 * 86_400), now).await.unwrap(), 0, "the part in use stays");
}
