use std::sync::Arc;

use application::model::{ApiKeyRecord, Organisation, RegisteredKey};
use application::ports::{ApiKeyRegistry, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{ApiKeyHash, ApiKeyId, ApiKeyKind, Network, OrganisationId, Scope};
use sqlx::sqlite::SqliteRow;

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::organisation_registry::settings;
use crate::query_error::QueryError;
use crate::writer::{Statement, own_savepoint};

const FIND: &str = "SELECT k.id, k.organisation_id, k.hash, k.kind, k.description, k.scopes, k.networks, \
     k.created_at, k.expires_at, k.revoked_at, \
     o.name, o.suspended, o.settings, o.created_at AS organisation_created_at \
     FROM api_key k JOIN organisation o ON o.id = k.organisation_id WHERE k.hash = $1";
const CREATE: &str = own_savepoint!(
    "INSERT INTO api_key (id, organisation_id, hash, kind, description, scopes, networks, created_at, expires_at, \
     revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
);
const LIST: &str = "SELECT id, organisation_id, hash, kind, description, scopes, networks, created_at, expires_at, \
     revoked_at FROM api_key WHERE $1 IS NULL OR organisation_id = $1 ORDER BY created_at, id";
const REVOKE: &str = own_savepoint!(
    "UPDATE api_key SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1; SELECT changes() AS rows"
);

#[async_trait]
impl ApiKeyRegistry for SqliteStore {
    async fn find(&self, hash: ApiKeyHash) -> Result<Option<Arc<RegisteredKey>>, StoreError> {
        let query = sqlx::query(FIND).bind(hash.as_bytes().to_vec());
        let row = query.fetch_optional(&self.database.readers).await.map_err(QueryError::Sql)?;
        Ok(row.as_ref().map(registered).transpose()?.map(Arc::new))
    }

    async fn create(&self, key: &ApiKeyRecord) -> Result<(), StoreError> {
        let scopes = key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>();
        let networks = key.networks.iter().map(ToString::to_string).collect::<Vec<_>>();
        let statement = Statement::new(CREATE)
            .bind(key.id.as_bytes().to_vec())
            .bind(key.organisation.as_bytes().to_vec())
            .bind(key.hash.as_bytes().to_vec())
            .bind(key.kind.as_str())
            .bind(key.description.clone())
            .bind(serde_json::Value::from(scopes).to_string())
            .bind(serde_json::Value::from(networks).to_string())
            .bind(millis(key.created_at))
            .bind(millis(key.expires_at))
            .bind(key.revoked_at.map(millis));
        self.database
            .writer
            .work(|unit| {
                Box::pin(async move { unit.run(statement).await.map_err(QueryError::conflict("API key")) })
            })
            .await
    }

    async fn list(&self, organisation: Option<OrganisationId>) -> Result<Vec<ApiKeyRecord>, StoreError> {
        let query = sqlx::query(LIST).bind(organisation.map(|id| id.as_bytes().to_vec()));
        let rows = query.fetch_all(&self.database.readers).await.map_err(QueryError::Sql)?;
        Ok(rows.iter().map(record).collect::<Result<_, QueryError>>()?)
    }

    async fn revoke(&self, id: ApiKeyId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let statement = Statement::new(REVOKE).bind(id.as_bytes().to_vec()).bind(millis(at));
        self.database
            .writer
            .work(|unit| {
                Box::pin(async move {
                    let row = unit.row(statement).await?;
                    row.map_or(Ok(false), |row| Ok(row.read::<i64>("api_key.rows")? > 0))
                })
            })
            .await
    }
}

fn registered(row: &SqliteRow) -> Result<RegisteredKey, QueryError> {
    let key = record(row)?;
    let organisation = Organisation {
        id: key.organisation,
        name: row.read("organisation.name")?,
        suspended: row.read("organisation.suspended")?,
        settings: settings(row.read("organisation.settings")?)?,
        created_at: row.time("organisation.organisation_created_at")?,
    };
    Ok(RegisteredKey { key, organisation: Arc::new(organisation) })
}

fn record(row: &SqliteRow) -> Result<ApiKeyRecord, QueryError> {
    Ok(ApiKeyRecord {
        id: ApiKeyId::from_bytes(row.bytes("api_key.id")?),
        organisation: OrganisationId::from_bytes(row.bytes("api_key.organisation_id")?),
        hash: ApiKeyHash::from_bytes(row.bytes("api_key.hash")?),
        kind: ApiKeyKind::parse(row.read("api_key.kind")?)
            .map_err(|error| QueryError::corrupt("api_key.kind", error))?,
        description: row.read("api_key.description")?,
        scopes: words(row.read("api_key.scopes")?, "api_key.scopes", Scope::parse)?,
        networks: words(row.read("api_key.networks")?, "api_key.networks", str::parse::<Network>)?,
        created_at: row.time("api_key.created_at")?,
        expires_at: row.time("api_key.expires_at")?,
        revoked_at: row.optional_time("api_key.revoked_at")?,
    })
}

/// A JSON array of words, each of them known.
fn words<T, E: ToString>(
    json: &str,
    place: &'static str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, QueryError> {
    let words: Vec<String> = serde_json::from_str(json).map_err(|error| QueryError::corrupt(place, error))?;
    words.iter().map(|word| parse(word).map_err(|error| QueryError::corrupt(place, error))).collect()
}
