use application::model::NewRequest;
use application::ports::StoreError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Uuid;

use crate::PostgresStore;
use crate::columns::uuid;
use crate::group::Batch;
use crate::notify::WorkNotifier;
use crate::query_error::QueryError;
use application::sealed::{Submitted, mailbox};

/// `priority` is 1 for links and 0 for notices: links go first.
///
/// One statement for a whole group of requests, and so one commit. A request that is recorded again
/// (a batch is run twice when its connection broke) is in the queue, or has passed on from it.
pub(crate) const RECORD: &str = "INSERT INTO mail_queue (id, organisation_id, api_key_id, sandbox, accepted_at, \
     expires_at, address_fingerprint, submitted, priority, kind) \
     SELECT n.*, 1, 0 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::boolean[], $5::timestamptz[], \
     $6::timestamptz[], $7::bytea[], $8::bytea[]) AS n(id) \
     WHERE NOT EXISTS (SELECT FROM mail m WHERE m.id = n.id) ON CONFLICT (id) DO NOTHING";

/// A new request as its row, sealed by the caller.
pub(crate) struct RecordRow {
    id: Uuid,
    organisation: Uuid,
    api_key: Option<Uuid>,
    sandbox: bool,
    accepted_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    fingerprint: [u8; 16],
    submitted: Vec<u8>,
}

/// Writes requests.
pub(crate) struct Record {
    notifier: WorkNotifier,
}

impl Record {
    /// `notifier` wakes the workers of other processes.
    pub(crate) const fn new(notifier: WorkNotifier) -> Self {
        Self { notifier }
    }
}

impl Batch for Record {
    type Job = RecordRow;
    type Answer = ();
    const NAME: &'static str = "record";
    const LIMIT: usize = 512;

    async fn run(connection: &mut PgConnection, rows: &[RecordRow]) -> Result<Vec<()>, QueryError> {
        fn all<'a, T>(rows: &'a [RecordRow], column: impl Fn(&'a RecordRow) -> T) -> Vec<T> {
            rows.iter().map(column).collect()
        }
        sqlx::query(RECORD)
            .bind(all(rows, |row| row.id))
            .bind(all(rows, |row| row.organisation))
            .bind(all(rows, |row| row.api_key))
            .bind(all(rows, |row| row.sandbox))
            .bind(all(rows, |row| row.accepted_at))
            .bind(all(rows, |row| row.expires_at))
            .bind(all(rows, |row| &row.fingerprint[..]))
            .bind(all(rows, |row| &row.submitted[..]))
            .execute(connection)
            .await?;
        Ok(vec![(); rows.len()])
    }

    fn done(&self) {
        self.notifier.notify();
    }
}

impl PostgresStore {
    pub(super) async fn record_request(&self, request: NewRequest) -> Result<(), StoreError> {
        let vault = self.vault.as_ref();
        self.groups
            .record
            .call(RecordRow {
                id: uuid(request.id.as_bytes()),
                organisation: uuid(request.organisation.as_bytes()),
                api_key: request.api_key.map(|id| uuid(id.as_bytes())),
                sandbox: request.sandbox,
                accepted_at: request.accepted_at,
                expires_at: request.expires_at,
                fingerprint: mailbox(vault, request.organisation, &request.email, request.sandbox).0,
                submitted: Submitted::seal(vault, Some(&request.email), request.customer_ip),
            })
            .await
    }
}
