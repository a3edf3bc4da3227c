//! Every persistent port on SQLite: one file, no server, nothing to install.
//!
//! [`SqliteDatabase`] opens the file, applies migrations and keeps the installation's data key;
//! [`SqliteStore`] puts the ports on top of it, once a vault has been made of that key.
//!
//! # How it writes
//!
//! One thread owns the one connection that writes. It takes everything that waits (at most 512
//! jobs), commits it, hands it to a second thread and goes on; that one syncs SQLite's log and only
//! then acknowledges. So 32 concurrent requests cost one sync, not 32, and the next round is
//! written while the disk is busy with the one before. What the delivery worker notes of a mail
//! need not wait for the disk; only a token's hash must.
//!
//! New requests are coalesced into one `INSERT`, the steps of deliveries into one trip over JSON
//! arrays; every other job runs inside a savepoint of its own. One that fails takes nothing of its
//! neighbours with it. Other processes (the command line) are waited for by SQLite's busy timeout.
//!
//! # When the disk fails
//!
//! After a failed sync nothing is acknowledged any more and [`SqliteDatabase::failed`] says why;
//! the process has to end. Opening the file writes the whole log to the disk again before anything
//! is acknowledged (decision 17).
//!
//! # What it reads with
//!
//! A few read-only connections, which in WAL mode neither block the writer nor wait for it.

mod access;
mod api_key_registry;
mod audit_log;
mod columns;
mod customer_directory;
mod database;
mod export;
mod failure;
mod installation;
mod mail_queue;
mod migrate;
mod organisation_registry;
mod query_error;
mod sandbox;
mod store;
mod template_store;
#[cfg(test)]
mod tests;
mod token_store;
mod webhooks;
mod writer;

pub use database::SqliteDatabase;
pub use export::{SqliteExport, SqliteSource};
pub use store::SqliteStore;
