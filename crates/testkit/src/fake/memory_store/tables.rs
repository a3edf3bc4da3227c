use std::collections::{BTreeMap, HashMap};

use application::audit::{append_to, begin_seal};
use application::model::{
    ApiKeyRecord, AuditEntry, AuditRow, CapturedMail, Customer, Organisation, PasswordHash, TemplateSet,
    TimelineEntry, WebhookEndpoint, WebhookEvent, WebhookTarget,
};
use chrono::{DateTime, Utc};
use domain::{
    ApiKeyId, CustomerId, CustomerIp, DeliveryState, EmailAddress, GeoContext, LinkState, MailId,
    NoMailReason, OrganisationId, RequestId, TokenHash, WebhookEndpointId, WebhookEventId, WorkerId,
};

use super::super::TestVault;

/// Everything a store holds.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) organisations: BTreeMap<OrganisationId, Organisation>,
    pub(super) keys: BTreeMap<ApiKeyId, ApiKeyRecord>,
    pub(super) customers: BTreeMap<CustomerId, CustomerRow>,
    pub(super) imports: HashMap<(OrganisationId, String), u64>,
    pub(super) mails: BTreeMap<MailId, MailRow>,
    pub(super) links: HashMap<TokenHash, LinkRow>,
    /// What was admitted, by organisation, sandbox and canonical address.
    pub(super) admitted: HashMap<(OrganisationId, bool, String), Vec<Admitted>>,
    /// Captured mail, by when it was captured.
    pub(super) captured: BTreeMap<(DateTime<Utc>, MailId), (OrganisationId, CapturedMail)>,
    pub(super) templates: BTreeMap<OrganisationId, TemplateSet>,
    pub(super) audit: Vec<AuditRow>,
    /// The seal of the audit log's end; `None`: none was written yet.
    pub(super) audit_seal: Option<[u8; 32]>,
    /// How many mails were ever recorded.
    pub(super) recorded: u64,
    pub(super) endpoints: BTreeMap<WebhookEndpointId, EndpointRow>,
    pub(super) events: BTreeMap<WebhookEventId, EventRow>,
    /// How many events were ever written.
    pub(super) reported: u64,
}

/// A request that counts, and when it was admitted.
pub(super) type Admitted = (RequestId, DateTime<Utc>);

#[derive(Debug)]
pub(super) struct CustomerRow {
    pub(super) customer: Customer,
    pub(super) sandbox: bool,
    /// When a sandbox customer was used last.
    pub(super) used_at: Option<DateTime<Utc>>,
    pub(super) external_id: Option<String>,
    pub(super) phone: Option<String>,
    /// The present hash, then the former ones, newest first.
    pub(super) passwords: Vec<PasswordHash>,
    /// Whether the first of them is the present one; otherwise it was erased and all are former
    /// ones.
    pub(super) password: bool,
    pub(super) password_reset_at: Option<DateTime<Utc>>,
    pub(super) revision: Option<i64>,
    /// Requests accepted before get no token any more.
    pub(super) links_from: Option<DateTime<Utc>>,
    /// Sessions begun before this time are over.
    pub(super) sessions_from: Option<DateTime<Utc>>,
}

#[derive(Debug)]
pub(super) struct MailRow {
    /// Its position among mails accepted at the same time.
    pub(super) number: u64,
    pub(super) organisation: OrganisationId,
    pub(super) sandbox: bool,
    pub(super) accepted_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
    /// When the next step is due, or when the lease ends.
    pub(super) due_at: DateTime<Utc>,
    pub(super) holder: Option<WorkerId>,
    pub(super) state: DeliveryState,
    pub(super) no_mail_reason: Option<NoMailReason>,
    pub(super) attempts: u32,
    pub(super) sent_at: Option<DateTime<Utc>>,
    pub(super) last_reply: Option<String>,
    /// The submitted address; `None`: a notice.
    pub(super) email: Option<EmailAddress>,
    pub(super) customer: Option<CustomerId>,
    pub(super) customer_ip: Option<CustomerIp>,
    pub(super) geo: Option<GeoContext>,
    pub(super) admitted: bool,
    pub(super) cancelled: bool,
    pub(super) timeline: Vec<TimelineEntry>,
    /// How many entries of the timeline are notes.
    pub(super) notes: u8,
}

#[derive(Debug)]
pub(super) struct LinkRow {
    pub(super) request: RequestId,
    pub(super) organisation: OrganisationId,
    pub(super) customer: CustomerId,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) used_at: Option<DateTime<Utc>>,
    pub(super) repetition: Option<[u8; 32]>,
    pub(super) superseded: bool,
}

impl LinkRow {
    pub(super) fn state(&self, now: DateTime<Utc>) -> LinkState {
        LinkState::at(now, self.expires_at, self.used_at.is_some(), self.superseded)
    }
}

impl MailRow {
    pub(super) fn note(&mut self, at: DateTime<Utc>, event: &str, detail: impl Into<String>) {
        self.timeline.push(TimelineEntry { at, event: event.to_owned(), detail: detail.into() });
    }
}

/// The mail of a request has the request's identity.
pub(super) fn mail_of(request: RequestId) -> MailId {
    MailId::from_bytes(*request.as_bytes())
}

impl Tables {
    /// Kills the links that `which` means and that are alive at `at`. One that has expired stays
    /// expired.
    pub(super) fn kill_links(&mut self, at: DateTime<Utc>, which: impl Fn(&LinkRow) -> bool) {
        for link in self.links.values_mut().filter(|link| which(link) && link.state(at).is_good()) {
            link.superseded = true;
        }
    }

    pub(super) fn append_audit(&mut self, entry: AuditEntry) {
        let previous = self.audit.last().map_or(application::audit::GENESIS, |row| row.hash);
        let sequence = self.audit.last().map_or(0, |row| row.sequence) + 1;
        let vault = TestVault::default();
        let seal = self.audit_seal.unwrap_or_else(|| begin_seal(&vault));
        let appended = append_to(&vault, &previous, Some(&seal), sequence, &entry);
        self.audit_seal = Some(appended.seal);
        self.audit.push(AuditRow { sequence, entry, hash: appended.hash, mac: Some(appended.mac) });
    }
}

/// A webhook endpoint.
#[derive(Debug)]
pub(super) struct EndpointRow {
    pub(super) endpoint: WebhookEndpoint,
    pub(super) target: WebhookTarget,
    pub(super) failures: u32,
    pub(super) rests_until: Option<DateTime<Utc>>,
    pub(super) last_answer: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventState {
    Waiting,
    Delivered,
    GivenUp,
}

#[derive(Debug)]
pub(super) struct EventRow {
    pub(super) endpoint: WebhookEndpointId,
    pub(super) event: WebhookEvent,
    pub(super) state: EventState,
    pub(super) due_at: DateTime<Utc>,
    pub(super) holder: Option<WorkerId>,
    pub(super) attempts: u32,
}
