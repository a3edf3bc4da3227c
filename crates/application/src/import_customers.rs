use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{CustomerId, EmailAddress, EmailError, Language, OrganisationId, ProviderRules};
use thiserror::Error;

use crate::model::{CustomerImport, CustomerStatus, Field, ImportCheckpoint, ImportedRow, PasswordHash};
use crate::new_id;
use crate::ports::{Clock, CustomerDirectory, Random, StoreError};

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
    /// The organisation's own, by which canonical forms are made.
    pub provider_rules: ProviderRules,
}

/// One row of the input, as it was read: nothing is checked yet. `None`: the input has no such
/// field, which leaves the customer's as it is. Empty: an empty cell or `null`, which erases it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerRow {
    /// Line in the input, from 1.
    pub line: u64,
    /// The platform's identifier.
    pub external_id: Option<String>,
    /// E-mail address; empty: phone only.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// How the mail greets.
    pub name: Option<String>,
    /// Language tag.
    pub language: Option<String>,
    /// `active`, `banned` or `deleted`. An empty one leaves it as it is.
    pub status: Option<String>,
    /// Argon2id or bcrypt, in text form.
    pub password_hash: Option<String>,
    /// When the platform last changed the password, RFC 3339.
    pub password_changed_at: Option<String>,
    /// A whole number that grows with every change of this customer.
    pub revision: Option<String>,
}

/// Why a row was skipped.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RowError {
    /// The address is not one we take.
    #[error("email: {0}")]
    Email(EmailError),
    /// Neither id nor address nor phone: there is nothing to know the customer by.
    #[error("the row has neither id nor email nor phone")]
    Nobody,
    /// Not a language tag.
    #[error("language: expected a tag such as `cs` or `en`")]
    Language,
    /// A country's code, or another name of a language, in the place of the language's tag.
    #[error("language: not a language tag; did you mean `{0}`?")]
    LanguageHint(&'static str),
    /// Not a phone number.
    #[error("phone: expected digits, perhaps with `+`, spaces, dots, dashes and brackets")]
    Phone,
    /// A spreadsheet has made a number of it and dropped digits.
    #[error("{0}: a spreadsheet has turned it into a number and dropped digits; export it as text")]
    Mangled(&'static str),
    /// A NUL where text belongs.
    #[error("{0}: holds a NUL character")]
    Nul(&'static str),
    /// Not a point in time.
    #[error("password_changed_at: expected RFC 3339, such as `2026-03-01T10:00:00Z`")]
    PasswordChangedAt,
    /// Not a whole number.
    #[error("revision: expected a whole number")]
    Revision,
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
    /// Customers who were as their rows say.
    pub unchanged: u64,
    /// Rows with a smaller revision than was applied before.
    pub stale: u64,
    /// Rows whose other fields were applied, while the password, which a reset had set, was kept.
    pub passwords_kept: u64,
    /// Rows skipped, with their line and the reason.
    pub skipped: Vec<(u64, RowError)>,
}

impl ImportCustomers {
    /// How many lines of the import called `name` are done.
    ///
    /// # Errors
    /// [`StoreError`] when the directory cannot tell.
    pub async fn position(&self, organisation: OrganisationId, name: &str) -> Result<u64, StoreError> {
        Ok(self.customers.import_position(organisation, name).await?.unwrap_or(0))
    }

    /// Forgets how far the organisation's import has come: it is complete, or begins anew.
    ///
    /// # Errors
    /// [`StoreError`] when it is not forgotten.
    pub async fn finish(&self, organisation: OrganisationId) -> Result<(), StoreError> {
        self.customers.finish_import(organisation).await
    }

    /// Stores one batch together with how far the import has come. Bad rows are skipped and
    /// reported.
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
                Err(error) => report.skipped.push((line, error)),
            }
        }
        let outcomes = self.customers.import(organisation, &good, checkpoint, self.clock.now()).await?;
        for (line, outcome) in lines.into_iter().zip(outcomes) {
            match outcome {
                ImportedRow::Created => report.created += 1,
                ImportedRow::Updated => report.updated += 1,
                ImportedRow::Unchanged => report.unchanged += 1,
                ImportedRow::Stale => report.stale += 1,
                ImportedRow::PasswordKept => report.passwords_kept += 1,
                ImportedRow::AddressTaken => report.skipped.push((line, RowError::AddressTaken)),
            }
        }
        report.skipped.sort_by_key(|(line, _)| *line);
        Ok(report)
    }

    fn check(&self, row: CustomerRow) -> Result<CustomerImport, RowError> {
        let customer = CustomerImport {
            id: CustomerId::from_bytes(*new_id(self.clock.as_ref(), self.random.as_ref()).as_bytes()),
            external_id: match text("id", row.external_id)? {
                Field::Set(id) if is_scientific(&id) => return Err(RowError::Mangled("id")),
                id => id.value().cloned(),
            },
            email: parse(text_of_any_length("email", row.email)?, |text| {
                EmailAddress::parse_with(text, &self.provider_rules).map_err(RowError::Email)
            })?,
            phone: parse(text("phone", row.phone)?, phone)?,
            name: text("name", row.name)?,
            language: parse(text("language", row.language)?, language)?,
            status: match text("status", row.status)? {
                Field::Set(word) => {
                    Some(CustomerStatus::parse(&word.to_ascii_lowercase()).ok_or(RowError::Status)?)
                }
                Field::Keep | Field::Erase => None,
            },
            password_hash: parse(text_of_any_length("password_hash", row.password_hash)?, hash)?,
            password_changed_at: parse(text("password_changed_at", row.password_changed_at)?, timestamp)?
                .value()
                .copied(),
            revision: parse(text("revision", row.revision)?, |text| {
                text.parse::<i64>().map_err(|_| RowError::Revision)
            })?
            .value()
            .copied(),
        };
        let nobody = customer.external_id.is_none()
            && customer.email.value().is_none()
            && customer.phone.value().is_none();
        if nobody { Err(RowError::Nobody) } else { Ok(customer) }
    }
}

