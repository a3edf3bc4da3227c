use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{ApiKeyHash, ApiKeyId, OrganisationId};

use crate::model::{ApiKeyRecord, RegisteredKey};
use crate::ports::StoreError;

/// The API keys.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ApiKeyRegistry: Send + Sync {
    /// The key with this hash and its organisation, both as of the same time, no more than half a
    /// second ago.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell. An unknown key is `Ok(None)`.
    async fn find(&self, hash: ApiKeyHash) -> Result<Option<Arc<RegisteredKey>>, StoreError>;

    /// Stores a new key.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when id or hash are taken.
    async fn create(&self, key: &ApiKeyRecord) -> Result<(), StoreError>;

    /// Every key of `organisation` (or of all), revoked and expired ones too, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn list(&self, organisation: Option<OrganisationId>) -> Result<Vec<ApiKeyRecord>, StoreError>;

    /// Revokes a key for ever. `false`: no such key. Revoking twice keeps the first time.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was revoked.
    async fn revoke(&self, id: ApiKeyId, at: DateTime<Utc>) -> Result<bool, StoreError>;
}
