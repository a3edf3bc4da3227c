//! The one entry point of a developer.
#![expect(clippy::print_stderr, reason = "a command-line tool speaks through its output")]

use std::process::ExitCode;

use xtask::{Failure, bench, chaos, check, geo_data, sbom, test};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test [--install] [--require-services] [--without NAME]… [FILTER…]
          every test there is, with the services it needs: those that run here, else throwaway ones of
          installed programs; with --install, Debian's packages are installed where one is missing;
          tests whose needs are not met, or left out by --without, are listed as not run
  check [--invariants] [--install]
          format, clippy, docs, the architecture's invariants and the supply chain; or the last two alone,
          which compile nothing
  bench [accept|drain|latency|timing|connections|all] [--store sqlite|postgres] [--seconds N]
        [--connections N] [--pairs N] [--mails N] [--rate N] [--binary PATH]
          what resetd does beside the ceiling of the same machine in the same run
  bench soak [--minutes N] [--rate N] [--store sqlite|postgres] [--binary PATH]
          a constant load for long; fails when memory or the queue grows
  chaos [--seconds N] [--rate N] [--replicas N] [--store sqlite|postgres]
        [--disruption NAME|all]… [--outage N] [--kill-every N] [--binary PATH]
          what the service stands on fails under load; counts what was lost, late, stuck or doubled
  chaos --list
          the disruptions there are
  geo-data [DIR]
          fetches free GEO databases
  sbom [FILE]
          what the resetd binary is made of, as CycloneDX in JSON";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", arguments.as_slice()),
    };
    let outcome = match command {
        "test" => test::run(rest),
        "check" => check::run(rest),
        "bench" => bench::run(rest),
        "bench-echo" => bench::echo::serve(rest),
        "chaos" => chaos::run(rest),
        "geo-data" => geo_data::run(rest),
        "sbom" => sbom::run(rest),
        "help" | "--help" | "-h" => {
            eprintln!("{USAGE}");
            Ok(())
        }
        unknown => Err(Failure::from(format!("there is no command {unknown:?}\n\n{USAGE}"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask {command}: {failure}");
            ExitCode::FAILURE
        }
    }
}
