//! The highest rate at which mails leave as fast as requests come in.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use xtask::output::{figure, human, note, ratio, step};
use xtask::process::{Running, free_address};

use super::ages::{Deliveries, micros};
use super::ceiling::Ceilings;
use super::{Bench, Plan};
use crate::Result;
use crate::cpu::{self, Components};
use crate::installation::Budget;
use crate::loadgen::{Group, Outcome, Paced, apart, paced};
use crate::sink::{Keep, Sink};
use crate::statistics::Latencies;

/// Each of them is asked for once in 20 s at 5,000 requests/s, long after his mail before.
const CUSTOMERS: u32 = 100_000;
/// Connections of the load generator: enough for any rate at answers of some milliseconds.
const CONNECTIONS: u32 = 128;
/// Where the search begins.
const FIRST_RATE: u32 = 1_000;
/// Seconds of a trial that only narrows the search.
const PROBE: u32 = 8;
/// Seconds of the trial that counts.
const TRIAL: u32 = 60;
/// The age that no mail may reach before the relay has taken it.
const OLDEST: Duration = Duration::from_secs(1);
/// The search ends when the rate that held and the one that did not are this close.
const CLOSE: f64 = 1.08;
/// After a trial that failed, the queue has this long to run dry.
const DRAIN: Duration = Duration::from_secs(300);

/// What one rate came to.
#[derive(Debug)]
struct Trial {
    rate: u32,
    acknowledged: usize,
    refused: usize,
    deliveries: Deliveries,
    answers: Latencies,
    /// How late the last request was sent.
    lag: Duration,
    cpu: Components,
    mails: u64,
}

impl Trial {
    /// Why this rate is too high; `None`: it holds.
    fn breach(&self) -> Option<String> {
        let oldest = self.deliveries.waits.longest();
        if self.refused > 0 {
            Some(format!("{} requests were not accepted", self.refused))
        } else if self.lag > OLDEST {
            Some(format!("the last request was {} late", human(self.lag)))
        } else if self.deliveries.undelivered > 0 {
            Some(format!("{} mails were over {} old", self.deliveries.undelivered, human(OLDEST)))
        } else {
            (oldest >= OLDEST).then(|| format!("a mail waited {}", human(oldest)))
        }
    }
}

pub(super) fn run(plan: &Plan) -> Result {
    let seconds = plan.seconds.unwrap_or(TRIAL);
    step(format!("sustained: open loop, durable {:?}, no mail older than {}", plan.store, human(OLDEST)));
    let sink = Sink::start(Keep::Times)?;
    let bench = Bench::new(plan, &sink, Budget::AMPLE)?;
    bench.installation.import(Group::Known, 0..CUSTOMERS)?;
    note(format!("{CUSTOMERS} customers imported"));
    let ceilings = Ceilings::measure(plan, &bench, &sink)?;
    let address = free_address()?;
    let server = bench.installation.serve(address)?;
    let subject = Subject { address, server: &server, sink: &sink, bench: &bench };
    // Caches, connections and statistics of the database.
    subject.attempt(plan.rate.unwrap_or(FIRST_RATE).min(500), 3)?;

    let mut rate = search(plan.rate.unwrap_or(FIRST_RATE), |rate| subject.holds(rate, PROBE.min(seconds)))?;
    let held = loop {
        step(format!("{rate} requests/s for {seconds} s"));
        let trial = subject.attempt(rate, seconds)?;
        let Some(breach) = trial.breach() else { break trial };
        note(format!("does not hold: {breach}"));
        subject.drain()?;
        rate = rate / 100 * 95;
        if rate < 100 {
            return Err("not even 100 requests/s hold".into());
        }
    };
    report(&held, subject.sink.record().average_bytes());
    ceilings.print();
    let own = f64::from(held.rate);
    figure("ratio to the sink", format!("{:.2}", ratio(own, ceilings.sink)));
    figure("ratio to the echo", format!("{:.2}", ratio(own, ceilings.echo)));
    if server_has_ended(address) {
        return Err(format!("the server ended:\n{}", bench.installation.log_tail()).into());
    }
    Ok(())
}

fn server_has_ended(address: SocketAddr) -> bool {
    !xtask::process::listens(address)
}

fn report(held: &Trial, bytes: u64) {
    figure("sustained, requests and mails/s", format!("{}  ({bytes} bytes each)", held.rate));
    let line = |latencies: &Latencies| {
        let at = |per_mille| human(latencies.quantile(per_mille));
        format!("p50 {}  p99 {}  max {}", at(500), at(990), at(1000))
    };
    figure("request to acknowledgement", line(&held.answers));
    figure("acknowledgement to 250", line(&held.deliveries.waits));
    figure("requests acknowledged, mails taken", format!("{}, {}", held.acknowledged, held.mails));
    for (name, micros) in held.cpu.micros_per_mail(held.mails) {
        figure(&format!("processor per mail: {name}"), format!("{micros:.0} µs"));
    }
}