/// Absent stays absent, nothing but white space is erased.
fn text_of_any_length(field: &'static str, text: Option<String>) -> Result<Field<String>, RowError> {
    match text.as_deref().map(str::trim) {
        None => Ok(Field::Keep),
        Some("") => Ok(Field::Erase),
        Some(text) if text.contains('\0') => Err(RowError::Nul(field)),
        Some(text) => Ok(Field::Set(text.to_owned())),
    }
}

fn text(field: &'static str, text: Option<String>) -> Result<Field<String>, RowError> {
    match text_of_any_length(field, text)? {
        Field::Set(text) if text.len() > LONGEST => Err(RowError::TooLong(field)),
        other => Ok(other),
    }
}

fn parse<T>(field: Field<String>, parse: impl Fn(&str) -> Result<T, RowError>) -> Result<Field<T>, RowError> {
    Ok(match field {
        Field::Keep => Field::Keep,
        Field::Erase => Field::Erase,
        Field::Set(text) => Field::Set(parse(&text)?),
    })
}

/// A number as spreadsheets write it when it is too long for a cell: `4.41E+11`, `4,41E+11`.
fn is_scientific(text: &str) -> bool {
    text.split_once(['e', 'E']).is_some_and(|(mantissa, exponent)| {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
        let number = digits(whole.trim_start_matches('-')) && digits(fraction);
        number && exponent.strip_prefix('+').is_some_and(digits)
    })
}

/// A customer without an address is known by it, so what cannot be a number is refused.
fn phone(text: &str) -> Result<String, RowError> {
    let decimal = text.strip_suffix(".0").or_else(|| text.strip_suffix(",0"));
    let float = decimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    if float || is_scientific(text) {
        return Err(RowError::Mangled("phone"));
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let fine = text.char_indices().all(|(index, letter)| match letter {
        '0'..='9' | ' ' | '\u{a0}' | '-' | '.' | '/' | '(' | ')' => true,
        '+' => index == 0 || text.starts_with("(+"),
        _ => false,
    });
    if fine && (3..=20).contains(&digits) { Ok(text.to_owned()) } else { Err(RowError::Phone) }
}

/// Codes of countries that are no ISO 639-1 language, with the language that was meant.
const COUNTRIES: &[(&str, &str)] = &[
    ("cz", "cs"),
    ("cze", "cs"),
    ("ces", "cs"),
    ("gb", "en"),
    ("us", "en"),
    ("eng", "en"),
    ("slk", "sk"),
    ("slo", "sk"),
    ("svk", "sk"),
    ("pol", "pl"),
    ("at", "de"),
    ("deu", "de"),
    ("ger", "de"),
    ("ua", "uk"),
    ("dk", "da"),
    ("gr", "el"),
    ("jp", "ja"),
    ("cn", "zh"),
    ("kr", "ko"),
    ("rs", "sr"),
    ("by", "be"),
    ("vn", "vi"),
    ("al", "sq"),
    ("mx", "es"),
];

fn language(text: &str) -> Result<Language, RowError> {
    let language = Language::parse(text).map_err(|_| RowError::Language)?;
    let hint = COUNTRIES.iter().find(|(code, _)| *code == language.as_str());
    match hint {
        Some((_, meant)) => Err(RowError::LanguageHint(meant)),
        // No language has a tag of four letters or more (RFC 5646, section 2.2.1): it is a word.
        None if language.as_str().len() > 3 => Err(RowError::Language),
        None => Ok(language),
    }
}

/// RFC 3339, also with a space and the short offset that PostgreSQL writes: `2026-03-01
/// 10:00:00.5+00`.
fn timestamp(text: &str) -> Result<DateTime<Utc>, RowError> {
    let parsed = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z"));
    parsed.map(|at| at.to_utc()).map_err(|_| RowError::PasswordChangedAt)
}

fn hash(text: &str) -> Result<PasswordHash, RowError> {
    let bcrypt = ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix)) && text.len() == 60;
    let known = bcrypt || text.starts_with("$argon2id$");
    if known { Ok(PasswordHash::new(text.to_owned())) } else { Err(RowError::PasswordHash) }
}
