use application::model::ResetLink;
use application::ports::StoreError;
use chrono::{DateTime, Utc};
use domain::{CustomerId, LinkState, OrganisationId, RequestId, TokenHash};

use crate::SqliteStore;
use crate::columns::Columns;
use crate::query_error::QueryError;

const FIND: &str = "SELECT m.id, m.organisation_id, m.sandbox, t.customer_id, t.expires_at, \
       t.used_at, t.repetition, t.superseded_at IS NOT NULL AS superseded \
     FROM reset_token t JOIN mail m ON m.seq = t.mail WHERE t.hash = $1";

/// Kills the links of customer `$1` that are alive at `$2`. One that has expired stays expired.
pub(crate) const KILL_LINKS: &str = "UPDATE reset_token SET superseded_at = $2 \
     WHERE customer_id = $1 AND used_at IS NULL AND superseded_at IS NULL AND expires_at > $2";

pub(super) async fn find(
    store: &SqliteStore,
    token: TokenHash,
    now: DateTime<Utc>,
) -> Result<Option<ResetLink>, StoreError> {
    let query = sqlx::query(FIND).bind(token.as_bytes().to_vec());
    let Some(row) = query.fetch_optional(&store.database.readers).await.map_err(QueryError::Sql)? else {
        return Ok(None);
    };
    let expires_at = row.time("reset_token.expires_at")?;
    let used_at = row.optional_time("reset_token.used_at")?;
    Ok(Some(ResetLink {
        request: RequestId::from_bytes(row.bytes("mail.id")?),
        organisation: OrganisationId::from_bytes(row.bytes("mail.organisation_id")?),
        customer: CustomerId::from_bytes(row.bytes("reset_token.customer_id")?),
        state: LinkState::at(now, expires_at, used_at.is_some(), row.read("reset_token.superseded")?),
        used_at,
        repetition: row.optional_bytes("reset_token.repetition")?,
        expires_at,
        sandbox: row.read("mail.sandbox")?,
    }))
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[FIND, KILL_LINKS];
