use chrono::{DateTime, Utc};
use domain::{ApiKeyId, CustomerIp, EmailAddress, GeoContext, OrganisationId, RequestId};

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
    /// When the clock of the link started.
    pub accepted_at: DateTime<Utc>,
    /// When the link dies.
    pub expires_at: DateTime<Utc>,
}

/// Who asked for a link.
#[derive(Debug, Clone, PartialEq)]
pub struct Requester {
    /// From which address, if known.
    pub customer_ip: Option<CustomerIp>,
    /// What was found out about it.
    pub geo: Option<GeoContext>,
}
