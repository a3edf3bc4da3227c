//! Where things are: the root, the target directory, the binaries.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Result, process};

/// The workspace's root folder.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Cargo, as this process was started by it; in the workspace's root.
#[must_use]
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// The compiler that cargo uses here.
#[must_use]
pub fn rustc() -> Command {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.current_dir(root());
    rustc
}

/// The target directory: `CARGO_TARGET_DIR`, else `target` in the root.
#[must_use]
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// A fresh folder under the target directory, on the disk the workspace is on, gone when dropped.
/// Benchmarks of durable stores belong there: `/tmp` may be memory.
///
/// # Errors
/// When it cannot be made.
pub fn scratch(name: &str) -> Result<tempfile::TempDir> {
    let parent = target().join("xtask");
    std::fs::create_dir_all(&parent)?;
    Ok(tempfile::Builder::new().prefix(&format!("{name}-")).tempdir_in(parent)?)
}

/// The build of `resetd` that containers run (profile `dist`), made now, or the binary `given` on the command line (`--binary`),
/// as it is.
///
/// # Errors
/// When it does not compile, or is not there.
pub fn resetd(given: Option<&Path>) -> Result<PathBuf> {
    match given {
        Some(path) => {
            std::fs::canonicalize(path).map_err(|error| format!("{}: {error}", path.display()).into())
        }
        None => build_resetd(true),
    }
}

/// Builds `resetd` and hands back its path.
///
/// # Errors
/// When it does not compile.
pub fn build_resetd(release: bool) -> Result<PathBuf> {
    let mut build = cargo();
    build.args(["build", "--quiet", "--package", "resetd"]);
    if release {
        build.args(["--profile", "dist"]);
    }
    process::run(&mut build)?;
    Ok(target().join(if release { "dist" } else { "debug" }).join("resetd"))
}
