//! What has to be there, and what belongs together.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tracing::warn;

use super::error::SettingsError;
use super::sections::Settings;
use super::values::{DatabaseUrl, MailUrl, PublicUrl};

impl Settings {
    pub(crate) fn public_url(&self) -> Result<&str, SettingsError> {
        self.public_url.as_ref().map(PublicUrl::as_str).ok_or_else(|| SettingsError::missing("public_url"))
    }

    pub(crate) fn database_url(&self) -> Result<&DatabaseUrl, SettingsError> {
        self.database_url.as_ref().ok_or_else(|| SettingsError::missing("database_url"))
    }

    pub(crate) fn mail_url(&self) -> Result<&MailUrl, SettingsError> {
        self.mail_url.as_ref().ok_or_else(|| SettingsError::missing("mail_url"))
    }

    pub(crate) fn mail_from(&self) -> Result<&str, SettingsError> {
        self.mail_from.as_deref().ok_or_else(|| SettingsError::missing("mail_from"))
    }

    /// Logs what is allowed but hardly meant.
    pub(crate) fn warn(&self) {
        for network in self.trusted_proxies.very_large() {
            warn!(%network, "trusted_proxies: anybody in this very large network can claim any address");
        }
        for file in [&self.tls.key].into_iter().flatten() {
            warn_of_access(file);
        }
        if self.data_key.is_none() {
            warn!(
                "no data_key is set: personal data is sealed with a key kept in the database itself; \
                 set data_key (RESETD_DATA_KEY_FILE) to keep them apart"
            );
        }
    }
}

/// Logs a warning where a file with a secret can be read or written by every user of the machine.
pub(crate) fn warn_of_access(file: &Path) {
    const ALL_READ: u32 = 0o004;
    const ALL_WRITE: u32 = 0o002;
    let Ok(metadata) = std::fs::metadata(file) else { return };
    let mode = metadata.permissions().mode() & 0o777;
    if !metadata.is_file() {
        return;
    }
    let file = file.display();
    if mode & ALL_WRITE != 0 {
        warn!(%file, "mode {mode:03o}: every user of this machine can write this secret; chmod o= it");
    } else if mode & ALL_READ != 0 {
        warn!(%file, "mode {mode:03o}: every user of this machine can read this secret; chmod o= it");
    }
}
