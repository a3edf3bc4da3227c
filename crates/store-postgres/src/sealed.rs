//! Personal data as it is stored: sealed.

use application::ports::{AddressVault, Customer, TimelineEntry};
use chrono::{DateTime, Utc};
use domain::{CustomerIp, EmailAddress, OrganisationId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) external_id: Option<String>,
}

impl Person {
    pub(crate) const PLACE: &'static str = "customer.sealed";

    /// The address, checked.
    pub(crate) fn address(&self) -> Result<Option<EmailAddress>, Fault> {
        let parsed = self.email.as_deref().map(EmailAddress::parse).transpose();
        parsed.map_err(|fault| Fault::corrupt(Self::PLACE, fault.code()))
    }

    /// Puts address and name into the rest of `customer`.
    pub(crate) fn complete(self, customer: Customer) -> Result<Customer, Fault> {
        Ok(Customer { email: self.address()?, name: self.name, ..customer })
    }
}

/// One entry of a timeline. Servers quote addresses in their replies, so entries are sealed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Milliseconds since the Unix epoch.
    at: i64,
    event: String,
    /// The server that was asked, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    detail: String,
    /// Whether `detail` is a server's reply, or the fault that stood in its place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reply: bool,
}

impl Entry {
    pub(crate) const PLACE: &'static str = "mail.timeline";

    /// Something that happened.
    pub(crate) fn of(event: &str, at: DateTime<Utc>, detail: impl Into<String>) -> Self {
        Self {
            at: at.timestamp_millis(),
            event: event.to_owned(),
            host: None,
            detail: detail.into(),
            reply: false,
        }
    }

    /// Why no server was asked.
    pub(crate) fn fault(event: &str, at: DateTime<Utc>, fault: String) -> Self {
        Self { reply: true, ..Self::of(event, at, fault) }
    }

    /// What a server said.
    pub(crate) fn attempt(event: &str, at: DateTime<Utc>, host: String, reply: String) -> Self {
        Self { host: Some(host), ..Self::fault(event, at, reply) }
    }

    pub(crate) fn seal(&self, vault: &dyn AddressVault) -> Result<Vec<u8>, Fault> {
        seal_json(vault, self, Self::PLACE)
    }

    pub(crate) fn open(vault: &dyn AddressVault, sealed: &[u8]) -> Result<Self, Fault> {
        open_json(vault, sealed, Self::PLACE)
    }

    /// The server that was asked, if one was, and the reply or fault, if it tells of one.
    pub(crate) fn into_answer(mut self) -> (Option<String>, Option<String>) {
        (self.host.take(), self.into_reply())
    }

    /// The reply or fault it tells of, if it does.
    pub(crate) fn into_reply(self) -> Option<String> {
        self.reply.then_some(self.detail)
    }
}

impl TryFrom<Entry> for TimelineEntry {
    type Error = Fault;

    fn try_from(entry: Entry) -> Result<Self, Fault> {
        let at = DateTime::from_timestamp_millis(entry.at);
        let at = at.ok_or_else(|| Fault::corrupt(Entry::PLACE, "a time out of range"))?;
        let detail = match entry.host {
            Some(host) => format!("{host}: {}", entry.detail),
            None => entry.detail,
        };
        Ok(Self { at, event: entry.event, detail })
    }
}

/// The keyed fingerprint of an identifier other than an address. The vault fingerprints mailboxes, so this is the
/// fingerprint of a mailbox that cannot exist (RFC 2606: `.invalid`) and is called by the identifier's hash.
pub(crate) fn fingerprint_of(
    vault: &dyn AddressVault,
    organisation: OrganisationId,
    what: &'static str,
    identifier: &str,
) -> Result<[u8; 16], Fault> {
    use std::fmt::Write as _;
    let mut mailbox = String::with_capacity(64 + what.len() + 9);
    for byte in Sha256::digest(identifier) {
        _ = write!(mailbox, "{byte:02x}");
    }
    _ = write!(mailbox, "@{what}.invalid");
    let mailbox =
        EmailAddress::parse(&mailbox).map_err(|fault| Fault::corrupt("a fingerprint", fault.code()))?;
    Ok(vault.fingerprint(organisation, &mailbox).0)
}
