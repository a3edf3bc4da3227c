//! The suite of the customer directory finds what is broken: each directory here has one error.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use application::model::{
    Customer, CustomerImport, CustomerStatus, Field, ImportCheckpoint, ImportedRow, PasswordHash,
};
use application::ports::{CustomerDirectory, PersistentPorts, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerId, EmailAddress, OrganisationId};
use futures_util::FutureExt as _;
use resetd_testkit::contract;
use resetd_testkit::fake::MemoryStore;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Error {
    ErasesWhatIsAbsent,
    KeepsWhatIsErased,
    Unbans,
    UndoesResets,
    KeepsResetsForEver,
    IgnoresRevisions,
    SkipsWhatItKnows,
    ForgetsToFinish,
}

/// A memory store with an error.
struct Failing(Arc<MemoryStore>, Error);

fn break_row(error: Error, mut row: CustomerImport) -> CustomerImport {
    match error {
        Error::ErasesWhatIsAbsent if row.name == Field::Keep => row.name = Field::Erase,
        Error::KeepsWhatIsErased if row.email == Field::Erase => row.email = Field::Keep,
        Error::Unbans => row.status = row.status.or(Some(CustomerStatus::Active)),
        Error::UndoesResets => row.password_changed_at = Some(DateTime::<Utc>::MAX_UTC),
        Error::KeepsResetsForEver => row.password_changed_at = None,
        Error::IgnoresRevisions => row.revision = None,
        _ => {}
    }
    row
}

#[async_trait]
impl CustomerDirectory for Failing {
    async fn find_by_email(
        &self,
        organisation: OrganisationId,
        email: &EmailAddress,
    ) -> Result<Option<Customer>, StoreError> {
        self.0.find_by_email(organisation, email).await
    }

    async fn find(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        self.0.find(id).await
    }

    async fn password_history(&self, id: CustomerId, limit: u32) -> Result<Vec<PasswordHash>, StoreError> {
        self.0.password_history(id, limit).await
    }

    async fn import(
        &self,
        organisation: OrganisationId,
        rows: &[CustomerImport],
        checkpoint: ImportCheckpoint,
        now: DateTime<Utc>,
    ) -> Result<Vec<ImportedRow>, StoreError> {
        // As a checkpoint that outlives its import would.
        if self.1 == Error::SkipsWhatItKnows
            && rows.iter().any(|row| row.status == Some(CustomerStatus::Banned))
        {
            return Ok(vec![ImportedRow::Updated; rows.len()]);
        }
        let rows: Vec<_> = rows.iter().map(|row| break_row(self.1, row.clone())).collect();
        self.0.import(organisation, &rows, checkpoint, now).await
    }

    async fn import_position(
        &self,
        organisation: OrganisationId,
        name: &str,
    ) -> Result<Option<u64>, StoreError> {
        self.0.import_position(organisation, name).await
    }

    async fn finish_import(&self, organisation: OrganisationId) -> Result<(), StoreError> {
        match self.1 {
            Error::ForgetsToFinish => Ok(()),
            _ => self.0.finish_import(organisation).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn errors_of_a_customer_directory() {
    for (error, case) in [
        (Error::ErasesWhatIsAbsent, "what_is_absent_stays"),
        (Error::KeepsWhatIsErased, "what_is_erased_is_gone"),
        (Error::Unbans, "what_is_absent_stays"),
        (Error::UndoesResets, "a_dump_does_not_undo_a_reset"),
        (Error::KeepsResetsForEver, "a_later_change_replaces_what_a_reset_set"),
        (Error::IgnoresRevisions, "a_smaller_revision_is_ignored"),
        (Error::SkipsWhatItKnows, "the_last_of_three_imports_counts"),
        (Error::ForgetsToFinish, "only_the_import_under_way_has_a_checkpoint"),
    ] {
        let suite = contract::customer_directory(|| async move {
            let store = MemoryStore::fresh();
            let mut ports = PersistentPorts::of(store.clone());
            ports.customers = Arc::new(Failing(store, error));
            ports
        });
        let panic = AssertUnwindSafe(suite).catch_unwind().await.expect_err(case);
        let report = panic.downcast_ref::<String>().cloned().unwrap_or_default();
        assert!(report.contains(case), "{case} is not in: {report}");
    }
}
