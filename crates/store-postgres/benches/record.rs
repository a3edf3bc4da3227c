//! How many requests a second are accepted, and how many mails a second the store lets through,
//! beside `pgbench` writing one row a transaction on the same server in the same run.
//!
//! Needs `RESETD_TEST_POSTGRES_URL`; makes a database of its own there and drops it.
//! `RESETD_BENCH_SECONDS` (3) is the time of each measurement, `RESETD_BENCH_ROWS` (0) how many
//! ended mails lie in the database beforehand.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measurement prints, and fails as a whole"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::VecDeque;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use application::model::{
    AddressBudget, ClaimedWork, Completion, ImportCheckpoint, Issued, Lease, TokenIssue,
};
use application::ports::{CustomerDirectory, DeliveryQueue, RequestIntake, TokenStore};
use chrono::TimeDelta;
use domain::{OrganisationId, RequestId, TokenHash};
use resetd_store_postgres::{PoolSettings, PostgresStore};
use support::{TestDatabase, at, customer, email, import_row, organisation, request, worker};
use testkit::fake::TestVault;
use tokio::task::JoinSet;

const CLIENTS: [u64; 3] = [1, 32, 64];
const MAILS: u64 = 20_000;
const STEPS: [&str; 4] = ["admit", "find by e-mail", "issue", "complete"];

#[expect(clippy::disallowed_methods, reason = "settings of the measurement")]
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() {
    let server = support::server();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let database = TestDatabase::create(&server).await;
        let store = database.store().await;
        let shop = organisation(&store).await;
        customer(&store, shop, "jan@barasek.com").await;
        fill(&database, setting("RESETD_BENCH_ROWS", 0)).await;
        drop(store);
        println!("{:<44} {:>10} {:>9} {:>9} {:>9}", "", "a second", "p50 ms", "p99 ms", "own CPU");
        pgbench(&database, 1);
        pgbench(&database, 64);
        // Round about, so that what else the machine does falls on all alike.
        for writers in [1, 2, 3, 4, 1, 2, 3, 4] {
            truncate(&database).await;
            let settings = PoolSettings { record_writers: writers, ..PoolSettings::default() };
            let store = open(&database, settings).await;
            for clients in CLIENTS {
                record(&store, shop, writers, clients).await;
            }
        }
        pgbench(&database, 64);
        truncate(&database).await;
        let store = open(&database, PoolSettings::default()).await;
        drain(&store, shop).await;
        import(&store, shop).await;
        store.database().close().await;
    });
}

async fn open(database: &TestDatabase, settings: PoolSettings) -> PostgresStore {
    let connected = database.connect_with(settings).await;
    PostgresStore::new(connected, Arc::new(TestVault::default())).await.unwrap()
}

async fn truncate(database: &TestDatabase) {
    let mut connection = database.plain().await;
    for statement in ["TRUNCATE mail_queue", "VACUUM ANALYZE"] {
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    }
}

/// Ended mails, tokens and queue as a long life leaves them.
async fn fill(database: &TestDatabase, rows: u64) {
    if rows == 0 {
        return;
    }
    let began = Instant::now();
    let fill = "INSERT INTO mail (accepted_at, expires_at, ended_at, attempts, kind, priority, sandbox, id, organisation_id, \
         customer_id, state, submitted, timeline) \
         SELECT '2026-01-01'::timestamptz + n * interval '10 ms', '2026-01-02', '2026-01-02', 1, 0, 0, false, \
         (lpad(to_hex(1767225600000 + n * 10), 12, '0') || '7' || substr(md5(n::text), 1, 3) || 'a' || substr(md5(n::text), 4, 15))::uuid, \
         gen_random_uuid(), gen_random_uuid(), 'sent', decode(md5(n::text) || md5((n + 1)::text), 'hex'), '{}' \
         FROM generate_series(1, $1::bigint) n";
    let mut connection = database.plain().await;
    sqlx::query(fill).bind(i64::try_from(rows).unwrap()).execute(&mut connection).await.unwrap();
    let tokens = "INSERT INTO reset_token (accepted_at, issued_at, expires_at, sandbox, request_id, organisation_id, customer_id, \
         hash) SELECT accepted_at, accepted_at, expires_at, false, id, organisation_id, customer_id, sha256(id::text::bytea) \
         FROM mail";
    sqlx::query(tokens).execute(&mut connection).await.unwrap();
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await.unwrap();
    println!("{rows} ended mails and tokens written in {:.0} s", began.elapsed().as_secs_f64());
}

