//! schemathesis reads the served OpenAPI document and tries to prove the server wrong about it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process::{Running, capture, find_program, free_address, with_parent_death_signal};
use crate::{Result, workspace};

/// What is installed from PyPI, into the target folder.
const PACKAGE: &str = "schemathesis>=4.32,<5";

/// How long it may look, in seconds.
const BUDGET: &str = "60";

/// The key that `resetd demo` takes; it is printed in the reference.
const SAMPLE_KEY: &str = "PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE";

/// The program, installed before or now.
///
/// # Errors
/// When it can neither be found nor installed.
pub(super) fn installed() -> Result<PathBuf> {
    let environment = workspace::target().join("xtask").join("schemathesis");
    let program = environment.join("bin").join("schemathesis");
    if program.is_file() {
        return Ok(program);
    }
    let python = find_program("python3").ok_or("there is no python3")?;
    capture(Command::new(python).args(["-m", "venv"]).arg(&environment))?;
    capture(Command::new(environment.join("bin").join("pip")).args(["install", "--quiet", PACKAGE]))?;
    if program.is_file() { Ok(program) } else { Err("its package has no program".into()) }
}

/// Runs it against a demo of its own.
///
/// # Errors
/// What it found, or that the demo did not last.
pub(super) fn against_demo(program: &Path) -> Result {
    // The tests before this one have built it.
    let binary = workspace::target().join("debug").join("resetd");
    let binary = if binary.is_file() { binary } else { workspace::build_resetd(false)? };
    let folder = workspace::scratch("schemathesis-run")?;
    let address = free_address()?;
    let mut command = with_parent_death_signal(&binary, "TERM");
    command.arg("demo").env("RESETD_LISTEN", address.to_string()).env("RESETD_DATA_DIR", folder.path());
    command.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut demo = Running::start("resetd demo", &mut command)?;
    demo.wait_for(address, Duration::from_secs(30))?;

    let mut schemathesis = Command::new(program);
    schemathesis.args([
        "run",
        &format!("http://{address}/openapi.json"),
        "--checks",
        "all",
        "--max-time",
        BUDGET,
    ]);
    schemathesis.args(["--header", &format!("Authorization: Bearer {SAMPLE_KEY}"), "--no-color"]);
    schemathesis.args(["--generation-database", "none", "--request-timeout", "10"]);
    let output = schemathesis.current_dir(folder.path()).stdin(Stdio::null()).output()?;
    if !demo.is_alive() {
        return Err("`resetd demo` ended while it was tested".into());
    }
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stdout).into_owned().into())
    }
}
