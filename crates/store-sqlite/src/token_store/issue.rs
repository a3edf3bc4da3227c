use application::model::{Issued, TokenIssue};
use application::ports::StoreError;
use application::sealed::seal_json;
use serde::Serialize;

use crate::SqliteStore;
use crate::columns::millis;
use crate::writer::{Delivery, Hex, Job, Reply};

/// A token about to be mailed.
#[derive(Serialize)]
pub(crate) struct IssueRow {
    id: Hex,
    worker: Hex,
    hash: Hex,
    customer: Hex,
    at: i64,
    expires: i64,
    geo: Option<Hex>,
}

/// One step for each of the tokens `$2`, of which no two are a customer's: the hash is stored if
/// the lease holds and nothing has overtaken the request, and only then do the other requests'
/// tokens die.
///
/// Overtaken: a token of this very request was killed (cancelled), the customer's password or
/// address was changed since it was accepted, or a newer request has a token. A newer request whose
/// token is used or was cancelled has moved `links_valid_from`, so that only tokens still open need
/// be looked at. What happened in the future, seen from a request of the past, was dated by a clock
/// that is right no more, and says nothing of what came first.
///
/// A request of the sandbox gets no token of a live customer, nor the other way round.
pub(super) const ISSUE: &str = "INSERT INTO reset_token (mail, n, hash, customer_id, issued_at, expires_at) \
       SELECT m.seq, 1 + (SELECT coalesce(max(n), 0) FROM reset_token WHERE mail = m.seq), unhex(j.value ->> 'hash'), \
         unhex(j.value ->> 'customer'), j.value ->> 'at', j.value ->> 'expires' \
       FROM json_each($2) j CROSS JOIN mail m ON m.id = unhex(j.value ->> 'id') \
       WHERE m.stage = 1 AND m.lease_owner = unhex(j.value ->> 'worker') \
         AND NOT EXISTS (SELECT 1 FROM reset_token t WHERE t.mail = m.seq \
           AND (t.used_at IS NOT NULL OR t.superseded_at IS NOT NULL)) \
         AND NOT EXISTS (SELECT 1 FROM customer c WHERE c.id = unhex(j.value ->> 'customer') \
           AND (c.sandbox <> m.sandbox OR c.links_valid_from > m.accepted_at \
             AND (c.links_valid_from <= j.value ->> 'at' OR m.accepted_at > j.value ->> 'at'))) \
         AND NOT EXISTS (SELECT 1 FROM reset_token t CROSS JOIN mail newer ON newer.seq = t.mail \
           WHERE t.customer_id = unhex(j.value ->> 'customer') AND t.used_at IS NULL AND t.superseded_at IS NULL \
             AND (newer.accepted_at, newer.seq) > (m.accepted_at, m.seq) \
             AND (newer.accepted_at <= j.value ->> 'at' OR m.accepted_at > j.value ->> 'at')); \
     UPDATE reset_token SET superseded_at = j.value ->> 'at' FROM json_each($2) j \
       WHERE reset_token.customer_id = unhex(j.value ->> 'customer') AND reset_token.used_at IS NULL \
         AND reset_token.superseded_at IS NULL AND reset_token.expires_at > j.value ->> 'at' \
         AND reset_token.mail <> (SELECT t.mail FROM reset_token t WHERE t.hash = unhex(j.value ->> 'hash')); \
     UPDATE mail SET customer_id = unhex(j.value ->> 'customer'), geo = coalesce(unhex(j.value ->> 'geo'), geo) \
       FROM json_each($2) j \
       WHERE mail.seq = (SELECT t.mail FROM reset_token t WHERE t.hash = unhex(j.value ->> 'hash')); \
     SELECT 2 AS list, j.key AS place, CASE \
         WHEN EXISTS (SELECT 1 FROM reset_token t WHERE t.hash = unhex(j.value ->> 'hash')) THEN 1 \
         ELSE 2 * EXISTS (SELECT 1 FROM mail m WHERE m.id = unhex(j.value ->> 'id') AND m.stage = 1 \
           AND m.lease_owner = unhex(j.value ->> 'worker')) END AS verdict FROM json_each($2) j";

impl Delivery for IssueRow {
    const LIST: i64 = 2;
    /// The mail with the token may be out a moment later.
    const DURABLE: bool = true;
    type Answer = Issued;

    fn key(&self) -> &[u8] {
        &self.customer.0
    }

    fn job(self, reply: Reply<Issued>) -> Job {
        Job::Issue(Box::new(self), reply)
    }

    fn answer(verdict: Option<i64>) -> Option<Issued> {
        Some(match verdict {
            Some(1) => Issued::Issued,
            Some(2) => Issued::Superseded,
            _ => Issued::LeaseLost,
        })
    }
}

pub(super) async fn issue(store: &SqliteStore, issue: TokenIssue) -> Result<Issued, StoreError> {
    let geo = issue.geo.map(|geo| seal_json(store.vault.as_ref(), &geo, "mail.geo")).transpose()?;
    let row = IssueRow {
        id: Hex::from(issue.lease.mail.as_bytes().as_slice()),
        worker: Hex::from(issue.lease.worker.as_bytes().as_slice()),
        hash: Hex::from(issue.token.as_bytes().as_slice()),
        customer: Hex::from(issue.customer.as_bytes().as_slice()),
        at: millis(issue.at),
        expires: millis(issue.expires_at),
        geo: geo.map(Hex),
    };
    store.database.writer.deliver(row).await
}
