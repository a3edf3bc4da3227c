//! The hash chain of the audit log: who alters, removes or reorders a row breaks every hash after it.
//!
//! The beginning of a log may be purged. A row within the chain says where it begins since, and with which hash: rows that went
//! missing otherwise are told apart from those.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::ports::{AuditAction, AuditEntry, AuditLog, AuditRow, StoreError};

/// The hash before the first row.
pub const GENESIS: [u8; 32] = [0; 32];

/// SHA-256 over the previous row's hash and every field of `entry`, each preceded by its length in octets (64-bit,
/// big-endian), so that no two entries share an encoding. Times count in whole milliseconds, as stores keep them.
#[must_use]
pub fn chain_hash(previous: &[u8; 32], entry: &AuditEntry) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(previous);
    let organisation = entry.organisation.map(|id| id.to_string()).unwrap_or_default();
    let ip = entry.ip.map(|ip| ip.to_string()).unwrap_or_default();
    let at = entry.at.timestamp_millis().to_string();
    for field in [&at, &organisation, &entry.actor, entry.action.as_str(), &entry.subject, &ip] {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hash.finalize().into()
}

/// Checks `rows`, which follow a row with the hash `previous` and number `sequence`. Returns the number of the first row
/// that is not in its place, if any.
#[must_use]
pub fn first_break(mut previous: [u8; 32], mut sequence: i64, rows: &[AuditRow]) -> Option<i64> {
    for row in rows {
        sequence += 1;
        if row.sequence != sequence || row.hash != chain_hash(&previous, &row.entry) {
            return Some(row.sequence);
        }
        previous = row.hash;
    }
    None
}

/// What a look at the whole log found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// Every row is in its place.
    Whole {
        /// The number of the last one.
        rows: i64,
        /// How many of them the retention has purged.
        purged: i64,
    },
    /// The row with this number is the first that is not.
    BrokenAt(i64),
}

/// Rows read at once.
const PAGE: u32 = 1_000;

/// Checks all of `log`, from its first row to its last.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub async fn verify(log: &dyn AuditLog) -> Result<Chain, StoreError> {
    let (purged, mut previous) = beginning(log).await?;
    let mut sequence = purged;
    loop {
        let rows = log.read(sequence, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(Chain::Whole { rows: sequence, purged }) };
        if let Some(row) = first_break(previous, sequence, &rows) {
            return Ok(Chain::BrokenAt(row));
        }
        (previous, sequence) = (last.hash, last.sequence);
    }
}

/// The number and the hash that the first row has to follow: those of the last row that the retention has purged, as the log
/// itself tells.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub async fn beginning(log: &dyn AuditLog) -> Result<(i64, [u8; 32]), StoreError> {
    let (mut found, mut sequence) = ((0, GENESIS), 0);
    loop {
        let rows = log.read(sequence, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        found = rows.iter().rev().find_map(|row| purged_through(&row.entry)).unwrap_or(found);
        sequence = last.sequence;
    }
}

/// The deed that is appended when the rows up to number `sequence`, which has `hash`, are purged.
#[must_use]
pub fn purge_entry(now: DateTime<Utc>, sequence: i64, hash: &[u8; 32]) -> AuditEntry {
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    AuditEntry {
        at: now,
        organisation: None,
        actor: "retention".to_owned(),
        action: AuditAction::AuditPurged,
        subject: format!("{sequence}:{hash}"),
        ip: None,
    }
}

/// What a [`purge_entry`] says: the number and the hash of the last row that was purged.
#[must_use]
pub fn purged_through(entry: &AuditEntry) -> Option<(i64, [u8; 32])> {
    let (sequence, hash) = entry.subject.split_once(':')?;
    if entry.action != AuditAction::AuditPurged || hash.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hash.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some((sequence.parse().ok()?, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(subject: &str) -> AuditEntry {
        AuditEntry {
            at: DateTime::UNIX_EPOCH,
            organisation: None,
            actor: "operator".into(),
            action: AuditAction::ApiKeyCreated,
            subject: subject.into(),
            ip: None,
        }
    }

    fn chain(subjects: &[&str]) -> Vec<AuditRow> {
        let mut previous = GENESIS;
        let mut rows = Vec::new();
        for (sequence, subject) in (1..).zip(subjects) {
            let entry = entry(subject);
            previous = chain_hash(&previous, &entry);
            rows.push(AuditRow { sequence, entry, hash: previous });
        }
        rows
    }

    #[test]
    fn an_untouched_chain_holds() {
        assert_eq!(first_break(GENESIS, 0, &chain(&["a", "b", "c"])), None);
    }

    #[test]
    fn altering_removing_and_reordering_show() {
        let mut altered = chain(&["a", "b", "c"]);
        altered[1].entry.subject = "x".into();
        assert_eq!(first_break(GENESIS, 0, &altered), Some(2));
        let mut removed = chain(&["a", "b", "c"]);
        removed.remove(1);
        assert_eq!(first_break(GENESIS, 0, &removed), Some(3));
        let mut reordered = chain(&["a", "b", "c"]);
        reordered.swap(0, 1);
        assert_eq!(first_break(GENESIS, 0, &reordered), Some(2));
    }

    #[test]
    fn a_purge_says_where_the_chain_begins_since() {
        let rows = chain(&["a", "b", "c"]);
        let entry = purge_entry(DateTime::UNIX_EPOCH, 2, &rows[1].hash);
        let (sequence, hash) = purged_through(&entry).unwrap();
        assert_eq!((sequence, hash), (2, rows[1].hash));
        assert_eq!(first_break(hash, sequence, &rows[2..]), None);
        for subject in
            ["", "2", "2:00", "x:", &format!("2:{}", "ž".repeat(32)), &format!("2:{}", "g".repeat(64))]
        {
            let broken = AuditEntry { subject: (*subject).to_owned(), ..entry.clone() };
            assert_eq!(purged_through(&broken), None, "{subject}");
        }
        let another = AuditEntry { action: AuditAction::MailRetried, ..entry };
        assert_eq!(purged_through(&another), None);
    }

    #[test]
    fn a_character_cannot_move_from_one_field_to_the_next() {
        let one = AuditEntry { actor: "ab".into(), subject: "c".into(), ..entry("") };
        let other = AuditEntry { actor: "a".into(), subject: "bc".into(), ..entry("") };
        assert_ne!(chain_hash(&GENESIS, &one), chain_hash(&GENESIS, &other));
    }
}
