use std::sync::Arc;

use application::model::{ApiKeyRecord, RegisteredKey};
use application::ports::{ApiKeyRegistry, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{ApiKeyHash, ApiKeyId, OrganisationId};

use super::MemoryStore;

#[async_trait]
impl ApiKeyRegistry for MemoryStore {
    async fn find(&self, hash: ApiKeyHash) -> Result<Option<Arc<RegisteredKey>>, StoreError> {
        let tables = self.tables();
        let Some(key) = tables.keys.values().find(|key| key.hash == hash) else { return Ok(None) };
        let organisation = tables.organisations.get(&key.organisation).ok_or(StoreError::Corrupt {
            place: "keys.organisation",
            error: "no such organisation".to_owned(),
        })?;
        Ok(Some(Arc::new(RegisteredKey { key: key.clone(), organisation: Arc::new(organisation.clone()) })))
    }

    async fn create(&self, key: &ApiKeyRecord) -> Result<(), StoreError> {
        let mut tables = self.tables();
        if tables.keys.values().any(|taken| taken.id == key.id || taken.hash == key.hash) {
            return Err(StoreError::Conflict("the API key"));
        }
        tables.keys.insert(key.id, key.clone());
        Ok(())
    }

    async fn list(&self, organisation: Option<OrganisationId>) -> Result<Vec<ApiKeyRecord>, StoreError> {
        let tables = self.tables();
        let wanted = |key: &&ApiKeyRecord| organisation.is_none_or(|wanted| wanted == key.organisation);
        let mut keys: Vec<_> = tables.keys.values().filter(wanted).cloned().collect();
        keys.sort_by_key(|key| (key.created_at, key.id));
        Ok(keys)
    }

    async fn revoke(&self, id: ApiKeyId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let key = tables.keys.get_mut(&id);
        Ok(key.map(|key| key.revoked_at.get_or_insert(at)).is_some())
    }
}
