//! The hash chain of the audit log: who alters, removes or reorders a row breaks every hash after
//! it. Each row also has a MAC under a key derived from the data key, and the log's end a seal that
//! is kept apart: who can write the database but has no data key can neither compute hashes anew
//! nor cut the log at its end.
//!
//! The beginning of a log may be purged. A row within the chain says where it begins since, and
//! with which hash: rows that went missing otherwise are told apart from those.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::model::{AuditAction, AuditEnd, AuditEntry, AuditRow};
use crate::ports::{AddressVault, AuditLog, StoreError};

/// The hash before the first row.
pub const GENESIS: [u8; 32] = [0; 32];

/// SHA-256 over the previous row's hash and every field of `entry`, each preceded by its length in
/// octets (64-bit, big-endian), so that no two entries share an encoding. Times count in whole
/// milliseconds, as stores keep them.
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

/// Checks `rows`, which follow a row with the hash `previous` and number `sequence`. Returns the
/// number of the first row that is not in its place, if any.
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

/// The seal of a log without a row that has a MAC.
#[must_use]
pub fn begin_seal(vault: &dyn AddressVault) -> [u8; 32] {
    vault.audit_mac(b"resetd audit begins")
}

/// The MAC of row `sequence` with `hash`, which is appended where `seal` is the end of the log.
/// Since `hash` speaks for every row before and `seal` for every MAC, a row that is removed,
/// altered or made without the key leaves a MAC that is wrong for ever.
#[must_use]
pub fn row_mac(vault: &dyn AddressVault, seal: &[u8], sequence: i64, hash: &[u8; 32]) -> [u8; 32] {
    vault.audit_mac(&[b"row", &sequence.to_be_bytes()[..], hash, seal].concat())
}

/// The seal of a log whose last MAC is `mac`. The rows do not show it: who cuts the log at its end
/// cannot seal it again.
#[must_use]
pub fn seal_after(vault: &dyn AddressVault, mac: &[u8; 32]) -> [u8; 32] {
    vault.audit_mac(&[&b"end"[..], mac].concat())
}

/// What a store writes when it appends.
#[derive(Debug, Clone, Copy)]
pub struct Appended {
    /// The row's hash.
    pub hash: [u8; 32],
    /// The row's MAC.
    pub mac: [u8; 32],
    /// The seal of the log afterwards.
    pub seal: [u8; 32],
}

/// What is written for `entry` as row `sequence` after `previous`. `seal` is the log's as it is
/// kept; without one the MAC is wrong, as it should be.
#[must_use]
pub fn append_to(
    vault: &dyn AddressVault,
    previous: &[u8; 32],
    seal: Option<&[u8]>,
    sequence: i64,
    entry: &AuditEntry,
) -> Appended {
    let hash = chain_hash(previous, entry);
    let mac = row_mac(vault, seal.unwrap_or_default(), sequence, &hash);
    Appended { hash, mac, seal: seal_after(vault, &mac) }
}

/// The action with which a log that had no key before gets one.
#[must_use]
pub fn keyed_entry(now: DateTime<Utc>, rows: i64) -> AuditEntry {
    AuditEntry {
        at: now,
        organisation: None,
        actor: "migration".to_owned(),
        action: AuditAction::AuditKeyed,
        subject: rows.to_string(),
        ip: None,
    }
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
        /// How many of those that are left were written by a version that had no key.
        unkeyed: i64,
    },
    /// The row with this number is the first that is not.
    BrokenAt(i64),
    /// The row with this number was written without the key, though the log has one.
    UnkeyedAt(i64),
    /// The log does not end where it should; this is the number of the last row that is there.
    EndMissing(i64),
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole { rows, purged, unkeyed } => {
                write!(f, "{rows} rows, the chain is whole")?;
                if *purged > 0 {
                    write!(f, "; the first {purged} were purged by the retention")?;
                }
                if *unkeyed > 0 {
                    write!(f, "; {unkeyed} were written by a version that had no key")?;
                }
                Ok(())
            }
            Self::BrokenAt(row) => write!(f, "row {row} is not what was written"),
            Self::UnkeyedAt(row) => write!(f, "row {row} was written without the data key"),
            Self::EndMissing(row) => {
                write!(
                    f,
                    "the end is not after row {row}: rows were removed there, or the seal of the end was"
                )
            }
        }
    }
}

/// How long replicas of a version without the key may append beside those that have it, from the
/// row `audit-keyed` on.
const BESIDE: TimeDelta = TimeDelta::hours(24);

/// Rows read at once.
const PAGE: u32 = 1_000;

/// Follows a log from its first row to its last.
pub struct Verifier<'v> {
    vault: &'v dyn AddressVault,
    end: AuditEnd,
    ended: bool,
    sequence: i64,
    hash: [u8; 32],
    seal: [u8; 32],
    purged: i64,
    unkeyed: i64,
    /// Whether a row with a MAC came, or was purged.
    keyed: bool,
    /// Until when rows without a MAC may come.
    beside: Option<DateTime<Utc>>,
    /// The first row without a MAC that none with one has come after, and the time of the last.
    loose: Option<(i64, DateTime<Utc>)>,
}

