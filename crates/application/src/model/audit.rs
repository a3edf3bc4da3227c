use std::fmt;

use chrono::{DateTime, Utc};
use domain::{CustomerIp, OrganisationId};
use serde::{Deserialize, Serialize};

/// What was done. Rows are written inside the transaction of the action where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditAction {
    /// A customer set a new password through a link.
    PasswordChanged,
    /// A customer said "this was not me".
    RequestCancelled,
    /// An operator created an organisation.
    OrganisationCreated,
    /// An operator changed an organisation.
    OrganisationUpdated,
    /// An operator made an API key.
    ApiKeyCreated,
    /// An operator revoked an API key.
    ApiKeyRevoked,
    /// An operator imported customers.
    CustomersImported,
    /// An operator changed a template or a layout.
    TemplateChanged,
    /// An operator put a mail back into the queue.
    MailRetried,
    /// An operator made a webhook endpoint.
    WebhookCreated,
    /// An operator removed a webhook endpoint.
    WebhookRemoved,
    /// The beginning of the log went, being older than the retention.
    AuditPurged,
    /// The log got its key: from here on no row can be made without it.
    AuditKeyed,
}

impl AuditAction {
    /// Every action.
    pub const ALL: [Self; 13] = [
        Self::PasswordChanged,
        Self::RequestCancelled,
        Self::OrganisationCreated,
        Self::OrganisationUpdated,
        Self::ApiKeyCreated,
        Self::ApiKeyRevoked,
        Self::CustomersImported,
        Self::TemplateChanged,
        Self::MailRetried,
        Self::WebhookCreated,
        Self::WebhookRemoved,
        Self::AuditPurged,
        Self::AuditKeyed,
    ];

    /// The word used in tables and lists.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password-changed",
            Self::RequestCancelled => "request-disowned",
            Self::OrganisationCreated => "organisation-created",
            Self::OrganisationUpdated => "organisation-updated",
            Self::ApiKeyCreated => "api-key-created",
            Self::ApiKeyRevoked => "api-key-revoked",
            Self::CustomersImported => "customers-imported",
            Self::TemplateChanged => "template-changed",
            Self::MailRetried => "mail-retried",
            Self::WebhookCreated => "webhook-created",
            Self::WebhookRemoved => "webhook-removed",
            Self::AuditPurged => "audit-purged",
            Self::AuditKeyed => "audit-keyed",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }
}

/// One action, before it has its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Whose tenant it concerns.
    pub organisation: Option<OrganisationId>,
    /// Who: `operator`, `customer`, or an API key's id.
    pub actor: String,
    /// What.
    pub action: AuditAction,
    /// On what: an identifier, never an address. In the sandbox: see [`of`](Self::of).
    pub subject: String,
    /// From where.
    pub ip: Option<CustomerIp>,
}

impl AuditEntry {
    /// The subject of a action on `id`; one in the sandbox says so.
    pub fn of(id: impl fmt::Display, sandbox: bool) -> String {
        if sandbox { format!("sandbox {id}") } else { id.to_string() }
    }
}

/// A action in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Place in the chain, from 1, without gaps.
    pub sequence: i64,
    /// The action.
    pub entry: AuditEntry,
    /// [`chain_hash`](crate::audit::chain_hash) of the previous row's hash and this entry.
    pub hash: [u8; 32],
    /// [`row_mac`](crate::audit::row_mac); `None`: written by a version that had no key.
    pub mac: Option<[u8; 32]>,
}

/// Where the log ends, kept apart from its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEnd {
    /// The number of the last row; 0: there was none yet.
    pub sequence: i64,
    /// Its hash.
    pub hash: [u8; 32],
    /// [`seal_after`](crate::audit::seal_after) the last row that has a MAC; `None`: it is missing.
    pub seal: Option<[u8; 32]>,
}
