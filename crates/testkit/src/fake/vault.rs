use std::sync::atomic::{AtomicU64, Ordering};

use application::model::{AddressFingerprint, Identifier};
use application::ports::{AddressVault, VaultError};
use domain::{EmailAddress, OrganisationId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Counts what was sealed in this process, so that no two vaults with the same key use a number
/// twice.
static SEALED: AtomicU64 = AtomicU64::new(1);

/// Seals with a keyed stream of SHA-256 and fingerprints with HMAC. Keeps every promise of the
/// port, but for tests only: its numbers start again with the process.
#[derive(Debug, Clone)]
pub struct TestVault {
    key: u64,
}

impl TestVault {
    /// Vaults with the same key open each other's seals.
    #[must_use]
    pub const fn new(key: u64) -> Self {
        Self { key }
    }

    fn mac(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut key = [0; 64];
        key.iter_mut().zip(self.key.to_be_bytes()).for_each(|(to, from)| *to = from);
        let mut mac = Hmac::<Sha256>::new((&key).into());
        mac.update(label.as_bytes());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Encrypts, and decrypts what is encrypted.
    fn mask(&self, number: [u8; 8], text: &mut [u8]) {
        for (index, block) in (0_u64..).zip(text.chunks_mut(32)) {
            let stream = self.mac("stream", &[&number, &index.to_be_bytes()]);
            block.iter_mut().zip(stream).for_each(|(byte, mask)| *byte ^= mask);
        }
    }
}

impl Default for TestVault {
    fn default() -> Self {
        Self::new(1)
    }
}

impl AddressVault for TestVault {
    fn seal(&self, plain: &[u8]) -> Vec<u8> {
        let number = SEALED.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let mut text = plain.to_vec();
        self.mask(number, &mut text);
        let tag = self.mac("tag", &[&number, &text]);
        [&number[..], &text, &tag].concat()
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (number, rest) = sealed.split_first_chunk::<8>().ok_or(VaultError)?;
        let (text, tag) = rest.split_last_chunk::<32>().ok_or(VaultError)?;
        if self.mac("tag", &[number, text]) != *tag {
            return Err(VaultError);
        }
        let mut plain = text.to_vec();
        self.mask(*number, &mut plain);
        Ok(plain)
    }

    fn fingerprint(&self, organisation: OrganisationId, email: &EmailAddress) -> AddressFingerprint {
        self.fingerprint_text(organisation, email.canonical())
    }

    fn fingerprint_of(
        &self,
        organisation: OrganisationId,
        kind: Identifier,
        text: &str,
    ) -> AddressFingerprint {
        self.fingerprint_text(organisation, &kind.mailbox(text))
    }

    fn audit_mac(&self, text: &[u8]) -> [u8; 32] {
        self.mac("audit", &[text])
    }
}

impl TestVault {
    fn fingerprint_text(&self, organisation: OrganisationId, canonical: &str) -> AddressFingerprint {
        let digest = self.mac("fingerprint", &[organisation.as_bytes(), canonical.as_bytes()]);
        let mut fingerprint = [0; 16];
        fingerprint.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        AddressFingerprint(fingerprint)
    }
}
