//! What each step in the life of a request costs on an empty database and on a large one.
//!
//! `cargo bench -p resetd-store-sqlite --bench scale [-- ROWS]`: ROWS stored requests (default
//! 100,000), a tenth as many customers.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and may fail"
)]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use application::model::{
    AddressBudget, Completion, CustomerImport, CustomerStatus, Field, ImportCheckpoint, Lease, NewRequest,
    Organisation, OrganisationSettings, PasswordHash, Redemption, TokenIssue,
};
use application::ports::{CustomerDirectory, DeliveryQueue, OrganisationRegistry, RequestIntake, TokenStore};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    CustomerId, EmailAddress, MailId, NoMailReason, OrganisationId, RequestId, TokenHash, WorkerId,
};
use futures_util::future::join_all;
use resetd_store_sqlite::SqliteStore;
use sqlx::{ConnectOptions as _, Executor as _};
use testkit::fake::TestVault;

use self::support::cpu_time;

const ORGANISATION: OrganisationId = OrganisationId::from_bytes([1; 16]);
const WORKER: WorkerId = WorkerId::from_bytes([2; 16]);
/// What must cost on a large database what it costs on an empty one, within a fifth.
const PROMISED: [&str; 3] = ["record", "claim", "redeem"];
/// Requests measured, and how many of them go together.
const MEASURED: u64 = 4_000;
const TOGETHER: u64 = 50;

/// Ended requests with a token and an attempt each, as a month leaves them.
const FILL: [&str; 5] = [
    "PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; BEGIN",
    "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < $1) \
     INSERT INTO mail (id, kind, stage, state, organisation_id, api_key_id, sandbox, priority, accepted_at, expires_at, \
       address_fingerprint, address_masked, submitted, due_at, admitted, attempts, customer_id, sent_at) \
     SELECT CAST(unhex(printf('%012x', 1700000000000 + i)) || randomblob(10) AS BLOB), 0, 3, 'sent', $2, randomblob(16), 0, 0, \
       1700000000000 + i, 1700003600000 + i, randomblob(16), 'c***@shop.example', randomblob(70), 1700000000100 + i, 1, 1, \
       randomblob(16), 1700000000100 + i FROM n",
    "INSERT INTO mail_attempt SELECT seq, 1, sent_at, '127.0.0.1:25', randomblob(70), 'sent' FROM mail \
       WHERE accepted_at < 1772000000000",
    "INSERT INTO reset_token SELECT seq, 1, randomblob(32), customer_id, sent_at, expires_at, NULL, NULL FROM mail \
       WHERE accepted_at < 1772000000000",
    "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < $1 / 10) \
     INSERT INTO customer (id, organisation_id, address_fingerprint, sealed, status, password_hash, links_valid_from, \
       sessions_valid_from, created_at, updated_at) \
     SELECT randomblob(16), $2, randomblob(16), randomblob(130), 'active', hex(randomblob(48)), 0, 0, 0, 0 FROM n",
];

#[derive(Default)]
struct Costs {
    steps: Vec<Step>,
}

struct Step {
    name: &'static str,
    time: Duration,
    cpu: Duration,
}

/// When a step began, by the clock on the wall and by that of the processor.
struct Started(Instant, Duration);

