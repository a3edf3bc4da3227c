//! Personal data as it is stored: sealed.

use application::ports::AddressVault;
use domain::{CustomerIp, EmailAddress};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// Opens what [`AddressVault::seal`] made.
pub(crate) fn open(vault: &dyn AddressVault, sealed: &[u8], place: &'static str) -> Result<Vec<u8>, Fault> {
    vault.open(sealed).map_err(|error| Fault::corrupt(place, error))
}

/// Opens a text.
pub(crate) fn open_text(
    vault: &dyn AddressVault,
    sealed: &[u8],
    place: &'static str,
) -> Result<String, Fault> {
    String::from_utf8(open(vault, sealed, place)?).map_err(|_| Fault::corrupt(place, "not UTF-8"))
}

/// Seals anything as JSON.
pub(crate) fn seal_json(
    vault: &dyn AddressVault,
    value: &impl Serialize,
    place: &'static str,
) -> Result<Vec<u8>, Fault> {
    let plain = serde_json::to_vec(value).map_err(|error| Fault::corrupt(place, error))?;
    Ok(vault.seal(&plain))
}

/// Opens what [`seal_json`] made. What serde says of the fault could quote the value, so it is not told.
pub(crate) fn open_json<T: DeserializeOwned>(
    vault: &dyn AddressVault,
    sealed: &[u8],
    place: &'static str,
) -> Result<T, Fault> {
    serde_json::from_slice(&open(vault, sealed, place)?)
        .map_err(|_| Fault::corrupt(place, "not the JSON expected"))
}

/// What a caller submitted: the address (of a notice mail: none) and who asked. One text, the address's line second.
pub(crate) struct Submitted {
    pub(crate) email: Option<EmailAddress>,
    pub(crate) ip: Option<CustomerIp>,
}

impl Submitted {
    const PLACE: &'static str = "mail.submitted";

    /// Sealed, without taking the parts apart.
    pub(crate) fn seal(
        vault: &dyn AddressVault,
        email: Option<&EmailAddress>,
        ip: Option<CustomerIp>,
    ) -> Vec<u8> {
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
    pub(crate) fn open(vault: &dyn AddressVault, sealed: &[u8]) -> Result<Self, Fault> {
        let text = open_text(vault, sealed, Self::PLACE)?;
        let (ip, email) = text.split_once('\n').ok_or_else(|| Fault::corrupt(Self::PLACE, "one line"))?;
        let email = given(email).map(EmailAddress::parse).transpose();
        let ip = given(ip).map(CustomerIp::parse).transpose();
        match (email, ip) {
            (Ok(email), Ok(ip)) => Ok(Self { email, ip }),
            (Err(fault), _) => Err(Fault::corrupt(Self::PLACE, fault.code())),
            (_, Err(fault)) => Err(Fault::corrupt(Self::PLACE, fault.code())),
        }
    }
}

fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// A customer's personal data.
#[derive(Serialize, Deserialize)]
pub(crate) struct Person {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
}

impl Person {
    pub(crate) const PLACE: &'static str = "customer.sealed";

    /// The address, checked.
    pub(crate) fn address(&self) -> Result<Option<EmailAddress>, Fault> {
        let parsed = self.email.as_deref().map(EmailAddress::parse).transpose();
        parsed.map_err(|fault| Fault::corrupt(Self::PLACE, fault.code()))
    }
}
