//! One module per command.

mod api_key;
mod audit;
mod config;
mod customer;
mod demo;
mod geo;
mod mail;
#[cfg_attr(not(feature = "postgres"), path = "commands/no_move.rs")]
mod move_store;
mod normalize;
mod organisation;
mod serve;
mod template;
mod webhook;

pub(crate) use self::config::run as config;

use std::io;
use std::process::ExitCode;

use crate::cli::{Command, NormalizeArgs};
use crate::command_error::CommandError;
use crate::operator::Operator;
use crate::output;
use crate::settings::Settings;

/// `resetd normalize`: a bad value is data; it fails the command under `--strict` alone.
pub(crate) fn normalize(args: &NormalizeArgs) -> Result<ExitCode, CommandError> {
    match normalize::run(args, io::stdin().lock(), io::stdout().lock()) {
        Ok(all_good) => Ok(if args.strict && !all_good { ExitCode::from(1) } else { ExitCode::SUCCESS }),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(CommandError::Io("normalize".to_owned(), error)),
    }
}

/// Every other command.
pub(crate) async fn run(command: Command, settings: Settings) -> Result<ExitCode, CommandError> {
    match command {
        // `main` has done it.
        Command::Config(_) => Ok(()),
        Command::Demo => demo::run(settings).await,
        Command::Serve => serve::run(&settings).await,
        Command::Migrate => migrate(&settings).await,
        Command::Move(args) => move_store::run(args, &settings).await,
        Command::Openapi => output::line(&http_api::openapi(None)),
        Command::Geo { ip } => geo::run(&ip, &settings).await,
        Command::Normalize(args) => normalize(&args).map(|_| ()),
        Command::Customer(_)
        | Command::Organisation(_)
        | Command::ApiKey(_)
        | Command::Mail(_)
        | Command::Template(_)
        | Command::Webhook(_)
        | Command::Audit(_) => {
            let operator = Operator::open(&settings).await?;
            let outcome = operate(command, &operator, &settings).await;
            // Nothing is left behind that the next process would have to recover.
            operator.stores.database.close().await;
            return outcome;
        }
    }?;
    Ok(ExitCode::SUCCESS)
}

/// The commands that work on an open database.
async fn operate(
    command: Command,
    operator: &Operator,
    settings: &Settings,
) -> Result<ExitCode, CommandError> {
    match command {
        Command::Customer(command) => return customer::run(command, operator).await,
        Command::Organisation(command) => organisation::run(command, operator).await,
        Command::ApiKey(command) => api_key::run(command, operator).await,
        Command::Mail(command) => mail::run(command, operator).await,
        Command::Template(command) => template::run(command, operator, settings).await,
        Command::Webhook(command) => webhook::run(command, operator, settings).await,
        Command::Audit(args) => audit::run(args, operator).await,
        Command::Demo
        | Command::Serve
        | Command::Migrate
        | Command::Move(_)
        | Command::Config(_)
        | Command::Openapi
        | Command::Geo { .. }
        | Command::Normalize(_) => Ok(()),
    }?;
    Ok(ExitCode::SUCCESS)
}

async fn migrate(settings: &Settings) -> Result<(), CommandError> {
    let version = crate::stores::migrate(settings).await?;
    output::line(&format!("the database is at version {version}"))
}
