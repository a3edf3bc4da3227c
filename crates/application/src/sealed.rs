//! Personal data as stores write it and open it again: sealed by [`AddressVault`]. One layout for
//! every store, so that what one sealed another opens with the same data key.
//!
//! Whatever cannot be opened is [`StoreError::Corrupt`] at the place named, without the value.

mod entry;

use domain::{CustomerIp, EmailAddress, OrganisationId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use self::entry::Entry;
use crate::model::{AddressFingerprint, Customer, Identifier};
use crate::ports::{AddressVault, StoreError};

/// What requests for `email` are counted by and their customer is found by. A fingerprint of the
/// sandbox never equals a live one.
pub fn mailbox(
    vault: &dyn AddressVault,
    organisation: OrganisationId,
    email: &EmailAddress,
    sandbox: bool,
) -> AddressFingerprint {
    if sandbox {
        vault.fingerprint_of(organisation, Identifier::Sandbox, email.canonical())
    } else {
        vault.fingerprint(organisation, email)
    }
}

/// Opens what [`AddressVault::seal`] made.
///
/// # Errors
/// [`StoreError::Corrupt`] when another key wrote it or it was altered.
pub fn open(vault: &dyn AddressVault, sealed: &[u8], place: &'static str) -> Result<Vec<u8>, StoreError> {
    vault.open(sealed).map_err(|error| StoreError::corrupt(place, error))
}

/// Opens a text.
///
/// # Errors
/// [`StoreError::Corrupt`] when it cannot be opened or is none.
pub fn open_text(vault: &dyn AddressVault, sealed: &[u8], place: &'static str) -> Result<String, StoreError> {
    String::from_utf8(open(vault, sealed, place)?).map_err(|_| StoreError::corrupt(place, "not UTF-8"))
}

/// Seals anything as JSON.
///
/// # Errors
/// [`StoreError::Corrupt`] when it has no JSON form.
pub fn seal_json(
    vault: &dyn AddressVault,
    value: &impl Serialize,
    place: &'static str,
) -> Result<Vec<u8>, StoreError> {
    let plain = serde_json::to_vec(value).map_err(|error| StoreError::corrupt(place, error))?;
    Ok(vault.seal(&plain))
}

/// Opens what [`seal_json`] made. What serde says of the error could quote the value, so it is not
/// told.
///
/// # Errors
/// [`StoreError::Corrupt`] when it cannot be opened or is not of this type.
pub fn open_json<T: DeserializeOwned>(
    vault: &dyn AddressVault,
    sealed: &[u8],
    place: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_slice(&open(vault, sealed, place)?)
        .map_err(|_| StoreError::corrupt(place, "not the JSON expected"))
}

/// What a caller submitted: the address (of a notice mail: none) and who asked. One text, the
/// address's line second.
pub struct Submitted {
    /// The address; `None`: a notice mail.
    pub email: Option<EmailAddress>,
    /// Who asked, if known.
    pub ip: Option<CustomerIp>,
}

impl Submitted {
    const PLACE: &'static str = "mail.submitted";

    /// Sealed, without taking the parts apart.
    pub fn seal(vault: &dyn AddressVault, email: Option<&EmailAddress>, ip: Option<CustomerIp>) -> Vec<u8> {
        use std::fmt::Write as _;
        let email = email.map_or("", EmailAddress::normalized);
        let mut plain = String::with_capacity(email.len() + 16);
        if let Some(ip) = ip {
            // Writing into a String cannot fail.
            _ = write!(plain, "{ip}");
        }
        plain.push('\n');
        plain.push_str(email);
        vault.seal(plain.as_bytes())
    }

    /// Opened and checked.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it is not what [`seal`](Self::seal) makes.
    pub fn open(vault: &dyn AddressVault, sealed: &[u8]) -> Result<Self, StoreError> {
        let text = open_text(vault, sealed, Self::PLACE)?;
        let (ip, email) =
            text.split_once('\n').ok_or_else(|| StoreError::corrupt(Self::PLACE, "one line"))?;
        let email = non_empty(email).map(EmailAddress::parse).transpose();
        let ip = non_empty(ip).map(CustomerIp::parse).transpose();
        match (email, ip) {
            (Ok(email), Ok(ip)) => Ok(Self { email, ip }),
            (Err(error), _) => Err(StoreError::corrupt(Self::PLACE, error.code())),
            (_, Err(error)) => Err(StoreError::corrupt(Self::PLACE, error.code())),
        }
    }
}

fn non_empty(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// A customer's personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The address mail goes to, normalized; `None`: registered by phone only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// How the mail greets.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// As the platform writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The platform's own identifier, in stores that keep it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

impl Person {
    /// Where it is kept.
    pub const PLACE: &'static str = "customer.sealed";

    /// The address, checked.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it is none.
    pub fn address(&self) -> Result<Option<EmailAddress>, StoreError> {
        let parsed = self.email.as_deref().map(EmailAddress::parse).transpose();
        parsed.map_err(|error| StoreError::corrupt(Self::PLACE, error.code()))
    }

    /// Puts address, name and the platform's identifier into the rest of `customer`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the address is none.
    pub fn complete(self, customer: Customer) -> Result<Customer, StoreError> {
        let reference = self.external_id.clone().or(customer.reference.clone());
        Ok(Customer { email: self.address()?, name: self.name, reference, ..customer })
    }
}
