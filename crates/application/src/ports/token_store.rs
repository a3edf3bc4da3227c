use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerIp, MailId, RequestId, TokenHash, WorkerId};

use crate::model::{
    AddressBudget, Admission, ClaimedMail, Completion, Issued, NewRequest, Redeemed, Redemption, Requester,
    ResetLink, TokenIssue,
};
use crate::ports::StoreError;

/// Requests from acceptance to redemption.
///
/// `admit`, `complete` and `redeem` also write what webhook endpoints are to be told, in the same
/// step: see [`WebhookOutbox`](super::WebhookOutbox). `record` does not.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Writes one request, `in-queue`, due at once. `Ok` MUST mean durable: it survives `kill -9`
    /// and a power cut. Concurrent calls SHOULD share one commit. Recording an id twice is the same
    /// as recording it once.
    ///
    /// MUST NOT look at any account, and MUST take the same time for every address.
    ///
    /// # Errors
    /// [`StoreError`] when it is not certain that the request is stored (the answer to a commit can
    /// be lost); the caller then answers 503 and has promised nothing.
    async fn record(&self, request: NewRequest) -> Result<(), StoreError>;

    /// Leases at most `limit` due mails to `worker` until `lease_until`: priority descending, then
    /// oldest first. Mails whose lease ended before `now` are due again. Two callers MUST never
    /// hold the same mail.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was leased.
    async fn claim_due(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ClaimedMail>, StoreError>;

    /// Moves the end of the leases that `worker` has on `mails` to `lease_until`. Every other lease
    /// MUST stay as it is, this worker's included: one that nobody works on any more (the answer to
    /// its claim was lost, say) has to end.
    ///
    /// # Errors
    /// [`StoreError`] when the leases stay as they were.
    async fn renew_leases(
        &self,
        worker: WorkerId,
        mails: &[MailId],
        lease_until: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Gives back every lease of `worker` but those on `keep`; the mails are due at once. With an
    /// empty `keep` for an orderly shutdown; otherwise after an error that may have left leases
    /// that nobody works on.
    ///
    /// # Errors
    /// [`StoreError`] when the leases stay as they were.
    async fn release_leases(&self, worker: WorkerId, keep: &[MailId]) -> Result<(), StoreError>;

    /// Counts the request against the budget of its submitted address, whether or not that address
    /// exists. Counting one request twice MUST give the same verdict and count once, so that a
    /// crash cannot turn an accepted request into a throttled one.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was counted.
    async fn admit(
        &self,
        request: RequestId,
        worker: WorkerId,
        budget: AddressBudget,
        now: DateTime<Utc>,
    ) -> Result<Admission, StoreError>;

    /// Stores a token's hash in one step with killing the tokens of the customer's older requests.
    /// Tokens of earlier attempts of the same request stay good: a mailbox may have folded the
    /// later mail into the earlier. `Ok` MUST mean durable: the mail with the token goes out next.
    ///
    /// What is dated later than `at`, while the request is not, was dated by another clock and MUST
    /// NOT supersede it.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was stored.
    async fn issue(&self, issue: TokenIssue) -> Result<Issued, StoreError>;

    /// Records how the attempt ended and gives the lease back. `false`: the lease had passed on,
    /// nothing changed. It MUST survive `kill -9`; a power cut may take it, and with it the mail's
    /// progress: it is claimed again.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was recorded; the mail becomes due again when the lease ends.
    async fn complete(
        &self,
        mail: MailId,
        worker: WorkerId,
        completion: Completion,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// The link with this token, in whatever state. Changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn find_link(&self, token: TokenHash, now: DateTime<Utc>) -> Result<Option<ResetLink>, StoreError>;

    /// Who asked for the link of this request, and from where. `None`: no such request. Changes
    /// nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn requester(&self, request: RequestId) -> Result<Option<Requester>, StoreError>;

    /// Consumes the token and sets the password: one atomic step that also keeps the former hash as
    /// history, revokes the customer's sessions, kills every other link of the customer, queues the
    /// notice mail and writes the audit row. Of any number of simultaneous calls for one customer's
    /// link at most one gets [`Redeemed::Changed`].
    ///
    /// # Errors
    /// [`StoreError`] when nothing of it happened, as far as the store can tell; the token is as
    /// good as before. A store whose commit was not answered MUST look whether it was done.
    async fn redeem(&self, redemption: Redemption) -> Result<Redeemed, StoreError>;

    /// "This was not me": kills the link's request and writes it into the timeline and the audit
    /// log. `false`: no good link with this token.
    ///
    /// # Errors
    /// [`StoreError`] when nothing happened.
    async fn cancel(
        &self,
        token: TokenHash,
        at: DateTime<Utc>,
        customer_ip: Option<CustomerIp>,
    ) -> Result<bool, StoreError>;

    /// Adds one entry to a request's timeline (`opened`, `scanned`, `redeemed`, `flagged`). At most
    /// 100 are kept per request, so that nobody fills the store by opening a link, and as many as
    /// [`room_for`] says, so that nobody keeps a flag out that way; further ones are dropped
    /// without an error.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was added.
    async fn note(
        &self,
        request: RequestId,
        at: DateTime<Utc>,
        event: &'static str,
        detail: String,
    ) -> Result<(), StoreError>;

    /// Deletes ended mails accepted before `before` and expired at `now` (a link that may be good
    /// MUST stay), with their tokens, attempts and timelines, and budget counts that no window can
    /// see any more: at most about `limit` rows a call, so that no request waits behind it for more
    /// than 10 ms. Returns how many rows went; zero: done.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was deleted.
    async fn purge(&self, before: DateTime<Utc>, now: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;

    /// Waits until some other process may have recorded work. The in-process signal is not its
    /// business. An adapter without such notifications MUST wait for ever; the worker polls as a net.
    async fn remote_work_available(&self);
}
