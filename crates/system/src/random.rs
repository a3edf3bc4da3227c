use application::ports::Random;

/// The operating system's generator (`getrandom(2)` on Linux).
///
/// When the system has none, the process ends at once with a line on stderr and `SIGABRT`: a
/// guessable token is worse than a crash, and a panic could be caught.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter behind `Random`")]
    #[expect(clippy::print_stderr, reason = "the last words of a process that is about to abort")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            eprintln!("resetd: the operating system gives no randomness ({error}); aborting");
            std::process::abort();
        }
    }
}