fn report(name: &str, count: u64, elapsed: Duration, mut latencies: Vec<Duration>, cpu: Duration) {
    latencies.sort_unstable();
    let percentile = |part: usize| latencies.get(latencies.len() * part / 100).copied().unwrap_or_default();
    let rate = count as f64 / elapsed.as_secs_f64();
    let share = cpu.as_secs_f64() / count.max(1) as f64 * 1e6;
    println!(
        "{name:<44} {rate:>10.0} {:>9.2} {:>9.2} {share:>6.0} µs",
        percentile(50).as_secs_f64() * 1e3,
        percentile(99).as_secs_f64() * 1e3,
    );
}

/// The processor time of this process.
fn own_cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks =
        |index: usize| fields.get(index).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    // utime and stime, in hundredths of a second on every Linux.
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

fn pgbench(database: &TestDatabase, clients: u32) {
    // sqlx adds parameters that libpq does not know.
    let url = database.url.split('?').next().unwrap_or_default();
    let script = std::env::temp_dir().join(format!("resetd-bench-{}.sql", std::process::id()));
    std::fs::write(
        &script,
        "INSERT INTO pgbench_one_row (id, filler) VALUES (gen_random_uuid(), repeat('x', 200));\n",
    )
    .unwrap();
    let create = Command::new("psql")
        .args([url, "-qc", "SET client_min_messages = warning; CREATE TABLE IF NOT EXISTS pgbench_one_row (id uuid PRIMARY KEY, filler text)"])
        .status();
    let seconds = setting("RESETD_BENCH_SECONDS", 3).to_string();
    let clients = clients.to_string();
    let run = Command::new("pgbench")
        .args(["-n", "-M", "prepared", "-c", &clients, "-j", "2", "-T", &seconds, "-f"])
        .arg(&script)
        .arg(url)
        .output();
    drop(std::fs::remove_file(&script));
    let (Ok(_), Ok(run)) = (create, run) else {
        println!("pgbench is not installed: nothing to compare with");
        return;
    };
    let text = String::from_utf8_lossy(&run.stdout);
    let value =
        |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("?").trim().to_owned();
    println!(
        "{:<44} {:>10} {:>9}",
        format!("pgbench, one row a commit, {clients} clients"),
        value("tps = ").split('.').next().unwrap_or_default().to_owned(),
        value("latency average = ")
    );
}

async fn record(store: &PostgresStore, shop: OrganisationId, writers: u32, clients: u64) {
    let end = Instant::now() + Duration::from_secs(setting("RESETD_BENCH_SECONDS", 3));
    let (began, cpu) = (Instant::now(), own_cpu());
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        let store = store.clone();
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            while Instant::now() < end {
                let request = request(shop, "jan@barasek.com", at(0));
                let began = Instant::now();
                store.record(request).await.unwrap();
                latencies.push(began.elapsed());
            }
            latencies
        });
    }
    let latencies: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let name = format!("record, {clients} clients, {writers} writers");
    report(&name, latencies.len() as u64, began.elapsed(), latencies, own_cpu().saturating_sub(cpu));
}

