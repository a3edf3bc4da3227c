//! What is delivered while requests come in as fast as they are answered.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use xtask::output::{figure, human, note, ratio, step};
use xtask::process::free_address;

use super::ages::oldest;
use super::ceiling::Ceilings;
use super::{Bench, Plan};
use crate::Result;
use crate::cpu::{self, Components};
use crate::installation::Budget;
use crate::loadgen::{Closed, Group, Load, ResetRequest, apart, closed_loop};
use crate::sink::{Keep, Sink};

/// Seconds of load.
const SECONDS: u32 = 20;
/// Customers for each second of load, so that none is asked for twice: a newer request would
/// replace the one that is still in the queue.
const CUSTOMERS_PER_SECOND: u32 = 12_000;
/// How often the relay's count is read.
const EVERY: Duration = Duration::from_millis(50);

pub(super) fn run(plan: &Plan) -> Result {
    let seconds = plan.seconds.unwrap_or(SECONDS);
    let customers = seconds.saturating_mul(CUSTOMERS_PER_SECOND).min(10_000_000);
    step(format!(
        "mixed: {} closed loops for {seconds} s, durable {:?}, known customers",
        plan.connections, plan.store
    ));
    let sink = Sink::start(Keep::Totals)?;
    let bench = Bench::new(plan, &sink, Budget::AMPLE)?;
    bench.installation.import(Group::Known, 0..customers)?;
    note(format!("{customers} customers imported"));
    let ceilings = Ceilings::measure(plan, &bench, &sink)?;
    let address = free_address()?;
    let server = bench.installation.serve(address)?;
    sink.record().clear();

    let closed = Closed {
        server: address,
        request: ResetRequest::new(address, &bench.key),
        connections: plan.connections,
        warm_up: Duration::ZERO,
        duration: Duration::from_secs(seconds.into()),
        customers,
        at_most: customers.into(),
    };
    let before = Components::so_far(&server);
    let (loaded, samples) = with_samples(&sink, || {
        apart(move || async move {
            let before = cpu::this_thread();
            let load = closed_loop(closed).await?;
            Ok((load, cpu::this_thread().saturating_sub(before)))
        })
    });
    let (load, load_generator) = loaded?;
    let mails = sink.record().mails();
    let cpu = Components { load_generator, ..Components::so_far(&server).since(before) };
    if load.accepted == u64::from(customers) {
        note("every customer was asked for: the load ended early; use fewer --seconds");
    }
    report(&load, mails, &samples, cpu);
    ceilings.print();
    if xtask::process::listens(address) {
        Ok(())
    } else {
        Err(format!("the server ended under load:\n{}", bench.installation.log_tail()).into())
    }
}

fn report(load: &Load, mails: u64, samples: &[(Instant, u64)], cpu: Components) {
    let seconds = load.elapsed.as_secs_f64();
    let ages: Vec<Duration> =
        samples.iter().map(|(at, taken)| oldest(&load.acknowledged, *taken, *at)).collect();
    figure("acknowledged requests/s", format!("{:.0}", load.per_second()));
    figure("other answers", load.errors());
    let at = |per_mille| human(load.latencies.quantile(per_mille));
    figure(
        "request to acknowledgement",
        format!("p50 {}  p99 {}  p99.9 {}  max {}", at(500), at(990), at(999), at(1000)),
    );
    figure("mails/s meanwhile", format!("{:.0}", ratio(mails as f64, seconds)));
    figure("mails per acknowledged request", format!("{:.2}", ratio(mails as f64, load.accepted as f64)));
    let most = ages.iter().max().copied().unwrap_or_default();
    let last = ages.last().copied().unwrap_or_default();
    figure("age of the oldest mail", format!("{} at the end, {} at most", human(last), human(most)));
    for (name, micros) in cpu.micros_per_mail(mails) {
        figure(&format!("processor per mail: {name}"), format!("{micros:.0} µs, all requests included"));
    }
}

/// Runs `work` and notes meanwhile how many mails the relay has taken.
fn with_samples<T: Send>(sink: &Sink, work: impl FnOnce() -> T) -> (T, Vec<(Instant, u64)>) {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut samples = Vec::new();
            while !done.load(Ordering::Relaxed) {
                samples.push((Instant::now(), sink.record().mails()));
                thread::sleep(EVERY);
            }
            samples
        });
        let worked = work();
        done.store(true, Ordering::Relaxed);
        (worked, watch.join().unwrap_or_default())
    })
}
