//! The ports: what the use cases need from the world, as contracts.
//!
//! # How to add an adapter
//!
//! 1. Make a crate that depends on `application` alone, and implement the trait.
//! 2. Run the port's contract suite from `testkit` in its tests: one line.
//! 3. Name the adapter in `server`, the only crate that knows every adapter.
//!
//! ```
//! # extern crate resetd_application as application;
//! use application::ports::Clock;
//! use chrono::{DateTime, TimeZone, Utc};
//!
//! /// A clock for a machine that stands still.
//! struct Stopped;
//!
//! impl Clock for Stopped {
//!     fn now(&self) -> DateTime<Utc> {
//!         Utc.timestamp_nanos(0)
//!     }
//! }
//! ```
//!
//! # What holds for every port
//!
//! * Methods are transaction-sized: each either happened as a whole or not at all. No port offers
//!   begin or commit.
//! * Dropping a returned future MUST NOT leave anything half done; it may or may not have happened.
//! * No error text holds a token, a password, an API key or a full e-mail address.

mod address_vault;
mod api_key_registry;
mod audit_log;
mod clock;
mod credential_store;
mod customer_directory;
mod delivery_queue;
mod directory_error;
mod geo_resolver;
mod mail_archive;
mod mail_composer;
mod mail_queue;
mod mail_sender;
mod organisation_registry;
mod password_hasher;
mod persistent;
mod random;
mod rate_limiter;
mod request_intake;
mod sandbox_store;
mod store_error;
mod store_move;
mod template_store;
mod token_store;
mod webhook_outbox;
mod webhook_registry;
mod webhook_sender;

#[cfg(feature = "mock")]
pub use self::address_vault::MockAddressVault;
pub use self::address_vault::{AddressVault, VaultError};
pub use self::api_key_registry::ApiKeyRegistry;
#[cfg(feature = "mock")]
pub use self::api_key_registry::MockApiKeyRegistry;
pub use self::audit_log::AuditLog;
#[cfg(feature = "mock")]
pub use self::audit_log::MockAuditLog;
pub use self::clock::Clock;
#[cfg(feature = "mock")]
pub use self::clock::MockClock;
pub use self::credential_store::CredentialStore;
#[cfg(feature = "mock")]
pub use self::credential_store::MockCredentialStore;
pub use self::customer_directory::CustomerDirectory;
#[cfg(feature = "mock")]
pub use self::customer_directory::MockCustomerDirectory;
pub use self::delivery_queue::DeliveryQueue;
#[cfg(feature = "mock")]
pub use self::delivery_queue::MockDeliveryQueue;
pub use self::directory_error::DirectoryError;
#[cfg(feature = "mock")]
pub use self::geo_resolver::MockGeoResolver;
pub use self::geo_resolver::{GeoError, GeoResolver};
pub use self::mail_archive::MailArchive;
#[cfg(feature = "mock")]
pub use self::mail_archive::MockMailArchive;
#[cfg(feature = "mock")]
pub use self::mail_composer::MockMailComposer;
pub use self::mail_composer::{ComposeError, MailComposer};
pub use self::mail_queue::MailQueue;
#[cfg(feature = "mock")]
pub use self::mail_queue::MockMailQueue;
#[cfg(feature = "mock")]
pub use self::mail_sender::MockMailSender;
pub use self::mail_sender::{MailSender, SendError};
#[cfg(feature = "mock")]
pub use self::organisation_registry::MockOrganisationRegistry;
pub use self::organisation_registry::OrganisationRegistry;
#[cfg(feature = "mock")]
pub use self::password_hasher::MockPasswordHasher;
pub use self::password_hasher::{HasherError, PasswordHasher};
pub use self::persistent::{PersistentPorts, PersistentStore};
#[cfg(feature = "mock")]
pub use self::random::MockRandom;
pub use self::random::Random;
#[cfg(feature = "mock")]
pub use self::rate_limiter::MockRateLimiter;
pub use self::rate_limiter::RateLimiter;
#[cfg(feature = "mock")]
pub use self::request_intake::MockRequestIntake;
pub use self::request_intake::RequestIntake;
#[cfg(feature = "mock")]
pub use self::sandbox_store::MockSandboxStore;
pub use self::sandbox_store::SandboxStore;
pub use self::store_error::StoreError;
pub use self::store_move::{StoreExport, StoreImport, StoredRows};
#[cfg(feature = "mock")]
pub use self::template_store::MockTemplateStore;
pub use self::template_store::TemplateStore;
#[cfg(feature = "mock")]
pub use self::token_store::MockTokenStore;
pub use self::token_store::TokenStore;
#[cfg(feature = "mock")]
pub use self::webhook_outbox::MockWebhookOutbox;
pub use self::webhook_outbox::WebhookOutbox;
#[cfg(feature = "mock")]
pub use self::webhook_registry::MockWebhookRegistry;
pub use self::webhook_registry::WebhookRegistry;
#[cfg(feature = "mock")]
pub use self::webhook_sender::MockWebhookSender;
pub use self::webhook_sender::{WebhookError, WebhookSender};
