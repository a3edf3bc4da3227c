//! `cargo xtask conform -- PROGRAM`: a port of the four rules, held to the vectors in
//! `conformance/`.

pub mod case;
mod port;
mod report;

use std::collections::BTreeSet;
use std::process::Command;

use self::case::Case;
pub use self::report::Report;
use crate::output::step;
use crate::{Result, workspace};

/// The words of the command line.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// What the port leaves out: unicode, nfc, idna, providers, refuse-sample
    #[arg(long, value_name = "NEED", value_delimiter = ',')]
    without: Vec<String>,
    /// The port and its arguments
    #[arg(last = true, required = true, value_name = "PROGRAM")]
    program: Vec<String>,
}

/// Asks the program every question of the vectors and prints what it got wrong.
///
/// # Errors
/// When an answer is wrong or missing, or the program does not keep to the protocol.
pub fn run(options: &Options) -> Result {
    let [program, words @ ..] = options.program.as_slice() else { return Err("which program?".into()) };
    let mut command = Command::new(program);
    command.args(words);
    step(options.program.join(" "));
    let without = options.without.iter().map(String::as_str).collect();
    let report = check(&mut command, &without)?;
    println!("{report}");
    if report.is_clean() { Ok(()) } else { Err(format!("{} wrong", report.wrong().len()).into()) }
}

/// Asks the program every question but those that need something of `without`.
///
/// # Errors
/// When the program cannot be started or does not keep to the protocol, or a vector file cannot be
/// read.
pub fn check(command: &mut Command, without: &BTreeSet<&str>) -> Result<Report> {
    let cases = case::load(&workspace::root().join("conformance"))?;
    if let Some(unknown) =
        without.iter().find(|need| !cases.iter().any(|case| case.needs.iter().any(|other| other == *need)))
    {
        return Err(format!("no vector needs {unknown:?}").into());
    }
    let cases: Vec<Case> = cases
        .into_iter()
        .filter(|case| !case.needs.iter().any(|need| without.contains(need.as_str())))
        .collect();
    let requests: Vec<&serde_json::Value> = cases.iter().flat_map(|case| &case.requests).collect();
    let mut answers = port::ask(command, &requests)?.into_iter();
    let mut report = Report::default();
    for case in cases {
        let answered: Vec<_> = answers.by_ref().take(case.requests.len()).collect();
        let verdict = case.judge(&answered);
        report.add(case, verdict);
    }
    Ok(report)
}
