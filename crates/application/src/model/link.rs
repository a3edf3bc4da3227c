use chrono::{DateTime, Utc};
use domain::{CustomerId, CustomerIp, GeoContext, LinkState, MailId, OrganisationId, RequestId, TokenHash};

use crate::model::{Lease, PasswordHash};

/// A token about to be mailed.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenIssue {
    /// The lease on the request's mail.
    pub lease: Lease,
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
    /// By what a repetition of the call that used it is known.
    pub repetition: Option<[u8; 32]>,
    /// When it dies or died.
    pub expires_at: DateTime<Utc>,
    /// Of a sandbox customer; so is a fresh link asked for on its page.
    pub sandbox: bool,
}

/// A change of password about to be made.
#[derive(Debug, Clone)]
pub struct Redemption {
    /// The token's hash.
    pub token: TokenHash,
    /// The organisation of the caller's key, or the one whose page it is.
    pub organisation: OrganisationId,
    /// Whether it must be a sandbox link; otherwise it must be a live one.
    pub sandbox: bool,
    /// The new password; `None`: the organisation's platform keeps it, and the token is consumed.
    pub password: Option<PasswordHash>,
    /// By what a repetition of this call is known: the SHA-256 of its `Idempotency-Key`.
    pub repetition: Option<[u8; 32]>,
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

/// What the caller of a redemption learns of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The request whose link was redeemed.
    pub request: RequestId,
    /// The organisation's own identifier of the customer, if it gave one.
    pub customer_reference: Option<String>,
    /// When.
    pub changed_at: DateTime<Utc>,
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
