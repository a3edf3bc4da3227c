use chrono::{DateTime, Utc};
use domain::{CustomerId, EmailAddress, Language, OrganisationId};

use crate::model::PasswordHash;

/// Whether a customer may set a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerStatus {
    /// May.
    Active,
    /// Shut out by the organisation; gets no mail.
    Banned,
    /// Gone; gets no mail.
    Deleted,
}

impl CustomerStatus {
    /// The word used in files, tables and lists.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Banned => "banned",
            Self::Deleted => "deleted",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Banned, Self::Deleted].into_iter().find(|status| status.as_str() == text)
    }
}

/// A customer of an organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    /// Identity.
    pub id: CustomerId,
    /// Whose customer.
    pub organisation: OrganisationId,
    /// The organisation's own identifier of them, if it gave one.
    pub reference: Option<String>,
    /// The address mail goes to. `None`: registered by phone only.
    pub email: Option<EmailAddress>,
    /// How the mail greets; may be empty. Holds whatever the customer typed.
    pub name: String,
    /// The language of mails and pages; `None`: the organisation's.
    pub language: Option<Language>,
    /// Whether mail may be sent and a password set.
    pub status: CustomerStatus,
}

/// What a write says of one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Field<T> {
    /// Nothing: the field stays as it is.
    #[default]
    Keep,
    /// The field has no value any more.
    Erase,
    /// The field has this value from now on.
    Set(T),
}

impl<T> Field<T> {
    /// The new value, if one is given.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Erase => None,
        }
    }
}

/// A partial write of one customer: a row of an import, or a call. Identity, within the
/// organisation: `external_id` where given, else the canonical form of the address that `email`
/// sets, else the phone number that `phone` sets.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerImport {
    /// The id to use if the customer is new.
    pub id: CustomerId,
    /// The platform's own identifier. It cannot be erased.
    pub external_id: Option<String>,
    /// The address; erased: phone only.
    pub email: Field<EmailAddress>,
    /// E.164 or whatever the platform writes.
    pub phone: Field<String>,
    /// How the mail greets.
    pub name: Field<String>,
    /// The language of mails and pages; erased: the organisation's.
    pub language: Field<Language>,
    /// Whether mail may be sent. `None`: as it is, and active for a new customer. It cannot be
    /// erased, so that nobody is unbanned by a field that was left empty.
    pub status: Option<CustomerStatus>,
    /// The present password, Argon2id or bcrypt; erased: none.
    pub password_hash: Field<PasswordHash>,
    /// When the platform last changed the password. A password that was set by a reset is replaced
    /// only by a write whose `password_changed_at` is later than the reset.
    pub password_changed_at: Option<DateTime<Utc>>,
    /// Orders writes: one whose revision is smaller than the last one applied is ignored; an equal
    /// one is applied.
    pub revision: Option<i64>,
}

impl CustomerImport {
    /// A write that changes nothing yet and knows nobody.
    #[must_use]
    pub const fn new(id: CustomerId) -> Self {
        Self {
            id,
            external_id: None,
            email: Field::Keep,
            phone: Field::Keep,
            name: Field::Keep,
            language: Field::Keep,
            status: None,
            password_hash: Field::Keep,
            password_changed_at: None,
            revision: None,
        }
    }
}

/// What became of one row of an import batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportedRow {
    /// A new customer.
    Created,
    /// An existing customer, brought up to date. A changed address or password kills its open
    /// links, and so does a ban.
    Updated,
    /// An existing customer who is already as the row says.
    Unchanged,
    /// Updated or unchanged but for the password: it was set by a reset, and the row does not say
    /// that it was changed later.
    PasswordKept,
    /// The row's revision is smaller than the one last applied; nothing was changed.
    Stale,
    /// The address belongs to another customer of this organisation; nothing was changed.
    AddressTaken,
}

/// Where an import stands, so that it can be resumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportCheckpoint {
    /// Names the input: the fingerprint of the file.
    pub name: String,
    /// Lines of it that are done.
    pub position: u64,
}
