//! Durable `record`s per second by number of concurrent callers, beside the raw sync rate of the
//! same disk.
//!
//! `cargo bench -p resetd-store-sqlite --bench record [-- SECONDS]`
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and may fail"
)]

mod support;

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use application::model::NewRequest;
use application::ports::{AddressVault as _, RequestIntake as _};
use chrono::{DateTime, TimeDelta};
use domain::{ApiKeyId, CustomerIp, EmailAddress, OrganisationId, RequestId};
use resetd_store_sqlite::SqliteStore;
use testkit::fake::TestVault;

use self::support::cpu_time;

fn main() {
    let seconds = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(2);
    let length = Duration::from_secs(seconds);
    let directory = tempfile::tempdir().unwrap();
    println!("raw: {:>7.0} writes of 4 KiB with fdatasync/s", raw(directory.path(), length));
    println!("making and sealing a request: {:>5.1} µs CPU, counted below", making());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build().unwrap();
    for callers in [1, 8, 32, 128] {
        let location = directory.path().join(format!("{callers}.db"));
        let run = runtime.block_on(records(location.to_str().unwrap(), callers, length));
        let [median, slow, slowest] = [0.5, 0.99, 1.0].map(|part| run.latency(part));
        println!(
            "{callers:>4} callers: {:>7.0} records/s, {:>5.1} µs CPU each, latency {median:.2} / {slow:.2} / {slowest:.2} ms \
             (median, p99, longest)",
            run.rate, run.cpu
        );
    }
}

fn raw(directory: &Path, length: Duration) -> f64 {
    let mut file = std::fs::File::create(directory.join("raw")).unwrap();
    let (started, mut writes) = (Instant::now(), 0_u32);
    while started.elapsed() < length {
        file.write_all(&[0x5a; 4_096]).unwrap();
        file.sync_data().unwrap();
        writes += 1;
    }
    f64::from(writes) / started.elapsed().as_secs_f64()
}

/// What the caller spends on a request before the store has it, in microseconds: with the test
/// vault, which is slower than the real one.
fn making() -> f64 {
    const REQUESTS: u32 = 50_000;
    let (vault, started) = (TestVault::new(1), Instant::now());
    for number in 0..REQUESTS {
        let request = request(0, number.into());
        black_box(vault.fingerprint(request.organisation, &request.email));
        black_box(vault.seal(request.email.normalized().as_bytes()));
    }
    started.elapsed().as_secs_f64() * 1e6 / f64::from(REQUESTS)
}

struct Run {
    rate: f64,
    /// Microseconds per record.
    cpu: f64,
    /// In order.
    latencies: Vec<Duration>,
}

impl Run {
    /// The latency, in milliseconds, that this part of the records did not exceed.
    fn latency(&self, part: f64) -> f64 {
        let index = (self.latencies.len() as f64 * part) as usize;
        self.latencies[index.min(self.latencies.len() - 1)].as_secs_f64() * 1e3
    }
}

async fn records(location: &str, callers: u64, length: Duration) -> Run {
    let store = Arc::new(SqliteStore::open(location, Arc::new(TestVault::new(1))).await.unwrap());
    let number = Arc::new(AtomicU64::new(0));
    let (started, cpu) = (Instant::now(), cpu_time());
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let (store, number) = (Arc::clone(&store), Arc::clone(&number));
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                while started.elapsed() < length {
                    let asked = Instant::now();
                    store.record(request(caller, number.fetch_add(1, Ordering::Relaxed))).await.unwrap();
                    latencies.push(asked.elapsed());
                }
                latencies
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap());
    }
    let records = latencies.len() as f64;
    let (rate, cpu) =
        (records / started.elapsed().as_secs_f64(), (cpu_time() - cpu).as_secs_f64() * 1e6 / records);
    latencies.sort_unstable();
    store.database().close().await;
    Run { rate, cpu, latencies }
}

fn request(caller: u64, number: u64) -> NewRequest {
    let accepted_at = DateTime::from_timestamp_millis(1_772_352_000_000).unwrap()
        + TimeDelta::microseconds(i64::try_from(number).unwrap() * 30);
    let mut random = [0; 10];
    random[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    random[8] = caller.to_le_bytes()[0];
    NewRequest {
        id: RequestId::from_parts(accepted_at.timestamp_millis().unsigned_abs(), random),
        organisation: OrganisationId::from_bytes([7; 16]),
        api_key: Some(ApiKeyId::from_bytes([9; 16])),
        sandbox: false,
        email: EmailAddress::parse(&format!("customer.{number}@shop.example.com")).unwrap(),
        customer_ip: Some(CustomerIp::parse("203.0.113.7").unwrap()),
        accepted_at,
        expires_at: accepted_at + TimeDelta::hours(1),
    }
}
