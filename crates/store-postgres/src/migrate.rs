//! Migrations: plain SQL, forward only, all that are missing in one transaction under an advisory
//! lock.
//!
//! The old version goes on serving while they run, and for as long as its replicas live: a
//! migration adds tables, columns with a default and indexes, and takes nothing away that the
//! version before it uses. What has to go goes one version later.

use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};

use crate::columns::Columns;
use crate::query_error::QueryError;

struct Migration {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

/// In order, without gaps.
const ALL: [Migration; 6] = [
    Migration { version: 1, name: "initial", sql: include_str!("../migrations/0001_initial.sql") },
    Migration { version: 2, name: "webhooks", sql: include_str!("../migrations/0002_webhooks.sql") },
    Migration { version: 3, name: "sandbox", sql: include_str!("../migrations/0003_sandbox.sql") },
    Migration { version: 4, name: "import", sql: include_str!("../migrations/0004_import.sql") },
    Migration { version: 5, name: "audit", sql: include_str!("../migrations/0005_audit.sql") },
    Migration { version: 6, name: "consume", sql: include_str!("../migrations/0006_consume.sql") },
];

/// The number is this program's own: "resetd" in ASCII. The lock ends with the transaction.
pub(crate) const LOCK: &str = "SELECT pg_advisory_xact_lock(125780053292132)";
/// Otherwise the server reports at every start that the table exists, and sqlx logs it.
pub(crate) const QUIET: &str = "SET LOCAL client_min_messages = warning";
pub(crate) const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration \
     (version bigint NOT NULL PRIMARY KEY, name text NOT NULL, checksum bytea NOT NULL)";
pub(crate) const APPLIED: &str = "SELECT version, checksum FROM migration ORDER BY version";
pub(crate) const REMEMBER: &str = "INSERT INTO migration (version, name, checksum) VALUES ($1, $2, $3)";
pub(crate) const VERSION: &str = "SELECT coalesce(max(version), 0) AS version FROM migration";

/// The newest version known.
pub(crate) fn latest() -> i64 {
    ALL.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Applies what is missing. Versions beyond those known here are left alone: a newer replica may
/// have come first.
pub(crate) async fn apply(connection: &mut PgConnection) -> Result<(), QueryError> {
    let mut transaction = connection.begin().await?;
    sqlx::query(LOCK).execute(&mut *transaction).await?;
    sqlx::query(QUIET).execute(&mut *transaction).await?;
    sqlx::query(TABLE).execute(&mut *transaction).await?;
    let applied = sqlx::query(APPLIED).fetch_all(&mut *transaction).await?;
    for row in &applied {
        check(row.read("migration.version")?, row.read("migration.checksum")?)?;
    }
    for migration in ALL.iter().skip(applied.len()) {
        sqlx::raw_sql(migration.sql).execute(&mut *transaction).await?;
        let remember = sqlx::query(REMEMBER).bind(migration.version).bind(migration.name);
        remember.bind(checksum(migration.sql)).execute(&mut *transaction).await?;
    }
    Ok(transaction.commit().await?)
}

fn check(version: i64, stored: &[u8]) -> Result<(), QueryError> {
    match ALL.iter().find(|migration| migration.version == version) {
        Some(migration) if checksum(migration.sql) != stored => Err(QueryError::corrupt(
            "migration.checksum",
            format!("migration {version} is not the one known here"),
        )),
        Some(_) | None => Ok(()),
    }
}

fn checksum(sql: &str) -> Vec<u8> {
    Sha256::digest(sql).to_vec()
}
