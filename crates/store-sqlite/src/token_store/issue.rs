use application::ports::{Issued, StoreError, TokenIssue};

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::fault::Fault;
use crate::writer::{Statement, own_savepoint};
use application::sealed::seal_json;

/// One step: the hash is stored if the lease holds and nothing has overtaken the request, and only then do the other
/// requests' tokens die. `$1` request, `$2` worker, `$3` hash, `$4` customer, `$5` now, `$6` death of the link, `$7` place.
///
/// Overtaken: a token of this very request was killed (disowned), the customer's password or address was changed since it
/// was accepted, or a newer request has a token. A newer request whose token is used or was disowned has moved
/// `links_valid_from`, so that only tokens still open need be looked at.
const ISSUE: &str = own_savepoint!(
    "INSERT INTO reset_token (mail, n, hash, customer_id, issued_at, expires_at) \
       SELECT m.seq, 1 + (SELECT coalesce(max(n), 0) FROM reset_token WHERE mail = m.seq), $3, $4, $5, $6 \
       FROM mail m WHERE m.id = $1 AND m.stage = 1 AND m.lease_owner = $2 \
         AND NOT EXISTS (SELECT 1 FROM reset_token t WHERE t.mail = m.seq \
           AND (t.used_at IS NOT NULL OR t.superseded_at IS NOT NULL)) \
         AND NOT EXISTS (SELECT 1 FROM customer c WHERE c.id = $4 AND c.links_valid_from > m.accepted_at) \
         AND NOT EXISTS (SELECT 1 FROM reset_token t CROSS JOIN mail newer ON newer.seq = t.mail \
           WHERE t.customer_id = $4 AND t.used_at IS NULL AND t.superseded_at IS NULL \
             AND (newer.accepted_at, newer.seq) > (m.accepted_at, m.seq)); \
     UPDATE reset_token SET superseded_at = $5 \
       WHERE customer_id = $4 AND used_at IS NULL AND superseded_at IS NULL AND expires_at > $5 \
         AND mail <> (SELECT mail FROM reset_token WHERE hash = $3); \
     UPDATE mail SET customer_id = $4, geo = coalesce($7, geo) \
       WHERE seq = (SELECT mail FROM reset_token WHERE hash = $3); \
     SELECT EXISTS (SELECT 1 FROM reset_token WHERE hash = $3) AS issued, \
       EXISTS (SELECT 1 FROM mail WHERE id = $1 AND stage = 1 AND lease_owner = $2) AS leased"
);

pub(super) async fn issue(store: &SqliteStore, issue: TokenIssue) -> Result<Issued, StoreError> {
    let geo = issue.geo.map(|geo| seal_json(store.vault.as_ref(), &geo, "mail.geo")).transpose()?;
    let statement = Statement::new(ISSUE)
        .bind(issue.request.as_bytes().to_vec())
        .bind(issue.worker.as_bytes().to_vec())
        .bind(issue.token.as_bytes().to_vec())
        .bind(issue.customer.as_bytes().to_vec())
        .bind(millis(issue.at))
        .bind(millis(issue.expires_at))
        .bind(geo);
    store
        .database
        .writer
        .work(|unit| {
            Box::pin(async move {
                let row = unit.row(statement).await?;
                let row = row.ok_or_else(|| Fault::corrupt("reset_token.hash", "no verdict"))?;
                Ok(match (row.read("reset_token.issued")?, row.read("mail.leased")?) {
                    (true, _) => Issued::Issued,
                    (false, true) => Issued::Superseded,
                    (false, false) => Issued::LeaseLost,
                })
            })
        })
        .await
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[ISSUE];
