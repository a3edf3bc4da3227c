use application::model::{ClaimedEvent, WebhookEvent, WebhookTarget};
use application::ports::{AddressVault, StoreError};
use chrono::{DateTime, Utc};
use domain::{WebhookEventType, WorkerId};
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;
use tracing::error;

use crate::PostgresStore;
use crate::columns::{Columns, uuid};
use crate::query_error::QueryError;
use application::sealed::{Entry, Person, Submitted, open_json};

pub(crate) const LISTENED_TO: &str =
    "SELECT EXISTS (SELECT FROM webhook_endpoint WHERE disabled_at IS NULL) AS listened_to";
/// `$1` worker, `$2` now, `$3` end of the lease, `$4` how many, `$5` how many of one endpoint.
pub(crate) const CLAIM_EVENTS: &str = "WITH ready AS MATERIALIZED (SELECT x.id FROM webhook_endpoint e CROSS JOIN LATERAL \
       (SELECT v.id FROM webhook_event v WHERE v.endpoint_id = e.id AND v.state = 'waiting' AND v.due_at <= $2 \
        ORDER BY v.due_at LIMIT CASE WHEN e.failures = 0 THEN $5 ELSE 1 END FOR NO KEY UPDATE SKIP LOCKED) x \
     WHERE e.disabled_at IS NULL AND (e.rests_until IS NULL OR e.rests_until <= $2) \
       AND NOT EXISTS (SELECT FROM webhook_event l WHERE l.endpoint_id = e.id AND l.lease_owner IS NOT NULL \
         AND l.due_at > $2) \
     LIMIT $4), \
     leased AS (UPDATE webhook_event v SET lease_owner = $1, due_at = $3 FROM ready WHERE v.id = ready.id RETURNING v.*) \
     SELECT v.id, v.endpoint_id, v.event, v.at, v.request_id, v.sandbox, v.submitted, v.expires_at, v.entry, v.attempts, \
       e.organisation_id, e.sealed, e.failures, c.sealed AS person \
     FROM leased v JOIN webhook_endpoint e ON e.id = v.endpoint_id LEFT JOIN customer c ON c.id = v.customer_id";
pub(crate) const SET_ASIDE: &str =
    "UPDATE webhook_event SET state = 'given-up', lease_owner = NULL, last_answer = $2 WHERE id = $1";

impl PostgresStore {
    pub(super) async fn lease_events(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
        each: u32,
    ) -> Result<Vec<ClaimedEvent>, QueryError> {
        let listened_to = sqlx::query(LISTENED_TO).fetch_one(self.pool()).await?;
        let listened_to = listened_to.read("webhook_endpoint.listened_to")?;
        self.webhook_notifier.set_has_endpoints(listened_to);
        if !listened_to {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(CLAIM_EVENTS)
            .bind(uuid(worker.as_bytes()))
            .bind(now)
            .bind(lease_until)
            .bind(i64::from(limit))
            .bind(i64::from(each))
            .fetch_all(self.pool())
            .await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in &rows {
            match event(row, self.vault.as_ref()) {
                Ok(event) => events.push(event),
                Err(error) => self.set_event_aside(row.read("webhook_event.id")?, error).await?,
            }
        }
        Ok(events)
    }

    /// A row that cannot be read must not stop those behind it.
    async fn set_event_aside(&self, event: Uuid, error: QueryError) -> Result<(), QueryError> {
        let error = StoreError::from(error).to_string();
        error!(%event, error, "a webhook event that cannot be read is given up");
        sqlx::query(SET_ASIDE).bind(event).bind(error).execute(self.pool()).await?;
        Ok(())
    }
}

fn event(row: &PgRow, vault: &dyn AddressVault) -> Result<ClaimedEvent, QueryError> {
    let submitted = Submitted::open(vault, row.read("webhook_event.submitted")?)?;
    let address = submitted.email.map(|email| email.masked().to_string()).unwrap_or_default();
    let person = row.read::<Option<&[u8]>>("customer.person")?;
    let person = person.map(|person| open_json::<Person>(vault, person, Person::PLACE)).transpose()?;
    let entry = row.read::<Option<&[u8]>>("webhook_event.entry")?;
    let (host, reply) = match entry {
        Some(entry) => Entry::open(vault, entry)?.into_answer(),
        None => (None, None),
    };
    Ok(ClaimedEvent {
        id: row.id("webhook_event.id")?,
        endpoint: row.id("webhook_event.endpoint_id")?,
        target: WebhookTarget::open(vault, row.read("webhook_endpoint.sealed")?)?,
        event: WebhookEvent {
            event: row.word("webhook_event.event", WebhookEventType::parse)?,
            at: row.time("webhook_event.at")?,
            organisation: row.id("webhook_endpoint.organisation_id")?,
            request: row.id("webhook_event.request_id")?,
            sandbox: row.read("webhook_event.sandbox")?,
            address,
            customer_reference: person.and_then(|person| person.external_id),
            expires_at: row.time("webhook_event.expires_at")?,
            host,
            reply,
        },
        attempts: row.count("webhook_event.attempts")?,
        failures: row.count("webhook_endpoint.failures")?,
    })
}
