use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{ApiKeyHash, ApiKeyId, ApiKeyKind, Network, OrganisationId, Scope};

use super::{Organisation, StoreError};

/// What is kept of an API key. The key itself is not: only its hash.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiKeyRecord {
    /// Identity, safe to log.
    pub id: ApiKeyId,
    /// Whose key it is.
    pub organisation: OrganisationId,
    /// SHA-256 of the key.
    pub hash: ApiKeyHash,
    /// Production, development or system.
    pub kind: ApiKeyKind,
    /// For the operator's list.
    pub description: String,
    /// What it may do; empty: everything.
    pub scopes: Vec<Scope>,
    /// From where it may be used; empty: from anywhere.
    pub networks: Vec<Network>,
    /// When it was made, and from when it is valid.
    pub created_at: DateTime<Utc>,
    /// The first effective_at at which it is no longer valid.
    pub expires_at: DateTime<Utc>,
    /// Set once, never cleared.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A key together with its organisation, read in one step.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisteredKey {
    /// The key.
    pub key: ApiKeyRecord,
    /// Its organisation.
    pub organisation: Arc<Organisation>,
}

/// The API keys.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ApiKeyRegistry: Send + Sync {
    /// The key with this hash and its organisation, both as of one effective_at no more than half a
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
