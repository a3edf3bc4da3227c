//! `deny.toml`: licences, bans and sources always; advisories where their database can be had.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::output::{note, step};
use crate::process::{capture, find_program};
use crate::{Result, workspace};

/// What is installed from crates.io, into the target folder, where there is none.
const TOOL: [&str; 3] = ["cargo-deny", "--version", "^0.20"];

/// Runs all that can be run; adds what fails.
pub(super) fn check(may_install: bool, failed: &mut Vec<String>) {
    let program = match program(may_install) {
        Ok(program) => program,
        Err(failure) => return note(format!("NOT CHECKED licences, bans, sources, advisories: {failure}")),
    };
    step("deny.toml: licences, bans, sources");
    // Licences are read from the sources, those for other systems included, which no build has had.
    if let Err(failure) = capture(workspace::cargo().args(["fetch", "--locked"])) {
        note(format!("the sources of all systems could not be fetched: {failure}"));
    }
    report(
        deny(&program, &["--offline", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"]),
        failed,
    );
    step("deny.toml: advisories");
    match deny(&program, &["fetch", "db"]) {
        Ok(_) => report(deny(&program, &["check", "--disable-fetch", "advisories"]), failed),
        Err(_) => note(
            "NOT CHECKED advisories: their database (RustSec's, a git repository) cannot be reached from here",
        ),
    }
}

fn report(result: Result<String>, failed: &mut Vec<String>) {
    if let Err(failure) = result {
        note(failure);
        failed.push("cargo deny".to_owned());
    }
}

fn deny(program: &Path, words: &[&str]) -> Result<String> {
    capture(Command::new(program).current_dir(workspace::root()).args(words))
}

/// Installed before, or now.
fn program(may_install: bool) -> Result<PathBuf> {
    let tools = workspace::target().join("xtask").join("tools");
    let own = tools.join("bin").join("cargo-deny");
    if let Some(program) = find_program("cargo-deny").or_else(|| own.is_file().then(|| own.clone())) {
        return Ok(program);
    }
    if !may_install {
        return Err("cargo-deny is not installed".into());
    }
    step("installing cargo-deny, once");
    let mut install = workspace::cargo();
    install.args(["install", "--quiet", "--locked", "--root"]).arg(&tools).args(TOOL);
    capture(&mut install)?;
    Ok(own)
}
