use application::model::{WebhookEndpoint, WebhookEndpointStatus, WebhookTarget};
use application::ports::{StoreError, WebhookRegistry};
use async_trait::async_trait;
use domain::{OrganisationId, WebhookEndpointId, WebhookEventType};
use sqlx::sqlite::SqliteRow;

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::query_error::QueryError;
use crate::writer::{Statement, own_savepoint};

const CREATE: &str = own_savepoint!(
    "INSERT INTO webhook_endpoint (id, organisation_id, sealed, events, created_at, disabled_at) \
     VALUES ($1, $2, $3, $4, $5, $6)"
);
const FIND: &str =
    "SELECT id, organisation_id, sealed, events, created_at, disabled_at FROM webhook_endpoint WHERE id = $1";
const LIST: &str = "SELECT e.id, e.organisation_id, e.sealed, e.events, e.created_at, e.disabled_at, e.failures, \
       e.last_answer, \
       (SELECT count(*) FROM webhook_event v WHERE v.endpoint_id = e.id AND v.state = 'waiting') AS waiting, \
       (SELECT count(*) FROM webhook_event v WHERE v.endpoint_id = e.id AND v.state = 'delivered') AS delivered, \
       (SELECT count(*) FROM webhook_event v WHERE v.endpoint_id = e.id AND v.state = 'given-up') AS given_up \
     FROM webhook_endpoint e WHERE $1 IS NULL OR e.organisation_id = $1 ORDER BY e.created_at, e.id";
/// Its events go by themselves (`ON DELETE CASCADE`).
const REMOVE: &str = own_savepoint!("DELETE FROM webhook_endpoint WHERE id = $1; SELECT changes() AS rows");

#[async_trait]
impl WebhookRegistry for SqliteStore {
    async fn create(&self, endpoint: &WebhookEndpoint, target: &WebhookTarget) -> Result<(), StoreError> {
        let events: Vec<_> = endpoint.events.iter().map(|event| event.as_str()).collect();
        let statement = Statement::new(CREATE)
            .bind(endpoint.id.as_bytes().to_vec())
            .bind(endpoint.organisation.as_bytes().to_vec())
            .bind(target.seal(self.vault.as_ref()))
            .bind(serde_json::Value::from(events).to_string())
            .bind(millis(endpoint.created_at))
            .bind(endpoint.disabled_at.map(millis));
        self.database
            .writer
            .work(|unit| {
                Box::pin(async move {
                    unit.run(statement).await.map_err(QueryError::conflict("webhook endpoint"))
                })
            })
            .await
    }

    async fn find(
        &self,
        id: WebhookEndpointId,
    ) -> Result<Option<(WebhookEndpoint, WebhookTarget)>, StoreError> {
        let query = sqlx::query(FIND).bind(id.as_bytes().to_vec());
        let row = query.fetch_optional(&self.database.readers).await.map_err(QueryError::Sql)?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((endpoint(&row)?, self.target(&row)?)))
    }

    async fn list(
        &self,
        organisation: Option<OrganisationId>,
    ) -> Result<Vec<WebhookEndpointStatus>, StoreError> {
        let query = sqlx::query(LIST).bind(organisation.map(|id| id.as_bytes().to_vec()));
        let rows = query.fetch_all(&self.database.readers).await.map_err(QueryError::Sql)?;
        Ok(rows.iter().map(|row| self.status(row)).collect::<Result<_, QueryError>>()?)
    }

    async fn remove(&self, id: WebhookEndpointId) -> Result<bool, StoreError> {
        let statement = Statement::new(REMOVE).bind(id.as_bytes().to_vec());
        self.database
            .writer
            .work(|unit| {
                Box::pin(async move {
                    let row = unit.row(statement).await?;
                    row.map_or(Ok(false), |row| Ok(row.read::<i64>("webhook_endpoint.rows")? > 0))
                })
            })
            .await
    }
}

impl SqliteStore {
    fn target(&self, row: &SqliteRow) -> Result<WebhookTarget, QueryError> {
        Ok(WebhookTarget::open(self.vault.as_ref(), row.read("webhook_endpoint.sealed")?)?)
    }

    fn status(&self, row: &SqliteRow) -> Result<WebhookEndpointStatus, QueryError> {
        let count = |place| Ok::<_, QueryError>(row.read::<i64>(place)?.unsigned_abs());
        Ok(WebhookEndpointStatus {
            endpoint: endpoint(row)?,
            url: self.target(row)?.url,
            waiting: count("webhook_event.waiting")?,
            delivered: count("webhook_event.delivered")?,
            given_up: count("webhook_event.given_up")?,
            failures: row.count("webhook_endpoint.failures")?,
            last_answer: row.read("webhook_endpoint.last_answer")?,
        })
    }
}

fn endpoint(row: &SqliteRow) -> Result<WebhookEndpoint, QueryError> {
    const EVENTS: &str = "webhook_endpoint.events";
    let events: Vec<String> =
        serde_json::from_str(row.read(EVENTS)?).map_err(|error| QueryError::corrupt(EVENTS, error))?;
    let event =
        |word: &String| WebhookEventType::parse(word).map_err(|error| QueryError::corrupt(EVENTS, error));
    Ok(WebhookEndpoint {
        id: WebhookEndpointId::from_bytes(row.bytes("webhook_endpoint.id")?),
        organisation: OrganisationId::from_bytes(row.bytes("webhook_endpoint.organisation_id")?),
        events: events.iter().map(event).collect::<Result<_, _>>()?,
        created_at: row.time("webhook_endpoint.created_at")?,
        disabled_at: row.optional_time("webhook_endpoint.disabled_at")?,
    })
}
