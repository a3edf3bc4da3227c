use chrono::{DateTime, Utc};
use domain::{CustomerId, CustomerIp, DeliveryState, GeoContext, MailId, NoMailReason, OrganisationId};

use crate::model::MailKind;

/// One mail as an operator sees it. The address is masked.
#[derive(Debug, Clone, PartialEq)]
pub struct MailSummary {
    /// Identity; of a reset mail also the request's.
    pub id: MailId,
    /// Which mail.
    pub kind: MailKind,
    /// Whose.
    pub organisation: OrganisationId,
    /// Of a `DEV_` key: for a sandbox customer, and captured.
    pub sandbox: bool,
    /// The submitted (reset) or stored (notice) address, masked.
    pub address: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why it owes no mail, where that is its state.
    pub no_mail_reason: Option<NoMailReason>,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was accepted.
    pub accepted_at: DateTime<Utc>,
    /// When the next step is due, or when the lease on it ends.
    pub due_at: DateTime<Utc>,
    /// When its link dies.
    pub expires_at: DateTime<Utc>,
    /// When the relay took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// The server's last reply, or the error that stopped it.
    pub last_reply: Option<String>,
}

/// One entry of a mail's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// What: `accepted`, `resolved`, `rendered`, `attempt`, `sent`, `opened`, `scanned`,
    /// `consumed`, `redeemed`, `disowned`, `flagged`, …
    pub event: String,
    /// Details for a person to read; no secrets.
    pub detail: String,
}

/// One mail in full.
#[derive(Debug, Clone, PartialEq)]
pub struct MailDetail {
    /// The summary.
    pub summary: MailSummary,
    /// The customer it turned out to be for.
    pub customer: Option<CustomerId>,
    /// Who asked.
    pub customer_ip: Option<CustomerIp>,
    /// What is known of where they asked from.
    pub geo: Option<GeoContext>,
    /// Everything that happened, in order.
    pub timeline: Vec<TimelineEntry>,
}

/// Which mails to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MailFilter {
    /// Of one organisation only.
    pub organisation: Option<OrganisationId>,
    /// In one state only.
    pub state: Option<DeliveryState>,
    /// At most this many.
    pub limit: u32,
}

/// How many mails are in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueDepth {
    /// The state.
    pub state: DeliveryState,
    /// How many.
    pub count: u64,
    /// When the oldest of them was accepted.
    pub oldest: Option<DateTime<Utc>>,
}
