//! How old the oldest mail was that the relay had not taken yet.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::loadgen::{Group, Outcome, address};
use crate::sink::Delivery;
use crate::statistics::Latencies;

/// From the acknowledgement of each request to the relay's 250.
#[derive(Debug)]
pub(super) struct Deliveries {
    /// Those that arrived.
    pub(super) waits: Latencies,
    /// Acknowledged requests without a mail.
    pub(super) undelivered: usize,
}

impl Deliveries {
    /// Matches acknowledged requests with mails. A customer's first request belongs to his first
    /// mail after it, and so on.
    pub(super) fn of(outcomes: &[Outcome], mails: &HashMap<String, Vec<Delivery>>) -> Self {
        let mut times: HashMap<u32, VecDeque<Instant>> = HashMap::new();
        let mut acknowledged: Vec<&Outcome> =
            outcomes.iter().filter(|outcome| outcome.is_acknowledged()).collect();
        acknowledged.sort_unstable_by_key(|outcome| outcome.sent);
        let (mut waits, mut undelivered) = (Vec::new(), 0);
        for outcome in acknowledged {
            let times = times.entry(outcome.customer).or_insert_with(|| {
                let mails = mails.get(&address(Group::Known, outcome.customer));
                mails.into_iter().flatten().map(|mail| mail.at).collect()
            });
            // A duplicate of an earlier mail belongs to no request.
            while times.front().is_some_and(|taken| *taken < outcome.sent) {
                times.pop_front();
            }
            match times.pop_front() {
                // A mail may be there before the answer has been read.
                Some(taken) => waits.push(micros(taken.saturating_duration_since(outcome.answered))),
                None => undelivered += 1,
            }
        }
        Self { waits: Latencies::from_micros(waits), undelivered }
    }
}

pub(super) fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}

/// The age of the oldest mail at `now`, when `taken` mails of those `acknowledged` (oldest first)
/// have arrived and mails leave in their order.
pub(super) fn oldest(acknowledged: &[Instant], taken: u64, now: Instant) -> Duration {
    let next = usize::try_from(taken).ok().and_then(|taken| acknowledged.get(taken));
    next.map_or(Duration::ZERO, |acknowledged| now.saturating_duration_since(*acknowledged))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(customer: u32, answered: Instant, status: u16) -> Outcome {
        Outcome { customer, sent: answered, answered, status: Some(status) }
    }

    #[test]
    fn each_request_is_matched_with_the_next_mail_of_its_customer() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mail = |millis| Delivery { at: at(millis), message_id: None, link: None };
        let outcomes = [
            outcome(1, at(0), 200),
            outcome(1, at(500), 200),
            outcome(2, at(600), 200),
            outcome(3, at(600), 503),
        ];
        let mails = HashMap::from([(address(Group::Known, 1), vec![mail(30), mail(40), mail(700)])]);
        let deliveries = Deliveries::of(&outcomes, &mails);
        assert_eq!((deliveries.waits.len(), deliveries.undelivered), (2, 1));
        assert_eq!(deliveries.waits.longest(), Duration::from_millis(200));
    }

    #[test]
    fn the_oldest_is_the_first_that_was_not_taken() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let acknowledged = [at(0), at(1), at(2)];
        assert_eq!(oldest(&acknowledged, 1, at(5)), Duration::from_secs(4));
        assert_eq!(oldest(&acknowledged, 3, at(5)), Duration::ZERO);
        assert_eq!(oldest(&acknowledged, 2, at(1)), Duration::ZERO);
    }
}
