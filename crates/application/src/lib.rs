//! The application core of resetd: the ports (what it needs from the world, as contracts) and the
//! use cases (the order of the steps). It knows no technology: no HTTP, no SQL, no SMTP.
//!
//! Each use case is one file with one `execute`: a command in, an outcome out, an error of its own.
//! The struct holds the ports it needs as `Arc<dyn Port>`.

pub mod audit;
pub mod model;
pub mod ports;
pub mod sealed;

mod authenticate;
mod cached_keys;
mod cancel_request;
mod circuit;
mod consume_token;
mod customer_record;
mod deliver_resets;
mod deliver_webhooks;
mod directory_health;
mod geo_chain;
mod geo_rules;
mod import_customers;
mod locate;
mod move_store;
mod note_visit;
mod open_link;
mod organisation_cache;
mod outbox_notifier;
mod password_queue;
mod purge;
mod purge_audit;
mod relay_health;
mod request_reset;
mod resend_link;
mod set_new_password;
mod trace;
mod work_signal;

pub use authenticate::{Authenticate, AuthenticateCommand, AuthenticateError, Authenticated};
pub use cached_keys::CachedKeys;
pub use cancel_request::CancelRequest;
pub use circuit::{Attempt, Circuit, CircuitChange, CircuitSettings};
pub use consume_token::{ConsumeError, ConsumeToken, ConsumeTokenCommand};
pub use customer_record::{Applied, CustomerRecord};
pub use deliver_resets::{DeliverResets, DeliveryPorts, DeliverySettings, Links};
pub use deliver_webhooks::{DeliverWebhooks, WebhookPorts, WebhookSettings, test_event};
pub use directory_health::{DirectoryCallError, DirectoryHealth, Refused};
pub use geo_chain::GeoChain;
pub use import_customers::{CustomerRow, ImportCustomers, ImportReport, RowError};
pub use locate::GEO_DEADLINE;
pub use move_store::{Compared, MoveError, MoveStep, MoveStore, RowSum, TABLES};
pub use note_visit::NoteVisit;
pub use open_link::{OpenLink, OpenedLink, Visit, Visitor};
pub use outbox_notifier::OutboxNotifier;
pub use password_queue::PasswordQueue;
pub use purge::Purge;
pub use purge_audit::PurgeAudit;
pub use relay_health::RelayStatus;
pub use request_reset::{RequestReset, RequestResetCommand, RequestResetError};
pub use resend_link::{ResendLink, ResentLink};
pub use set_new_password::{NewPassword, SetNewPassword, SetNewPasswordCommand};
pub use work_signal::WorkSignal;

use domain::RequestId;
use ports::{Clock, Random};

/// A fresh UUIDv7 (RFC 9562): ordered by the time of its making.
pub fn new_id(clock: &dyn Clock, random: &dyn Random) -> RequestId {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let milliseconds = u64::try_from(clock.now().timestamp_millis()).unwrap_or_default();
    RequestId::from_parts(milliseconds, bytes)
}
