//! What became of every promise.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use super::disruption::{Disruption, apart_from};
use super::kind::Kind;
use crate::loadgen::{Group, Outcome, address};
use crate::sink::Delivery;
use xtask::output::{figure, human, note, step};

/// After a restart of PostgreSQL the rate is back within this.
const RECOVERY: Duration = Duration::from_secs(5);
/// After every other outage of what the service stands on, within this.
const LONG_RECOVERY: Duration = Duration::from_secs(10);
/// Nobody waits longer for a mail than the outages in the meantime and this.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The judgement of one run.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// Requests answered with 200.
    pub acknowledged: usize,
    /// Requests that got no answer, or another one.
    pub unacknowledged: BTreeMap<String, usize>,
    /// Acknowledged requests whose mail arrived.
    pub delivered: usize,
    /// Acknowledged requests without a mail.
    pub lost: Vec<String>,
    /// Mails beyond the first of a request.
    pub duplicates: usize,
    /// Those that no disruption between the two explains.
    pub unexplained: Vec<String>,
    /// Requests whose mails differ in their `Message-ID`.
    pub changed_ids: usize,
    /// Mails that neither went out nor ended.
    pub stuck: usize,
    /// How often a server was killed.
    pub kills: usize,
    /// From the end of each outage until four fifths of the requests of a second were acknowledged
    /// again.
    pub recoveries: Vec<(Kind, Duration)>,
    /// From acknowledgement to mail without the outages in between, the longest.
    pub longest_wait: Duration,
    /// What else happened that must not.
    pub breaches: Vec<String>,
    /// Written pages and names that the power cuts took, which shows that there was something to
    /// lose.
    pub unsynced: usize,
    /// From acknowledgement to mail, the longest.
    pub longest_delivery: Duration,
}

impl Verdict {
    pub(super) fn judge(
        outcomes: &[Outcome],
        mails: &HashMap<String, Vec<Delivery>>,
        disruptions: &[Disruption],
        stuck: usize,
    ) -> Self {
        let mut verdict = Self { stuck, ..Self::default() };
        verdict.kills = disruptions.iter().filter(|disruption| disruption.what == Kind::Kill).count();
        for outcome in outcomes {
            if !outcome.is_acknowledged() {
                let why = outcome.status.map_or("no answer".to_owned(), |status| status.to_string());
                *verdict.unacknowledged.entry(why).or_default() += 1;
                continue;
            }
            verdict.acknowledged += 1;
            let recipient = address(Group::Known, outcome.customer);
            match mails.get(&recipient).and_then(|mails| mails.first()) {
                Some(first) => {
                    verdict.delivered += 1;
                    let took = first.at.saturating_duration_since(outcome.answered);
                    verdict.longest_delivery = verdict.longest_delivery.max(took);
                    let waited = apart_from(disruptions, outcome.answered, first.at);
                    verdict.longest_wait = verdict.longest_wait.max(waited);
                }
                None => verdict.lost.push(recipient),
            }
        }
        for (recipient, mails) in mails {
            verdict.duplicates += mails.len() - 1;
            let mut ids = mails.iter().map(|mail| &mail.message_id);
            let first_id = ids.next();
            verdict.changed_ids += usize::from(ids.any(|id| Some(id) != first_id));
            for pair in mails.windows(2) {
                if let [first, second] = pair
                    && !disruptions.iter().any(|disruption| disruption.explains(first.at, second.at))
                {
                    verdict.unexplained.push(recipient.clone());
                }
            }
        }
        let outages = disruptions
            .iter()
            .filter(|disruption| disruption.what.is_event() && disruption.what != Kind::RedisRestart);
        verdict.recoveries = outages.map(|outage| (outage.what, recovery(outcomes, outage.ended))).collect();
        verdict
    }

    /// Whether every promise was kept.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.acknowledged > 0
            && self.lost.is_empty()
            && self.unexplained.is_empty()
            && self.changed_ids == 0
            && self.stuck == 0
            && self.longest_wait <= LONGEST_WAIT
            && self.breaches.is_empty()
            && self.recoveries.iter().all(|(what, recovery)| *recovery <= limit(*what))
    }

    /// For a reader.
    pub fn print(&self) {
        step(if self.is_clean() { "every promise was kept" } else { "PROMISES WERE BROKEN" });
        figure("kills", self.kills);
        figure("acked", self.acknowledged);
        let others: Vec<String> =
            self.unacknowledged.iter().map(|(why, count)| format!("{count} × {why}")).collect();
        figure("not acked", if others.is_empty() { "none".to_owned() } else { others.join(", ") });
        figure("delivered", self.delivered);
        figure(
            "duplicates",
            format!("{} ({} that no disruption explains)", self.duplicates, self.unexplained.len()),
        );
        figure("changed Message-IDs", self.changed_ids);
        figure("stuck", self.stuck);
        figure("longest from ack to mail", human(self.longest_delivery));
        figure(
            "longest wait beyond the outages",
            format!("{} (at most {})", human(self.longest_wait), human(LONGEST_WAIT)),
        );
        for (what, recovery) in &self.recoveries {
            let (within, most) = (recovery.as_secs() + 1, limit(*what).as_secs() + 1);
            figure(what.name(), format!("over to rate back within {within} s (at most {most} s)"));
        }
        if self.unsynced > 0 {
            figure("unsynced pages lost", self.unsynced);
        }
        self.breaches.iter().for_each(note);
        figure("lost", self.lost.len());
        for (what, who) in [("lost", &self.lost), ("unexplained duplicate", &self.unexplained)] {
            who.iter().take(5).for_each(|recipient| note(format!("{what}: {recipient}")));
        }
    }
}

