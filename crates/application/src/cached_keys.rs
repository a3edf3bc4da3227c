use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{ApiKeyHash, ApiKeyId, OrganisationId};

use crate::model::{ApiKeyRecord, RegisteredKey};
use crate::ports::{ApiKeyRegistry, Clock, StoreError};

/// How old an answer may be. Revocation works on every replica within a second
/// (specification.md#api-keys).
const CACHE_TTL: TimeDelta = TimeDelta::milliseconds(400);
/// Keys remembered at once; beyond that the memory starts afresh.
const CAPACITY: usize = 10_000;

type Remembered = HashMap<ApiKeyHash, (DateTime<Utc>, Arc<RegisteredKey>)>;

/// A registry that remembers known keys for 400 ms, so that a busy shop's key is read from the
/// store twice or thrice a second instead of ten thousand times. Unknown keys are not remembered:
/// guessing fills nothing.
pub struct CachedKeys {
    registry: Arc<dyn ApiKeyRegistry>,
    clock: Arc<dyn Clock>,
    remembered: RwLock<Remembered>,
}

impl CachedKeys {
    /// Stands in front of `registry`.
    #[must_use]
    pub fn new(registry: Arc<dyn ApiKeyRegistry>, clock: Arc<dyn Clock>) -> Self {
        Self { registry, clock, remembered: RwLock::default() }
    }

    fn recall(&self, hash: ApiKeyHash, now: DateTime<Utc>) -> Option<Arc<RegisteredKey>> {
        let remembered = self.remembered.read().unwrap_or_else(PoisonError::into_inner);
        let (read_at, key) = remembered.get(&hash)?;
        let age = now - *read_at;
        (age >= TimeDelta::zero() && age <= CACHE_TTL).then(|| Arc::clone(key))
    }

    fn remember(&self, hash: ApiKeyHash, found: Option<&Arc<RegisteredKey>>, now: DateTime<Utc>) {
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        match found {
            None => {
                remembered.remove(&hash);
            }
            Some(key) => {
                if remembered.len() >= CAPACITY {
                    remembered.clear();
                }
                remembered.insert(hash, (now, Arc::clone(key)));
            }
        }
    }
}

#[async_trait]
impl ApiKeyRegistry for CachedKeys {
    async fn find(&self, hash: ApiKeyHash) -> Result<Option<Arc<RegisteredKey>>, StoreError> {
        let now = self.clock.now();
        if let Some(key) = self.recall(hash, now) {
            return Ok(Some(key));
        }
        let found = self.registry.find(hash).await?;
        if found.is_some() || !self.remembered.read().unwrap_or_else(PoisonError::into_inner).is_empty() {
            self.remember(hash, found.as_ref(), now);
        }
        Ok(found)
    }

    async fn create(&self, key: &ApiKeyRecord) -> Result<(), StoreError> {
        self.registry.create(key).await
    }

    async fn list(&self, organisation: Option<OrganisationId>) -> Result<Vec<ApiKeyRecord>, StoreError> {
        self.registry.list(organisation).await
    }

    async fn revoke(&self, id: ApiKeyId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let revoked = self.registry.revoke(id, at).await?;
        self.remembered
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, (_, key)| key.key.id != id);
        Ok(revoked)
    }
}
