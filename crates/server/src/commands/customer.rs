//! `resetd customer import`.

mod columns;
mod csv_rows;
mod lines;
mod rows;
mod source;

use std::io::{IsTerminal as _, Read};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use application::model::{AuditAction, ImportCheckpoint, Organisation};
use application::{CustomerRow, ImportCustomers, ImportReport};
use domain::OrganisationId;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use sha2::{Digest, Sha256};

use self::columns::ReadRow;
use self::rows::Rows;
use crate::cli::{CustomerCommand, ImportArgs};
use crate::command_error::CommandError;
use crate::operator::Operator;
use crate::output;

/// Rows stored in one transaction.
const BATCH: usize = 1_000;

/// What a script reads where the import was done but for some rows.
const DONE_IN_PART: u8 = 3;

pub(crate) async fn run(command: CustomerCommand, operator: &Operator) -> Result<ExitCode, CommandError> {
    let CustomerCommand::Import(arguments) = command;
    let organisation = operator.organisation(&arguments.organisation).await?;
    let totals = Import::open(&arguments, &organisation, operator).await?.run(&arguments).await?;
    let subject = totals.to_string();
    operator.audit(AuditAction::CustomersImported, Some(organisation.id), subject.clone()).await?;
    if arguments.json {
        let json = serde_json::to_string(&totals).map_err(|error| CommandError::Setup(error.to_string()))?;
        output::line(&json)?;
    } else {
        output::line(&subject)?;
    }
    Ok(if totals.skipped > 0 { ExitCode::from(DONE_IN_PART) } else { ExitCode::SUCCESS })
}

#[derive(Debug, Default, Serialize)]
struct Totals {
    created: u64,
    updated: u64,
    unchanged: u64,
    skipped: u64,
    stale: u64,
    #[serde(rename = "passwordsKept")]
    passwords_kept: u64,
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { created, updated, unchanged, skipped, stale, passwords_kept } = self;
        write!(
            f,
            "{created} created, {updated} updated, {unchanged} unchanged, {skipped} skipped, {stale} stale, \
             {passwords_kept} passwords kept"
        )
    }
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
        arguments: &ImportArgs,
        organisation: &Organisation,
        operator: &Operator,
    ) -> Result<Self, CommandError> {
        let use_case = ImportCustomers {
            customers: Arc::clone(&operator.stores.customers),
            clock: Arc::clone(&operator.clock),
            random: Arc::clone(&operator.random),
            provider_rules: organisation.settings.provider_rules.clone(),
        };
        let organisation = organisation.id;
        let size = source::regular_size(&arguments.file)?;
        // What can be read once only has no name that a later run could find it by.
        let name = match size {
            Some(_) => fingerprint(&arguments.file)?,
            None => String::new(),
        };
        let mut done = 0;
        if size.is_some() {
            done = use_case.position(organisation, &name).await?;
        } else if arguments.resume {
            return Err(CommandError::usage("--resume needs a file; standard input can be read only once"));
        }
        if done > 0 && arguments.resume {
            tracing::info!(rows = done, "goes on behind the rows that are done");
        } else if done > 0 {
            tracing::info!(rows = done, "an import of this file was interrupted; --resume would go on there");
            done = 0;
        }
        if done == 0 {
            use_case.finish(organisation).await?;
        }
        Ok(Self { use_case, organisation, name, done, bar: progress_bar(size) })
    }

    async fn run(mut self, arguments: &ImportArgs) -> Result<Totals, CommandError> {
        let shown = arguments.file.display().to_string();
        let source = source::open(&arguments.file, arguments.encoding)?;
        let mut rows = Rows::new(source, arguments.format, arguments.delimiter)?;
        let mut totals = Totals::default();
        let mut batch = Vec::with_capacity(BATCH);
        let mut position = 0;
        while let Some(row) = rows.next_row().map_err(CommandError::io(&shown))? {
            position += 1;
            if position <= self.done {
                continue;
            }
            match row {
                ReadRow::Row(row) => batch.push(*row),
                ReadRow::Bad { line, error } => {
                    totals.skipped += 1;
                    self.report(line, &error);
                }
            }
            if batch.len() >= BATCH {
                self.store(&mut batch, position, &mut totals).await?;
                self.bar.set_position(rows.bytes_read());
            }
        }
        self.store(&mut batch, position, &mut totals).await?;
        self.use_case.finish(self.organisation).await?;
        self.bar.finish_and_clear();
        Ok(totals)
    }

    async fn store(
        &mut self,
        batch: &mut Vec<CustomerRow>,
        position: u64,
        totals: &mut Totals,
    ) -> Result<(), CommandError> {
        let checkpoint = ImportCheckpoint { name: self.name.clone(), position };
        let ImportReport { created, updated, unchanged, stale, passwords_kept, skipped } =
            self.use_case.execute(self.organisation, std::mem::take(batch), checkpoint).await?;
        totals.created += created;
        totals.updated += updated;
        totals.unchanged += unchanged;
        totals.stale += stale;
        totals.passwords_kept += passwords_kept;
        totals.skipped += skipped.len() as u64;
        for (line, error) in skipped {
            self.report(line, &error.to_string());
        }
        Ok(())
    }

    /// A bad row is the operator's to mend; the rest goes on.
    fn report(&self, line: u64, error: &str) {
        self.bar.suspend(|| tracing::warn!("line {line}: {error}; skipped"));
    }
}

/// Only a person at a terminal watches a bar.
fn progress_bar(size: Option<u64>) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(size, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Names the content of a file, so that an interrupted import of it can be resumed, and one of
/// another is not.
fn fingerprint(file: &Path) -> Result<String, CommandError> {
    let mut reader = source::input(file)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = reader.read(&mut buffer).map_err(CommandError::io(file.display()))?;
        match buffer.get(..read) {
            Some(bytes) if !bytes.is_empty() => hash.update(bytes),
            _ => break,
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
