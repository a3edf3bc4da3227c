//! `cargo xtask conform` finds what is wrong with a port, and nothing where nothing is.
#![expect(clippy::unwrap_used, reason = "a test that fails is to panic")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use xtask::conform::{Report, check};
use xtask::workspace;

/// `examples/port.rs`. Cargo has built it beside this test, unless it was asked for this test
/// alone.
fn port() -> PathBuf {
    static PORT: OnceLock<PathBuf> = OnceLock::new();
    let built = PORT.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let port = test.parent().unwrap().parent().unwrap().join("examples").join("port");
        if !port.is_file() {
            let built =
                workspace::cargo().args(["build", "--package", "xtask", "--example", "port"]).status();
            assert!(built.unwrap().success() && port.is_file());
        }
        port
    });
    built.clone()
}

fn report(mistake: &[&str], without: &[&str]) -> Report {
    check(Command::new(port()).args(mistake), &without.iter().copied().collect::<BTreeSet<_>>()).unwrap()
}

#[test]
fn the_reference_passes() {
    let report = report(&[], &[]);
    assert!(report.is_clean(), "{report}");
    assert!(report.asked() > 1_000, "{report}");
}

/// The mistake, the file that catches it, one of the inputs, the least number of cases that do.
const CAUGHT: [(&str, &str, &str, usize); 3] = [
    ("outlook-dots", "email", "j.an+x@outlook.com", 1),
    ("fractions", "expiry", "1.5h", 1),
    ("leading-zeros", "ip", "010.1.1.1", 3),
];

#[test]
fn each_mistake_is_caught_and_nothing_else() {
    for (mistake, rule, input, least) in CAUGHT {
        // A port in ASCII alone is caught as well.
        for without in [&[][..], &["idna", "nfc", "unicode", "providers"]] {
            let report = report(&[mistake], without);
            let of_rule = report.wrong().iter().filter(|(case, _)| case.rule == rule).count();
            assert!(of_rule >= least, "{mistake}: {report}");
            let inputs: Vec<&str> = report
                .wrong()
                .iter()
                .flat_map(|(case, _)| &case.requests)
                .filter_map(|request| request["input"].as_str())
                .collect();
            assert!(inputs.contains(&input), "{mistake}: {report}");
            let others =
                report.wrong().iter().filter(|(case, _)| ![rule, "same-mailbox"].contains(&case.rule));
            assert_eq!(others.count(), 0, "{mistake}: {report}");
            assert!(report.to_string().contains(&format!("{input:?}")), "{report}");
        }
    }
}

#[test]
fn a_level_that_no_vector_has_is_a_mistake_of_the_caller() {
    let without = BTreeSet::from(["unicorns"]);
    assert!(check(&mut Command::new(port()), &without).unwrap_err().to_string().contains("unicorns"));
}
