//! A constant load for long: nothing may grow that should not.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::{Bench, Plan, scrape};
use crate::Result;
use crate::installation::Budget;
use crate::loadgen::{Group, Outcome, Paced, apart, paced};
use crate::sink::{Keep, Sink};
use crate::statistics::Latencies;
use xtask::output::{human, note, step};
use xtask::process::{Running, free_address};

/// Requests per second unless asked otherwise.
const RATE: u32 = 5_000;
/// Seconds between two lines of the report.
const EVERY: u32 = 10;
/// What memory and queue are compared with is measured this long after the start: by then caches
/// are full.
const WARM_UP: Duration = Duration::from_secs(60);
/// How much the memory may grow after that.
const GROWTH: f64 = 1.10;
/// How much older the oldest mail may be at the end, in seconds: the figure is taken every 10 s.
const AGE: f64 = 15.0;

/// One line of the report.
struct Sample {
    at: Duration,
    resident: u64,
    queued: f64,
    age: f64,
    errors: usize,
    p99: Duration,
}

pub(super) fn run(plan: &Plan) -> Result {
    let rate = plan.rate.unwrap_or(RATE);
    let length = Duration::from_secs(u64::from(plan.minutes) * 60);
    step(format!("soak: {rate} requests/s for {} min on {} connections", plan.minutes, plan.connections));
    let sink = Sink::start(Keep::Totals)?;
    let mut bench = Bench::new(plan, &sink, Budget::DEFAULT)?;
    bench.installation.import(Group::Known, 0..rate * EVERY / 5 * 2)?;
    let metrics = free_address()?;
    bench.installation.set("RESETD_METRICS_LISTEN", metrics.to_string());
    let address = free_address()?;
    let server = bench.installation.serve(address)?;

    let begun = Instant::now();
    let mut samples = Vec::new();
    while begun.elapsed() < length {
        let outcomes = load(plan, &bench, address, rate)?;
        let sample = measure(begun, &server, metrics, &outcomes)?;
        note(format!(
            "{:>5.0} s  {:>6.1} MiB  queue {:>7.0}, oldest {:>5.1} s  p99 {:>8}  {} mails  {} errors",
            sample.at.as_secs_f64(),
            sample.resident as f64 / 1_048_576.0,
            sample.queued,
            sample.age,
            human(sample.p99),
            sink.record().mails(),
            sample.errors
        ));
        samples.push(sample);
    }
    judge(&samples, WARM_UP.min(length / 2))
}

/// The addresses are the same every time, two in five of them customers', so that each asks six
/// times a minute: one mail a minute and five an hour are its budget, and everything else ends
/// without a mail.
fn load(plan: &Plan, bench: &Bench, server: SocketAddr, rate: u32) -> Result<Vec<Outcome>> {
    let paced_plan = Paced {
        servers: vec![server],
        api_key: bench.key.clone(),
        rate,
        duration: Duration::from_secs(EVERY.into()),
        connections: plan.connections,
        customers: u32::MAX,
    };
    apart(move || paced(paced_plan))
}

fn measure(begun: Instant, server: &Running, metrics: SocketAddr, outcomes: &[Outcome]) -> Result<Sample> {
    let page = scrape(metrics, "/metrics")?;
    let micros = outcomes.iter().map(|outcome| outcome.answered.duration_since(outcome.sent).as_micros());
    let micros = micros.map(|micros| u32::try_from(micros).unwrap_or(u32::MAX)).collect();
    Ok(Sample {
        at: begun.elapsed(),
        resident: server.resident_bytes().ok_or("the system does not say how large the server is")?,
        queued: values(&page, "resetd_queue_depth").sum(),
        age: values(&page, "resetd_queue_oldest_seconds").fold(0.0, f64::max),
        errors: outcomes.iter().filter(|outcome| !outcome.is_acknowledged()).count(),
        p99: Latencies::from_micros(micros).quantile(990),
    })
}

/// The values of a metric, whatever its labels, on a page of Prometheus' text format.
fn values<'a>(page: &'a str, name: &'a str) -> impl Iterator<Item = f64> + 'a {
    page.lines().filter_map(move |line| {
        let rest = line.strip_prefix(name)?;
        if !rest.starts_with(['{', ' ']) {
            return None;
        }
        rest.rsplit_once(' ')?.1.parse().ok()
    })
}

fn judge(samples: &[Sample], warm_up: Duration) -> Result {
    let errors: usize = samples.iter().map(|sample| sample.errors).sum();
    if errors > 0 {
        return Err(format!("{errors} requests were not accepted").into());
    }
    let (Some(warm), Some(last)) = (samples.iter().find(|sample| sample.at >= warm_up), samples.last())
    else {
        return Err("too short to say anything".into());
    };
    if last.resident as f64 > warm.resident as f64 * GROWTH {
        return Err(format!("the memory grew from {} to {} bytes", warm.resident, last.resident).into());
    }
    if last.age > warm.age + AGE {
        return Err(
            format!("the oldest mail waits {:.0} s; it was {:.0} s before", last.age, warm.age).into()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(at: u64, resident: u64, age: f64, errors: usize) -> Sample {
        Sample { at: Duration::from_secs(at), resident, queued: 0.0, age, errors, p99: Duration::ZERO }
    }

    #[test]
    fn metrics_are_read_by_their_whole_name() {
        let page = "# HELP a b\nresetd_queue_depth{state=\"in-queue\"} 3\nresetd_queue_depth{state=\"x y\"} 4\n\
                    resetd_queue_depth_other 9\n";
        assert!((values(page, "resetd_queue_depth").sum::<f64>() - 7.0).abs() < f64::EPSILON);
    }

    #[test]
    fn what_grows_fails_and_what_warms_up_does_not() {
        let warm_up = Duration::from_secs(60);
        let fine = [sample(10, 20, 9.0, 0), sample(60, 50, 1.0, 0), sample(70, 54, 3.0, 0)];
        assert!(judge(&fine, warm_up).is_ok());
        for last in [sample(70, 56, 1.0, 0), sample(70, 50, 20.0, 0), sample(70, 50, 1.0, 1)] {
            assert!(judge(&[sample(60, 50, 1.0, 0), last], warm_up).is_err());
        }
        assert!(judge(&[sample(10, 20, 9.0, 0)], warm_up).is_err());
    }
}
