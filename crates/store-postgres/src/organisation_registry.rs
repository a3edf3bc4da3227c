use application::model::Organisation;
use application::ports::{OrganisationRegistry, StoreError};
use async_trait::async_trait;
use domain::OrganisationId;
use sqlx::postgres::PgRow;

use crate::PostgresStore;
use crate::columns::{Columns, text, uuid};
use crate::query_error::QueryError;

pub(crate) const CREATE: &str = "INSERT INTO organisation (id, name, suspended, settings, created_at) VALUES ($1, $2, $3, $4::text::json, $5)";
pub(crate) const UPDATE: &str =
    "UPDATE organisation SET name = $2, suspended = $3, settings = $4::text::json WHERE id = $1";
pub(crate) const FIND: &str =
    "SELECT id, name, suspended, settings::text AS settings, created_at FROM organisation WHERE id = $1";
pub(crate) const LIST: &str =
    "SELECT id, name, suspended, settings::text AS settings, created_at FROM organisation ORDER BY name";

#[async_trait]
impl OrganisationRegistry for PostgresStore {
    async fn create(&self, organisation: &Organisation) -> Result<(), StoreError> {
        sqlx::query(CREATE)
            .bind(uuid(organisation.id.as_bytes()))
            .bind(text(&organisation.name))
            .bind(organisation.suspended)
            .bind(settings(organisation)?)
            .bind(organisation.created_at)
            .execute(self.pool())
            .await
            .map_err(QueryError::conflict("the organisation"))?;
        Ok(())
    }

    async fn update(&self, organisation: &Organisation) -> Result<bool, StoreError> {
        let updated = sqlx::query(UPDATE)
            .bind(uuid(organisation.id.as_bytes()))
            .bind(text(&organisation.name))
            .bind(organisation.suspended)
            .bind(settings(organisation)?)
            .execute(self.pool())
            .await
            .map_err(QueryError::conflict("the organisation's name"))?;
        Ok(updated.rows_affected() > 0)
    }

    async fn find(&self, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
        let row = sqlx::query(FIND)
            .bind(uuid(id.as_bytes()))
            .fetch_optional(self.pool())
            .await
            .map_err(QueryError::Sql)?;
        Ok(row.as_ref().map(organisation).transpose()?)
    }

    async fn list(&self) -> Result<Vec<Organisation>, StoreError> {
        let rows = sqlx::query(LIST).fetch_all(self.pool()).await.map_err(QueryError::Sql)?;
        Ok(rows.iter().map(organisation).collect::<Result<_, _>>()?)
    }
}

fn settings(organisation: &Organisation) -> Result<String, QueryError> {
    serde_json::to_string(&organisation.settings)
        .map_err(|error| QueryError::corrupt("organisation.settings", error))
}

fn organisation(row: &PgRow) -> Result<Organisation, QueryError> {
    Ok(Organisation {
        id: row.id("organisation.id")?,
        name: row.read("organisation.name")?,
        suspended: row.read("organisation.suspended")?,
        settings: row.word("organisation.settings", |text| serde_json::from_str(text))?,
        created_at: row.time("organisation.created_at")?,
    })
}
