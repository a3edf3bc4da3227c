use domain::{EmailAddress, OrganisationId};
use thiserror::Error;

use crate::model::{AddressFingerprint, Identifier};

/// The sealed bytes cannot be opened: another key wrote them, or they were altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("sealed data cannot be opened with this data key")]
pub struct VaultError;

/// Keeps personal data unreadable at rest. Stores seal what they write and open what they read.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait AddressVault: Send + Sync {
    /// Encrypts and authenticates `plain`. Two calls with the same input MUST give different bytes.
    fn seal(&self, plain: &[u8]) -> Vec<u8>;

    /// Opens what [`seal`](Self::seal) made with the same key.
    ///
    /// # Errors
    /// [`VaultError`] for anything else, however it was altered.
    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, VaultError>;

    /// The fingerprint of the mailbox that `email` names within `organisation`, made from the
    /// canonical form. MUST be the same on every replica that shares the key, and differ between
    /// organisations.
    fn fingerprint(&self, organisation: OrganisationId, email: &EmailAddress) -> AddressFingerprint;

    /// The fingerprint of the identifier `text` within `organisation`: that of its
    /// [mailbox](Identifier::mailbox).
    fn fingerprint_of(
        &self,
        organisation: OrganisationId,
        kind: Identifier,
        text: &str,
    ) -> AddressFingerprint;

    /// A message authentication code of `text` for the audit log, under a key derived for it alone.
    /// MUST be the same on every replica that shares the key, and cannot be made without it.
    fn audit_mac(&self, text: &[u8]) -> [u8; 32];
}
