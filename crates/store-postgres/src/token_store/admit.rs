use std::collections::HashMap;

use application::model::{AddressBudget, Admission};
use application::ports::StoreError;
use chrono::{DateTime, Utc};
use domain::RequestId;
use sqlx::PgConnection;
use sqlx::types::Uuid;

use crate::PostgresStore;
use crate::columns::{Columns, uuid};
use crate::group::Batch;
use crate::query_error::QueryError;
use crate::webhooks::report::report_admitted;

/// Judges requests of different addresses, each once: the verdict stays with the request. `ON
/// CONFLICT` waits for whoever counts the same address and judges by what it left. Of several
/// requests for one address the oldest is judged, and the others come back without a verdict, to be
/// asked about again.
///
/// The commit need not be on disk before the answer: what a power cut takes of it, it takes of the
/// mail's progress too.
pub(crate) const ADMIT: &str = concat!(
    "WITH mode AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)), \
     asked AS MATERIALIZED (SELECT a.*, q.address_fingerprint AS address, q.admitted AS verdict \
       FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::timestamptz[]) AS a(id, per_minute, per_hour, at) \
       JOIN mail_queue q ON q.id = a.id AND q.address_fingerprint IS NOT NULL ORDER BY a.id FOR NO KEY UPDATE OF q), \
     judged AS MATERIALIZED (SELECT DISTINCT ON (address) * FROM asked WHERE verdict IS NULL ORDER BY address, id), \
     counted AS (INSERT INTO address_budget AS b (address_fingerprint, admitted, last_at) \
       SELECT address, ARRAY[at], at FROM judged WHERE per_minute > 0 AND per_hour > 0 \
       ON CONFLICT (address_fingerprint) DO UPDATE SET last_at = greatest(b.last_at, excluded.last_at), \
         admitted = array(SELECT t FROM unnest(b.admitted) t WHERE t > excluded.last_at - interval '1 hour') \
           || excluded.last_at \
       WHERE (SELECT count(*) FILTER (WHERE t > j.at - interval '1 minute') < j.per_minute \
           AND count(*) FILTER (WHERE t > j.at - interval '1 hour') < j.per_hour \
         FROM judged j LEFT JOIN unnest(b.admitted) t ON true WHERE j.address = b.address_fingerprint \
         GROUP BY j.at, j.per_minute, j.per_hour) \
       RETURNING address_fingerprint), \
     kept AS (UPDATE mail_queue q SET admitted = EXISTS (SELECT FROM counted c WHERE c.address_fingerprint = j.address) \
       FROM judged j WHERE q.id = j.id RETURNING q.id, q.admitted)",
    report_admitted!(),
    "SELECT asked.id, coalesce(asked.verdict, kept.admitted) AS verdict \
     FROM asked CROSS JOIN mode LEFT JOIN kept ON kept.id = asked.id"
);

/// One request to be counted.
pub(crate) struct Ask {
    id: Uuid,
    per_minute: i32,
    per_hour: i32,
    at: DateTime<Utc>,
}

/// Counts requests against the budgets of their addresses.
pub(crate) struct Admit;

impl Batch for Admit {
    type Job = Ask;
    /// `None`: no such request is in the queue.
    type Answer = Option<Admission>;
    const NAME: &'static str = "admit";
    const LIMIT: usize = 128;

    async fn run(connection: &mut PgConnection, jobs: &[Ask]) -> Result<Vec<Option<Admission>>, QueryError> {
        let mut verdicts = HashMap::with_capacity(jobs.len());
        let mut open: Vec<&Ask> = jobs.iter().collect();
        // Each round judges at least one request of every address.
        while !open.is_empty() {
            let rows = sqlx::query(ADMIT)
                .bind(open.iter().map(|job| job.id).collect::<Vec<_>>())
                .bind(open.iter().map(|job| job.per_minute).collect::<Vec<_>>())
                .bind(open.iter().map(|job| job.per_hour).collect::<Vec<_>>())
                .bind(open.iter().map(|job| job.at).collect::<Vec<_>>())
                .fetch_all(&mut *connection)
                .await?;
            let mut left = Vec::new();
            for row in &rows {
                let id: Uuid = row.read("mail_queue.id")?;
                match row.read::<Option<bool>>("mail_queue.verdict")? {
                    Some(verdict) => drop(verdicts.insert(id, verdict)),
                    None => left.push(id),
                }
            }
            let before = open.len();
            open.retain(|job| left.contains(&job.id));
            if open.len() == before {
                return Err(QueryError::corrupt("address_budget", "a round of verdicts brought none"));
            }
        }
        let admission = |admitted: &bool| if *admitted { Admission::Admitted } else { Admission::OverBudget };
        Ok(jobs.iter().map(|job| verdicts.get(&job.id).map(admission)).collect())
    }
}

impl PostgresStore {
    pub(super) async fn admit_request(
        &self,
        request: RequestId,
        budget: AddressBudget,
        now: DateTime<Utc>,
    ) -> Result<Admission, StoreError> {
        let limit = |limit: u32| i32::try_from(limit).unwrap_or(i32::MAX);
        let ask = Ask {
            id: uuid(request.as_bytes()),
            per_minute: limit(budget.per_minute),
            per_hour: limit(budget.per_hour),
            at: now,
        };
        let verdict = self.groups.admit.call(ask).await?;
        verdict.ok_or_else(|| StoreError::Corrupt {
            place: "mail_queue.id",
            error: "no such request is in the queue".to_owned(),
        })
    }
}
