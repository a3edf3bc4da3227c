//! Nonces for sealing, drawn from the operating system in batches.

use std::cell::RefCell;

use application::ports::Random as _;

use crate::OsRandom;

/// Length of an XChaCha20-Poly1305 nonce in bytes.
pub(crate) const NONCE_BYTES: usize = 24;

/// How many nonces one system call brings. A nonce is no secret, so the ones in waiting need no
/// guard.
const BATCH: usize = 64;

thread_local! {
    static WAITING: RefCell<Vec<[u8; NONCE_BYTES]>> = const { RefCell::new(Vec::new()) };
}

/// A nonce nobody has had before: 192 random bits, so that 2^80 of them may be drawn under one key
/// before two are equal with any likelihood worth a thought.
pub(crate) fn fresh() -> [u8; NONCE_BYTES] {
    WAITING.with_borrow_mut(|waiting| {
        if let Some(nonce) = waiting.pop() {
            return nonce;
        }
        let mut batch = [[0; NONCE_BYTES]; BATCH];
        OsRandom.fill(batch.as_flattened_mut());
        let [first, rest @ ..] = batch;
        waiting.extend_from_slice(&rest);
        first
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_nonce_comes_twice_whatever_the_thread() {
        let threads: Vec<_> =
            (0..4).map(|_| std::thread::spawn(|| (0..1_000).map(|_| fresh()).collect::<Vec<_>>())).collect();
        let drawn: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(drawn.iter().collect::<HashSet<_>>().len(), drawn.len());
        assert!(drawn.iter().all(|nonce| nonce.iter().any(|byte| *byte != 0)));
    }
}
