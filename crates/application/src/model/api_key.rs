use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{ApiKeyHash, ApiKeyId, ApiKeyKind, Network, OrganisationId, Scope};

use crate::model::Organisation;

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
    /// From when on it is no longer valid.
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
