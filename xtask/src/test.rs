//! `cargo xtask test`: every test there is, with the services it needs.

mod bindings;
mod cargo_test;
mod examples;
mod schemathesis;
mod tally;

use self::tally::Tally;
use crate::arguments::Arguments;
use crate::output::{note, step};
use crate::services::Services;
use crate::{Result, geo_data, workspace};

/// Runs all tests, or with filters those of the workspace whose names hold one of them.
///
/// # Errors
/// When a test fails, or a service is missing under `--require-services`.
pub fn run(arguments: &[String]) -> Result {
    let mut arguments = Arguments::new(arguments);
    let require_services = arguments.flag("--require-services");
    let may_install = arguments.flag("--install");
    let filters = arguments.rest()?;

    let services = Services::provide(may_install);
    if require_services && !services.missing().is_empty() {
        let names: Vec<String> = services.missing().iter().map(|(need, _)| format!("{need:?}")).collect();
        return Err(format!("--require-services, and missing: {}", names.join(", ")).into());
    }
    let mut tally = Tally::default();

    step("cargo test --workspace");
    let mut tests = workspace::cargo();
    tests.args(["test", "--workspace", "--no-fail-fast", "--", "--show-output"]).args(&filters);
    services.export(&mut tests);
    // Where a developer has fetched real databases with `cargo xtask geo-data`, tests look places
    // up in them.
    let geo_data = workspace::root().join(geo_data::DEFAULT_FOLDER);
    if geo_data.is_dir() {
        tests.env("RESETD_TEST_GEO_DATA", geo_data);
    }
    tally.add(cargo_test::run(&mut tests)?);

    if filters.is_empty() {
        for manifest in examples::manifests()? {
            step(format!("outside the workspace: {}", manifest.display()));
            tally.add(examples::test(&manifest, &services)?);
        }
        tally.add(bindings::run());
        step("schemathesis against `resetd demo`");
        tally.add(schemathesis::run());
    }
    drop(services);
    conclude(&tally)
}

/// Tells what was skipped, and closes with the line that CI reads.
fn conclude(tally: &Tally) -> Result {
    if !tally.skipped.is_empty() {
        step("skipped");
        tally.skipped.iter().for_each(note);
    }
    if !tally.failed.is_empty() {
        step("failed");
        tally.failed.iter().for_each(note);
    }
    println!("{} passed, {} failed, {} skipped", tally.passed, tally.failed.len(), tally.skipped.len());
    if tally.failed.is_empty() { Ok(()) } else { Err(format!("{} failed", tally.failed.len()).into()) }
}
