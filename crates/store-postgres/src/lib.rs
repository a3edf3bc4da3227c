//! Every persistent port on PostgreSQL, for as many replicas as there are.
//!
//! [`PostgresDatabase`] connects, applies migrations, keeps the installation's data key and tends
//! the partitions; [`PostgresStore`] puts the ports on top of it, once a vault has been made of
//! that key.
//!
//! # How it writes
//!
//! In groups. Requests that arrive together are one `INSERT` and one commit; so are the workers'
//! steps: budgets, tokens, outcomes. A caller hears of it after the server has confirmed, and with
//! `synchronous_commit = on` that means after the disk (and a synchronous standby) has it. Two
//! connections write requests, so that the next group is on its way while the one before is being
//! synced. A group whose connection broke is sent once more on a new one: every group may be run
//! twice and then changes nothing more. So a restart of the server costs callers a wait, not an
//! error, as long as it is back in time.
//!
//! # Where it keeps mails
//!
//! A mail that is not at its end is a row of `mail_queue`, a small table that stays in memory
//! whatever was ever sent; a worker claims rows with `FOR UPDATE SKIP LOCKED`. At its end the row
//! moves to `mail`, partitioned by day, where it is never changed again and from where it goes by
//! `DROP TABLE`. So the work of the moment costs the same with ten million mails behind it.
//!
//! # Poolers
//!
//! Through a pooler in session mode everything works. In transaction mode (PgBouncer 1.21 and
//! newer, with `max_prepared_statements` above zero) requests are served and mails are sent: no
//! lock, setting or temporary table is relied upon beyond its transaction. Two things are to be
//! known: `LISTEN` hears nothing there, so that workers find the mail of other replicas by polling;
//! and the settings that each connection makes for itself may meet another server connection, so
//! `synchronous_commit` must be `on` in the server's own configuration, which is PostgreSQL's
//! default.

mod api_key_registry;
mod audit_log;
mod clock;
mod columns;
mod connections;
mod customer_directory;
mod database;
mod group;
mod import;
mod installation;
mod mail_queue;
mod migrate;
mod notify;
mod organisation_registry;
mod partitions;
#[cfg(test)]
mod plans;
mod query_error;
mod sandbox;
#[cfg(test)]
mod statements;
mod store;
mod template_store;
mod token_store;
mod webhooks;

pub use clock::ServerClock;
pub use database::{PoolSettings, PostgresDatabase};
pub use import::PostgresImport;
pub use store::PostgresStore;