/// The highest rate that `holds`, within [`CLOSE`]: doubled until one does not, halved where the
/// first does not, then the middle.
fn search(first: u32, mut holds: impl FnMut(u32) -> Result<bool>) -> Result<u32> {
    let (mut good, mut bad) = (0_u32, None::<u32>);
    let mut rate = first;
    loop {
        if holds(rate)? {
            good = rate;
        } else {
            bad = Some(rate);
        }
        rate = match bad {
            None => good.saturating_mul(2),
            Some(bad) if good == 0 => bad / 2,
            Some(bad) if f64::from(bad) / f64::from(good) <= CLOSE => return Ok(good),
            Some(bad) => good + (bad - good) / 2,
        };
        if rate < 50 {
            return Err("not even 50 requests/s hold".into());
        }
    }
}

/// The server under test, with what it stands on and sends to.
struct Subject<'a> {
    address: SocketAddr,
    server: &'a Running,
    sink: &'a Sink,
    bench: &'a Bench,
}

impl Subject<'_> {
    /// Whether a short trial holds. The queue is dry afterwards.
    fn holds(&self, rate: u32, seconds: u32) -> Result<bool> {
        let trial = self.attempt(rate, seconds)?;
        let oldest = human(trial.deliveries.waits.longest());
        match trial.breach() {
            None => note(format!("{rate:>6} requests/s: hold, the oldest mail waited {oldest}")),
            Some(breach) => note(format!("{rate:>6} requests/s: too many, {breach}")),
        }
        self.drain()?;
        Ok(trial.breach().is_none())
    }

    /// Asks at `rate` for `seconds`; mails that are not there a second later are too old.
    fn attempt(&self, rate: u32, seconds: u32) -> Result<Trial> {
        self.sink.record().clear();
        let plan = Paced {
            servers: vec![self.address],
            api_key: self.bench.key.clone(),
            rate,
            duration: Duration::from_secs(seconds.into()),
            connections: CONNECTIONS,
            customers: CUSTOMERS,
        };
        let before = Components::so_far(self.server);
        let start = Instant::now();
        let (outcomes, load_generator) = apart(move || async move {
            let before = cpu::this_thread();
            let outcomes = paced(plan).await?;
            Ok((outcomes, cpu::this_thread().saturating_sub(before)))
        })?;
        let acknowledged = outcomes.iter().filter(|outcome| outcome.is_acknowledged()).count();
        self.wait_for_mails(acknowledged, OLDEST);
        let mails = self.sink.record().mails();
        let cpu = Components { load_generator, ..Components::so_far(self.server).since(before) };
        let times = self.sink.record().all();
        Ok(Trial {
            rate,
            acknowledged,
            refused: outcomes.len() - acknowledged,
            deliveries: Deliveries::of(&outcomes, &times),
            answers: answers(&outcomes),
            lag: lag(&outcomes, start, seconds),
            cpu,
            mails,
        })
    }

    fn wait_for_mails(&self, mails: usize, limit: Duration) {
        let start = Instant::now();
        while self.sink.record().mails() < mails as u64 && start.elapsed() < limit {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until no mail has come for two seconds.
    fn drain(&self) -> Result {
        let start = Instant::now();
        let mut last = (self.sink.record().mails(), start);
        while last.1.elapsed() < Duration::from_secs(2) {
            std::thread::sleep(Duration::from_millis(50));
            let mails = self.sink.record().mails();
            if mails != last.0 {
                last = (mails, Instant::now());
            }
            if start.elapsed() > DRAIN {
                return Err(format!("the queue did not run dry in {}", human(DRAIN)).into());
            }
        }
        Ok(())
    }
}

fn answers(outcomes: &[Outcome]) -> Latencies {
    let acknowledged = outcomes.iter().filter(|outcome| outcome.is_acknowledged());
    Latencies::from_micros(
        acknowledged.map(|outcome| micros(outcome.answered.duration_since(outcome.sent))).collect(),
    )
}

/// How long after the end of the plan the last request was sent.
fn lag(outcomes: &[Outcome], start: Instant, seconds: u32) -> Duration {
    let last = outcomes.iter().map(|outcome| outcome.sent).max().unwrap_or(start);
    last.saturating_duration_since(start + Duration::from_secs(seconds.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_ends_just_below_the_limit() {
        for limit in [70, 999, 1_000, 3_400, 47_000] {
            let mut trials = 0;
            let found = search(1_000, |rate| {
                trials += 1;
                Ok(rate <= limit)
            })
            .unwrap();
            assert!(
                found <= limit && f64::from(found) * CLOSE * 1.02 >= f64::from(limit),
                "{limit}: {found}"
            );
            assert!(trials < 20, "{limit}: {trials}");
        }
        assert!(search(1_000, |_| Ok(false)).is_err());
    }

    #[test]
    fn a_rate_holds_when_everything_was_in_time() {
        let trial = |refused, undelivered, waits: Vec<u32>, lag| Trial {
            rate: 1,
            acknowledged: 1,
            refused,
            deliveries: Deliveries { waits: Latencies::from_micros(waits), undelivered },
            answers: Latencies::default(),
            lag,
            cpu: Components::default(),
            mails: 1,
        };
        assert_eq!(trial(0, 0, vec![999_999], Duration::ZERO).breach(), None);
        for broken in [
            trial(1, 0, vec![1], Duration::ZERO),
            trial(0, 1, vec![1], Duration::ZERO),
            trial(0, 0, vec![1_000_000], Duration::ZERO),
            trial(0, 0, vec![1], Duration::from_millis(1_001)),
        ] {
            assert!(broken.breach().is_some(), "{broken:?}");
        }
    }
}
