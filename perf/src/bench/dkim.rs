//! A DKIM key for one run.

use std::process::Command;

use clap::ValueEnum;
use xtask::process::{capture, find_program};

use crate::Result;
use crate::installation::Installation;

/// The kind of key that signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DkimKey {
    /// RSA of 2048 bits.
    Rsa,
    /// Ed25519 (RFC 8463).
    Ed25519,
}

impl DkimKey {
    /// Makes a key in the installation's folder and has its mails signed by it.
    pub(super) fn sign_mails_of(self, installation: &mut Installation) -> Result {
        let openssl = find_program("openssl").ok_or("--dkim needs the program openssl")?;
        let path = installation.folder().join("dkim.pem");
        let algorithm: &[&str] = match self {
            Self::Rsa => &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            Self::Ed25519 => &["-algorithm", "ED25519"],
        };
        capture(Command::new(openssl).arg("genpkey").args(algorithm).arg("-out").arg(&path))?;
        installation.set("RESETD_MAIL_DKIM_DOMAIN", "resetd.example");
        installation.set("RESETD_MAIL_DKIM_SELECTOR", "bench");
        installation.set("RESETD_MAIL_DKIM_KEY", path.display().to_string());
        Ok(())
    }
}
