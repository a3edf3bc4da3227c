//! Percentiles of latencies, and the two numbers of the timing gate.

use std::time::Duration;

/// Latencies, sorted.
#[derive(Debug, Clone, Default)]
pub struct Latencies(Vec<u32>);

impl Latencies {
    /// From microseconds in any order.
    #[must_use]
    pub fn from_micros(mut micros: Vec<u32>) -> Self {
        micros.sort_unstable();
        Self(micros)
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The latency that `per_mille` of 1000 do not exceed (nearest rank); zero of none. 500 is the
    /// median.
    #[must_use]
    pub fn quantile(&self, per_mille: usize) -> Duration {
        let rank = (self.0.len() * per_mille).div_ceil(1000).max(1) - 1;
        Duration::from_micros(self.0.get(rank).copied().unwrap_or(0).into())
    }

    /// The longest.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.quantile(1000)
    }
}

/// Welch's t of two samples: how many standard errors lie between their means. Zero when either
/// holds under two values.
#[must_use]
pub fn welch_t(left: &[f64], right: &[f64]) -> f64 {
    let (Some((left_mean, left_error)), Some((right_mean, right_error))) =
        (mean_and_error(left), mean_and_error(right))
    else {
        return 0.0;
    };
    let error = (left_error + right_error).sqrt();
    if error > 0.0 { (left_mean - right_mean) / error } else { 0.0 }
}

/// The mean, and the variance of the mean.
fn mean_and_error(sample: &[f64]) -> Option<(f64, f64)> {
    if sample.len() < 2 {
        return None;
    }
    let count = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / count;
    let variance = sample.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    Some((mean, variance / count))
}

/// The area under the ROC curve: the chance that a value of `left` exceeds one of `right`, ties
/// counted half. 0.5 when nobody can tell them apart by size, and of an empty sample.
///
/// By ranks (Mann and Whitney's U), so that a few slow answers weigh no more than their place.
#[must_use]
pub fn auc(left: &[f64], right: &[f64]) -> f64 {
    if left.is_empty() || right.is_empty() {
        return 0.5;
    }
    let mut all: Vec<(f64, bool)> =
        left.iter().map(|value| (*value, true)).chain(right.iter().map(|value| (*value, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut rank_sum = 0.0;
    let mut before = 0_usize;
    for ties in all.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        // Ranks count from 1; equal values share the middle of theirs.
        let shared = before as f64 + (ties.len() as f64 + 1.0) / 2.0;
        rank_sum += shared * ties.iter().filter(|(_, is_left)| *is_left).count() as f64;
        before += ties.len();
    }
    let (left_count, right_count) = (left.len() as f64, right.len() as f64);
    (rank_sum - left_count * (left_count + 1.0) / 2.0) / (left_count * right_count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_nearest_ranks() {
        let latencies = Latencies::from_micros((1..=200).rev().collect());
        assert_eq!(latencies.quantile(500), Duration::from_micros(100));
        assert_eq!(latencies.quantile(990), Duration::from_micros(198));
        assert_eq!(latencies.longest(), Duration::from_micros(200));
        assert_eq!(Latencies::default().longest(), Duration::ZERO);
    }

    #[test]
    fn welch_by_a_worked_example() {
        // Means 2 and 5, variances 1 and 20/3: t = -3 / sqrt(1/3 + 5/3).
        let (left, right) = ([1.0, 2.0, 3.0], [2.0, 4.0, 6.0, 8.0]);
        let t = welch_t(&left, &right);
        assert!((t + 3.0 / 2.0_f64.sqrt()).abs() < 1e-12, "{t}");
        assert!((welch_t(&right, &left) + t).abs() < 1e-12);
        assert!(welch_t(&[1.0], &right).abs() < f64::EPSILON);
    }

    #[test]
    fn auc_is_a_half_for_equals_and_one_for_the_separable() {
        assert!((auc(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]) - 0.5).abs() < 1e-12);
        assert!((auc(&[4.0, 5.0], &[1.0, 2.0, 3.0]) - 1.0).abs() < 1e-12);
        assert!(auc(&[1.0], &[2.0, 3.0]).abs() < 1e-12);
        // Pairs: 2>1 yes, 2>2 tie, 4>1 yes, 4>2 yes: 3.5 of 4.
        assert!((auc(&[2.0, 4.0], &[1.0, 2.0]) - 0.875).abs() < 1e-12);
    }
}
