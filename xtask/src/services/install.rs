//! Debian's packages, where this process may install them.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;
use crate::output::step;
use crate::process::{find_program, is_root, run};

/// Packages ask this script whether they may start their daemons.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Installs `packages` with apt-get. Nothing of them is started or configured system-wide.
///
/// # Errors
/// When this process is not root, there is no apt-get, or apt-get fails.
pub(super) fn install(packages: &[&str]) -> Result {
    let Some(apt_get) = find_program("apt-get") else { return Err("there is no apt-get".into()) };
    if !is_root() {
        return Err("only root may install packages".into());
    }
    step(format!("installing {}", packages.join(" ")));
    let _quiet = QuietDaemons::begin()?;
    leave_postfix_unconfigured();
    run(&mut noninteractive(&apt_get, &["-qq", "update"]))?;
    let mut words = vec!["-qq", "install", "-y", "--no-install-recommends"];
    words.extend(packages);
    run(&mut noninteractive(&apt_get, &words))
}

fn noninteractive(apt_get: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(apt_get);
    command.args(words).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
    command
}

/// Postfix's package would write a configuration for this host; the tests bring their own.
fn leave_postfix_unconfigured() {
    let Some(program) = find_program("debconf-set-selections") else { return };
    let Ok(mut child) = Command::new(program).stdin(Stdio::piped()).spawn() else { return };
    if let Some(mut input) = child.stdin.take() {
        input.write_all(b"postfix postfix/main_mailer_type select No configuration\n").ok();
    }
    child.wait().ok();
}

/// While it lives, installed packages do not start their daemons.
struct QuietDaemons {
    ours: bool,
}

impl QuietDaemons {
    fn begin() -> Result<Self> {
        let ours = !Path::new(POLICY).exists();
        if ours {
            fs::write(POLICY, "#!/bin/sh\nexit 101\n")?;
            fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755))?;
        }
        Ok(Self { ours })
    }
}

impl Drop for QuietDaemons {
    fn drop(&mut self) {
        if self.ours {
            fs::remove_file(POLICY).ok();
        }
    }
}
