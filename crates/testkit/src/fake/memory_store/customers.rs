use application::ports::{
    Customer, CustomerDirectory, CustomerImport, ImportCheckpoint, ImportedRow, PasswordHash, StoreError,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerId, EmailAddress, OrganisationId};

use super::{
    MemoryStore,
    tables::{CustomerRow, Tables},
};

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
            .map(|row| row.customer.clone()))
    }

    async fn find(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        Ok(self.tables().customers.get(&id).map(|row| row.customer.clone()))
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
        match (&row.external_id, &row.email, &row.phone) {
            (Some(_), _, _) => self.find_customer(organisation, |known| known.external_id == row.external_id),
            (None, Some(email), _) => self.owner(organisation, email),
            (None, None, Some(_)) => self.find_customer(organisation, |known| known.phone == row.phone),
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
        let owner = row.email.as_ref().and_then(|email| self.owner(organisation, email));
        if owner.is_some() && owner != known {
            return ImportedRow::AddressTaken;
        }
        let id = known.unwrap_or(row.id);
        let kept = self.customers.entry(id).or_insert_with(|| CustomerRow {
            customer: Customer {
                id,
                organisation,
                email: row.email.clone(),
                name: String::new(),
                language: None,
                status: row.status,
            },
            sandbox: false,
            used_at: None,
            external_id: row.external_id.clone(),
            phone: None,
            passwords: Vec::new(),
            password_set_at: None,
            sessions_from: None,
        });
        let moved = kept.customer.email != row.email;
        let rekeyed = row.password_hash.as_ref().is_some_and(|hash| kept.passwords.first() != Some(hash));
        kept.customer = Customer {
            email: row.email.clone(),
            name: row.name.clone(),
            language: row.language,
            status: row.status,
            ..kept.customer.clone()
        };
        kept.phone = row.phone.clone().or(kept.phone.take());
        if let Some(hash) = row.password_hash.clone().filter(|_| rekeyed) {
            kept.passwords.insert(0, hash);
            kept.password_set_at = Some(now);
            kept.sessions_from = Some(now);
        }
        if moved || rekeyed {
            self.kill_links(now, |link| link.customer == id);
        }
        if known.is_some() { ImportedRow::Updated } else { ImportedRow::Created }
    }
}
