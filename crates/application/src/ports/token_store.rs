use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    ApiKeyId, CustomerId, CustomerIp, EmailAddress, LinkState, MailId, NoMailReason, OrganisationId,
    Priority, RequestId, TokenHash, WorkerId,
};

use super::{AddressBudget, GeoContext, MailKind, PasswordHash, StoreError};

/// An accepted request, before it is on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRequest {
    /// Identity; the mail's, too.
    pub id: RequestId,
    /// Whose customer is meant.
    pub organisation: OrganisationId,
    /// The key it came with; `None`: asked for on resetd's own page.
    pub api_key: Option<ApiKeyId>,
    /// Of a `DEV_` key: it is for a sandbox customer, its mail is captured, never sent, and it
    /// counts against the sandbox's budgets alone.
    pub sandbox: bool,
    /// The submitted address. Stores keep it sealed.
    pub email: EmailAddress,
    /// Who asked, if known.
    pub customer_ip: Option<CustomerIp>,
    /// Higher goes first.
    pub priority: Priority,
    /// When the clock of the link started.
    pub accepted_at: DateTime<Utc>,
    /// When the link dies.
    pub expires_at: DateTime<Utc>,
}

/// What a claimed mail is about.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "almost every claimed mail is the large one")]
pub enum ClaimedWork {
    /// A request: look the address up, make a token, send the link.
    Reset {
        /// The submitted address.
        email: EmailAddress,
        /// Who asked.
        customer_ip: Option<CustomerIp>,
        /// What an earlier attempt found out about them.
        geo: Option<GeoContext>,
        /// Whether an earlier attempt passed the address budget.
        admitted: bool,
    },
    /// "Your password was changed."
    PasswordChanged {
        /// Whose.
        customer: CustomerId,
        /// From where, if known.
        customer_ip: Option<CustomerIp>,
    },
}

/// A mail under lease.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedMail {
    /// Identity.
    pub id: MailId,
    /// Whose.
    pub organisation: OrganisationId,
    /// For a sandbox customer; capture instead of sending.
    pub sandbox: bool,
    /// When it was accepted.
    pub accepted_at: DateTime<Utc>,
    /// After this effective_at it is not sent any more.
    pub expires_at: DateTime<Utc>,
    /// Attempts made before this one that reached a server.
    pub attempts: u32,
    /// What to do.
    pub work: ClaimedWork,
}

impl ClaimedMail {
    /// Which mail it will be.
    #[must_use]
    pub const fn kind(&self) -> MailKind {
        match self.work {
            ClaimedWork::Reset { .. } => MailKind::ResetPassword,
            ClaimedWork::PasswordChanged { .. } => MailKind::PasswordChanged,
        }
    }
}

/// The address budget's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Within budget, and counted.
    Admitted,
    /// Over budget; not counted.
    OverBudget,
}

/// A token about to be mailed.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenIssue {
    /// For which request.
    pub request: RequestId,
    /// Under whose lease.
    pub worker: WorkerId,
    /// Of which organisation.
    pub organisation: OrganisationId,
    /// For which customer.
    pub customer: CustomerId,
    /// The token's hash; the token itself never comes here.
    pub token: TokenHash,
    /// Now.
    pub at: DateTime<Utc>,
    /// When the link dies.
    pub expires_at: DateTime<Utc>,
    /// What was found out about the requester, kept with the request.
    pub geo: Option<GeoContext>,
}

/// What became of a [`TokenIssue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issued {
    /// The hash is stored; tokens of the customer's older requests are dead.
    Issued,
    /// A newer request of this customer has a token, or a password was set since this one was
    /// accepted; or the request is the sandbox's and the customer is not, or the other way round.
    Superseded,
    /// The lease has passed to somebody else; leave the mail alone.
    LeaseLost,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Completion {
    /// The relay took it.
    Sent {
        /// Which host.
        host: String,
        /// Its reply.
        reply: String,
    },
    /// Try again at `due_at`; the attempt reached a server or its substitute and is recorded.
    RetryAt {
        /// When.
        due_at: DateTime<Utc>,
        /// Which host.
        host: String,
        /// Its reply, or the error.
        reply: String,
    },
    /// Not before `due_at`, for a reason of our own (a rule that slows down). No attempt is
    /// recorded.
    NotReadyUntil {
        /// When.
        due_at: DateTime<Utc>,
        /// Why.
        reason: String,
    },
    /// The template is wrong (`preparing-error`).
    PreparingError {
        /// What is wrong.
        error: String,
    },
    /// The link would be dead before the mail could go out, and nobody refused it
    /// (`sending-error`).
    SendingError {
        /// Which host was asked last; empty: none, and no attempt is recorded.
        host: String,
        /// Its reply, or why no further attempt makes sense.
        reply: String,
    },
    /// Refused for good, for the sake of this recipient or this mail (`undeliverable`).
    Undeliverable {
        /// Which host; empty: none, and no attempt is recorded.
        host: String,
        /// Its reply.
        reply: String,
    },
    /// No mail is owed.
    NoMail(NoMailReason),
}

/// A link somebody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetLink {
    /// Its request.
    pub request: RequestId,
    /// Whose.
    pub organisation: OrganisationId,
    /// For which customer.
    pub customer: CustomerId,
    /// Good, expired, used or superseded, at the time of asking. A link that expired before it
    /// could be superseded stays expired.
    pub state: LinkState,
    /// When it changed a password, if it did.
    pub used_at: Option<DateTime<Utc>>,
    /// When it dies or died.
    pub expires_at: DateTime<Utc>,
    /// Of a sandbox customer; so is a fresh link asked for on its page.
    pub sandbox: bool,
}

/// Who asked for a link.
#[derive(Debug, Clone, PartialEq)]
pub struct Requester {
    /// From which address, if known.
    pub customer_ip: Option<CustomerIp>,
    /// What was found out about it.
    pub geo: Option<GeoContext>,
}

/// A change of password about to be made.
#[derive(Debug, Clone)]
pub struct Redemption {
    /// The token's hash.
    pub token: TokenHash,
    /// The organisation of the caller's key; `None`: any (resetd's own page).
    pub organisation: Option<OrganisationId>,
    /// Whether it must be a sandbox link; otherwise it must be a live one.
    pub sandbox: bool,
    /// The new password.
    pub password: PasswordHash,
    /// Now.
    pub at: DateTime<Utc>,
    /// Who redeems, if known.
    pub customer_ip: Option<CustomerIp>,
    /// The id of the notice mail to queue.
    pub notice: MailId,
    /// Until when the notice is worth sending.
    pub notice_expires_at: DateTime<Utc>,
    /// For the audit row: the API key's id, or `customer`.
    pub actor: String,
}

/// What became of a [`Redemption`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeemed {
    /// The password is set; the customer's links are dead, sessions revoked, notice queued, audit
    /// row written.
    Changed,
    /// No such link: unknown, used, superseded, another organisation's, of the other side of the
    /// sandbox, or its customer may not.
    NoSuchLink,
    /// The link has expired.
    Expired,
}

/// How many notes a timeline may hold after one of this event: looks at the link, which cost
/// nothing, leave room for what else there is to say.
#[must_use]
pub fn room_for(event: &str) -> u8 {
    if matches!(event, "opened" | "scanned") { 90 } else { 100 }
}

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
