use application::model::ResetLink;
use chrono::{DateTime, Utc};
use domain::{LinkState, TokenHash};
use sqlx::postgres::PgRow;

use crate::PostgresStore;
use crate::columns::Columns;
use crate::query_error::QueryError;

/// A link that had expired before it was superseded stays expired.
pub(crate) const FIND_LINK: &str = "SELECT request_id, organisation_id, customer_id, sandbox, expires_at, \
     used_at, repetition, coalesce(superseded_at < expires_at, false) AS superseded FROM reset_token WHERE hash = $1";

fn repetition(row: &PgRow) -> Result<Option<[u8; 32]>, QueryError> {
    let column = "reset_token.repetition";
    let key = row.read::<Option<&[u8]>>(column)?.map(<[u8; 32]>::try_from).transpose();
    key.map_err(|error| QueryError::corrupt(column, error))
}

impl PostgresStore {
    pub(super) async fn link(
        &self,
        token: TokenHash,
        now: DateTime<Utc>,
    ) -> Result<Option<ResetLink>, QueryError> {
        let row = sqlx::query(FIND_LINK).bind(&token.as_bytes()[..]).fetch_optional(self.pool()).await?;
        let Some(row) = row else { return Ok(None) };
        let expires_at = row.time("reset_token.expires_at")?;
        let used_at = row.optional_time("reset_token.used_at")?;
        let superseded = row.read("reset_token.superseded")?;
        Ok(Some(ResetLink {
            request: row.id("reset_token.request_id")?,
            organisation: row.id("reset_token.organisation_id")?,
            customer: row.id("reset_token.customer_id")?,
            state: LinkState::at(now, expires_at, used_at.is_some(), superseded),
            used_at,
            repetition: repetition(&row)?,
            expires_at,
            sandbox: row.read("reset_token.sandbox")?,
        }))
    }
}
