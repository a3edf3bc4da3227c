use std::fmt;
use std::sync::Arc;

use application::OutboxNotifier;
use application::ports::{AddressVault, StoreError};

use crate::PostgresDatabase;
use crate::connections::Connections;
use crate::customer_directory::FindByEmail;
use crate::group::Group;
use crate::notify::WorkListener;
use crate::token_store::{Admit, Complete, Issue, Record};

/// Every persistent port on one PostgreSQL database. Cloning shares the connections and the tasks.
#[derive(Clone)]
pub struct PostgresStore {
    pub(crate) database: PostgresDatabase,
    pub(crate) vault: Arc<dyn AddressVault>,
    pub(crate) groups: Arc<Groups>,
    pub(crate) work: Arc<WorkListener>,
    pub(crate) webhook_notifier: OutboxNotifier,
}

/// What is done in batches.
pub(crate) struct Groups {
    pub(crate) record: Group<Record>,
    pub(crate) admit: Group<Admit>,
    pub(crate) issue: Group<Issue>,
    pub(crate) complete: Group<Complete>,
    pub(crate) find_by_email: Group<FindByEmail>,
}

impl PostgresStore {
    /// Puts the ports on a migrated database. To be called within a Tokio runtime: it starts the
    /// tasks that write in groups and the one that listens for news.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the database was written with another data key than `vault`'s;
    /// [`StoreError::Unavailable`] when a move to it was not finished.
    pub async fn new(database: PostgresDatabase, vault: Arc<dyn AddressVault>) -> Result<Self, StoreError> {
        database.check_moved().await?;
        database.check_data_key(vault.as_ref()).await?;
        database.key_audit_log(vault.as_ref()).await?;
        let work = WorkListener::start(&database);
        let writers = &database.writers;
        let groups = Groups {
            record: Group::start(
                Record::new(work.notifier()),
                writers,
                database.settings.record_writers.max(1),
            ),
            admit: Group::start(Admit, writers, 1),
            issue: Group::start(Issue, writers, 1),
            complete: Group::start(Complete, writers, 1),
            find_by_email: Group::start(FindByEmail, writers, 1),
        };
        Ok(Self {
            database,
            vault,
            groups: Arc::new(groups),
            work: Arc::new(work),
            webhook_notifier: OutboxNotifier::default(),
        })
    }

    /// The database underneath: readiness, version, maintenance, closing.
    #[must_use]
    pub const fn database(&self) -> &PostgresDatabase {
        &self.database
    }

    /// For calls that somebody waits for.
    pub(crate) const fn pool(&self) -> &Connections {
        &self.database.pool
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("database", &self.database).finish_non_exhaustive()
    }
}
