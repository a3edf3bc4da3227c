//! Answers kept for a while: bounded, and what is asked for stays.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::{CustomerIp, GeoContext};

/// What is kept of an address: its context, or that nothing is known.
pub(crate) type Known = Option<Arc<GeoContext>>;

/// Two generations of answers. New and used ones are in the young generation; when it is full it
/// becomes the old one, and the old one goes. That keeps what was used lately, in constant time and
/// without a list to maintain.
#[derive(Debug)]
pub(crate) struct Cache {
    generations: Mutex<Generations>,
    /// Entries of one generation.
    half: usize,
    known_for: Duration,
    unknown_for: Duration,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<CustomerIp, Entry>,
    old: HashMap<CustomerIp, Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    known: Known,
    until: Instant,
}

impl Cache {
    /// Keeps at most `capacity` answers.
    pub(crate) fn new(capacity: usize, known_for: Duration, unknown_for: Duration) -> Self {
        Self { generations: Mutex::default(), half: capacity.div_ceil(2), known_for, unknown_for }
    }

    /// The answer, unless it is too old.
    pub(crate) fn get(&self, ip: CustomerIp, now: Instant) -> Option<Known> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = generations.young.get(&ip) {
            return (now < entry.until).then(|| entry.known.clone());
        }
        let entry = generations.old.remove(&ip).filter(|entry| now < entry.until)?;
        let known = entry.known.clone();
        generations.insert(ip, entry, self.half);
        Some(known)
    }

    /// Keeps an answer from now on.
    pub(crate) fn put(&self, ip: CustomerIp, known: Known, now: Instant) {
        let until = now + if known.is_some() { self.known_for } else { self.unknown_for };
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.old.remove(&ip);
        generations.insert(ip, Entry { known, until }, self.half);
    }
}

impl Generations {
    fn insert(&mut self, ip: CustomerIp, entry: Entry, half: usize) {
        if self.young.len() >= half && !self.young.contains_key(&ip) {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(ip, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(number: u32) -> CustomerIp {
        std::net::Ipv4Addr::from_bits(number).into()
    }

    fn some() -> Known {
        Some(Arc::default())
    }

    fn cache(capacity: usize) -> Cache {
        Cache::new(capacity, Duration::from_secs(60), Duration::from_secs(5))
    }

    #[test]
    fn answers_live_their_time_and_unknown_less_long() {
        let (cache, start) = (cache(10), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        cache.put(ip(1), some(), start);
        cache.put(ip(2), None, start);
        assert_eq!(cache.get(ip(1), after(59)), Some(some()));
        assert_eq!(cache.get(ip(1), after(60)), None);
        assert_eq!(cache.get(ip(2), after(4)), Some(None));
        assert_eq!(cache.get(ip(2), after(5)), None);
        assert_eq!(cache.get(ip(3), start), None);
    }

    #[test]
    fn it_never_holds_more_than_its_capacity_and_keeps_what_is_used() {
        let (cache, now) = (cache(100), Instant::now());
        cache.put(ip(0), some(), now);
        for number in 1..=10_000 {
            cache.put(ip(number), some(), now);
            assert_eq!(cache.get(ip(0), now), Some(some()), "{number}");
            let generations = cache.generations.lock().unwrap();
            assert!(generations.young.len() + generations.old.len() <= 100);
        }
        assert_eq!(cache.get(ip(5), now), None);
        assert_eq!(cache.get(ip(10_000), now), Some(some()));
    }

    #[test]
    fn a_newer_answer_takes_the_place_of_the_old_one() {
        let (cache, now) = (cache(2), Instant::now());
        cache.put(ip(1), None, now);
        cache.put(ip(2), None, now);
        cache.put(ip(1), some(), now);
        assert_eq!(cache.get(ip(1), now), Some(some()));
    }
}
