//! cargo-nextest where it is installed, else `cargo test`.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use super::needs::NeedyTest;
use crate::process::find_program;
use crate::workspace;

/// Which program runs the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runner {
    /// `cargo nextest run`: each test in a process of its own.
    Nextest,
    /// `cargo test`: each binary in a process of its own, and the documentation's examples with it.
    CargoTest,
}

impl Runner {
    /// The better one of this machine.
    pub(super) fn find() -> Self {
        let home = std::env::var_os("CARGO_HOME").map(std::path::PathBuf::from);
        let in_home = home.is_some_and(|home| home.join("bin").join("cargo-nextest").is_file());
        if in_home || find_program("cargo-nextest").is_some() { Self::Nextest } else { Self::CargoTest }
    }

    /// Runs every test of the workspace, those marked `#[ignore]` too, but `left_out`; with
    /// `filters`, only those whose names hold one of them.
    pub(super) fn command(self, left_out: &[&NeedyTest], filters: &[String]) -> Command {
        let mut command = workspace::cargo();
        command.stdin(Stdio::null());
        match self {
            Self::Nextest => {
                command.args(["nextest", "run", "--workspace", "--run-ignored", "all", "--no-tests", "pass"]);
                if !left_out.is_empty() {
                    command.arg("--filterset").arg(filterset(left_out));
                }
                command.args(filters);
            }
            Self::CargoTest => {
                command.args(["test", "--workspace", "--tests", "--no-fail-fast", "--", "--include-ignored"]);
                command.args(left_out.iter().flat_map(|test| ["--skip", &test.name]));
                command.args(filters);
            }
        }
        command
    }
}

/// All tests but `left_out`, in nextest's language. A test is the last part of its path.
fn filterset(left_out: &[&NeedyTest]) -> String {
    let mut filterset = String::from("not (none()");
    for test in left_out {
        // Writing into a string does not fail.
        write!(filterset, " | (package(={}) & test(/(^|::){}$/))", test.package, test.name).ok();
    }
    filterset.push(')');
    filterset
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::Need;

    fn test(package: &str, name: &str) -> NeedyTest {
        NeedyTest { package: package.to_owned(), name: name.to_owned(), needs: vec![Need::Redis] }
    }

    fn words(command: &Command) -> Vec<String> {
        command.get_args().map(|word| word.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn nextest_leaves_a_test_out_in_its_package_only() {
        let left_out = [test("resetd-limit-redis", "it_keeps_the_contract"), test("resetd", "b")];
        let left_out: Vec<&NeedyTest> = left_out.iter().collect();
        let words = words(&Runner::Nextest.command(&left_out, &["limit".to_owned()]));
        assert!(
            words.contains(
                &"not (none() | (package(=resetd-limit-redis) & test(/(^|::)it_keeps_the_contract$/)) \
              | (package(=resetd) & test(/(^|::)b$/)))"
                    .to_owned()
            )
        );
        assert_eq!(words.last().unwrap(), "limit");
    }

    #[test]
    fn cargo_test_skips_by_name() {
        let left_out = test("resetd-limit-redis", "it_keeps_the_contract");
        let words = words(&Runner::CargoTest.command(&[&left_out], &[]));
        assert!(words.ends_with(&["--skip".to_owned(), "it_keeps_the_contract".to_owned()]), "{words:?}");
        assert!(words.contains(&"--include-ignored".to_owned()));
    }
}
