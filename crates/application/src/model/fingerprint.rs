use sha2::{Digest, Sha256};

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
