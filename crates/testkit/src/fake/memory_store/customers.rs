use application::model::{Customer, CustomerImport, Field, ImportCheckpoint, ImportedRow, PasswordHash};
use application::ports::{CustomerDirectory, StoreError};
use application::sealed::Person;
use application::{Applied, CustomerRecord};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerId, EmailAddress, OrganisationId};

use super::MemoryStore;
use super::tables::{CustomerRow, Tables};

#[async_trait]
impl CustomerDirectory for MemoryStore {
    async fn find_by_email(
        &self,
        organisation: OrganisationId,
        email: &EmailAddress,
    ) -> Result<Option<Customer>, StoreError> {
        let tables = self.tables();
        Ok(tables
            .owner(organisation, email)
            .and_then(|id| tables.customers.get(&id))
            .map(CustomerRow::customer))
    }

    async fn find(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        Ok(self.tables().customers.get(&id).map(CustomerRow::customer))
    }

    async fn password_history(&self, id: CustomerId, limit: u32) -> Result<Vec<PasswordHash>, StoreError> {
        let tables = self.tables();
        let hashes = tables.customers.get(&id).into_iter().flat_map(|row| &row.passwords);
        Ok(hashes.take(limit as usize).cloned().collect())
    }

    async fn import(
        &self,
        organisation: OrganisationId,
        rows: &[CustomerImport],
        checkpoint: ImportCheckpoint,
        now: DateTime<Utc>,
    ) -> Result<Vec<ImportedRow>, StoreError> {
        let mut tables = self.tables();
        let results = rows.iter().map(|row| tables.import_row(organisation, row, now)).collect();
        tables.imports.retain(|(of, name), _| *of != organisation || *name == checkpoint.name);
        tables.imports.insert((organisation, checkpoint.name), checkpoint.position);
        Ok(results)
    }

    async fn import_position(
        &self,
        organisation: OrganisationId,
        name: &str,
    ) -> Result<Option<u64>, StoreError> {
        Ok(self.tables().imports.get(&(organisation, name.to_owned())).copied())
    }

    async fn finish_import(&self, organisation: OrganisationId) -> Result<(), StoreError> {
        self.tables().imports.retain(|(of, _), _| *of != organisation);
        Ok(())
    }
}

impl Tables {
    /// Who has this mailbox.
    fn owner(&self, organisation: OrganisationId, email: &EmailAddress) -> Option<CustomerId> {
        self.find_customer(organisation, |row| {
            row.customer.email.as_ref().is_some_and(|own| own.same_mailbox(email))
        })
    }

    fn find_customer(
        &self,
        organisation: OrganisationId,
        is: impl Fn(&CustomerRow) -> bool,
    ) -> Option<CustomerId> {
        let found = self
            .customers
            .values()
            .find(|row| !row.sandbox && row.customer.organisation == organisation && is(row));
        found.map(|row| row.customer.id)
    }

    /// Whom a row means.
    fn identify(&self, organisation: OrganisationId, row: &CustomerImport) -> Option<CustomerId> {
        match (&row.external_id, row.email.value(), row.phone.value()) {
            (Some(_), _, _) => self.find_customer(organisation, |known| known.external_id == row.external_id),
            (None, Some(email), _) => self.owner(organisation, email),
            (None, None, Some(phone)) => {
                self.find_customer(organisation, |known| known.phone.as_ref() == Some(phone))
            }
            (None, None, None) => None,
        }
    }

    fn import_row(
        &mut self,
        organisation: OrganisationId,
        row: &CustomerImport,
        now: DateTime<Utc>,
    ) -> ImportedRow {
        let known = self.identify(organisation, row);
        let owner = row.email.value().and_then(|email| self.owner(organisation, email));
        if owner.is_some() && owner != known {
            return ImportedRow::AddressTaken;
        }
        let Some(id) = known else {
            let record = CustomerRecord::create(row);
            let customer = Customer {
                id: row.id,
                organisation,
                reference: None,
                email: row.email.value().cloned(),
                name: record.person.name,
                language: record.language,
                status: record.status,
            };
            let kept = CustomerRow {
                customer,
                external_id: record.person.external_id,
                phone: record.person.phone,
                password: record.password.is_some(),
                passwords: record.password.into_iter().collect(),
                sandbox: false,
                used_at: None,
                password_reset_at: None,
                revision: record.revision,
                links_from: None,
                sessions_from: None,
            };
            self.customers.insert(row.id, kept);
            return ImportedRow::Created;
        };
        let Some(kept) = self.customers.get_mut(&id) else { return ImportedRow::AddressTaken };
        let mut record = kept.record();
        let applied = record.apply(row);
        if applied.changed {
            kept.put(record, row, &applied, now);
        }
        if applied.ends_links {
            self.kill_links(now, |link| link.customer == id);
        }
        applied.row
    }
}

impl CustomerRow {
    /// The customer as a directory shows them.
    fn customer(&self) -> Customer {
        Customer { reference: self.external_id.clone(), ..self.customer.clone() }
    }

    fn record(&self) -> CustomerRecord {
        CustomerRecord {
            person: Person {
                email: self.customer.email.as_ref().map(|email| email.normalized().to_owned()),
                name: self.customer.name.clone(),
                phone: self.phone.clone(),
                external_id: self.external_id.clone(),
            },
            language: self.customer.language,
            status: self.customer.status,
            password: self.passwords.first().filter(|_| self.password).cloned(),
            password_reset_at: self.password_reset_at,
            revision: self.revision,
        }
    }

    fn put(&mut self, record: CustomerRecord, row: &CustomerImport, applied: &Applied, now: DateTime<Utc>) {
        match &row.email {
            Field::Keep => {}
            Field::Erase => self.customer.email = None,
            Field::Set(email) => self.customer.email = Some(email.clone()),
        }
        self.customer.name = record.person.name;
        self.customer.language = record.language;
        self.customer.status = record.status;
        self.phone = record.person.phone;
        self.password_reset_at = record.password_reset_at;
        self.revision = record.revision;
        if applied.ends_sessions {
            self.password = record.password.is_some();
            self.passwords.splice(0..0, record.password);
            self.sessions_from = Some(now);
        }
        if applied.ends_links {
            self.links_from = Some(now);
        }
    }
}
