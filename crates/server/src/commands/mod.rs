//! One module per command.

mod api_key;
mod audit;
mod customer;
mod demo;
mod geo;
mod mail;
mod move_store;
mod normalize;
mod organisation;
mod serve;
mod template;
mod webhook;

use std::io;
use std::process::ExitCode;

use crate::cli::{Command, NormalizeArgs};
use crate::fault::Fault;
use crate::operator::Operator;
use crate::output;
use crate::settings::{Settings, Shown};

/// `resetd normalize`: a bad value is data; it fails the command under `--strict` alone.
pub(crate) fn normalize(args: &NormalizeArgs) -> Result<ExitCode, Fault> {
    match normalize::run(args, io::stdin().lock(), io::stdout().lock()) {
        Ok(all_good) => Ok(if args.strict && !all_good { ExitCode::from(1) } else { ExitCode::SUCCESS }),
        Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(fault) => Err(Fault::Io("normalize".to_owned(), fault)),
    }
}

/// Every other command.
pub(crate) async fn run(command: Command, settings: Settings) -> Result<ExitCode, Fault> {
    match command {
        Command::Customer(command) => {
            return customer::run(command, &Operator::open(&settings).await?).await;
        }
        Command::Demo => demo::run(settings).await,
        Command::Serve => serve::run(&settings).await,
        Command::Migrate => migrate(&settings).await,
        Command::Move(args) => move_store::run(args, &settings).await,
        Command::Config => config(&settings),
        Command::Openapi => output::line(&http_api::openapi()),
        Command::Geo { ip } => geo::run(&ip, &settings).await,
        Command::Normalize(args) => normalize(&args).map(|_| ()),
        Command::Organisation(command) => organisation::run(command, &Operator::open(&settings).await?).await,
        Command::ApiKey(command) => api_key::run(command, &Operator::open(&settings).await?).await,
        Command::Mail(command) => mail::run(command, &Operator::open(&settings).await?).await,
        Command::Template(command) => {
            template::run(command, &Operator::open(&settings).await?, &settings).await
        }
        Command::Webhook(command) => {
            webhook::run(command, &Operator::open(&settings).await?, &settings).await
        }
        Command::Audit(args) => audit::run(args, &Operator::open(&settings).await?).await,
    }?;
    Ok(ExitCode::SUCCESS)
}

async fn migrate(settings: &Settings) -> Result<(), Fault> {
    let version = crate::stores::migrate(settings).await?;
    output::line(&format!("the database is at version {version}"))
}

fn config(settings: &Settings) -> Result<(), Fault> {
    settings.describe().into_iter().try_for_each(|(name, shown)| match shown {
        Shown::Value { text, origin } => output::line(&format!("{name} = {text:?}  # {origin}")),
        Shown::Absent(help) => output::line(&format!("# {name}: {help}")),
    })
}
