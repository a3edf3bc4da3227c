use std::sync::Arc;

use domain::{CustomerId, EmailAddress, EmailError, Language, OrganisationId};
use thiserror::Error;

use crate::fresh_id;
use crate::ports::{
    Clock, CustomerDirectory, CustomerImport, CustomerStatus, ImportCheckpoint, ImportedRow, PasswordHash,
    Random, StoreError,
};

/// Longest name, phone number or external id kept, in octets.
const LONGEST: usize = 255;

/// Brings customers in, in batches that can be resumed.
pub struct ImportCustomers {
    /// Where they go.
    pub customers: Arc<dyn CustomerDirectory>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// For identifiers of new customers.
    pub random: Arc<dyn Random>,
}

/// One row of the input, as it was read: nothing is checked yet. Empty means absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerRow {
    /// Line in the input, from 1.
    pub line: u64,
    /// The platform's identifier.
    pub external_id: String,
    /// E-mail address; empty: phone only.
    pub email: String,
    /// Phone number.
    pub phone: String,
    /// How the mail greets.
    pub name: String,
    /// Language tag.
    pub language: String,
    /// `active` (also when empty), `banned` or `deleted`.
    pub status: String,
    /// Argon2id or bcrypt, in text form.
    pub password_hash: String,
}

/// Why a row was skipped.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RowFault {
    /// The address is not one we take.
    #[error("email: {0}")]
    Email(EmailError),
    /// Neither id nor address nor phone: there is nothing to know the customer by.
    #[error("the row has neither id nor email nor phone")]
    Nobody,
    /// Not a language tag.
    #[error("language: expected a tag such as `cs` or `en`")]
    Language,
    /// Not a status.
    #[error("status: expected `active`, `banned` or `deleted`")]
    Status,
    /// Not a hash that any of our hashers verifies.
    #[error("password_hash: expected Argon2id (`$argon2id$…`) or bcrypt (`$2b$…`)")]
    PasswordHash,
    /// Too long.
    #[error("{0}: longer than 255 octets")]
    TooLong(&'static str),
    /// Another customer has the address.
    #[error("email: belongs to another customer of this organisation")]
    AddressTaken,
}

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// New customers.
    pub created: u64,
    /// Customers brought up to date.
    pub updated: u64,
    /// Rows skipped, with their line and the reason.
    pub skipped: Vec<(u64, RowFault)>,
}

impl ImportCustomers {
    /// How many lines of the import called `name` are done.
    ///
    /// # Errors
    /// [`StoreError`] when the directory cannot tell.
    pub async fn position(&self, organisation: OrganisationId, name: &str) -> Result<u64, StoreError> {
        Ok(self.customers.import_position(organisation, name).await?.unwrap_or(0))
    }

    /// Stores one batch together with how far the import has come. Bad rows are skipped and reported.
    ///
    /// # Errors
    /// [`StoreError`] when nothing of the batch was stored.
    pub async fn execute(
        &self,
        organisation: OrganisationId,
        rows: Vec<CustomerRow>,
        checkpoint: ImportCheckpoint,
    ) -> Result<ImportReport, StoreError> {
        let mut report = ImportReport::default();
        let mut lines = Vec::with_capacity(rows.len());
        let mut good = Vec::with_capacity(rows.len());
        for row in rows {
            let line = row.line;
            match self.check(row) {
                Ok(customer) => {
                    lines.push(line);
                    good.push(customer);
                }
                Err(fault) => report.skipped.push((line, fault)),
            }
        }
        let outcomes = self.customers.import(organisation, &good, checkpoint, self.clock.now()).await?;
        for (line, outcome) in lines.into_iter().zip(outcomes) {
            match outcome {
                ImportedRow::Created => report.created += 1,
                ImportedRow::Updated => report.updated += 1,
                ImportedRow::AddressTaken => report.skipped.push((line, RowFault::AddressTaken)),
            }
        }
        report.skipped.sort_by_key(|(line, _)| *line);
        Ok(report)
    }

    fn check(&self, row: CustomerRow) -> Result<CustomerImport, RowFault> {
        let email = given(row.email);
        let customer = CustomerImport {
            id: CustomerId::from_bytes(*fresh_id(self.clock.as_ref(), self.random.as_ref()).as_bytes()),
            external_id: bounded("id", given(row.external_id))?,
            email: email.map(|text| EmailAddress::parse(&text)).transpose().map_err(RowFault::Email)?,
            phone: bounded("phone", given(row.phone))?,
            name: bounded("name", Some(row.name))?.unwrap_or_default(),
            language: given(row.language)
                .map(|text| Language::parse(&text))
                .transpose()
                .map_err(|_| RowFault::Language)?,
            status: match given(row.status) {
                None => CustomerStatus::Active,
                Some(word) => CustomerStatus::parse(&word.to_ascii_lowercase()).ok_or(RowFault::Status)?,
            },
            password_hash: given(row.password_hash).map(hash).transpose()?,
        };
        if customer.external_id.is_none() && customer.email.is_none() && customer.phone.is_none() {
            return Err(RowFault::Nobody);
        }
        Ok(customer)
    }
}

fn given(text: String) -> Option<String> {
    let trimmed = text.trim();
    if trimmed.is_empty() { None } else { Some(trimmed.to_owned()) }
}

fn bounded(field: &'static str, text: Option<String>) -> Result<Option<String>, RowFault> {
    match text {
        Some(text) if text.len() > LONGEST => Err(RowFault::TooLong(field)),
        other => Ok(other),
    }
}

fn hash(text: String) -> Result<PasswordHash, RowFault> {
    let known = ["$argon2id$", "$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix));
    if known { Ok(PasswordHash::new(text)) } else { Err(RowFault::PasswordHash) }
}
