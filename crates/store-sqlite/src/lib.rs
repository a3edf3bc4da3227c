//! Every persistent port on SQLite: one file, no server, nothing to install.
//!
//! [`SqliteDatabase`] opens the file, applies migrations and keeps the installation's data key; [`SqliteStore`] puts
//! the ports on top of it, once a vault has been made of that key.
//!
//! # How it writes
//!
//! One task owns the one connection that writes. It takes everything that waits (at most 512 jobs), runs it as one
//! transaction, and acknowledges after `COMMIT` has returned, which with `synchronous=FULL` means after the disk has it.
//! So 32 concurrent requests cost one sync, not 32. New requests are coalesced into one `INSERT`; every other job runs
//! inside a savepoint of its own, so that one that fails takes nothing of its neighbours with it. Other processes (the
//! command line) are waited for by SQLite's busy timeout.
//!
//! # What it reads with
//!
//! A few read-only connections, which in WAL mode neither block the writer nor wait for it.

mod api_key_registry;
mod audit_log;
mod columns;
mod customer_directory;
mod database;
mod fault;
mod installation;
mod mail_queue;
mod migrate;
mod organisation_registry;
mod sealed;
mod store;
mod template_store;
#[cfg(test)]
mod tests;
mod token_store;
mod webhooks;
mod writer;

pub use database::SqliteDatabase;
pub use store::SqliteStore;
