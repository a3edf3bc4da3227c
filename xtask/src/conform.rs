//! `cargo xtask conform -- PROGRAM`: a port of the four rules, held to the vectors in
//! `conformance/`.

pub mod case;
mod port;
mod report;

use std::collections::BTreeSet;
use std::process::Command;

use self::case::Case;
pub use self::report::Report;
use crate::arguments::Arguments;
use crate::output::step;
use crate::{Result, workspace};

/// Asks `PROGRAM` every question of the vectors and prints what it got wrong.
///
/// # Errors
/// When an answer is wrong or missing, or the program does not keep to the protocol.
pub fn run(arguments: &[String]) -> Result {
    let split = arguments.iter().position(|word| word == "--");
    let (ours, program) = arguments.split_at(split.unwrap_or(arguments.len()));
    let mut ours = Arguments::new(ours);
    let without = ours.option("--without")?.unwrap_or_default();
    let without: BTreeSet<&str> = without.split(',').filter(|need| !need.is_empty()).collect();
    ours.rest()?;
    let [_, program, words @ ..] = program else {
        return Err("which program? cargo xtask conform [--without NEED,…] -- PROGRAM [ARGUMENT…]".into());
    };
    let mut command = Command::new(program);
    command.args(words);
    step(format!("{program} {}", words.join(" ")));
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