impl Started {
    fn now() -> Self {
        Self(Instant::now(), cpu_time())
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let rows: i64 = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(100_000);
    let directory = tempfile::tempdir().unwrap();
    let location = directory.path().join("scale.db");
    let store = SqliteStore::open(location.to_str().unwrap(), Arc::new(TestVault::new(1))).await.unwrap();
    let organisation = Organisation {
        id: ORGANISATION,
        name: "Shop".to_owned(),
        suspended: false,
        settings: OrganisationSettings::default(),
        created_at: at(0),
    };
    OrganisationRegistry::create(&store, &organisation).await.unwrap();
    let started = Instant::now();
    import(&store).await;
    println!("import: {:.0} customers/s", 20_000.0 / started.elapsed().as_secs_f64());

    measure(&store, 0).await;
    let empty = measure(&store, 1).await;
    store.database().close().await;
    let started = Instant::now();
    fill(&location, rows).await;
    // What the filling left to be written must not be measured.
    std::fs::File::open(&location).unwrap().sync_all().unwrap();
    println!("filled with {rows} requests in {:.0} s", started.elapsed().as_secs_f64());

    let store = SqliteStore::open(location.to_str().unwrap(), Arc::new(TestVault::new(1))).await.unwrap();
    measure(&store, 2).await;
    let full = measure(&store, 3).await;
    println!(
        "µs each, {TOGETHER} at once, on an empty database and a full one, and full by empty: time, CPU time"
    );
    let mut worst = [0.0_f64; 2];
    for (before, after) in empty.steps.iter().zip(&full.steps) {
        let [time, time_full, cpu, cpu_full] = [before.time, after.time, before.cpu, after.cpu].map(each);
        let ratios = [time_full / time, cpu_full / cpu];
        println!(
            "{:<10}{time:>9.1}{time_full:>9.1} {:>6.2}{cpu:>9.1}{cpu_full:>9.1} {:>6.2}",
            before.name, ratios[0], ratios[1]
        );
        if PROMISED.contains(&before.name) {
            worst = [worst[0].max(ratios[0]), worst[1].max(ratios[1])];
        }
    }
    println!(
        "the worst of {}: {:.2} by time, {:.2} by CPU time; promised: 1.20",
        PROMISED.join(", "),
        worst[0],
        worst[1]
    );
    purge(&store).await;
    store.database().close().await;
}

fn each(total: Duration) -> f64 {
    total.as_secs_f64() * 1e6 / MEASURED as f64
}

fn at(seconds: u64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_352_000, 0).unwrap() + TimeDelta::seconds(i64::try_from(seconds).unwrap())
}

fn email(number: u64) -> EmailAddress {
    EmailAddress::parse(&format!("customer.{number}@shop.example.com")).unwrap()
}

