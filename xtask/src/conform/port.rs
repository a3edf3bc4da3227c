//! The conversation with a port: a line of JSON out, a line of JSON in.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::Result;

/// How long a port may be silent. It may collect all its input first.
const PATIENCE: Duration = Duration::from_secs(60);

/// A child that does not outlive the conversation.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Writes all requests and reads as many answers.
pub(super) fn ask(command: &mut Command, requests: &[&Value]) -> Result<Vec<Value>> {
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{:?} did not start: {error}", command.get_program()))?;
    let mut child = Ended(child);
    let (Some(mut input), Some(output)) = (child.0.stdin.take(), child.0.stdout.take()) else {
        return Err("the program has no input or output".into());
    };
    let mut text = String::new();
    for request in requests {
        text.push_str(&request.to_string());
        text.push('\n');
    }
    // A port that ends early ends the writing; what it answered says more than the broken pipe.
    let writer = thread::spawn(move || drop(input.write_all(text.as_bytes())));
    let (sender, lines) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    let mut answers = Vec::new();
    while answers.len() < requests.len() {
        let number = answers.len() + 1;
        match lines.recv_timeout(PATIENCE) {
            Ok(line) => {
                let line = line.map_err(|error| format!("answer {number}: {error}"))?;
                let answer = serde_json::from_str(&line)
                    .map_err(|error| format!("answer {number} is no JSON: {error}: {line}"))?;
                answers.push(answer);
            }
            Err(RecvTimeoutError::Timeout) => {
                return Err(format!("no answer {number} of {} within {PATIENCE:?}", requests.len()).into());
            }
            Err(RecvTimeoutError::Disconnected) => {
                let answered = number - 1;
                return Err(format!("it ended after {answered} of {} answers", requests.len()).into());
            }
        }
    }
    drop((writer.join(), lines));
    drop(child);
    reader.join().ok();
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sh(script: &str) -> Result<Vec<Value>> {
        let requests = [json!({"rule": "ip", "input": "::1"}), json!({"rule": "ip", "input": "::2"})];
        ask(Command::new("sh").args(["-c", script]), &requests.iter().collect::<Vec<_>>())
    }

    #[test]
    fn a_port_may_answer_at_once_or_at_the_end() {
        assert_eq!(sh("cat").unwrap().len(), 2);
        assert_eq!(sh("x=$(cat); echo \"$x\"").unwrap().len(), 2);
    }

    #[test]
    fn a_port_that_does_not_keep_to_the_protocol_is_named() {
        for (script, problem) in [
            ("head -n 1", "it ended after 1 of 2 answers"),
            ("echo hello; cat >/dev/null", "answer 1 is no JSON"),
            ("exit 0", "it ended after 0 of 2 answers"),
        ] {
            let failure = sh(script).unwrap_err().to_string();
            assert!(failure.contains(problem), "{script}: {failure}");
        }
        let failure = ask(&mut Command::new("no-such-program-as-this"), &[]).unwrap_err().to_string();
        assert!(failure.contains("did not start"), "{failure}");
    }
}
