use std::sync::Arc;

use application::audit::{Chain, GENESIS, chain_hash, verify};
use application::model::{AuditAction, AuditEntry, AuditRow};
use application::ports::{AddressVault, AuditLog};
use async_trait::async_trait;

use super::fixture::at;
use super::suite::run_cases;

/// Somebody who can write the database but has no data key.
#[async_trait]
pub trait AuditIntruder: Send + Sync {
    /// Makes `rows` the whole log. A number and hash of the last row that are kept beside it
    /// follow; a seal stays.
    async fn replace(&self, rows: &[AuditRow]);
}

/// An empty audit log, the vault it is written with, and who tampers with it.
pub struct AuditUnderTest {
    /// The log.
    pub log: Arc<dyn AuditLog>,
    /// The vault with the log's key.
    pub vault: Arc<dyn AddressVault>,
    /// Who tampers with it.
    pub intruder: Box<dyn AuditIntruder>,
}

/// What [`verify`] finds in an [`AuditLog`] that was tampered with.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn audit_tampering(fresh: impl AsyncFn() -> AuditUnderTest) {
    run_cases!(
        "AuditLog",
        async {
            let audit = fresh().await;
            audit.write(5).await;
            audit
        },
        [
            an_untouched_log_is_whole,
            a_cut_at_the_end_is_found,
            an_emptied_log_is_found,
            hashes_made_anew_are_found,
            rows_without_the_key_are_found,
            what_is_appended_later_hides_nothing,
        ]
    );
}

impl AuditUnderTest {
    async fn write(&self, rows: usize) {
        for index in 0..rows {
            self.log.append(&entry(&index.to_string())).await.unwrap();
        }
    }

    async fn rows(&self) -> Vec<AuditRow> {
        self.log.read(0, 1_000).await.unwrap()
    }

    async fn verdict(&self) -> Chain {
        verify(self.log.as_ref(), self.vault.as_ref()).await.unwrap()
    }

    /// What it finds in `rows`, whose numbers and hashes are made anew.
    async fn found_in(&self, mut rows: Vec<AuditRow>) -> Chain {
        let mut previous = GENESIS;
        for (sequence, row) in (1..).zip(&mut rows) {
            previous = chain_hash(&previous, &row.entry);
            (row.sequence, row.hash) = (sequence, previous);
        }
        self.intruder.replace(&rows).await;
        self.verdict().await
    }
}

fn entry(subject: &str) -> AuditEntry {
    AuditEntry {
        at: at(0),
        organisation: None,
        actor: "operator".to_owned(),
        action: AuditAction::ApiKeyCreated,
        subject: subject.to_owned(),
        ip: None,
    }
}

async fn an_untouched_log_is_whole(audit: AuditUnderTest) {
    let whole = Chain::Whole { rows: 5, purged: 0, unkeyed: 0 };
    assert_eq!(audit.verdict().await, whole);
    let rows = audit.rows().await;
    assert_eq!(audit.found_in(rows).await, whole, "the intruder of this test changes nothing by itself");
}

async fn a_cut_at_the_end_is_found(audit: AuditUnderTest) {
    let rows = audit.rows().await;
    for left in (1..5).rev() {
        assert_eq!(audit.found_in(rows[..left].to_vec()).await, Chain::EndMissing(left as i64));
    }
}

async fn an_emptied_log_is_found(audit: AuditUnderTest) {
    assert_eq!(audit.found_in(Vec::new()).await, Chain::EndMissing(0));
}

async fn hashes_made_anew_are_found(audit: AuditUnderTest) {
    let written = audit.rows().await;
    for (index, row) in written.iter().enumerate() {
        let mut altered = written.clone();
        altered[index].entry.subject = "another".to_owned();
        assert_eq!(audit.found_in(altered).await, Chain::BrokenAt(row.sequence));
        if index < 4 {
            let mut removed = written.clone();
            removed.remove(index);
            assert_eq!(audit.found_in(removed).await, Chain::BrokenAt(row.sequence));
        }
    }
}

async fn rows_without_the_key_are_found(audit: AuditUnderTest) {
    let written = audit.rows().await;
    let mut forged = written.clone();
    forged.push(AuditRow { mac: None, ..written[4].clone() });
    assert_eq!(audit.found_in(forged.clone()).await, Chain::UnkeyedAt(6));
    forged[5].mac = written[4].mac;
    assert_eq!(audit.found_in(forged).await, Chain::BrokenAt(6));
    for from in 1..5 {
        let mut stripped = written.clone();
        stripped[from].entry.subject = "another".to_owned();
        stripped[from..].iter_mut().for_each(|row| row.mac = None);
        assert_eq!(audit.found_in(stripped).await, Chain::UnkeyedAt(written[from].sequence));
    }
    let mut stripped = written.clone();
    stripped.iter_mut().for_each(|row| row.mac = None);
    assert_eq!(audit.found_in(stripped).await, Chain::EndMissing(5), "a log as before it had a key");
}

async fn what_is_appended_later_hides_nothing(audit: AuditUnderTest) {
    let written = audit.rows().await;
    audit.found_in(written[..3].to_vec()).await;
    audit.write(3).await;
    assert_eq!(audit.verdict().await, Chain::BrokenAt(4));
    audit.found_in(Vec::new()).await;
    audit.write(1).await;
    assert_eq!(audit.verdict().await, Chain::BrokenAt(1));
}
