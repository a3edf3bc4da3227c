//! `cargo xtask test`: every test there is, with the services it needs.

mod bindings;
mod examples;
pub(crate) mod needs;
mod runner;
mod schemathesis;

use std::process::Command;

use self::needs::NeedyTest;
use self::runner::Runner;
use crate::output::{note, step};
use crate::services::{Need, Services};
use crate::{Result, process, workspace};

/// What became of the parts of a run.
#[derive(Debug, Default)]
struct Outcome {
    failed: Vec<String>,
    /// A line for each test that was not run: its name and why.
    not_run: Vec<String>,
}

impl Outcome {
    /// Runs a part to its end. Its own output says which tests failed.
    fn part(&mut self, name: &str, command: &mut Command) {
        step(name);
        if let Err(failure) = process::run(command) {
            self.failed.push(format!("{name}: {failure}"));
        }
    }

    /// Prints what was not run and what failed.
    fn conclude(self) -> Result {
        if !self.not_run.is_empty() {
            step("not run");
            self.not_run.iter().for_each(note);
        }
        if !self.failed.is_empty() {
            step("failed");
            self.failed.iter().for_each(note);
        }
        let not_run = self.not_run.len();
        if self.failed.is_empty() {
            step(format!("all tests passed but {not_run} that were not run"));
            Ok(())
        } else {
            Err(format!("{} failed, {not_run} tests not run", self.failed.join("; ")).into())
        }
    }
}

/// The command line.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Installs Debian's packages where a service is missing.
    #[arg(long)]
    install: bool,
    /// Fails where a service is missing.
    #[arg(long)]
    require_services: bool,
    /// Leaves a service out, as if this machine had none; repeatable.
    #[arg(long, value_name = "NAME", value_parser = need)]
    without: Vec<Need>,
    /// Only the workspace's tests whose names hold one of these.
    filters: Vec<String>,
}

fn need(name: &str) -> std::result::Result<Need, String> {
    let names: Vec<&str> = Need::ALL.iter().map(|need| need.name()).collect();
    Need::from_name(name).ok_or_else(|| format!("one of {}", names.join(", ")))
}

/// Runs all tests, or with filters those of the workspace whose names hold one of them.
///
/// # Errors
/// When a test fails, or a service is missing under `--require-services`.
pub fn run(options: &Options) -> Result {
    let filters = &options.filters;
    let needy = needs::all()?;

    let services = Services::provide(options.install, &options.without);
    let required = services.missing().iter().filter(|(need, _)| need.is_service());
    let required: Vec<&str> = required.map(|(need, _)| need.name()).collect();
    if options.require_services && !required.is_empty() {
        return Err(format!("--require-services, and missing: {}", required.join(", ")).into());
    }

    let mut outcome = Outcome::default();
    let left_out: Vec<&NeedyTest> = needy.iter().filter(|test| why_not(test, &services).is_some()).collect();
    outcome.not_run.extend(left_out.iter().filter(|test| is_asked_for(test, filters)).map(|test| {
        format!("{}: {}: {}", test.package, test.name, why_not(test, &services).unwrap_or_default())
    }));

    let runner = Runner::find();
    let mut tests = runner.command(&left_out, filters);
    services.export(&mut tests);
    outcome.part(&format!("the workspace's tests, by {runner:?}"), &mut tests);
    if filters.is_empty() {
        let mut examples = workspace::cargo();
        examples.args(["test", "--quiet", "--workspace", "--doc", "--no-fail-fast"]);
        outcome.part("the documentation's examples", &mut examples);
        for manifest in examples::manifests()? {
            let name = format!("outside the workspace: {}", manifest.display());
            outcome.part(&name, &mut examples::test(&manifest, &services));
        }
        bindings::run(&mut outcome);
        match schemathesis::installed() {
            Err(failure) => outcome.not_run.push(format!("schemathesis: {failure}")),
            Ok(program) => {
                step("schemathesis against `resetd demo`");
                if let Err(failure) = schemathesis::against_demo(&program) {
                    outcome.failed.push(format!("schemathesis: {failure}"));
                }
            }
        }
    }
    drop(services);
    outcome.conclude()
}

/// Why a test cannot be run with these services; `None`: it can.
fn why_not(test: &NeedyTest, services: &Services) -> Option<String> {
    let missing = |need: &&(Need, String)| test.needs.contains(&need.0);
    services.missing().iter().find(missing).map(|(need, why)| format!("needs {} ({why})", need.name()))
}

fn is_asked_for(test: &NeedyTest, filters: &[String]) -> bool {
    filters.is_empty() || filters.iter().any(|filter| test.name.contains(filter.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_service_its_tests_are_left_out_by_name() {
        let services = Services::of_missing(&[(Need::Postgres, "no program postgres")]);
        let needy = needs::all().unwrap();
        let reason = |name: &str| {
            let test = needy.iter().find(|test| test.name == name).unwrap();
            why_not(test, &services)
        };
        assert_eq!(
            reason("two_replicas_claim_without_doubles").unwrap(),
            "needs PostgreSQL (no program postgres)"
        );
        assert_eq!(reason("keys_expire_by_themselves"), None);
    }

    #[test]
    fn a_failed_part_fails_the_run_and_the_rest_goes_on() {
        let mut outcome = Outcome::default();
        outcome.part("first", &mut Command::new("false"));
        outcome.part("second", &mut Command::new("true"));
        assert_eq!(outcome.failed.len(), 1);
        assert!(outcome.conclude().unwrap_err().to_string().starts_with("first: "));
        assert!(Outcome { failed: Vec::new(), not_run: vec!["a".to_owned()] }.conclude().is_ok());
    }
}