fn bytes<const N: usize>(run: u64, number: u64) -> [u8; N] {
    let mut bytes = [0x77; N];
    // Scattered, as hashes and identifiers are.
    bytes[..8].copy_from_slice(&(run * 1_000_000 + number).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    bytes
}

async fn import(store: &SqliteStore) {
    for batch in 0..20_u64 {
        let rows: Vec<_> = (0..1_000)
            .map(|row| CustomerImport {
                external_id: Some(format!("{batch}-{row}")),
                email: Field::Set(email(batch * 1_000 + row)),
                name: Field::Set("Jan Barášek".to_owned()),
                status: Some(CustomerStatus::Active),
                password_hash: Field::Set(PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$".repeat(3))),
                ..CustomerImport::new(CustomerId::from_bytes(bytes(100, batch * 1_000 + row)))
            })
            .collect();
        let checkpoint = ImportCheckpoint { name: "file".to_owned(), position: batch };
        store.import(ORGANISATION, &rows, checkpoint, at(0)).await.unwrap();
    }
}

async fn measure(store: &SqliteStore, run: u64) -> Costs {
    let mut costs = Costs::default();
    let now = at(1 + run * 10_000);
    for group in (0..MEASURED).step_by(usize::try_from(TOGETHER).unwrap()) {
        let numbers = group..group + TOGETHER;
        let started = Started::now();
        join_all(
            numbers
                .clone()
                .map(|number| async move { store.record(request(run, number, now)).await.unwrap() }),
        )
        .await;
        costs.add("record", started);

        let started = Started::now();
        let limit = u32::try_from(TOGETHER).unwrap();
        let mails = store.claim(WORKER, now, now + TimeDelta::seconds(60), limit).await.unwrap();
        assert_eq!(mails.len() as u64, TOGETHER);
        costs.add("claim", started);

        let started = Started::now();
        let budget = AddressBudget { per_minute: 1_000, per_hour: 1_000 };
        join_all(numbers.clone().map(|number| async move {
            store.admit(Lease::new(id(run, number), WORKER), budget, now).await.unwrap();
        }))
        .await;
        costs.add("admit", started);

        let started = Started::now();
        join_all(numbers.clone().map(|number| async move {
            assert!(store.find_by_email(ORGANISATION, &email(number)).await.unwrap().is_some());
        }))
        .await;
        costs.add("find", started);

        let started = Started::now();
        join_all(
            numbers.clone().map(|number| async move { store.issue(issue(run, number, now)).await.unwrap() }),
        )
        .await;
        costs.add("issue", started);

        let started = Started::now();
        join_all(numbers.clone().map(|number| async move {
            let sent = Completion::Sent {
                host: "127.0.0.1:25".to_owned(),
                reply: "250 2.0.0 Ok: queued".to_owned(),
            };
            let mail = MailId::from_bytes(*id(run, number).as_bytes());
            assert!(store.complete(Lease::new(mail, WORKER), sent, now).await.unwrap());
        }))
        .await;
        costs.add("complete", started);

        let started = Started::now();
        join_all(
            numbers.map(|number| async move { store.redeem(redemption(run, number, now)).await.unwrap() }),
        )
        .await;
        costs.add("redeem", started);
        // The notices of these redemptions are not measured.
        let notices = store.claim(WORKER, now, now + TimeDelta::seconds(60), limit).await.unwrap();
        let none = || Completion::NoMail(NoMailReason::Inactive);
        join_all(notices.iter().map(|mail| store.complete(Lease::new(mail.id(), WORKER), none(), now))).await;
    }
    costs
}

impl Costs {
    fn add(&mut self, name: &'static str, Started(time, cpu): Started) {
        let (time, cpu) = (time.elapsed(), cpu_time() - cpu);
        match self.steps.iter_mut().find(|step| step.name == name) {
            Some(step) => {
                step.time += time;
                step.cpu += cpu;
            }
            None => self.steps.push(Step { name, time, cpu }),
        }
    }
}

/// How long a request may have to wait behind one batch.
async fn purge(store: &SqliteStore) {
    let mut times = Vec::new();
    for _ in 0..200 {
        let started = Instant::now();
        store.purge(at(0), at(0), 200).await.unwrap();
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let [median, longest] = [times[100], times[199]].map(|time| time.as_secs_f64() * 1e3);
    println!("purge of 200 rows: {median:.1} ms, at most {longest:.1} ms");
}

fn id(run: u64, number: u64) -> RequestId {
    let milliseconds = at(1 + run * 10_000).timestamp_millis().unsigned_abs() + number;
    RequestId::from_parts(milliseconds, bytes(run, number))
}

fn request(run: u64, number: u64, now: DateTime<Utc>) -> NewRequest {
    NewRequest {
        id: id(run, number),
        organisation: ORGANISATION,
        api_key: None,
        sandbox: false,
        email: email(number),
        customer_ip: None,
        accepted_at: now,
        expires_at: now + TimeDelta::hours(1),
    }
}

fn issue(run: u64, number: u64, now: DateTime<Utc>) -> TokenIssue {
    TokenIssue {
        lease: Lease::new(id(run, number), WORKER),
        organisation: ORGANISATION,
        customer: CustomerId::from_bytes(bytes(100, number)),
        token: TokenHash::from_bytes(bytes(run, number)),
        at: now,
        expires_at: now + TimeDelta::hours(1),
        geo: None,
    }
}

fn redemption(run: u64, number: u64, now: DateTime<Utc>) -> Redemption {
    Redemption {
        token: TokenHash::from_bytes(bytes(run, number)),
        organisation: ORGANISATION,
        sandbox: false,
        password: Some(PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$".repeat(3))),
        repetition: None,
        at: now,
        customer_ip: None,
        notice: MailId::from_bytes(bytes(run + 50, number)),
        notice_expires_at: now + TimeDelta::hours(1),
        actor: "customer".to_owned(),
    }
}

async fn fill(location: &Path, rows: i64) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(location).foreign_keys(false);
    let mut connection = options.connect().await.unwrap();
    for sql in FILL {
        let query = sqlx::query(sql).bind(rows).bind(ORGANISATION.as_bytes().to_vec());
        query.execute(&mut connection).await.unwrap();
    }
    connection.execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
}
