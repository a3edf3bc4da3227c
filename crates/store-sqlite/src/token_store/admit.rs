use application::model::{AddressBudget, Admission};
use application::ports::StoreError;
use chrono::{DateTime, Utc};
use domain::RequestId;
use serde::Serialize;

use crate::SqliteStore;
use crate::columns::millis;
use crate::query_error::QueryError;
use crate::webhooks::report::report_requested;
use crate::writer::{Delivery, Hex, Job, Reply};

/// The longest period that the budget looks back on, in milliseconds.
pub(super) const HOUR: i64 = 3_600_000;

/// A question to the address budget.
#[derive(Serialize)]
pub(crate) struct AdmitRow {
    id: Hex,
    at: i64,
    minute: u32,
    hour: u32,
}

/// Judges each of the requests `$1` once, and remembers the verdict on the row; 2 stands for a
/// fresh "admitted" that is still to be counted, and in the result for "ask again": of several
/// requests for one address only the first is judged. The counts look both ways, since the clocks
/// of two processes differ: no period of a minute or an hour that holds this moment may hold more
/// than the budget.
pub(super) const ADMIT: &str = concat!(
    "UPDATE mail SET admitted = 2 * ( \
       (SELECT count(*) FROM address_budget b WHERE b.address_fingerprint = mail.address_fingerprint \
          AND b.admitted_at > a.at - 60000 AND b.admitted_at < a.at + 60000) < a.minute \
       AND \
       (SELECT count(*) FROM address_budget b WHERE b.address_fingerprint = mail.address_fingerprint \
          AND b.admitted_at > a.at - 3600000 AND b.admitted_at < a.at + 3600000) < a.hour) \
     FROM (SELECT m.seq, j.value ->> 'at' AS at, j.value ->> 'minute' AS minute, j.value ->> 'hour' AS hour, \
         row_number() OVER (PARTITION BY m.address_fingerprint ORDER BY j.key) AS turn \
       FROM json_each($1) j CROSS JOIN mail m ON m.id = unhex(j.value ->> 'id') \
       WHERE m.admitted IS NULL AND m.address_fingerprint IS NOT NULL) a \
     WHERE mail.seq = a.seq AND a.turn = 1; \
     INSERT INTO address_budget (address_fingerprint, admitted_at, mail) \
       SELECT m.address_fingerprint, j.value ->> 'at', m.seq FROM json_each($1) j \
       CROSS JOIN mail m ON m.id = unhex(j.value ->> 'id') WHERE m.admitted = 2; ",
    report_requested!(),
    "UPDATE mail SET admitted = 1 FROM json_each($1) j WHERE mail.id = unhex(j.value ->> 'id') AND mail.admitted = 2; \
     SELECT 1 AS list, j.key AS place, coalesce(m.admitted, 2) AS verdict \
       FROM json_each($1) j CROSS JOIN mail m ON m.id = unhex(j.value ->> 'id') \
       WHERE m.address_fingerprint IS NOT NULL"
);

impl Delivery for AdmitRow {
    const LIST: i64 = 1;
    const DURABLE: bool = false;
    /// `None`: there is no such request.
    type Answer = Option<Admission>;

    fn key(&self) -> &[u8] {
        &self.id.0
    }

    fn job(self, reply: Reply<Self::Answer>) -> Job {
        Job::Admit(self, reply)
    }

    fn answer(verdict: Option<i64>) -> Option<Self::Answer> {
        match verdict {
            None => Some(None),
            Some(0) => Some(Some(Admission::OverBudget)),
            Some(1) => Some(Some(Admission::Admitted)),
            Some(_) => None,
        }
    }
}

pub(super) async fn admit(
    store: &SqliteStore,
    request: RequestId,
    budget: AddressBudget,
    now: DateTime<Utc>,
) -> Result<Admission, StoreError> {
    let row = AdmitRow {
        id: Hex::from(request.as_bytes().as_slice()),
        at: millis(now),
        minute: budget.per_minute,
        hour: budget.per_hour,
    };
    let verdict = store.database.writer.deliver(row).await?;
    verdict.ok_or_else(|| QueryError::corrupt("mail.id", "no such request").into())
}
