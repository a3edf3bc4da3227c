//! `resetd normalize` as a co-process: it answers while its input stays open, keeps to the vectors,
//! and does not grow.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::process::resetd;

struct CoProcess {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl CoProcess {
    fn start(arguments: &[&str]) -> Self {
        let mut command = resetd();
        command.arg("normalize").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, input, output: BufReader::new(output) }
    }

    fn ask(&mut self, line: &str) -> String {
        writeln!(self.input, "{line}").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        answer
    }
}

impl Drop for CoProcess {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn a_line_is_answered_while_the_input_stays_open() {
    for (arguments, line, answer) in [
        (&["--ndjson"][..], r#"{"id":1,"rule":"expiry","input":"3h 20m"}"#, r#""seconds":12000"#),
        (&["email"], "J.An@GMail.com", r#""canonical":"jan@gmail.com""#),
    ] {
        let mut port = CoProcess::start(arguments);
        let mut round_trips: Vec<Duration> = (0..50)
            .map(|_| {
                let asked = Instant::now();
                let answered = port.ask(line);
                assert!(answered.contains(answer), "{answered}");
                asked.elapsed()
            })
            .collect();
        // The best of them: what a busy machine adds is not the program's.
        round_trips.sort();
        assert!(round_trips[0] < Duration::from_millis(5), "{arguments:?}: {round_trips:?}");
    }
}

#[test]
fn it_keeps_to_the_vectors() {
    let report = xtask::conform::check(resetd().args(["normalize", "--ndjson"]), &BTreeSet::new()).unwrap();
    assert!(report.is_clean() && report.asked() > 1_000, "{report}");
}

/// The most memory it ever had, in KiB.
fn peak(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Asks `count` times without waiting, as a batch does.
fn batch(port: &mut CoProcess, count: usize) {
    let line = "{\"rule\":\"email\",\"input\":\"J.Doe+x@GMail.com\"}\n".repeat(1_000);
    let (input, output) = (&mut port.input, &mut port.output);
    thread::scope(|scope| {
        scope.spawn(move || {
            for _ in 0..count / 1_000 {
                input.write_all(line.as_bytes()).unwrap();
            }
        });
        let mut answer = Vec::new();
        for _ in 0..count {
            answer.clear();
            output.read_until(b'\n', &mut answer).unwrap();
            assert!(answer.starts_with(b"{\"ok\":true"));
        }
    });
}

#[test]
fn a_million_lines_take_no_more_memory_than_a_few() {
    let mut port = CoProcess::start(&["--ndjson"]);
    batch(&mut port, 20_000);
    let after_a_few = peak(&port.child);
    batch(&mut port, 1_000_000);
    let after_a_million = peak(&port.child);
    assert!(after_a_million < after_a_few + 1_024, "{after_a_few} KiB, then {after_a_million} KiB");
}
