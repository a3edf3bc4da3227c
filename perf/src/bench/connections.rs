//! What a crowd of idle and dripping connections does to everybody else; memory with all of them
//! there; a cold start.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{Bench, Plan, scrape};
use crate::Result;
use crate::installation::Budget;
use crate::loadgen::{Crowd, Group, Outcome, Paced, apart, paced};
use crate::sink::{Keep, Sink};
use crate::statistics::Latencies;
use xtask::output::{figure, human, step};
use xtask::process::{Running, free_address};

/// Connections that rest.
const IDLE: u32 = 1_000;
/// Connections that drip.
const DRIPPING: u32 = 200;
/// Requests per second unless asked otherwise: a rate that leaves the machine at rest between them.
const RATE: u32 = 500;
/// What the crowd may cost the slowest hundredth.
const WORST_RATIO: u32 = 2;
/// Below this nobody notices, and chance decides.
const FLOOR: Duration = Duration::from_millis(1);
/// What the server should fit into, with all of them there.
const MEMORY: u64 = 64 << 20;
/// Within this a start on an existing database should answer.
const COLD_START: Duration = Duration::from_millis(150);
/// Starts that are timed; the median counts.
const STARTS: usize = 5;

pub(super) fn run(plan: &Plan) -> Result {
    let rate = plan.rate.unwrap_or(RATE);
    step(format!(
        "connections: {rate} requests/s on {} connections, alone and beside {IDLE} idle and {DRIPPING} dripping ones",
        plan.connections
    ));
    let sink = Sink::start(Keep::Totals)?;
    let bench = Bench::new(plan, &sink, Budget::AMPLE)?;
    bench.installation.import(Group::Known, 0..rate * plan.seconds())?;
    let address = free_address()?;
    let server = bench.installation.serve(address)?;
    // Half of the undisturbed run before and half after, so that what drifts meanwhile meets both.
    let half = plan.seconds().div_ceil(2);
    load(plan, &bench, address, rate, 1)?;
    let mut alone = load(plan, &bench, address, rate, half)?;
    let crowd = Crowd::gather(address, &bench.key, IDLE, DRIPPING)?;
    let (beside, resident) = with_memory(&server, || load(plan, &bench, address, rate, plan.seconds()))?;
    let open = crowd.open();
    drop(crowd);
    alone.extend(load(plan, &bench, address, rate, half)?);
    drop(server);
    let (alone, beside) = (latencies(&alone)?, latencies(&beside)?);
    for (name, latencies) in [("alone", &alone), ("beside the crowd", &beside)] {
        let at = |per_mille| human(latencies.quantile(per_mille));
        figure(name, format!("p50 {}  p99 {}  max {}", at(500), at(990), at(1000)));
    }
    figure("connections of the crowd at the end", open);
    if let Some(bytes) = resident {
        let verdict = if bytes < MEMORY { "within" } else { "OVER" };
        figure(
            "resident memory meanwhile, at most",
            format!("{:.1} MiB, {verdict} 64 MiB", bytes as f64 / 1_048_576.0),
        );
    }
    let start = cold_start(&bench)?;
    let verdict = if start < COLD_START { "within" } else { "OVER" };
    figure("cold start to the first answer", format!("{}, {verdict} {}", human(start), human(COLD_START)));

    let worst = (alone.quantile(990) * WORST_RATIO).max(FLOOR);
    if beside.quantile(990) > worst {
        let slowest = human(beside.quantile(990));
        return Err(format!("beside the crowd p99 is {slowest}, more than {}", human(worst)).into());
    }
    Ok(())
}

fn load(plan: &Plan, bench: &Bench, server: SocketAddr, rate: u32, seconds: u32) -> Result<Vec<Outcome>> {
    let paced_plan = Paced {
        servers: vec![server],
        api_key: bench.key.clone(),
        rate,
        duration: Duration::from_secs(seconds.into()),
        connections: plan.connections,
        customers: u32::MAX,
    };
    apart(move || paced(paced_plan))
}

/// Runs `work` and watches how large the server becomes.
fn with_memory<T>(server: &Running, work: impl FnOnce() -> Result<T>) -> Result<(T, Option<u64>)> {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut largest = None;
            while !done.load(Ordering::Relaxed) {
                largest = largest.max(server.resident_bytes());
                thread::sleep(Duration::from_millis(100));
            }
            largest
        });
        let worked = work();
        done.store(true, Ordering::Relaxed);
        let largest = watch.join().unwrap_or_default();
        Ok((worked?, largest))
    })
}

fn latencies(outcomes: &[Outcome]) -> Result<Latencies> {
    if let Some(lost) = outcomes.iter().find(|outcome| !outcome.is_acknowledged()) {
        return Err(format!("a request was answered with {:?}", lost.status).into());
    }
    let micros = outcomes.iter().map(|outcome| outcome.answered.duration_since(outcome.sent).as_micros());
    Ok(Latencies::from_micros(micros.map(|micros| u32::try_from(micros).unwrap_or(u32::MAX)).collect()))
}

/// From the start of the process to its first answer, on the database as it is.
fn cold_start(bench: &Bench) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let address = free_address()?;
        let begun = Instant::now();
        let server = bench.installation.serve(address)?;
        scrape(address, "/readyz")?;
        times.push(begun.elapsed());
        drop(server);
    }
    times.sort_unstable();
    Ok(times.get(STARTS / 2).copied().unwrap_or_default())
}
