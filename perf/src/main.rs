//! `cargo xtask bench` and `cargo xtask chaos`, in a release build of their own.
#![expect(clippy::print_stderr, reason = "a command-line tool speaks through its output")]

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use perf::{bench, chaos};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
enum Command {
    /// What resetd does beside the ceilings of the same machine in the same run
    Bench(bench::Options),
    /// The database, the relay, the disk and the servers fail under load; counts what was lost,
    /// late, stuck or doubled
    Chaos(chaos::Options),
    /// The bare echo that `bench` compares with, until killed
    #[command(hide = true)]
    Echo {
        /// Where it listens.
        listen: SocketAddr,
    },
}

fn main() -> ExitCode {
    let (name, outcome) = match Command::parse() {
        Command::Bench(options) => ("bench", bench::run(options)),
        Command::Chaos(options) => ("chaos", chaos::run(options)),
        Command::Echo { listen } => ("echo", bench::echo::serve(listen)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{name}: {failure}");
            ExitCode::FAILURE
        }
    }
}
