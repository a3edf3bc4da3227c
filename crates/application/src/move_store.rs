mod sum;
mod tables;

use std::sync::Arc;

use thiserror::Error;

pub use self::sum::RowSum;
pub use self::tables::TABLES;
use crate::model::{Begun, Cursor, MoveProgress, Table};
use crate::ports::{Clock, StoreError, StoreExport, StoreImport, StoredRows};

/// Rows read and stored at once.
const BATCH: u32 = 2_000;

/// Moves an installation from one store to an empty one, and compares the two.
///
/// Every batch is stored together with how far the move has come, so that an interrupted one goes
/// on behind its last batch.
pub struct MoveStore {
    /// Where it is.
    pub from: Arc<dyn StoreExport>,
    /// Where it goes.
    pub to: Arc<dyn StoreImport>,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

/// What a move is doing, for whoever waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveStep {
    /// There are so many rows to copy, and as many to compare.
    Begins {
        /// Rows of the source.
        rows: u64,
        /// Whether an interrupted move goes on.
        resumed: bool,
    },
    /// So many more rows of this table were copied, now or before an interruption.
    Copied(&'static str, u64),
    /// So many more rows of this table were read back.
    Compared(&'static str, u64),
}

/// One table, on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// Its name.
    pub table: &'static str,
    /// What the source has.
    pub source: RowSum,
    /// What the target has.
    pub target: RowSum,
}

impl Compared {
    /// Whether both have the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.source == self.target
    }
}

/// Why an installation was not moved.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MoveError {
    /// The target is in use.
    #[error("the target is not empty: its table `{0}` has rows; nothing was changed")]
    Occupied(&'static str),
    /// The target is half full of another installation.
    #[error("the move of another installation to this target was not finished; nothing was changed")]
    OtherMove,
    /// One of the stores could not go on. What was copied stays; the same move goes on there.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl MoveStore {
    /// Copies and compares everything. The target can be served from if and only if each table is
    /// the same.
    ///
    /// # Errors
    /// [`MoveError`] when the move could not begin, or did not come to its end.
    pub async fn execute(
        &self,
        watch: &(dyn Fn(MoveStep) + Send + Sync),
    ) -> Result<Vec<Compared>, MoveError> {
        let origin = self.from.origin().await?;
        let progress = match self.to.begin(&origin, self.clock.now()).await? {
            Begun::Fresh => None,
            Begun::Resumed(progress) => Some(progress),
            Begun::Occupied(table) => return Err(MoveError::Occupied(table)),
            Begun::OtherMove => return Err(MoveError::OtherMove),
        };
        let mut counts = Vec::with_capacity(TABLES.len());
        for table in TABLES {
            counts.push(self.from.count(table).await?);
        }
        watch(MoveStep::Begins { rows: counts.iter().sum(), resumed: progress.is_some() });
        for (index, table) in (0..).zip(TABLES) {
            let (after, before) = match resume(progress.as_ref(), index) {
                Resume::Here(after) => (after, self.to.count(table).await?),
                Resume::Done => {
                    watch(MoveStep::Copied(table.name, counts.get(index).copied().unwrap_or_default()));
                    continue;
                }
            };
            watch(MoveStep::Copied(table.name, before));
            self.copy(&origin.installation, index, after, watch).await?;
        }
        let compared = self.compare(watch).await?;
        if compared.iter().all(Compared::is_same) {
            self.to.finish().await?;
        }
        Ok(compared)
    }

    /// While one batch is being written the next is read.
    async fn copy(
        &self,
        installation: &str,
        index: usize,
        after: Option<Cursor>,
        watch: &(dyn Fn(MoveStep) + Send + Sync),
    ) -> Result<(), MoveError> {
        let Some(table) = TABLES.get(index) else { return Ok(()) };
        let following = TABLES.get(index + 1).map(|table| table.name.to_owned());
        let mut page = self.from.read(table, after.as_ref(), BATCH).await?;
        loop {
            let progress = MoveProgress {
                installation: installation.to_owned(),
                table: if page.next.is_some() { Some(table.name.to_owned()) } else { following.clone() },
                after: page.next.clone(),
            };
            let write = self.to.write(table, &page.rows, &progress);
            let next = match &page.next {
                Some(after) => {
                    let (written, next) = tokio::join!(write, self.from.read(table, Some(after), BATCH));
                    written?;
                    Some(next?)
                }
                None => write.await.map(|()| None)?,
            };
            watch(MoveStep::Copied(table.name, page.rows.len() as u64));
            match next {
                Some(next) => page = next,
                None => return Ok(()),
            }
        }
    }

    async fn compare(&self, watch: &(dyn Fn(MoveStep) + Send + Sync)) -> Result<Vec<Compared>, StoreError> {
        let mut compared = Vec::with_capacity(TABLES.len());
        for table in TABLES {
            let (source, target) = tokio::try_join!(
                sum(self.from.as_ref(), table, |rows| watch(MoveStep::Compared(table.name, rows))),
                sum(self.to.as_ref(), table, |_| {}),
            )?;
            compared.push(Compared { table: table.name, source, target });
        }
        Ok(compared)
    }
}

/// What is left of a table.
enum Resume {
    /// What comes behind this.
    Here(Option<Cursor>),
    /// Nothing.
    Done,
}

/// What an interrupted move left of the table with this index.
fn resume(progress: Option<&MoveProgress>, index: usize) -> Resume {
    let Some(progress) = progress else { return Resume::Here(None) };
    let place = progress.table.as_ref().and_then(|name| TABLES.iter().position(|table| table.name == name));
    match place.unwrap_or(TABLES.len()).cmp(&index) {
        std::cmp::Ordering::Greater => Resume::Done,
        std::cmp::Ordering::Equal => Resume::Here(progress.after.clone()),
        std::cmp::Ordering::Less => Resume::Here(None),
    }
}

async fn sum<S: StoredRows + ?Sized>(
    store: &S,
    table: &'static Table,
    watch: impl Fn(u64),
) -> Result<RowSum, StoreError> {
    let mut sum = RowSum::default();
    let mut after = None;
    loop {
        let page = store.read(table, after.as_ref(), BATCH).await?;
        page.rows.iter().for_each(|row| sum.add(row));
        watch(page.rows.len() as u64);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(sum),
        }
    }
}
