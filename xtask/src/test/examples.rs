//! Crates outside the workspace that link it as a stranger would: `examples/*/Cargo.toml`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::services::Services;
use crate::{Result, workspace};

/// Their manifests.
pub(super) fn manifests() -> Result<Vec<PathBuf>> {
    let Ok(entries) = std::fs::read_dir(workspace::root().join("examples")) else { return Ok(Vec::new()) };
    let mut manifests = Vec::new();
    for entry in entries {
        let manifest = entry?.path().join("Cargo.toml");
        if manifest.is_file() {
            manifests.push(manifest);
        }
    }
    manifests.sort();
    Ok(manifests)
}

/// Builds and tests one, in the workspace's target directory so that nothing is compiled twice.
pub(super) fn test(manifest: &Path, services: &Services) -> Command {
    let mut tests = workspace::cargo();
    tests.args(["test", "--quiet", "--manifest-path"]).arg(manifest);
    tests.arg("--target-dir").arg(workspace::target());
    services.export(&mut tests);
    tests
}
