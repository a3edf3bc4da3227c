//! Migrations: plain SQL, forward only, all that are missing in one transaction under the write
//! lock.

use application::ports::StoreError;
use sha2::{Digest, Sha256};

use crate::columns::Columns;
use crate::query_error::QueryError;
use crate::writer::{Statement, Unit};

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

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration \
     (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL) STRICT";
const APPLIED: &str = "SELECT version, checksum FROM migration ORDER BY version";
const REMEMBER: &str = "INSERT INTO migration (version, name, checksum) VALUES ($1, $2, $3)";
/// `PRAGMA` takes no values; there is one text per version.
const MARK: [&str; ALL.len()] = [
    "PRAGMA user_version = 1",
    "PRAGMA user_version = 2",
    "PRAGMA user_version = 3",
    "PRAGMA user_version = 4",
    "PRAGMA user_version = 5",
    "PRAGMA user_version = 6",
];

/// The newest version known.
pub(crate) fn latest() -> i64 {
    ALL.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Applies what is missing.
pub(crate) async fn apply(unit: &mut Unit<'_>) -> Result<(), QueryError> {
    unit.run(Statement::new(TABLE)).await?;
    let applied = unit.rows(Statement::new(APPLIED)).await?;
    for row in &applied {
        check(row.read("migration.version")?, row.read("migration.checksum")?)?;
    }
    for (migration, mark) in ALL.iter().zip(MARK).skip(applied.len()) {
        unit.run(Statement::new(migration.sql)).await?;
        let remember = Statement::new(REMEMBER).bind(migration.version).bind(migration.name);
        unit.run(remember.bind(checksum(migration.sql))).await?;
        unit.run(Statement::new(mark)).await?;
    }
    Ok(())
}

fn check(version: i64, stored: &[u8]) -> Result<(), QueryError> {
    match ALL.iter().find(|migration| migration.version == version) {
        Some(migration) if checksum(migration.sql) == stored => Ok(()),
        Some(_) => Err(QueryError::corrupt(
            "migration.checksum",
            format!("migration {version} is not the one known here"),
        )),
        None => Err(QueryError::Store(StoreError::Unavailable(format!(
            "the database is at version {version}, this program knows {}: use a newer one",
            latest()
        )))),
    }
}

fn checksum(sql: &str) -> Vec<u8> {
    Sha256::digest(sql).to_vec()
}
