use domain::{EmailAddress, OrganisationId};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// A keyed fingerprint of a mailbox: equal for equal organisation and canonical address, and
/// meaningless without the key. Stores use it to find a customer without holding an address in the
/// clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressFingerprint(pub [u8; 16]);

/// What else a customer is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identifier {
    /// A phone number, as the platform writes it.
    Phone,
    /// The platform's own identifier.
    External,
    /// The mailbox of a sandbox customer, as its canonical address.
    Sandbox,
}

impl Identifier {
    /// The canonical form of the mailbox that stands for the identifier `text`: one that can exist
    /// nowhere (`.invalid`, RFC 6761), called by the SHA-256 of the text. So identifiers and
    /// addresses share one fingerprint without ever meeting. Of the sandbox's mailboxes: the
    /// address and a NUL, which no address can hold, so that none that anybody submits to the live
    /// side leads there.
    #[must_use]
    pub fn mailbox(self, text: &str) -> String {
        let domain = match self {
            Self::Phone => "@phone.invalid",
            Self::External => "@external.invalid",
            Self::Sandbox => return format!("{text}\0sandbox"),
        };
        let digest = Sha256::digest(text);
        let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let name = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
        name.chain(domain.chars()).collect()
    }
}

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
