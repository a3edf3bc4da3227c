//! The one entry point of a developer.
#![expect(clippy::print_stderr, reason = "a command-line tool speaks through its output")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use xtask::{Result, check, conform, geo_data, process, sbom, test, workspace};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
enum Command {
    /// Every test there is, with the services it needs: those that run here, else throwaway ones of
    /// installed programs. Tests whose needs are not met are listed as not run
    Test(test::Options),
    /// Format, lints, docs, the architecture's invariants and the supply chain
    Check(check::Options),
    /// What resetd does beside the ceilings of the same machine in the same run
    #[command(disable_help_flag = true)]
    Bench(PerfOptions),
    /// The database, the relay, the disk and the servers fail under load; counts what was lost,
    /// late, stuck or doubled
    #[command(disable_help_flag = true)]
    Chaos(PerfOptions),
    /// A port of the four rules, held to the vectors in conformance/
    Conform(conform::Options),
    /// Fetches free GEO databases
    GeoData {
        /// Where they go [default: data/geo]
        folder: Option<PathBuf>,
    },
    /// What the resetd binary is made of, as CycloneDX in JSON
    Sbom {
        /// Where it goes [default: standard output]
        file: Option<PathBuf>,
    },
}

/// The words that the package `perf` reads.
#[derive(Debug, clap::Args)]
struct PerfOptions {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTIONS")]
    words: Vec<String>,
}

fn main() -> ExitCode {
    let outcome = match Command::parse() {
        Command::Test(options) => test::run(&options),
        Command::Check(options) => check::run(&options),
        Command::Bench(options) => perf("bench", &options),
        Command::Chaos(options) => perf("chaos", &options),
        Command::Conform(options) => conform::run(&options),
        Command::GeoData { folder } => geo_data::run(folder),
        Command::Sbom { file } => sbom::run(file.as_deref()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the package `perf`, built in release: a load generator built for debugging would measure
/// itself.
fn perf(command: &str, options: &PerfOptions) -> Result {
    let mut perf = workspace::cargo();
    perf.args(["run", "--quiet", "--release", "--package", "perf", "--", command]).args(&options.words);
    process::run(&mut perf)
}