/// A queue of [`MAILS`] through the worker's steps, 25 at once; the relay takes no time.
async fn drain(store: &PostgresStore, shop: OrganisationId) {
    let mut tasks = JoinSet::new();
    for number in 0..MAILS {
        let (store, address) = (store.clone(), format!("customer{}@example.com", number % 1_000));
        tasks.spawn(async move { store.record(request(shop, &address, at(0))).await.unwrap() });
        if tasks.len() >= 500 {
            tasks.join_next().await;
        }
    }
    tasks.join_all().await;
    let rows: Vec<_> =
        (0..1_000).map(|number| import_row(&format!("customer{number}@example.com"))).collect();
    let checkpoint = ImportCheckpoint { name: "bench".to_owned(), position: 1_000 };
    store.import(shop, &rows, checkpoint, at(-1)).await.unwrap();

    let (began, cpu, sent, worker) = (Instant::now(), own_cpu(), Arc::new(AtomicU64::new(0)), worker());
    let mut latencies = Vec::new();
    let (mut ready, mut flight) = (VecDeque::new(), JoinSet::new());
    loop {
        if ready.is_empty() {
            ready.extend(store.claim(worker, at(1), at(60), 50).await.unwrap());
        }
        while flight.len() < 25
            && let Some(mail) = ready.pop_front()
        {
            let (store, sent) = (store.clone(), Arc::clone(&sent));
            flight.spawn(async move {
                let steps = deliver(&store, mail, worker).await;
                sent.fetch_add(1, Ordering::Relaxed);
                steps
            });
        }
        match flight.join_next().await {
            Some(steps) => latencies.push(steps.unwrap()),
            None => break,
        }
    }
    let sent = sent.load(Ordering::Relaxed);
    let (elapsed, cpu) = (began.elapsed(), own_cpu().saturating_sub(cpu));
    let whole = latencies.iter().map(|steps: &[Duration; 4]| steps.iter().sum()).collect();
    report("mails through every step, 25 at once", sent, elapsed, whole, cpu);
    for (step, name) in STEPS.iter().enumerate() {
        let latencies = latencies.iter().map(|steps| steps[step]).collect();
        report(&format!("  {name}"), sent, elapsed, latencies, Duration::ZERO);
    }
    assert_eq!(sent, MAILS);
}

/// The steps of a mail, and how long each took.
async fn deliver(
    store: &PostgresStore,
    mail: application::model::ClaimedMail,
    worker: domain::WorkerId,
) -> [Duration; STEPS.len()] {
    let id = RequestId::from_bytes(*mail.id().as_bytes());
    let ClaimedWork::Reset { email, .. } = &mail.work else { return Default::default() };
    let mut moments = vec![Instant::now()];
    let budget = AddressBudget { per_minute: 1_000, per_hour: 1_000 };
    store.admit(Lease::new(id, worker), budget, at(1)).await.unwrap();
    moments.push(Instant::now());
    let customer = store.find_by_email(mail.organisation, email).await.unwrap().unwrap();
    moments.push(Instant::now());
    let issue = TokenIssue {
        lease: Lease::new(id, worker),
        organisation: mail.organisation,
        customer: customer.id,
        token: TokenHash::from_bytes(std::array::from_fn(|index| {
            id.as_bytes()[index % 16].wrapping_add(index as u8)
        })),
        at: at(1),
        expires_at: at(3_600),
        geo: None,
    };
    assert!(matches!(store.issue(issue).await.unwrap(), Issued::Issued | Issued::Superseded));
    moments.push(Instant::now());
    let sent = Completion::Sent {
        host: "relay.test:25".to_owned(),
        reply: "250 2.0.0 Ok: queued as 4D2A".to_owned(),
    };
    assert!(store.complete(Lease::new(id, worker), sent, at(1)).await.unwrap());
    moments.push(Instant::now());
    std::array::from_fn(|step| moments[step + 1] - moments[step])
}

async fn import(store: &PostgresStore, shop: OrganisationId) {
    const ROWS: u64 = 100_000;
    let (began, cpu) = (Instant::now(), own_cpu());
    let mut latencies = Vec::new();
    for batch in 0..ROWS / 500 {
        let rows: Vec<_> =
            (0..500).map(|row| import_row(&format!("import{}@example.net", batch * 500 + row))).collect();
        let checkpoint = ImportCheckpoint { name: "import".to_owned(), position: (batch + 1) * 500 };
        let began = Instant::now();
        store.import(shop, &rows, checkpoint, at(0) + TimeDelta::seconds(1)).await.unwrap();
        latencies.push(began.elapsed());
    }
    assert!(store.find_by_email(shop, &email("import99999@example.net")).await.unwrap().is_some());
    report(
        "customers imported, 500 a batch (ms a batch)",
        ROWS,
        began.elapsed(),
        latencies,
        own_cpu().saturating_sub(cpu),
    );
}
