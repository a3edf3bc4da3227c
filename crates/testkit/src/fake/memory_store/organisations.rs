use application::model::Organisation;
use application::ports::{OrganisationRegistry, StoreError};
use async_trait::async_trait;
use domain::OrganisationId;

use super::MemoryStore;

#[async_trait]
impl OrganisationRegistry for MemoryStore {
    async fn create(&self, organisation: &Organisation) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let taken = |other: &Organisation| other.id == organisation.id || other.name == organisation.name;
        if tables.organisations.values().any(taken) {
            return Err(StoreError::Conflict("the organisation"));
        }
        tables.organisations.insert(organisation.id, organisation.clone());
        Ok(())
    }

    async fn update(&self, organisation: &Organisation) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let rival = |other: &Organisation| other.id != organisation.id && other.name == organisation.name;
        if tables.organisations.contains_key(&organisation.id) && tables.organisations.values().any(rival) {
            return Err(StoreError::Conflict("the organisation's name"));
        }
        let Some(kept) = tables.organisations.get_mut(&organisation.id) else { return Ok(false) };
        let created_at = kept.created_at;
        *kept = Organisation { created_at, ..organisation.clone() };
        Ok(true)
    }

    async fn find(&self, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
        Ok(self.tables().organisations.get(&id).cloned())
    }

    async fn list(&self) -> Result<Vec<Organisation>, StoreError> {
        let mut organisations: Vec<_> = self.tables().organisations.values().cloned().collect();
        organisations.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(organisations)
    }
}
