//! One suite per port: what its documentation promises, tried out on an implementation.
//!
//! Every suite is an `async fn` that takes a closure which makes a fresh instance; each case gets
//! one of its own. Time is passed in wherever a port takes it, so no suite waits for a clock. Run
//! them on a multi-threaded runtime: the cases with many simultaneous callers mean little on one
//! thread.
//!
//! ```
//! # use resetd_testkit as testkit;
//! # use testkit::fake::{MemoryStore, WindowLimiter};
//! # #[tokio::main(flavor = "multi_thread", worker_threads = 2)]
//! # async fn main() {
//! testkit::contract::rate_limiter(|| async { WindowLimiter::new() }).await;
//! testkit::contract::every_persistent_port(|| async { MemoryStore::fresh() }).await;
//! # }
//! ```
//!
//! A suite runs all its cases, then panics with the port, the name of each broken case and what was
//! found there.
//!
//! # A persistent store
//!
//! Its ports look at each other's rows (a redeemed token is a password in the history, a mail in
//! the queue and a row in the audit log), so the suites take all of them together:
//! [`StoreUnderTest`]. One type that implements all ten turns into it from an `Arc`; others fill
//! the fields by hand. [`every_persistent_port`] runs all ten suites, and [`shared_storage`] tries
//! what several handles on one storage owe each other: what one acknowledged is there for the
//! other, and after it was closed and opened again.

mod address_vault;
mod api_key_registry;
mod audit_log;
mod audit_tampering;
mod clock;
mod customer_directory;
mod fixture;
mod geo_resolver;
mod mail_archive;
mod mail_composer;
mod mail_queue;
mod mail_sender;
mod organisation_registry;
mod password_hasher;
mod ports;
mod random;
mod rate_limiter;
mod sandbox_store;
mod shared_storage;
mod store_move;
mod suite;
mod template_store;
mod token_store;
mod unreadable_rows;
mod webhook_outbox;
mod webhook_registry;
mod webhook_sender;

pub use address_vault::address_vault;
pub use api_key_registry::api_key_registry;
pub use audit_log::audit_log;
pub use audit_tampering::{AuditIntruder, AuditUnderTest, audit_tampering};
pub use clock::clock;
pub use customer_directory::customer_directory;
pub use geo_resolver::{GeoUnderTest, geo_resolver, geo_resolver_deadline};
pub use mail_archive::{ArchiveUnderTest, mail_archive};
pub use mail_composer::mail_composer;
pub use mail_queue::mail_queue;
pub use mail_sender::{Inbox, ReceivedMail, SenderUnderTest, mail_sender};
pub use organisation_registry::organisation_registry;
pub use password_hasher::{password_hasher, password_hasher_formats};
pub use ports::{StoreUnderTest, every_persistent_port};
pub use random::random;
pub use rate_limiter::rate_limiter;
pub use sandbox_store::sandbox_store;
pub use shared_storage::shared_storage;
pub use store_move::{store_export, store_import};
pub use template_store::template_store;
pub use token_store::token_store;
pub use unreadable_rows::unreadable_rows;
pub use webhook_outbox::webhook_outbox;
pub use webhook_registry::webhook_registry;
pub use webhook_sender::{ReceivedWebhook, ReceivedWebhooks, WebhooksUnderTest, webhook_sender};
