use application::model::{ClaimedEvent, WebhookEvent, WebhookTarget};
use application::ports::{AddressVault, StoreError};
use chrono::{DateTime, Utc};
use domain::{OrganisationId, RequestId, WebhookEndpointId, WebhookEventId, WebhookEventType, WorkerId};
use sqlx::sqlite::SqliteRow;
use tracing::error;

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::query_error::QueryError;
use crate::writer::{Statement, Unit, own_savepoint};
use application::sealed::open_text;

const LISTENED_TO: &str =
    "SELECT EXISTS (SELECT 1 FROM webhook_endpoint WHERE disabled_at IS NULL) AS listened_to";

/// The `seq` of events that may be claimed: `$2` now, `$4` how many, `$5` how many of one endpoint.
macro_rules! ready {
    () => {
        "SELECT d.seq FROM webhook_endpoint e CROSS JOIN webhook_event d ON d.seq IN \
           (SELECT x.seq FROM webhook_event x WHERE x.endpoint_id = e.id AND x.state = 'waiting' AND x.due_at <= $2 \
            ORDER BY x.due_at LIMIT $5) \
         WHERE e.disabled_at IS NULL AND (e.rests_until IS NULL OR e.rests_until <= $2) \
           AND (e.failures = 0 OR d.seq = (SELECT x.seq FROM webhook_event x WHERE x.endpoint_id = e.id \
             AND x.state = 'waiting' AND x.due_at <= $2 ORDER BY x.due_at LIMIT 1)) \
           AND NOT EXISTS (SELECT 1 FROM webhook_event l WHERE l.endpoint_id = e.id AND l.lease_owner IS NOT NULL \
             AND l.due_at > $2) \
         LIMIT $4"
    };
}

/// A look that costs no write, for the many times that nothing is due.
const LOOK: &str = concat!("SELECT EXISTS (", ready!(), ") AS due");
/// `$1` worker, `$2` now, `$3` end of the lease, `$4` how many, `$5` how many of one endpoint.
const CLAIM: &str = own_savepoint!(concat!(
    "UPDATE webhook_event SET lease_owner = $1, due_at = $3 WHERE seq IN (",
    ready!(),
    ") RETURNING seq"
));
/// `$1` the claimed, as a JSON array of their `seq`.
const CLAIMED: &str = "SELECT v.id, v.endpoint_id, v.event, v.at, v.request_id, v.sandbox, v.address_masked, \
       v.expires_at, v.host, v.reply, v.attempts, e.organisation_id, e.sealed, e.failures, c.external_id \
     FROM webhook_event v JOIN webhook_endpoint e ON e.id = v.endpoint_id LEFT JOIN customer c ON c.id = v.customer_id \
     WHERE v.seq IN (SELECT value FROM json_each($1))";
const SET_ASIDE: &str =
    "UPDATE webhook_event SET state = 'given-up', lease_owner = NULL, last_answer = $2 WHERE id = $1";

pub(super) async fn claim(
    store: &SqliteStore,
    worker: WorkerId,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: u32,
    each: u32,
) -> Result<Vec<ClaimedEvent>, StoreError> {
    if !is_due(store, now).await? {
        return Ok(Vec::new());
    }
    let vault = store.vault.clone();
    let claim = Statement::new(CLAIM)
        .bind(worker.as_bytes().to_vec())
        .bind(millis(now))
        .bind(millis(lease_until))
        .bind(i64::from(limit))
        .bind(i64::from(each));
    store
        .database
        .writer
        .work_without_sync(move |unit| Box::pin(async move { lease(unit, claim, vault.as_ref()).await }))
        .await
}

async fn is_due(store: &SqliteStore, now: DateTime<Utc>) -> Result<bool, QueryError> {
    let readers = &store.database.readers;
    let listened_to = sqlx::query(LISTENED_TO).fetch_one(readers).await?;
    let listened_to = listened_to.read("webhook_endpoint.listened_to")?;
    store.webhook_notifier.set_has_endpoints(listened_to);
    if !listened_to {
        return Ok(false);
    }
    let nobody: Option<Vec<u8>> = None;
    let look = sqlx::query(LOOK).bind(nobody).bind(millis(now)).bind(0_i64).bind(1_i64).bind(1_i64);
    look.fetch_one(readers).await?.read("webhook_event.due")
}

async fn lease(
    unit: &mut Unit<'_>,
    claim: Statement,
    vault: &dyn AddressVault,
) -> Result<Vec<ClaimedEvent>, QueryError> {
    let rows = unit.rows(claim).await?;
    let claimed = rows.iter().map(|row| row.read("webhook_event.seq")).collect::<Result<Vec<i64>, _>>()?;
    if claimed.is_empty() {
        return Ok(Vec::new());
    }
    let claimed = Statement::new(CLAIMED).bind(serde_json::Value::from(claimed).to_string());
    let mut events = Vec::with_capacity(rows.len());
    for row in &unit.rows(claimed).await? {
        match event(row, vault) {
            Ok(event) => events.push(event),
            Err(error) => set_aside(unit, row, error).await?,
        }
    }
    Ok(events)
}

/// A row that cannot be read must not stop those behind it.
async fn set_aside(unit: &mut Unit<'_>, row: &SqliteRow, error: QueryError) -> Result<(), QueryError> {
    let error = StoreError::from(error).to_string();
    error!(error, "a webhook event that cannot be read is given up");
    let id: [u8; 16] = row.bytes("webhook_event.id")?;
    Ok(unit.run(Statement::new(SET_ASIDE).bind(id.to_vec()).bind(error)).await?)
}

fn event(row: &SqliteRow, vault: &dyn AddressVault) -> Result<ClaimedEvent, QueryError> {
    let event = WebhookEventType::parse(row.read("webhook_event.event")?);
    let reply = row.read::<Option<&[u8]>>("webhook_event.reply")?;
    Ok(ClaimedEvent {
        id: WebhookEventId::from_bytes(row.bytes("webhook_event.id")?),
        endpoint: WebhookEndpointId::from_bytes(row.bytes("webhook_event.endpoint_id")?),
        target: WebhookTarget::open(vault, row.read("webhook_endpoint.sealed")?)?,
        event: WebhookEvent {
            event: event.map_err(|error| QueryError::corrupt("webhook_event.event", error))?,
            at: row.time("webhook_event.at")?,
            organisation: OrganisationId::from_bytes(row.bytes("webhook_endpoint.organisation_id")?),
            request: RequestId::from_bytes(row.bytes("webhook_event.request_id")?),
            sandbox: row.read("webhook_event.sandbox")?,
            address: row.read("webhook_event.address_masked")?,
            customer_reference: row.read("customer.external_id")?,
            expires_at: row.time("webhook_event.expires_at")?,
            host: row.read("webhook_event.host")?,
            reply: reply.map(|reply| open_text(vault, reply, "webhook_event.reply")).transpose()?,
        },
        attempts: row.count("webhook_event.attempts")?,
        failures: row.count("webhook_endpoint.failures")?,
    })
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[LISTENED_TO, LOOK, CLAIM, CLAIMED, SET_ASIDE];
