use std::sync::Arc;

use application::model::{ApiKeyRecord, Organisation, RegisteredKey};
use application::ports::{ApiKeyRegistry, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{ApiKeyHash, ApiKeyId, ApiKeyKind, OrganisationId};
use sqlx::postgres::PgRow;

use crate::PostgresStore;
use crate::columns::{Columns, text, uuid};
use crate::query_error::QueryError;

pub(crate) const FIND: &str = "SELECT k.id, k.organisation_id, k.hash, k.kind, k.description, k.scopes, k.networks, \
     k.created_at, k.expires_at, k.revoked_at, o.name, o.suspended, o.settings::text AS settings, \
     o.created_at AS organisation_created_at FROM api_key k JOIN organisation o ON o.id = k.organisation_id \
     WHERE k.hash = $1";
pub(crate) const CREATE: &str = "INSERT INTO api_key (id, organisation_id, hash, kind, description, scopes, networks, \
     created_at, expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
pub(crate) const LIST: &str = "SELECT id, organisation_id, hash, kind, description, scopes, networks, created_at, \
     expires_at, revoked_at FROM api_key WHERE $1::uuid IS NULL OR organisation_id = $1 ORDER BY created_at, id";
pub(crate) const REVOKE: &str = "UPDATE api_key SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1";

#[async_trait]
impl ApiKeyRegistry for PostgresStore {
    async fn find(&self, hash: ApiKeyHash) -> Result<Option<Arc<RegisteredKey>>, StoreError> {
        let row = sqlx::query(FIND)
            .bind(&hash.as_bytes()[..])
            .fetch_optional(self.pool())
            .await
            .map_err(QueryError::Sql)?;
        Ok(row.as_ref().map(registered).transpose()?.map(Arc::new))
    }

    async fn create(&self, key: &ApiKeyRecord) -> Result<(), StoreError> {
        let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        let networks: Vec<_> = key.networks.iter().map(ToString::to_string).collect();
        sqlx::query(CREATE)
            .bind(uuid(key.id.as_bytes()))
            .bind(uuid(key.organisation.as_bytes()))
            .bind(&key.hash.as_bytes()[..])
            .bind(key.kind.as_str())
            .bind(text(&key.description))
            .bind(scopes)
            .bind(networks)
            .bind(key.created_at)
            .bind(key.expires_at)
            .bind(key.revoked_at)
            .execute(self.pool())
            .await
            .map_err(QueryError::conflict("the API key"))?;
        Ok(())
    }

    async fn list(&self, organisation: Option<OrganisationId>) -> Result<Vec<ApiKeyRecord>, StoreError> {
        let organisation = organisation.map(|id| uuid(id.as_bytes()));
        let rows =
            sqlx::query(LIST).bind(organisation).fetch_all(self.pool()).await.map_err(QueryError::Sql)?;
        Ok(rows.iter().map(record).collect::<Result<_, _>>()?)
    }

    async fn revoke(&self, id: ApiKeyId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let revoked = sqlx::query(REVOKE).bind(uuid(id.as_bytes())).bind(at).execute(self.pool()).await;
        Ok(revoked.map_err(QueryError::Sql)?.rows_affected() > 0)
    }
}

fn registered(row: &PgRow) -> Result<RegisteredKey, QueryError> {
    let key = record(row)?;
    let organisation = Organisation {
        id: key.organisation,
        name: row.read("organisation.name")?,
        suspended: row.read("organisation.suspended")?,
        settings: row.word("organisation.settings", |text| serde_json::from_str(text))?,
        created_at: row.time("organisation.organisation_created_at")?,
    };
    Ok(RegisteredKey { key, organisation: Arc::new(organisation) })
}

fn record(row: &PgRow) -> Result<ApiKeyRecord, QueryError> {
    Ok(ApiKeyRecord {
        id: row.id("api_key.id")?,
        organisation: row.id("api_key.organisation_id")?,
        hash: ApiKeyHash::from_bytes(row.bytes("api_key.hash")?),
        kind: row.word("api_key.kind", ApiKeyKind::parse)?,
        description: row.read("api_key.description")?,
        scopes: words(row, "api_key.scopes")?,
        networks: words(row, "api_key.networks")?,
        created_at: row.time("api_key.created_at")?,
        expires_at: row.time("api_key.expires_at")?,
        revoked_at: row.optional_time("api_key.revoked_at")?,
    })
}

fn words<T: std::str::FromStr<Err: ToString>>(
    row: &PgRow,
    place: &'static str,
) -> Result<Vec<T>, QueryError> {
    let words: Vec<String> = row.read(place)?;
    words.iter().map(|word| word.parse().map_err(|error: T::Err| QueryError::corrupt(place, error))).collect()
}
