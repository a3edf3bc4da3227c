/// Unpredictable bytes.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Random: Send + Sync {
    /// Fills `bytes` from the operating system's generator (or, in tests, from a seeded one).
    ///
    /// MUST fill all of them. An adapter that cannot get randomness MUST NOT return: a guessable
    /// token is worse than a crash.
    fn fill(&self, bytes: &mut [u8]);
}
