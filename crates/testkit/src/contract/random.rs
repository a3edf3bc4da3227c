use std::collections::HashSet;

use application::ports::Random;

use super::suite::run_cases;

/// The contract of [`Random`].
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn random<R: Random>(fresh: impl AsyncFn() -> R) {
    run_cases!(
        "Random",
        fresh(),
        [every_byte_is_filled, nothing_comes_twice, every_value_comes, an_empty_slice_is_no_error,]
    );
}

async fn every_byte_is_filled<R: Random>(random: R) {
    for length in [1, 7, 8, 9, 16, 31, 32, 33, 255, 256, 1_000, 4_097] {
        let mut seen = vec![0; length];
        // A byte that stays zero 16 times in a row: one chance in 2^128.
        for _ in 0..16 {
            let mut bytes = vec![0; length];
            random.fill(&mut bytes);
            seen.iter_mut().zip(bytes).for_each(|(seen, byte)| *seen |= byte);
        }
        let untouched: Vec<_> = (0..length).filter(|index| seen[*index] == 0).collect();
        assert!(untouched.is_empty(), "of {length} bytes these stayed zero: {untouched:?}");
    }
}

async fn nothing_comes_twice<R: Random>(random: R) {
    let drawn: HashSet<_> = (0..10_000)
        .map(|_| {
            let mut bytes = [0; 16];
            random.fill(&mut bytes);
            bytes
        })
        .collect();
    assert_eq!(drawn.len(), 10_000);
}

async fn every_value_comes<R: Random>(random: R) {
    let mut bytes = vec![0; 65_536];
    random.fill(&mut bytes);
    let mut counts = [0_u32; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    // 256 each on average, 16 the standard deviation: nine of them off is one chance in 10^18.
    let odd: Vec<_> = (0..256).filter(|value| !(112..400).contains(&counts[*value])).collect();
    assert!(odd.is_empty(), "these values come too seldom or too often: {odd:?}");
}

async fn an_empty_slice_is_no_error<R: Random>(random: R) {
    random.fill(&mut []);
}
