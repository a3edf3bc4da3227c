//! `resetd customer import`.

mod rows;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use application::ports::{AuditAction, ImportCheckpoint};
use application::{CustomerRow, ImportCustomers, ImportReport};
use domain::OrganisationId;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sha2::{Digest, Sha256};

use self::rows::{Format, ReadRow, Rows};
use crate::cli::CustomerCommand;
use crate::fault::Fault;
use crate::operator::Operator;
use crate::output;

/// Rows stored in one transaction.
const BATCH: usize = 1_000;

pub(crate) async fn run(command: CustomerCommand, operator: &Operator) -> Result<(), Fault> {
    let CustomerCommand::Import { file, organisation, restart } = command;
    let organisation = operator.organisation(&organisation).await?.id;
    let import = Import::open(&file, organisation, restart, operator).await?;
    let totals = import.run(&file).await?;
    let subject =
        format!("{} created, {} updated, {} skipped", totals.created, totals.updated, totals.skipped);
    operator.audit(AuditAction::CustomersImported, Some(organisation), subject.clone()).await?;
    output::line(&subject)
}

#[derive(Default)]
struct Totals {
    created: u64,
    updated: u64,
    skipped: u64,
}

struct Import {
    use_case: ImportCustomers,
    organisation: OrganisationId,
    name: String,
    done: u64,
    bar: ProgressBar,
}

impl Import {
    async fn open(
        file: &Path,
        organisation: OrganisationId,
        restart: bool,
        operator: &Operator,
    ) -> Result<Self, Fault> {
        let name = fingerprint(file)?;
        let use_case = ImportCustomers {
            customers: Arc::clone(&operator.stores.customers),
            clock: Arc::clone(&operator.clock),
            random: Arc::clone(&operator.random),
        };
        let done = if restart { 0 } else { use_case.position(organisation, &name).await? };
        if done > 0 {
            tracing::info!(rows = done, "resuming an import of this file; --restart starts over");
        }
        let size = file.metadata().map_err(Fault::io(file.display()))?.len();
        Ok(Self { use_case, organisation, name, done, bar: progress_bar(size) })
    }

    async fn run(mut self, file: &Path) -> Result<Totals, Fault> {
        let reader = BufReader::new(File::open(file).map_err(Fault::io(file.display()))?);
        let mut rows = Rows::new(reader, Format::of(file)?)?;
        let mut totals = Totals::default();
        let mut batch = Vec::with_capacity(BATCH);
        let mut position = 0;
        while let Some(row) = rows.next_row().map_err(Fault::io(file.display()))? {
            position += 1;
            if position <= self.done {
                continue;
            }
            match row {
                ReadRow::Row(row) => batch.push(row),
                ReadRow::Bad { line, fault } => {
                    totals.skipped += 1;
                    self.report(line, &fault);
                }
            }
            if batch.len() >= BATCH {
                self.store(&mut batch, position, &mut totals).await?;
                self.bar.set_position(rows.bytes_read());
            }
        }
        self.store(&mut batch, position, &mut totals).await?;
        self.bar.finish_and_clear();
        Ok(totals)
    }

    async fn store(
        &mut self,
        batch: &mut Vec<CustomerRow>,
        position: u64,
        totals: &mut Totals,
    ) -> Result<(), Fault> {
        let checkpoint = ImportCheckpoint { name: self.name.clone(), position };
        let ImportReport { created, updated, skipped } =
            self.use_case.execute(self.organisation, std::mem::take(batch), checkpoint).await?;
        totals.created += created;
        totals.updated += updated;
        totals.skipped += skipped.len() as u64;
        for (line, fault) in skipped {
            self.report(line, &fault.to_string());
        }
        Ok(())
    }

    /// A bad row is the operator's to mend; the rest goes on.
    fn report(&self, line: u64, fault: &str) {
        self.bar.suspend(|| tracing::warn!("line {line}: {fault}; skipped"));
    }
}

fn progress_bar(size: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Names the content of a file, so that an interrupted import of it can be resumed, and one of another is not.
fn fingerprint(file: &Path) -> Result<String, Fault> {
    let mut reader = File::open(file).map_err(Fault::io(file.display()))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = reader.read(&mut buffer).map_err(Fault::io(file.display()))?;
        match buffer.get(..read) {
            Some(bytes) if !bytes.is_empty() => hash.update(bytes),
            _ => break,
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
