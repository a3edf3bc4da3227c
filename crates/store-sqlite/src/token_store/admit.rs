use application::ports::{AddressBudget, Admission, StoreError};
use chrono::{DateTime, Utc};
use domain::RequestId;

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::fault::Fault;
use crate::webhooks::report::report_requested;
use crate::writer::{Statement, own_savepoint};

/// The longest period that the budget looks back on, in milliseconds.
pub(super) const HOUR: i64 = 3_600_000;

/// Judges once, and remembers the verdict on the row. The counts look both ways, since the clocks of two processes differ:
/// no period of a minute or an hour that holds this moment may hold more than the budget.
const ADMIT: &str = own_savepoint!(concat!(
    "UPDATE mail SET admitted = \
       (SELECT count(*) FROM address_budget b WHERE b.address_fingerprint = mail.address_fingerprint \
          AND b.admitted_at > $2 - 60000 AND b.admitted_at < $2 + 60000) < $3 \
       AND \
       (SELECT count(*) FROM address_budget b WHERE b.address_fingerprint = mail.address_fingerprint \
          AND b.admitted_at > $2 - 3600000 AND b.admitted_at < $2 + 3600000) < $4 \
     WHERE id = $1 AND admitted IS NULL AND address_fingerprint IS NOT NULL; \
     INSERT INTO address_budget (address_fingerprint, admitted_at, mail) \
       SELECT address_fingerprint, $2, seq FROM mail WHERE id = $1 AND admitted AND changes() = 1; ",
    report_requested!(),
    "SELECT admitted FROM mail WHERE id = $1"
));

pub(super) async fn admit(
    store: &SqliteStore,
    request: RequestId,
    budget: AddressBudget,
    now: DateTime<Utc>,
) -> Result<Admission, StoreError> {
    let admit = Statement::new(ADMIT)
        .bind(request.as_bytes().to_vec())
        .bind(millis(now))
        .bind(i64::from(budget.per_minute))
        .bind(i64::from(budget.per_hour));
    store
        .database
        .writer
        .work(|unit| {
            Box::pin(async move {
                let row = unit.row(admit).await?;
                let verdict = row.map(|row| row.read::<Option<bool>>("mail.admitted")).transpose()?.flatten();
                match verdict {
                    Some(true) => Ok(Admission::Admitted),
                    Some(false) => Ok(Admission::OverBudget),
                    None => Err(Fault::corrupt("mail.id", "no such request")),
                }
            })
        })
        .await
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[ADMIT];
