//! Passed, failed, skipped; and the reader of what `cargo test -- --show-output` prints.

/// What became of the tests.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: Vec<String>,
    pub(super) skipped: Vec<String>,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed.extend(other.failed);
        self.skipped.extend(other.skipped);
    }
}

/// Reads libtest's output line by line: counts, and tells which lines are worth showing.
///
/// A test that lacks what it needs prints `SKIPPED name: reason` and passes; libtest captures that
/// line, and shows it in its `successes:` block, which is otherwise noise.
#[derive(Debug, Default)]
pub(super) struct Reader {
    tally: Tally,
    in_successes: bool,
}

impl Reader {
    /// Takes a line; whether it should be passed on.
    pub(super) fn take(&mut self, line: &str) -> bool {
        let word = line.trim();
        if let Some(at) = word.find("SKIPPED ") {
            self.tally.skipped.push(word.get(at + "SKIPPED ".len()..).unwrap_or_default().to_owned());
            return false;
        }
        if word == "successes:" {
            self.in_successes = true;
        } else if word == "failures:" {
            self.in_successes = false;
        } else if let Some(result) = word.strip_prefix("test result: ") {
            self.in_successes = false;
            self.tally.passed += count(result, "passed");
            let ignored = count(result, "ignored");
            self.tally.skipped.extend((0..ignored).map(|_| "a test marked #[ignore]".to_owned()));
            return true;
        } else if let Some(name) =
            word.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            self.tally.failed.push(name.to_owned());
        } else if word.starts_with("process didn't exit successfully") && word.contains("(signal: ") {
            // A stack overflow or an abort ends the whole binary before any test of it is told to
            // have failed.
            self.tally.failed.push(word.to_owned());
        }
        // What a reader wants of a passing test is that it passed.
        !self.in_successes && !word.ends_with(" ... ok")
    }

    /// The sum. A test that skipped itself did not pass.
    pub(super) fn finish(mut self) -> Tally {
        let skipped_themselves =
            self.tally.skipped.iter().filter(|text| !text.starts_with("a test marked")).count();
        self.tally.passed = self.tally.passed.saturating_sub(skipped_themselves);
        self.tally
    }
}

/// The number before `word` in `ok. 12 passed; 0 failed; …`.
fn count(result: &str, word: &str) -> usize {
    let before = result.split(word).next().unwrap_or_default();
    before.split_whitespace().next_back().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
     Running unittests src/lib.rs (target/debug/deps/x-1)

running 4 tests
test a ... ok
test b ... ok
test c ... FAILED
test d ... ignored

successes:

---- a stdout ----
SKIPPED a: RESETD_TEST_REDIS_URL is not set

---- b stdout ----
chatter

successes:
    a
    b

failures:

---- c stdout ----
assertion failed

failures:
    c

test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s
";

    #[test]
    fn counts_and_keeps_what_matters() {
        let mut reader = Reader::default();
        let shown: Vec<&str> = OUTPUT.lines().filter(|line| reader.take(line)).collect();
        let tally = reader.finish();
        assert_eq!(tally.passed, 1);
        assert_eq!(tally.failed, ["c"]);
        assert_eq!(tally.skipped, ["a: RESETD_TEST_REDIS_URL is not set", "a test marked #[ignore]"]);
        assert!(shown.contains(&"assertion failed") && shown.contains(&"test c ... FAILED"), "{shown:?}");
        assert!(!shown.contains(&"chatter") && !shown.contains(&"test a ... ok"), "{shown:?}");
    }

    #[test]
    fn a_binary_that_died_is_a_failure() {
        let mut reader = Reader::default();
        let line = "  process didn't exit successfully: `target/debug/deps/x-1` (signal: 6, SIGABRT: process abort signal)";
        assert!(reader.take(line));
        assert_eq!(reader.finish().failed.len(), 1);
    }

    #[test]
    fn the_result_line_is_read_by_its_words() {
        assert_eq!(count("ok. 12 passed; 3 failed; 1 ignored", "passed"), 12);
        assert_eq!(count("ok. 12 passed; 3 failed; 1 ignored", "ignored"), 1);
        assert_eq!(count("ok.", "ignored"), 0);
    }
}
