//! What the use cases and the ports speak of: customers, organisations, mails, links and the rest.

mod api_key;
mod audit;
mod captured_mail;
mod customer;
mod delivery;
mod directory;
mod fingerprint;
mod link;
mod logo;
mod mail;
mod mail_queue;
mod organisation;
mod password_hash;
mod rate_limit;
mod request;
mod sandbox;
mod store_move;
mod template;
mod webhook_call;
mod webhook_endpoint;
mod webhook_event;

pub use self::api_key::{ApiKeyRecord, RegisteredKey};
pub use self::audit::{AuditAction, AuditEnd, AuditEntry, AuditRow};
pub use self::captured_mail::CapturedMail;
pub use self::customer::{Customer, CustomerImport, CustomerStatus, Field, ImportCheckpoint, ImportedRow};
pub use self::delivery::{Admission, ClaimedMail, ClaimedWork, Completion, Lease};
pub use self::directory::{CustomersMode, HashScheme, LinkSubject, PasswordChange, PasswordSet};
pub use self::fingerprint::{AddressFingerprint, Identifier};
pub use self::link::{Issued, Receipt, Redeemed, Redemption, ResetLink, TokenIssue, room_for};
pub use self::logo::{Logo, LogoKind};
pub use self::mail::{ComposedMail, Delivered, FailureKind, MailContent, MailKind, OutgoingMail};
pub use self::mail_queue::{MailDetail, MailFilter, MailSummary, QueueDepth, TimelineEntry};
pub use self::organisation::{
    AddressBudget, ExpirySettings, GeoAction, GeoRules, Organisation, OrganisationSettings, PasswordSettings,
};
pub use self::password_hash::PasswordHash;
pub use self::rate_limit::{Limit, LimitDecision, LimitSubject};
pub use self::request::{NewRequest, Requester};
pub use self::sandbox::{SANDBOX_CUSTOMERS, SANDBOX_MAILS};
pub use self::store_move::{Begun, Column, Cursor, Kind, MoveProgress, Origin, Page, Row, Table, Value};
pub use self::template::{Layout, Template, TemplateSet};
pub use self::webhook_call::{OutgoingWebhook, WebhookAnswer};
pub use self::webhook_endpoint::{WebhookEndpoint, WebhookEndpointStatus, WebhookTarget};
pub use self::webhook_event::{ClaimedEvent, OutboxDepth, WebhookEvent, WebhookOutcome};
