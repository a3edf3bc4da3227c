use application::model::{WebhookEndpoint, WebhookEndpointStatus, WebhookTarget};
use application::ports::{StoreError, WebhookRegistry};
use async_trait::async_trait;
use domain::{OrganisationId, WebhookEndpointId, WebhookEventType};
use sqlx::postgres::PgRow;

use crate::PostgresStore;
use crate::columns::{Columns, uuid};
use crate::query_error::QueryError;

pub(crate) const CREATE_ENDPOINT: &str = "INSERT INTO webhook_endpoint (id, organisation_id, sealed, events, created_at, \
     disabled_at) VALUES ($1, $2, $3, $4, $5, $6)";
pub(crate) const FIND_ENDPOINT: &str =
    "SELECT id, organisation_id, sealed, events, created_at, disabled_at FROM webhook_endpoint WHERE id = $1";
pub(crate) const LIST_ENDPOINTS: &str = "SELECT e.id, e.organisation_id, e.sealed, e.events, e.created_at, e.disabled_at, \
       e.failures, e.last_answer, \
       (SELECT count(*) FROM webhook_event v WHERE v.endpoint_id = e.id AND v.state = 'waiting') AS waiting, \
       (SELECT count(*) FROM webhook_event v WHERE v.endpoint_id = e.id AND v.state = 'delivered') AS delivered, \
       (SELECT count(*) FROM webhook_event v WHERE v.endpoint_id = e.id AND v.state = 'given-up') AS given_up \
     FROM webhook_endpoint e WHERE $1::uuid IS NULL OR e.organisation_id = $1 ORDER BY e.created_at, e.id";
/// With its events; one that is being written at this moment is never claimed and goes by its age.
pub(crate) const REMOVE_ENDPOINT: &str = "WITH told AS (DELETE FROM webhook_event WHERE endpoint_id = $1) \
     DELETE FROM webhook_endpoint WHERE id = $1";

#[async_trait]
impl WebhookRegistry for PostgresStore {
    async fn create(&self, endpoint: &WebhookEndpoint, target: &WebhookTarget) -> Result<(), StoreError> {
        let events: Vec<_> = endpoint.events.iter().map(|event| event.as_str()).collect();
        sqlx::query(CREATE_ENDPOINT)
            .bind(uuid(endpoint.id.as_bytes()))
            .bind(uuid(endpoint.organisation.as_bytes()))
            .bind(target.seal(self.vault.as_ref()))
            .bind(events)
            .bind(endpoint.created_at)
            .bind(endpoint.disabled_at)
            .execute(self.pool())
            .await
            .map_err(QueryError::conflict("the webhook endpoint"))?;
        Ok(())
    }

    async fn find(
        &self,
        id: WebhookEndpointId,
    ) -> Result<Option<(WebhookEndpoint, WebhookTarget)>, StoreError> {
        let query = sqlx::query(FIND_ENDPOINT).bind(uuid(id.as_bytes()));
        let row = query.fetch_optional(self.pool()).await.map_err(QueryError::Sql)?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((endpoint(&row)?, self.target(&row)?)))
    }

    async fn list(
        &self,
        organisation: Option<OrganisationId>,
    ) -> Result<Vec<WebhookEndpointStatus>, StoreError> {
        let organisation = organisation.map(|id| uuid(id.as_bytes()));
        let query = sqlx::query(LIST_ENDPOINTS).bind(organisation);
        let rows = query.fetch_all(self.pool()).await.map_err(QueryError::Sql)?;
        Ok(rows.iter().map(|row| self.status(row)).collect::<Result<_, QueryError>>()?)
    }

    async fn remove(&self, id: WebhookEndpointId) -> Result<bool, StoreError> {
        let removed = sqlx::query(REMOVE_ENDPOINT).bind(uuid(id.as_bytes())).execute(self.pool()).await;
        Ok(removed.map_err(QueryError::Sql)?.rows_affected() > 0)
    }
}

impl PostgresStore {
    fn target(&self, row: &PgRow) -> Result<WebhookTarget, QueryError> {
        Ok(WebhookTarget::open(self.vault.as_ref(), row.read("webhook_endpoint.sealed")?)?)
    }

    fn status(&self, row: &PgRow) -> Result<WebhookEndpointStatus, QueryError> {
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

fn endpoint(row: &PgRow) -> Result<WebhookEndpoint, QueryError> {
    const EVENTS: &str = "webhook_endpoint.events";
    let events: Vec<String> = row.read(EVENTS)?;
    let event =
        |word: &String| WebhookEventType::parse(word).map_err(|error| QueryError::corrupt(EVENTS, error));
    Ok(WebhookEndpoint {
        id: row.id("webhook_endpoint.id")?,
        organisation: row.id("webhook_endpoint.organisation_id")?,
        events: events.iter().map(event).collect::<Result<_, _>>()?,
        created_at: row.time("webhook_endpoint.created_at")?,
        disabled_at: row.optional_time("webhook_endpoint.disabled_at")?,
    })
}
