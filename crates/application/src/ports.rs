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
mod customer_directory;
mod geo_clean;
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
mod sandbox_store;
mod store_error;
mod store_move;
mod template_store;
mod token_store;
mod webhook_outbox;
mod webhook_registry;
mod webhook_sender;

pub use address_vault::*;
pub use api_key_registry::*;
pub use audit_log::*;
pub use clock::*;
pub use customer_directory::*;
pub use geo_resolver::*;
pub use mail_archive::*;
pub use mail_composer::*;
pub use mail_queue::*;
pub use mail_sender::*;
pub use organisation_registry::*;
pub use password_hasher::*;
pub use persistent::*;
pub use random::*;
pub use rate_limiter::*;
pub use sandbox_store::*;
pub use store_error::*;
pub use store_move::*;
pub use template_store::*;
pub use token_store::*;
pub use webhook_outbox::*;
pub use webhook_registry::*;
pub use webhook_sender::*;
