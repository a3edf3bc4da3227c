//! What a partial write does to a customer: the rule that every store applies.

use chrono::{DateTime, Utc};
use domain::{EmailAddress, Language};

use crate::model::{CustomerImport, CustomerStatus, Field, ImportedRow, PasswordHash};
use crate::sealed::Person;

/// A customer as a store keeps it, opened.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerRecord {
    /// Address, name, phone number and, in stores that keep it there, the platform's own
    /// identifier.
    pub person: Person,
    /// `None`: the organisation's.
    pub language: Option<Language>,
    /// Whether mail may be sent.
    pub status: CustomerStatus,
    /// The present password.
    pub password: Option<PasswordHash>,
    /// When a reset set the present password. `None`: an import did, or there is none.
    pub password_reset_at: Option<DateTime<Utc>>,
    /// The greatest revision applied.
    pub revision: Option<i64>,
}

/// What a write did to a customer, and what has to follow in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// What became of the row.
    pub row: ImportedRow,
    /// The record differs from what is stored.
    pub changed: bool,
    /// Open links and requests accepted before are dead: the address, the password or the right to
    /// one changed.
    pub ends_links: bool,
    /// Sessions begun before are revoked: the password changed.
    pub ends_sessions: bool,
    /// The password that was replaced, for the history.
    pub former: Option<PasswordHash>,
}

impl CustomerRecord {
    /// A new customer with what `write` sets.
    #[must_use]
    pub fn create(write: &CustomerImport) -> Self {
        Self {
            person: Person {
                email: write.email.value().map(|email| email.normalized().to_owned()),
                name: write.name.value().cloned().unwrap_or_default(),
                phone: write.phone.value().cloned(),
                external_id: write.external_id.clone(),
            },
            language: write.language.value().copied(),
            status: write.status.unwrap_or(CustomerStatus::Active),
            password: write.password_hash.value().cloned(),
            password_reset_at: None,
            revision: write.revision,
        }
    }

    /// Applies `write` to this customer.
    pub fn apply(&mut self, write: &CustomerImport) -> Applied {
        if let (Some(stored), Some(given)) = (self.revision, write.revision)
            && given < stored
        {
            return Applied::nothing(ImportedRow::Stale);
        }
        let before = self.clone();
        let email = map(&write.email, |email: &EmailAddress| email.normalized().to_owned());
        put(&mut self.person.email, &email);
        put(&mut self.person.phone, &write.phone);
        put(&mut self.language, &write.language);
        match &write.name {
            Field::Keep => {}
            Field::Erase => self.person.name.clear(),
            Field::Set(name) => self.person.name.clone_from(name),
        }
        self.status = write.status.unwrap_or(self.status);
        let kept = !self.put_password(write);
        let fields_changed = *self != before;
        self.revision = write.revision.or(self.revision);
        let rekeyed = self.password != before.password;
        let shut_out = self.status != CustomerStatus::Active && before.status == CustomerStatus::Active;
        Applied {
            row: match (kept, fields_changed) {
                (true, _) => ImportedRow::PasswordKept,
                (false, true) => ImportedRow::Updated,
                (false, false) => ImportedRow::Unchanged,
            },
            changed: *self != before,
            ends_links: rekeyed || shut_out || self.person.email != before.person.email,
            ends_sessions: rekeyed,
            former: before.password.filter(|_| rekeyed),
        }
    }

    /// Whether the write's password, if it brings one, is now the customer's.
    fn put_password(&mut self, write: &CustomerImport) -> bool {
        let mut password = self.password.clone();
        put(&mut password, &write.password_hash);
        if password == self.password {
            return true;
        }
        let later = match (self.password_reset_at, write.password_changed_at) {
            (None, _) => true,
            (Some(reset), Some(changed)) => changed > reset,
            (Some(_), None) => false,
        };
        if later {
            self.password = password;
            self.password_reset_at = None;
        }
        later
    }
}

impl Applied {
    const fn nothing(row: ImportedRow) -> Self {
        Self { row, changed: false, ends_links: false, ends_sessions: false, former: None }
    }
}

fn put<T: Clone>(value: &mut Option<T>, field: &Field<T>) {
    match field {
        Field::Keep => {}
        Field::Erase => *value = None,
        Field::Set(new) => *value = Some(new.clone()),
    }
}

fn map<T, U>(field: &Field<T>, convert: impl Fn(&T) -> U) -> Field<U> {
    match field {
        Field::Keep => Field::Keep,
        Field::Erase => Field::Erase,
        Field::Set(value) => Field::Set(convert(value)),
    }
}
