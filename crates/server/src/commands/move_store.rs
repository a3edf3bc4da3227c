//! `resetd move`: the whole installation, from SQLite to PostgreSQL.

use std::sync::Arc;

use application::audit::Chain;
use application::ports::{AddressVault, AuditLog};
use application::{Compared, MoveError, MoveStep, MoveStore};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use secrecy::ExposeSecret as _;
use store_postgres::{PoolSettings, PostgresDatabase, PostgresImport, PostgresStore};
use store_sqlite::{SqliteExport, SqliteSource};
use system::{SystemClock, Vault};

use crate::cli::MoveArgs;
use crate::command_error::CommandError;
use crate::output;
use crate::settings::{DatabaseUrl, Settings, SettingsError};
use crate::stores::own_data_key;

pub(crate) async fn run(args: MoveArgs, settings: &Settings) -> Result<(), CommandError> {
    let to = match &args.to {
        Some(url) => &url.parse().map_err(|error| CommandError::usage(format!("--to: {error}")))?,
        None => settings.database_url()?,
    };
    let DatabaseUrl::Postgres(to) = to else {
        return Err(CommandError::usage("--to (else database_url): expected postgres://…"));
    };
    if !args.from.starts_with("sqlite:") {
        return Err(CommandError::usage("--from: expected sqlite://PATH"));
    }
    let source = SqliteSource::open(&args.from).await?;
    let vault: Arc<dyn AddressVault> = Arc::new(vault(&source, settings).await?);
    let from = SqliteExport::new(source, Arc::clone(&vault)).await?;
    let target =
        PostgresDatabase::connect(to.expose_secret(), PoolSettings::default(), "resetd move").await?;
    target.migrate().await?;
    let into = PostgresImport::open(target.clone(), Arc::clone(&vault)).await?;
    let mover = MoveStore { from: Arc::new(from), to: Arc::new(into), clock: Arc::new(SystemClock) };

    let bar = progress_bar();
    let moved = mover.execute(&|step| show(&bar, step)).await;
    bar.finish_and_clear();
    let compared = moved.map_err(|error| match error {
        MoveError::Store(error) => CommandError::from(error),
        refused => CommandError::usage(refused.to_string()),
    })?;
    report(&compared)?;
    check_chain(&PostgresStore::new(target, Arc::clone(&vault)).await?, vault.as_ref()).await?;
    output::line("moved: the target can be served from")
}

/// The operator's key, else the one that lies in the source.
async fn vault(source: &SqliteSource, settings: &Settings) -> Result<Vault, CommandError> {
    if let Some(key) = &settings.data_key {
        return Ok(Vault::new(key));
    }
    let kept = source.data_key().await?;
    let kept = kept
        .ok_or_else(|| SettingsError::invalid("data_key", "the source was written with a key of its own"))?;
    Ok(Vault::new(&own_data_key(kept)?))
}

fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg:28} {bar:40} {percent:>3} %  {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn show(bar: &ProgressBar, step: MoveStep) {
    match step {
        MoveStep::Begins { rows, resumed } => {
            bar.set_length(rows * 2);
            if resumed {
                bar.suspend(|| tracing::info!("resuming an interrupted move"));
            }
        }
        MoveStep::Copied(table, rows) => {
            bar.set_message(format!("copying {table}"));
            bar.inc(rows);
        }
        MoveStep::Compared(table, rows) => {
            bar.set_message(format!("comparing {table}"));
            bar.inc(rows);
        }
    }
}

/// Both sides, table by table.
fn report(compared: &[Compared]) -> Result<(), CommandError> {
    let row = |table: &Compared| {
        let verdict = if table.is_same() { "same" } else { "DIFFERENT" };
        let (source, target) = (table.source, table.target);
        let digest =
            if table.is_same() { source.shown() } else { format!("{} {}", source.shown(), target.shown()) };
        vec![
            table.table.to_owned(),
            source.rows.to_string(),
            target.rows.to_string(),
            verdict.to_owned(),
            digest,
        ]
    };
    let rows: Vec<_> = compared.iter().map(row).collect();
    output::table(&["table", "source", "target", "", "digest"], &rows)?;
    let different = compared.iter().filter(|table| !table.is_same()).map(|table| table.table);
    let different: Vec<_> = different.collect();
    if different.is_empty() {
        return Ok(());
    }
    Err(CommandError::Differs(format!(
        "the target is not what the source is: {}. Nobody is served from it; empty it and move again",
        different.join(", ")
    )))
}

async fn check_chain(audit: &dyn AuditLog, vault: &dyn AddressVault) -> Result<(), CommandError> {
    match application::audit::verify(audit, vault).await? {
        whole @ Chain::Whole { .. } => output::line(&format!("audit log: {whole}")),
        broken => Err(CommandError::Differs(format!(
            "everything was moved as it is, but the audit log was tampered with before: {broken}"
        ))),
    }
}
