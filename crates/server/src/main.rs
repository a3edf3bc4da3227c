//! The `resetd` binary: command line, settings, wiring. The only crate that names every adapter.

#![cfg_attr(
    not(feature = "full"),
    expect(dead_code, reason = "settings of what was left out are read and refused")
)]

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
use crate::settings::Layers;

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
    let layers = load(&cli)?;
    if let Command::Config(args) = &cli.command {
        return commands::config(args, layers);
    }
    let (settings, mut errors) = settings::read(&layers);
    errors.splice(..0, layers.errors);
    if !errors.is_empty() {
        return Err(CommandError::several(errors));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CommandError::io("the runtime"))?;
    if !matches!(cli.command, Command::Serve | Command::Demo) {
        telemetry::start_logging(&settings)?;
        layers.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
        return runtime.block_on(commands::run(cli.command, settings));
    }
    let traces = {
        let _within = runtime.enter();
        telemetry::start(&settings)?
    };
    layers.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    layers.secret_files.iter().for_each(|file| settings::warn_of_access(file));
    let outcome = runtime.block_on(commands::run(cli.command, settings));
    if let Some(traces) = traces {
        runtime.block_on(traces.finish());
    }
    outcome
}

/// File, environment, flags: the later wins.
fn load(cli: &Cli) -> Result<Layers, CommandError> {
    let read = |path: &str| std::fs::read_to_string(path);
    let mut layers = Layers::default();
    if let Some(path) = &cli.flags.config {
        let shown = path.display().to_string();
        let text = read(&shown).map_err(CommandError::io(&shown))?;
        layers.add_toml(&text, &shown, read);
    }
    let variables = std::env::vars_os();
    let variables = variables.filter_map(|(name, text)| name.into_string().ok().zip(text.into_string().ok()));
    layers.add_environment(variables, read);
    let flags = &cli.flags;
    for (name, value) in [
        ("listen", &flags.listen),
        ("public_url", &flags.public_url),
        ("database_url", &flags.database_url),
        ("mail_url", &flags.mail_url),
        ("mail_from", &flags.mail_from),
        ("limiter_url", &flags.limiter_url),
        ("data_dir", &flags.data_dir),
    ] {
        if let Some(value) = value {
            layers.set(name, value.clone(), "flag");
        }
    }
    for pair in &flags.set {
        layers.add_pair(pair).map_err(|error| CommandError::usage(format!("--set: {error}")))?;
    }
    Ok(layers)
}

#[expect(clippy::print_stderr, reason = "an error goes to the terminal, whether logging has started or not")]
fn report(error: &CommandError) {
    telemetry::masked(&error.to_string()).lines().for_each(|line| eprintln!("resetd: {line}"));
}
