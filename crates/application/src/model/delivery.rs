use chrono::{DateTime, Utc};
use domain::{
    CustomerId, CustomerIp, EmailAddress, GeoContext, MailId, NoMailReason, OrganisationId, RequestId,
    WorkerId,
};

use crate::model::MailKind;

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

/// A worker's right to one mail, for as long as the lease lasts. Only [`DeliveryQueue::claim`]
/// hands one out; everything done with the mail needs it.
///
/// [`DeliveryQueue::claim`]: crate::ports::DeliveryQueue::claim
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The mail; of a reset request, the request, too.
    pub mail: MailId,
    /// The worker that holds it.
    pub worker: WorkerId,
}

impl Lease {
    /// A lease that a store hands out.
    #[must_use]
    pub fn new(mail: impl Into<MailId>, worker: WorkerId) -> Self {
        Self { mail: mail.into(), worker }
    }

    /// The request that the mail answers.
    #[must_use]
    pub fn request(self) -> RequestId {
        self.mail.into()
    }
}

/// A mail under lease.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedMail {
    /// The lease on it.
    pub lease: Lease,
    /// Whose.
    pub organisation: OrganisationId,
    /// For a sandbox customer; capture instead of sending.
    pub sandbox: bool,
    /// When it was accepted.
    pub accepted_at: DateTime<Utc>,
    /// After it the mail is not sent any more.
    pub expires_at: DateTime<Utc>,
    /// Attempts made before this one that reached a server.
    pub attempts: u32,
    /// What to do.
    pub work: ClaimedWork,
}

impl ClaimedMail {
    /// The mail.
    #[must_use]
    pub const fn id(&self) -> MailId {
        self.lease.mail
    }

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
