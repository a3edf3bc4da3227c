use application::model::{CapturedMail, Customer, CustomerStatus};
use application::ports::{MailArchive, SandboxStore, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerId, EmailAddress, MailId, OrganisationId};

use super::MemoryStore;
use super::tables::CustomerRow;

#[async_trait]
impl SandboxStore for MemoryStore {
    async fn sandbox_customer(
        &self,
        organisation: OrganisationId,
        email: &EmailAddress,
        fresh: CustomerId,
        now: DateTime<Utc>,
        keep: u32,
    ) -> Result<Customer, StoreError> {
        let mut tables = self.tables();
        let of = |row: &&mut CustomerRow| row.sandbox && row.customer.organisation == organisation;
        let mut own = tables.customers.values_mut().filter(of);
        let is =
            |row: &&mut CustomerRow| row.customer.email.as_ref().is_some_and(|own| own.same_mailbox(email));
        if let Some(row) = own.find(is) {
            row.used_at = row.used_at.max(Some(now));
            return Ok(row.customer.clone());
        }
        let customer = Customer {
            id: fresh,
            organisation,
            reference: None,
            email: Some(email.clone()),
            name: String::new(),
            language: None,
            status: CustomerStatus::Active,
        };
        let row = CustomerRow {
            customer: customer.clone(),
            sandbox: true,
            used_at: Some(now),
            external_id: None,
            phone: None,
            passwords: Vec::new(),
            links_from: None,
            password: false,
            password_reset_at: None,
            revision: None,
            sessions_from: None,
        };
        tables.customers.insert(fresh, row);
        let mut used: Vec<_> = tables.customers.iter_mut().map(|(_, row)| row).filter(of).collect();
        used.sort_by_key(|row| std::cmp::Reverse((row.used_at, row.customer.id)));
        let gone: Vec<_> = used.iter().skip(keep as usize).map(|row| row.customer.id).collect();
        tables.customers.retain(|id, _| !gone.contains(id));
        Ok(customer)
    }

    async fn keep_mail(
        &self,
        organisation: OrganisationId,
        id: MailId,
        mail: CapturedMail,
        keep: u32,
    ) -> Result<(), StoreError> {
        let mut tables = self.tables();
        tables.captured.insert((mail.created_at, id), (organisation, mail));
        let own = tables.captured.iter().rev().filter(|(_, (of, _))| *of == organisation);
        let gone: Vec<_> = own.skip(keep as usize).map(|(key, _)| *key).collect();
        tables.captured.retain(|key, _| !gone.contains(key));
        Ok(())
    }

    async fn purge_sandbox(&self, before: DateTime<Utc>, _limit: u32) -> Result<u64, StoreError> {
        let mut tables = self.tables();
        let had = tables.captured.len() + tables.customers.len();
        tables.captured.retain(|(at, _), _| *at >= before);
        tables.customers.retain(|_, row| !row.sandbox || row.used_at.is_none_or(|at| at >= before));
        Ok((had - tables.captured.len() - tables.customers.len()) as u64)
    }
}

#[async_trait]
impl MailArchive for MemoryStore {
    async fn list(
        &self,
        organisation: Option<OrganisationId>,
        limit: usize,
    ) -> Result<Vec<CapturedMail>, StoreError> {
        let tables = self.tables();
        let wanted =
            tables.captured.values().rev().filter(|(of, _)| organisation.is_none_or(|own| own == *of));
        Ok(wanted.take(limit).map(|(_, mail)| mail.clone()).collect())
    }
}
