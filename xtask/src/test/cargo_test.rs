//! Runs `cargo test`, passes its output on, and counts.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use super::tally::{Reader, Tally};
use crate::Result;

/// Runs it to its end. A run that ends badly without a failed test (it did not compile) counts as
/// one failure.
///
/// # Errors
/// When cargo cannot be started.
pub(super) fn run(command: &mut Command) -> Result<Tally> {
    run_and_show(command, |line| println!("{line}"))
}

fn run_and_show(command: &mut Command, mut show: impl FnMut(&str)) -> Result<Tally> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (sender, lines) = mpsc::channel();
    let mut readers = Vec::new();
    for stream in [child.stdout.take().map(boxed), child.stderr.take().map(boxed)].into_iter().flatten() {
        let sender = sender.clone();
        readers.push(thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(std::result::Result::ok) {
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
            }
        }));
    }
    drop(sender);
    let mut reader = Reader::default();
    for line in lines {
        if reader.take(&line) {
            show(&line);
        }
    }
    readers.into_iter().for_each(|reader| drop(reader.join()));
    let status = child.wait()?;
    let mut tally = reader.finish();
    if !status.success() && tally.failed.is_empty() {
        tally.failed.push(format!("cargo test ended with {status}"));
    }
    Ok(tally)
}

fn boxed(stream: impl Read + Send + 'static) -> Box<dyn Read + Send> {
    Box::new(stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_are_read_and_a_bad_end_is_a_failure() {
        let script = "echo 'test result: ok. 3 passed; 0 failed; 0 ignored'; echo 'SKIPPED x: y' >&2; exit 0";
        let mut shown = Vec::new();
        let show = |line: &str| shown.push(line.to_owned());
        let tally = run_and_show(Command::new("sh").args(["-c", script]), show).unwrap();
        assert_eq!((tally.passed, tally.failed.len(), tally.skipped), (2, 0, vec!["x: y".to_owned()]));
        assert_eq!(shown.len(), 1, "{shown:?}");
        let broken = run_and_show(
            Command::new("sh").args(["-c", "echo 'error: could not compile' >&2; exit 101"]),
            |_| (),
        )
        .unwrap();
        assert_eq!(broken.failed.len(), 1);
    }
}
