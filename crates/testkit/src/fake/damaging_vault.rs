use std::sync::atomic::{AtomicBool, Ordering};

use application::model::{AddressFingerprint, Identifier};
use application::ports::{AddressVault, VaultError};
use domain::{EmailAddress, OrganisationId};

use super::TestVault;

/// A vault that spoils what it seals, when a test asks for it, as a damaged disk or another data key would.
#[derive(Debug, Default)]
pub struct DamagingVault {
    vault: TestVault,
    damages: AtomicBool,
}

impl DamagingVault {
    /// From now on what is sealed can (`false`) or cannot (`true`) be opened again.
    pub fn damage(&self, damages: bool) {
        self.damages.store(damages, Ordering::Relaxed);
    }
}

impl AddressVault for DamagingVault {
    fn seal(&self, plain: &[u8]) -> Vec<u8> {
        let mut sealed = self.vault.seal(plain);
        if self.damages.load(Ordering::Relaxed) {
            sealed.truncate(1);
        }
        sealed
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.vault.open(sealed)
    }

    fn fingerprint(&self, organisation: OrganisationId, email: &EmailAddress) -> AddressFingerprint {
        self.vault.fingerprint(organisation, email)
    }

    fn fingerprint_of(
        &self,
        organisation: OrganisationId,
        kind: Identifier,
        text: &str,
    ) -> AddressFingerprint {
        self.vault.fingerprint_of(organisation, kind, text)
    }

    fn audit_mac(&self, text: &[u8]) -> [u8; 32] {
        self.vault.audit_mac(text)
    }
}