impl<'v> Verifier<'v> {
    /// At the beginning of `log`: after the last row that the retention has purged, as the log
    /// itself tells.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn begin(log: &dyn AuditLog, vault: &'v dyn AddressVault) -> Result<Self, StoreError> {
        // Before the rows: those that are appended meanwhile come after it.
        let end = log.end().await?;
        let (mut purged, mut hash, mut mac, mut sequence) = (0, GENESIS, None, 0);
        loop {
            let rows = log.read(sequence, PAGE).await?;
            let Some(last) = rows.last() else { break };
            sequence = last.sequence;
            for (through, last_hash, last_mac) in rows.iter().filter_map(|row| purged_through(&row.entry)) {
                (purged, hash, mac) = (through, last_hash, last_mac.or(mac));
            }
        }
        let seal = mac.map_or_else(|| begin_seal(vault), |mac| seal_after(vault, &mac));
        let verifier = Self {
            vault,
            end,
            ended: false,
            sequence: purged,
            hash,
            seal,
            purged,
            unkeyed: 0,
            keyed: mac.is_some(),
            beside: None,
            loose: None,
        };
        Ok(Self { ended: verifier.at_end(), ..verifier })
    }

    /// The next rows of `log` and whether they are in their places; `None`: there is none.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn next(
        &mut self,
        log: &dyn AuditLog,
    ) -> Result<Option<(Vec<AuditRow>, Result<(), Chain>)>, StoreError> {
        let rows = log.read(self.sequence, PAGE).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let checked = rows.iter().try_for_each(|row| self.follow(row));
        Ok(Some((rows, checked)))
    }

    fn follow(&mut self, row: &AuditRow) -> Result<(), Chain> {
        if row.sequence != self.sequence + 1 || row.hash != chain_hash(&self.hash, &row.entry) {
            return Err(Chain::BrokenAt(row.sequence));
        }
        (self.sequence, self.hash) = (row.sequence, row.hash);
        match &row.mac {
            None => {
                self.unkeyed += 1;
                if self.keyed {
                    let first = self.loose.map_or(row.sequence, |(first, _)| first);
                    self.loose = Some((first, row.entry.at));
                }
            }
            Some(mac) => {
                if *mac != row_mac(self.vault, &self.seal, row.sequence, &row.hash) {
                    return Err(Chain::BrokenAt(row.sequence));
                }
                self.bind_loose(row.entry.at)?;
                if !self.keyed && row.entry.action == AuditAction::AuditKeyed {
                    self.beside = Some(row.entry.at + BESIDE);
                }
                self.keyed = true;
                self.seal = seal_after(self.vault, mac);
            }
        }
        self.ended |= self.at_end();
        Ok(())
    }

    /// Whether the rows without a MAC may be there, if something with the key followed them at
    /// `at`.
    fn bind_loose(&mut self, at: DateTime<Utc>) -> Result<(), Chain> {
        match self.loose.take() {
            Some((first, _)) if self.beside.is_none_or(|until| at > until) => Err(Chain::UnkeyedAt(first)),
            _ => Ok(()),
        }
    }

    fn at_end(&self) -> bool {
        (self.sequence, self.hash, Some(self.seal)) == (self.end.sequence, self.end.hash, self.end.seal)
    }

    /// After the last row.
    #[must_use]
    pub fn finish(mut self) -> Chain {
        if let Some((_, at)) = self.loose
            && let Err(unkeyed) = self.bind_loose(at)
        {
            return unkeyed;
        }
        if !self.ended {
            return Chain::EndMissing(self.sequence);
        }
        Chain::Whole { rows: self.sequence, purged: self.purged, unkeyed: self.unkeyed }
    }
}

/// Checks all of `log`, from its first row to its last.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub async fn verify(log: &dyn AuditLog, vault: &dyn AddressVault) -> Result<Chain, StoreError> {
    let mut verifier = Verifier::begin(log, vault).await?;
    while let Some((_, checked)) = verifier.next(log).await? {
        if let Err(broken) = checked {
            return Ok(broken);
        }
    }
    Ok(verifier.finish())
}

/// The action that is appended when the rows up to number `sequence`, which has `hash`, are purged.
/// `mac` is the last one among them, if any has one.
#[must_use]
pub fn purge_entry(now: DateTime<Utc>, sequence: i64, hash: &[u8; 32], mac: Option<&[u8; 32]>) -> AuditEntry {
    let mac = mac.map(|mac| format!(":{}", hex(mac))).unwrap_or_default();
    AuditEntry {
        at: now,
        organisation: None,
        actor: "retention".to_owned(),
        action: AuditAction::AuditPurged,
        subject: format!("{sequence}:{}{mac}", hex(hash)),
        ip: None,
    }
}

/// Lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes).filter(|_| text.len() == 64)
}

/// What a [`purge_entry`] says: the number and the hash of the last row that was purged, and the
/// last MAC among them.
#[must_use]
pub fn purged_through(entry: &AuditEntry) -> Option<(i64, [u8; 32], Option<[u8; 32]>)> {
    if entry.action != AuditAction::AuditPurged {
        return None;
    }
    let (sequence, hashes) = entry.subject.split_once(':')?;
    let (hash, mac) = match hashes.split_once(':') {
        Some((hash, mac)) => (hash, Some(from_hex(mac)?)),
        None => (hashes, None),
    };
    Some((sequence.parse().ok()?, from_hex(hash)?, mac))
}

#[cfg(test)]
mod tests;
