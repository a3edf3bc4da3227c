use std::collections::{HashMap, HashSet};

use application::model::{Issued, TokenIssue};
use application::ports::StoreError;
use domain::GeoContext;
use sqlx::types::Uuid;
use sqlx::{Connection, PgConnection};

use crate::PostgresStore;
use crate::columns::{Columns, uuid};
use crate::group::Batch;
use crate::query_error::QueryError;
use application::sealed::{self, Entry};

/// Puts issues, redemptions and imports for one customer in order, customer by customer in the
/// order of their identifiers.
pub(crate) const LOCK_CUSTOMERS: &str =
    "SELECT id FROM customer WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE";
/// Judges and stores tokens of different customers. A request is dead when a newer one of its
/// customer has a token, when its own tokens were killed, or when password or address changed after
/// it was accepted. What happened in the future, seen from a request of the past, was dated by a
/// clock that is right no more, and says nothing of what came first. A request of the sandbox gets
/// no token of a live customer, nor the other way round.
pub(crate) const ISSUE: &str = "WITH asked AS MATERIALIZED (SELECT a.*, q.accepted_at, q.sandbox \
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bytea[], $6::timestamptz[], $7::timestamptz[], \
         $8::bytea[], $9::bytea[], $10::bytea[]) \
         AS a(id, worker, organisation, customer, hash, at, expires_at, geo, resolved, rendered) \
       JOIN mail_queue q ON q.id = a.id AND q.lease_owner = a.worker ORDER BY a.id FOR NO KEY UPDATE OF q), \
     judged AS MATERIALIZED (SELECT asked.*, EXISTS (SELECT FROM reset_token t WHERE t.customer_id = asked.customer \
         AND ((t.accepted_at, t.request_id) > (asked.accepted_at, asked.id) \
             AND (t.accepted_at <= asked.at OR asked.accepted_at > asked.at) \
           OR t.request_id = asked.id AND (t.used_at IS NOT NULL OR t.superseded_at IS NOT NULL))) \
       OR EXISTS (SELECT FROM customer c WHERE c.id = asked.customer AND (c.sandbox <> asked.sandbox \
         OR c.links_valid_from > asked.accepted_at \
           AND (c.links_valid_from <= asked.at OR asked.accepted_at > asked.at))) \
         AS superseded FROM asked), \
     killed AS (UPDATE reset_token t SET superseded_at = j.at FROM judged j WHERE NOT j.superseded \
       AND t.customer_id = j.customer AND t.request_id <> j.id AND t.used_at IS NULL AND t.superseded_at IS NULL), \
     stored AS (INSERT INTO reset_token (hash, request_id, organisation_id, customer_id, sandbox, accepted_at, issued_at, \
         expires_at) SELECT hash, id, organisation, customer, sandbox, accepted_at, at, expires_at FROM judged \
       WHERE NOT superseded ON CONFLICT (hash) DO NOTHING), \
     noted AS (UPDATE mail_queue q SET customer_id = j.customer, geo = coalesce(q.geo, j.geo), \
         timeline = q.timeline || CASE WHEN q.geo IS NULL AND j.geo IS NOT NULL THEN ARRAY[j.resolved, j.rendered] \
           ELSE ARRAY[j.rendered] END \
       FROM judged j WHERE q.id = j.id AND NOT j.superseded) \
     SELECT id, superseded FROM judged";

/// A token about to be mailed, sealed by the caller.
pub(crate) struct IssueRow {
    issue: TokenIssue,
    geo: Option<Vec<u8>>,
    resolved: Vec<u8>,
    rendered: Vec<u8>,
}

/// Stores tokens. The commit is on disk before the answer, as every commit of this store is that
/// does not say otherwise: the mail goes out next, and every copy of it that a mailbox may show has
/// a link that the database knows.
pub(crate) struct Issue;

impl Batch for Issue {
    type Job = IssueRow;
    type Answer = Issued;
    const NAME: &'static str = "issue";
    const LIMIT: usize = 128;

    async fn run(connection: &mut PgConnection, jobs: &[IssueRow]) -> Result<Vec<Issued>, QueryError> {
        let mut verdicts = HashMap::with_capacity(jobs.len());
        let mut transaction = connection.begin().await?;
        let customers: Vec<_> = jobs.iter().map(|job| uuid(job.issue.customer.as_bytes())).collect();
        sqlx::query(LOCK_CUSTOMERS).bind(customers).execute(&mut *transaction).await?;
        let mut open: Vec<&IssueRow> = jobs.iter().collect();
        while !open.is_empty() {
            // A statement does not see what it does itself: one request of each customer at a time.
            let mut customers = HashSet::new();
            let (round, rest) =
                open.into_iter().partition::<Vec<_>, _>(|job| customers.insert(job.issue.customer));
            issue_round(&mut transaction, &round, &mut verdicts).await?;
            open = rest;
        }
        transaction.commit().await?;
        let verdict = |job: &IssueRow| verdicts.get(&uuid(job.issue.lease.mail.as_bytes())).copied();
        Ok(jobs.iter().map(|job| verdict(job).unwrap_or(Issued::LeaseLost)).collect())
    }
}

async fn issue_round(
    transaction: &mut PgConnection,
    round: &[&IssueRow],
    verdicts: &mut HashMap<Uuid, Issued>,
) -> Result<(), QueryError> {
    fn all<'a, T>(round: &[&'a IssueRow], column: impl Fn(&'a IssueRow) -> T) -> Vec<T> {
        round.iter().map(|row| column(row)).collect()
    }
    let rows = sqlx::query(ISSUE)
        .bind(all(round, |row| uuid(row.issue.lease.mail.as_bytes())))
        .bind(all(round, |row| uuid(row.issue.lease.worker.as_bytes())))
        .bind(all(round, |row| uuid(row.issue.organisation.as_bytes())))
        .bind(all(round, |row| uuid(row.issue.customer.as_bytes())))
        .bind(all(round, |row| &row.issue.token.as_bytes()[..]))
        .bind(all(round, |row| row.issue.at))
        .bind(all(round, |row| row.issue.expires_at))
        .bind(all(round, |row| row.geo.as_deref()))
        .bind(all(round, |row| &row.resolved[..]))
        .bind(all(round, |row| &row.rendered[..]))
        .fetch_all(transaction)
        .await?;
    for row in &rows {
        let superseded = row.read("judged.superseded")?;
        verdicts.insert(row.read("judged.id")?, if superseded { Issued::Superseded } else { Issued::Issued });
    }
    Ok(())
}

impl PostgresStore {
    pub(super) async fn issue_token(&self, issue: TokenIssue) -> Result<Issued, StoreError> {
        let vault = self.vault.as_ref();
        let geo =
            issue.geo.as_ref().map(|geo| sealed::seal_json(vault, geo, "mail_queue.geo")).transpose()?;
        let resolved =
            Entry::of("resolved", issue.at, issue.geo.as_ref().map(place).unwrap_or_default()).seal(vault)?;
        let rendered = Entry::of("rendered", issue.at, "").seal(vault)?;
        self.groups.issue.call(IssueRow { issue, geo, resolved, rendered }).await
    }
}

/// Where a request came from, for a person to read: `Prague, Czechia`.
fn place(geo: &GeoContext) -> String {
    let names = [&geo.city, &geo.region, &geo.country].into_iter().flatten().map(|place| place.name.as_str());
    names.collect::<Vec<_>>().join(", ")
}