/// How long after an outage the rate may take to be back.
fn limit(what: Kind) -> Duration {
    if what == Kind::PostgresRestart { RECOVERY } else { LONG_RECOVERY }
}

/// From `back` until, in some whole second, four fifths of the requests sent in it were
/// acknowledged.
fn recovery(outcomes: &[Outcome], back: Instant) -> Duration {
    for second in 0..60 {
        let from = back + Duration::from_secs(second);
        let sent: Vec<&Outcome> = outcomes
            .iter()
            .filter(|outcome| outcome.sent >= from && outcome.sent < from + Duration::from_secs(1))
            .collect();
        let good = sent.iter().filter(|outcome| outcome.is_acknowledged()).count();
        if sent.is_empty() || good * 5 >= sent.len() * 4 {
            return Duration::from_secs(second);
        }
    }
    Duration::from_secs(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Story {
        start: Instant,
        outcomes: Vec<Outcome>,
        mails: HashMap<String, Vec<Delivery>>,
    }

    impl Story {
        fn new() -> Self {
            Self { start: Instant::now(), outcomes: Vec::new(), mails: HashMap::new() }
        }

        fn at(&self, second: u64) -> Instant {
            self.start + Duration::from_secs(second)
        }

        fn request(&mut self, customer: u32, second: u64, status: Option<u16>) -> &mut Self {
            let at = self.at(second);
            self.outcomes.push(Outcome { customer, sent: at, answered: at, status });
            self
        }

        fn mail(&mut self, customer: u32, second: u64) -> &mut Self {
            let delivery =
                Delivery { at: self.at(second), message_id: Some(format!("<{customer}>")), link: None };
            self.mails.entry(address(Group::Known, customer)).or_default().push(delivery);
            self
        }

        fn judge(&self, kills: &[u64]) -> Verdict {
            let kill = |second: &u64| Disruption {
                what: Kind::Kill,
                began: self.at(*second),
                ended: self.at(*second),
            };
            let disruptions: Vec<Disruption> = kills.iter().map(kill).collect();
            Verdict::judge(&self.outcomes, &self.mails, &disruptions, 0)
        }
    }

    #[test]
    fn a_promise_without_a_mail_is_lost_and_no_promise_is_not() {
        let mut story = Story::new();
        story.request(1, 0, Some(200)).mail(1, 2).request(2, 1, None).request(3, 1, Some(503));
        let verdict = story.judge(&[]);
        assert!(verdict.is_clean(), "{verdict:?}");
        assert_eq!((verdict.acknowledged, verdict.delivered, verdict.unacknowledged.len()), (1, 1, 2));
        assert_eq!(verdict.longest_delivery, Duration::from_secs(2));
        story.request(4, 1, Some(200));
        let verdict = story.judge(&[]);
        assert!(!verdict.is_clean());
        assert_eq!(verdict.lost, [address(Group::Known, 4)]);
    }

    #[test]
    fn a_second_mail_needs_a_kill_between_the_two() {
        let mut story = Story::new();
        story.request(1, 0, Some(200)).mail(1, 2).mail(1, 20);
        assert!(story.judge(&[10]).is_clean());
        let verdict = story.judge(&[1, 25]);
        assert_eq!((verdict.duplicates, verdict.unexplained.len()), (1, 1));
        assert!(!verdict.is_clean());
    }

    #[test]
    fn two_mails_of_one_request_have_one_id() {
        let mut story = Story::new();
        story.request(1, 0, Some(200)).mail(1, 2).mail(1, 20);
        story.mails.values_mut().next().unwrap()[1].message_id = Some("<other>".to_owned());
        assert_eq!(story.judge(&[10]).changed_ids, 1);
    }

    #[test]
    fn nobody_waits_longer_than_the_outage_and_ten_seconds() {
        let mut story = Story::new();
        story.request(1, 0, Some(200)).mail(1, 18);
        let outage = |ended| Disruption { what: Kind::Relay, began: story.at(2), ended: story.at(ended) };
        let judge = |ended| Verdict::judge(&story.outcomes, &story.mails, &[outage(ended)], 0);
        assert_eq!((judge(10).longest_wait, judge(10).is_clean()), (Duration::from_secs(10), true));
        assert_eq!((judge(9).longest_wait, judge(9).is_clean()), (Duration::from_secs(11), false));
    }

    #[test]
    fn a_breach_is_a_broken_promise() {
        let mut story = Story::new();
        story.request(1, 0, Some(200)).mail(1, 1);
        let verdict = Verdict { breaches: vec!["made up".to_owned()], ..story.judge(&[]) };
        assert!(!verdict.is_clean() && story.judge(&[]).is_clean());
    }

    #[test]
    fn a_run_that_promised_nothing_proves_nothing() {
        assert!(!Story::new().judge(&[]).is_clean());
    }

    #[test]
    fn recovery_is_the_first_good_second() {
        let mut story = Story::new();
        for customer in 0..10 {
            story.request(customer, 1, None).request(customer, 3, Some(200)).request(customer, 2, Some(503));
        }
        assert_eq!(recovery(&story.outcomes, story.at(1)), Duration::from_secs(2));
    }
}
