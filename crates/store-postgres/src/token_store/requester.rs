use application::model::Requester;
use domain::RequestId;

use crate::PostgresStore;
use crate::columns::{Columns, uuid};
use crate::query_error::QueryError;
use application::sealed::{self, Submitted};

pub(crate) const REQUESTER: &str = "SELECT submitted, geo FROM mail WHERE id = $1 \
     UNION ALL SELECT submitted, geo FROM mail_queue WHERE id = $1";

impl PostgresStore {
    pub(super) async fn find_requester(&self, request: RequestId) -> Result<Option<Requester>, QueryError> {
        let row = sqlx::query(REQUESTER).bind(uuid(request.as_bytes())).fetch_optional(self.pool()).await?;
        let Some(row) = row else { return Ok(None) };
        let vault = self.vault.as_ref();
        let geo = row.read::<Option<&[u8]>>("mail.geo")?;
        Ok(Some(Requester {
            customer_ip: Submitted::open(vault, row.read("mail.submitted")?)?.ip,
            geo: geo.map(|geo| sealed::open_json(vault, geo, "mail.geo")).transpose()?,
        }))
    }
}
