//! The `resetd` binary: command line, settings, wiring. The only crate that names every adapter.

mod cli;
mod command_error;
mod commands;
mod operator;
mod output;
mod service;
mod settings;
mod stores;
mod telemetry;
mod worker;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

use crate::cli::{Cli, Command};
use crate::command_error::CommandError;
use crate::settings::{KNOWN, Layers, Settings, SettingsError};

/// Accepting a request allocates some hundred times, and frees much of it on other threads. Without
/// huge pages (`no_thp`), which make nothing faster here and half as much again resident.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A core file would hold keys, tokens, passwords and addresses in the clear. The limit is for the
/// kernel's own files, the flag also for programs that it pipes them to.
fn allow_no_core_files() {
    let nothing = Rlimit { current: Some(0), maximum: Some(0) };
    let limited = setrlimit(Resource::Core, nothing);
    let hidden = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    // Logging has not started yet.
    if let Err(error) = limited.and(hidden) {
        report(&CommandError::Setup(format!("core files cannot be switched off: {error}")));
    }
}

fn main() -> ExitCode {
    allow_no_core_files();
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            report(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode, CommandError> {
    // Scripts feed `normalize` millions of lines; it needs no settings, no logs and no runtime.
    if let Command::Normalize(args) = &cli.command {
        return commands::normalize(args);
    }
    let settings = load(&cli)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CommandError::io("the runtime"))?;
    if !matches!(cli.command, Command::Serve | Command::Demo) {
        telemetry::start_logging(&settings)?;
        return runtime.block_on(commands::run(cli.command, settings));
    }
    let traces = {
        let _within = runtime.enter();
        telemetry::start(&settings)?
    };
    let outcome = runtime.block_on(commands::run(cli.command, settings));
    if let Some(traces) = traces {
        runtime.block_on(traces.finish());
    }
    outcome
}

/// File, environment, flags: the later wins.
fn load(cli: &Cli) -> Result<Settings, CommandError> {
    let read = |path: &str| std::fs::read_to_string(path);
    let mut layers = Layers::default();
    if let Some(path) = &cli.flags.config {
        let shown = path.display().to_string();
        let text = read(&shown).map_err(CommandError::io(&shown))?;
        layers.add_toml(&text, &shown, KNOWN)?;
        layers.resolve_files(read)?;
    }
    layers.add_environment(environment, read, KNOWN)?;
    let flags = [
        ("listen", &cli.flags.listen),
        ("public_url", &cli.flags.public_url),
        ("database_url", &cli.flags.database_url),
        ("mail_url", &cli.flags.mail_url),
        ("mail_from", &cli.flags.mail_from),
        ("limiter_url", &cli.flags.limiter_url),
        ("data_dir", &cli.flags.data_dir),
    ];
    for (name, value) in flags {
        if let Some(value) = value {
            layers.set(name, value.clone(), "flag".to_owned());
        }
    }
    for pair in &cli.flags.set {
        let (name, value) =
            pair.split_once('=').ok_or_else(|| CommandError::usage("--set: expected NAME=VALUE"))?;
        if !KNOWN.iter().any(|known| known.name == name) {
            return Err(SettingsError::Unknown { name: name.to_owned(), origin: "--set".to_owned() }.into());
        }
        layers.set(name, value.to_owned(), "flag".to_owned());
    }
    Ok(Settings::new(layers))
}

#[expect(clippy::disallowed_methods, reason = "this is where the environment comes in")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[expect(clippy::print_stderr, reason = "the last word of a command goes to the terminal, logging or not")]
fn report(error: &CommandError) {
    eprintln!("resetd: {error}");
}
