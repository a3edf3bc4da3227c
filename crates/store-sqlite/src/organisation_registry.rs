use application::model::{Organisation, OrganisationSettings};
use application::ports::{OrganisationRegistry, StoreError};
use async_trait::async_trait;
use domain::OrganisationId;
use sqlx::sqlite::SqliteRow;

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::query_error::QueryError;
use crate::writer::{Statement, own_savepoint};

const CREATE: &str = own_savepoint!(
    "INSERT INTO organisation (id, name, suspended, settings, created_at) VALUES ($1, $2, $3, $4, $5)"
);
const UPDATE: &str = own_savepoint!(
    "UPDATE organisation SET name = $2, suspended = $3, settings = $4 WHERE id = $1; SELECT changes() AS rows"
);
const FIND: &str = "SELECT id, name, suspended, settings, created_at FROM organisation WHERE id = $1";
const LIST: &str = "SELECT id, name, suspended, settings, created_at FROM organisation ORDER BY name";

#[async_trait]
impl OrganisationRegistry for SqliteStore {
    async fn create(&self, organisation: &Organisation) -> Result<(), StoreError> {
        let statement = values(CREATE, organisation)?.bind(millis(organisation.created_at));
        self.database
            .writer
            .work(|unit| {
                Box::pin(
                    async move { unit.run(statement).await.map_err(QueryError::conflict("organisation")) },
                )
            })
            .await
    }

    async fn update(&self, organisation: &Organisation) -> Result<bool, StoreError> {
        let statement = values(UPDATE, organisation)?;
        self.database
            .writer
            .work(|unit| {
                Box::pin(async move {
                    let row = unit.row(statement).await.map_err(QueryError::conflict("organisation"))?;
                    row.map_or(Ok(false), |row| Ok(row.read::<i64>("organisation.rows")? > 0))
                })
            })
            .await
    }

    async fn find(&self, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
        let query = sqlx::query(FIND).bind(id.as_bytes().to_vec());
        let row = query.fetch_optional(&self.database.readers).await.map_err(QueryError::Sql)?;
        Ok(row.as_ref().map(organisation).transpose()?)
    }

    async fn list(&self) -> Result<Vec<Organisation>, StoreError> {
        let rows = sqlx::query(LIST).fetch_all(&self.database.readers).await.map_err(QueryError::Sql)?;
        Ok(rows.iter().map(organisation).collect::<Result<_, QueryError>>()?)
    }
}

fn values(sql: &'static str, organisation: &Organisation) -> Result<Statement, QueryError> {
    let settings = serde_json::to_string(&organisation.settings)
        .map_err(|error| QueryError::corrupt("organisation.settings", error))?;
    Ok(Statement::new(sql)
        .bind(organisation.id.as_bytes().to_vec())
        .bind(organisation.name.clone())
        .bind(organisation.suspended)
        .bind(settings))
}

/// A row of the table `organisation` alone.
fn organisation(row: &SqliteRow) -> Result<Organisation, QueryError> {
    Ok(Organisation {
        id: OrganisationId::from_bytes(row.bytes("organisation.id")?),
        name: row.read("organisation.name")?,
        suspended: row.read("organisation.suspended")?,
        settings: settings(row.read("organisation.settings")?)?,
        created_at: row.time("organisation.created_at")?,
    })
}

/// The settings as they are stored.
pub(crate) fn settings(json: &str) -> Result<OrganisationSettings, QueryError> {
    serde_json::from_str(json).map_err(|error| QueryError::corrupt("organisation.settings", error))
}
