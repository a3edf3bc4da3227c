//! The uniformity gate: the time of an answer does not show whether an account exists.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::{Bench, Plan};
use crate::Result;
use crate::installation::Budget;
use crate::loadgen::{Connection, Group, ResetRequest, apart, refuse_foreign};
use crate::sink::{Keep, Sink};
use crate::statistics::{auc, welch_t};
use xtask::output::{figure, note, step};
use xtask::process::free_address;

/// Fewer pairs prove nothing.
const FEWEST_PAIRS: u32 = 4_000;
/// Addresses whose budget is spent before the measurement.
const THROTTLED: u32 = 16;
/// Beyond this many standard errors the means differ.
const WORST_T: f64 = 4.5;
/// How long the measurement may take.
const LONGEST: Duration = Duration::from_secs(600);
/// Outside this the two can be told apart by size.
const AUC: std::ops::RangeInclusive<f64> = 0.48..=0.52;

/// The times of one comparison, in microseconds.
#[derive(Debug, Default)]
struct Sample {
    known: Vec<f64>,
    other: Vec<f64>,
}

/// Everybody a known customer is compared with.
const OTHERS: [Group; 3] = [Group::Unknown, Group::Banned, Group::Throttled];

pub(super) fn run(plan: &Plan) -> Result {
    let pairs = plan.pairs.max(FEWEST_PAIRS);
    step(format!(
        "timing: {pairs} pairs each of known with unknown, banned and throttled, on one connection"
    ));
    let sink = Sink::start(Keep::Totals)?;
    let bench = Bench::new(plan, &sink, Budget::DEFAULT)?;
    // Every known customer is asked for once, so that none is throttled.
    bench.installation.import(Group::Known, 0..pairs * 3 + THROTTLED)?;
    bench.installation.import(Group::Banned, 0..pairs)?;
    bench.installation.import(Group::Throttled, 0..THROTTLED)?;
    let address = free_address()?;
    let _server = bench.installation.serve(address)?;
    let key = bench.key.clone();
    let samples = apart(move || measure(address, key, pairs))?;

    let mut failed = Vec::new();
    for (group, sample) in OTHERS.into_iter().zip(&samples) {
        let (t, auc) = (welch_t(&sample.known, &sample.other), auc(&sample.known, &sample.other));
        let name = group.name();
        figure(
            &format!("known / {name}"),
            format!(
                "medians {:.0} / {:.0} µs   Welch's t {t:+.2}   AUC {auc:.4}",
                median(&sample.known),
                median(&sample.other)
            ),
        );
        if t.abs() > WORST_T || !AUC.contains(&auc) {
            failed.push(name);
        }
    }
    note(format!("{} pairs each", samples.first().map_or(0, |sample| sample.known.len())));
    note(format!("{} mails went out meanwhile", sink.record().mails()));
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "known can be told apart from {} (|t| over {WORST_T} or AUC outside {AUC:?})",
            failed.join(", ")
        )
        .into())
    }
}

/// Sends the pairs, one request at a time. In each round one pair of each comparison, in random
/// order, and random order within each pair, so that whatever drifts or lingers meets all alike.
async fn measure(server: SocketAddr, key: String, pairs: u32) -> Result<[Sample; 3]> {
    refuse_foreign(server)?;
    let mut request = ResetRequest::new(server, &key);
    let mut connection = Connection::open(server).await?;
    for turn in 0..THROTTLED * 8 {
        ask(&mut connection, &mut request, Group::Throttled, turn % THROTTLED).await?;
    }
    // Settle: the mails of those, the caches of these.
    for number in 0..THROTTLED {
        ask(&mut connection, &mut request, Group::Known, pairs * 3 + number).await?;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;

    let mut random = Random::new();
    let mut samples: [Sample; 3] = Default::default();
    let start = Instant::now();
    for pair in 0..pairs {
        if start.elapsed() > LONGEST {
            if pair >= FEWEST_PAIRS {
                break;
            }
            return Err(format!("only {pair} pairs in {LONGEST:?}; the machine is too busy to judge").into());
        }
        let mut order = [0_u32, 1, 2];
        random.shuffle(&mut order);
        for comparison in order {
            let Some((sample, other)) = usize::try_from(comparison)
                .ok()
                .and_then(|at| Some((samples.get_mut(at)?, *OTHERS.get(at)?)))
            else {
                continue;
            };
            let known_first = random.next().is_multiple_of(2);
            for known in [known_first, !known_first] {
                let (group, number) = match (known, other) {
                    (true, _) => (Group::Known, pair * 3 + comparison),
                    (false, Group::Throttled) => (other, pair % THROTTLED),
                    (false, _) => (other, pair),
                };
                let micros = ask(&mut connection, &mut request, group, number).await?;
                if known { sample.known.push(micros) } else { sample.other.push(micros) }
            }
        }
    }
    Ok(samples)
}

/// The time of one request, in microseconds.
async fn ask(
    connection: &mut Connection,
    request: &mut ResetRequest,
    group: Group,
    number: u32,
) -> Result<f64> {
    let bytes = request.for_customer(group, number);
    let start = Instant::now();
    let answer = connection.exchange(bytes).await?;
    let elapsed = start.elapsed();
    if answer.status == 200 {
        Ok(elapsed.as_secs_f64() * 1e6)
    } else {
        Err(format!("a {} address was answered with {}", group.name(), answer.status).into())
    }
}

fn median(sample: &[f64]) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// `SplitMix64`, seeded by the standard library's hash keys: an order nobody planned for.
struct Random(u64);

impl Random {
    fn new() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let range = u64::try_from(last + 1).unwrap_or(1);
            items.swap(last, usize::try_from(self.next() % range).unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_within_pairs_is_fair() {
        let mut random = Random::new();
        let firsts = (0..10_000).filter(|_| random.next().is_multiple_of(2)).count();
        assert!((4_700..5_300).contains(&firsts), "{firsts}");
        let mut counts = [0; 3];
        for _ in 0..9_000 {
            let mut order = [0, 1, 2];
            random.shuffle(&mut order);
            counts[order[0]] += 1;
        }
        assert!(counts.iter().all(|count| (2_700..3_300).contains(count)), "{counts:?}");
    }

    #[test]
    fn the_median_is_the_middle() {
        assert!((median(&[9.0, 1.0, 5.0]) - 5.0).abs() < f64::EPSILON);
    }
}
