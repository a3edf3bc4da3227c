use application::model::Requester;
use application::ports::StoreError;
use domain::RequestId;

use crate::SqliteStore;
use crate::columns::Columns;
use crate::query_error::QueryError;
use application::sealed::{Submitted, open_json};

const REQUESTER: &str = "SELECT submitted, geo FROM mail WHERE id = $1";

pub(super) async fn find(store: &SqliteStore, request: RequestId) -> Result<Option<Requester>, StoreError> {
    let query = sqlx::query(REQUESTER).bind(request.as_bytes().to_vec());
    let Some(row) = query.fetch_optional(&store.database.readers).await.map_err(QueryError::Sql)? else {
        return Ok(None);
    };
    let vault = store.vault.as_ref();
    let geo = row.read::<Option<&[u8]>>("mail.geo")?;
    Ok(Some(Requester {
        customer_ip: Submitted::open(vault, row.read("mail.submitted")?)?.ip,
        geo: geo.map(|geo| open_json(vault, geo, "mail.geo")).transpose()?,
    }))
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[REQUESTER];
