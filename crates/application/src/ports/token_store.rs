use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerIp, RequestId, TokenHash};

use crate::model::{Issued, Redeemed, Redemption, Requester, ResetLink, TokenIssue};
use crate::ports::StoreError;

/// Tokens from their issue to their redemption.
///
/// `redeem` also writes the webhook events that follow from it, in the same step: see
/// [`WebhookOutbox`](super::WebhookOutbox).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TokenStore: Send + Sync {
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

    /// The link with this token, in whatever state. Changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn find(&self, token: TokenHash, now: DateTime<Utc>) -> Result<Option<ResetLink>, StoreError>;

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
        customer_ip: CustomerIp,
    ) -> Result<bool, StoreError>;

    /// Adds one entry to a request's timeline (`opened`, `scanned`, `redeemed`, `flagged`). At most
    /// 100 are kept per request, so that nobody fills the store by opening a link, and as many as
    /// [`room_for`](crate::model::room_for) says, so that nobody keeps a flag out that way; further
    /// ones are dropped without an error.
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
}
