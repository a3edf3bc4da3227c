//! `resetd normalize`: the domain rules for scripts, in constant memory.

use std::io::{self, BufRead, Write};

use domain::{ApiKey, CustomerIp, EmailAddress, Expiry};
use serde::Serialize;

use crate::cli::{NormalizeArgs, Rule};

/// How much is read and written at once.
const BUFFER: usize = 256 * 1024;

#[derive(Serialize)]
struct Line<'a> {
    input: &'a str,
    ok: bool,
    #[serde(flatten)]
    outcome: Outcome<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome<'a> {
    Email { normalized: &'a str, canonical: &'a str },
    Ip { normalized: String },
    ApiKey { kind: &'static str },
    Expiry { seconds: u32 },
    CommandError { error: CommandError },
}

#[derive(Serialize)]
struct CommandError {
    code: &'static str,
    message: String,
}

/// Runs over the arguments, or over the lines of `input`. Returns whether every value was good.
pub(crate) fn run(args: &NormalizeArgs, input: impl BufRead, output: impl Write) -> io::Result<bool> {
    let mut output = io::BufWriter::with_capacity(BUFFER, output);
    let mut all_good = true;
    if args.values.is_empty() {
        all_good = lines(args.rule, input, &mut output)?;
    } else {
        for value in &args.values {
            all_good &= one(args.rule, value, &mut output)?;
        }
    }
    output.flush()?;
    Ok(all_good)
}

fn lines(rule: Rule, mut input: impl BufRead, output: &mut impl Write) -> io::Result<bool> {
    let mut all_good = true;
    let mut line = Vec::with_capacity(512);
    while input.read_until(b'\n', &mut line)? > 0 {
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        all_good &= match std::str::from_utf8(&line) {
            Ok(value) => one(rule, value, output)?,
            Err(error) => {
                let message = format!("not UTF-8 from octet {} on", error.valid_up_to());
                bad(&String::from_utf8_lossy(&line), "invalid-utf8", message, output)?
            }
        };
        line.clear();
    }
    Ok(all_good)
}

fn one(rule: Rule, value: &str, output: &mut impl Write) -> io::Result<bool> {
    match rule {
        Rule::Email => match EmailAddress::parse(value) {
            Ok(email) => {
                let outcome = Outcome::Email { normalized: email.normalized(), canonical: email.canonical() };
                good(value, outcome, output)
            }
            Err(error) => bad(value, error.code(), error.to_string(), output),
        },
        Rule::Ip => match CustomerIp::parse(value) {
            Ok(ip) => good(value, Outcome::Ip { normalized: ip.to_string() }, output),
            Err(error) => bad(value, error.code(), error.to_string(), output),
        },
        // The sample key is refused everywhere but in the demo, here too.
        Rule::ApiKey => match ApiKey::parse(value).and_then(ApiKey::refuse_sample) {
            Ok(key) => good(value, Outcome::ApiKey { kind: key.kind().as_str() }, output),
            Err(error) => bad(value, error.code(), error.to_string(), output),
        },
        Rule::Expiry => match Expiry::parse(value) {
            Ok(expiry) => good(value, Outcome::Expiry { seconds: expiry.as_seconds() }, output),
            Err(error) => bad(value, error.code(), error.to_string(), output),
        },
    }
}

fn good(input: &str, outcome: Outcome<'_>, output: &mut impl Write) -> io::Result<bool> {
    write(&Line { input, ok: true, outcome }, output)?;
    Ok(true)
}

fn bad(input: &str, code: &'static str, message: String, output: &mut impl Write) -> io::Result<bool> {
    write(
        &Line { input, ok: false, outcome: Outcome::CommandError { error: CommandError { code, message } } },
        output,
    )?;
    Ok(false)
}

fn write(line: &Line<'_>, output: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *output, line)?;
    output.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalize(rule: Rule, input: &[u8]) -> (bool, String) {
        let mut output = Vec::new();
        let args = NormalizeArgs { rule, values: Vec::new(), strict: false };
        let good = run(&args, input, &mut output).unwrap();
        (good, String::from_utf8(output).unwrap())
    }

    #[test]
    fn one_object_per_line() {
        let (good, output) = normalize(Rule::Email, b"J.Doe+x@GMail.com\n jan@barasek.com \n");
        assert!(good);
        assert_eq!(
            output,
            "{\"input\":\"J.Doe+x@GMail.com\",\"ok\":true,\"normalized\":\"j.doe+x@gmail.com\",\"canonical\":\"jdoe@gmail.com\"}\n\
             {\"input\":\" jan@barasek.com \",\"ok\":true,\"normalized\":\"jan@barasek.com\",\"canonical\":\"jan@barasek.com\"}\n"
        );
        let (_, output) = normalize(Rule::Ip, b"::ffff:1.2.3.4");
        assert_eq!(output, "{\"input\":\"::ffff:1.2.3.4\",\"ok\":true,\"normalized\":\"1.2.3.4\"}\n");
        let (_, output) = normalize(Rule::Expiry, b"3h 20m\n");
        assert_eq!(output, "{\"input\":\"3h 20m\",\"ok\":true,\"seconds\":12000}\n");
        let (_, output) = normalize(Rule::ApiKey, b"ROOTaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
        assert_eq!(
            output,
            "{\"input\":\"ROOTaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"ok\":true,\"kind\":\"system\"}\n"
        );
    }

    #[test]
    fn the_sample_key_is_refused() {
        let (good, output) = normalize(Rule::ApiKey, domain::SAMPLE_API_KEY.as_bytes());
        assert!(!good && output.contains("\"code\":\"sample-key\""), "{output}");
    }

    #[test]
    fn a_bad_value_is_data() {
        let (good, output) = normalize(Rule::Email, b"nobody\n\xff@x.y\na@b.cz\n");
        assert!(!good);
        let lines: Vec<serde_json::Value> =
            output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0]["ok"], false);
        assert!(lines[0]["error"]["code"].is_string() && lines[0]["error"]["message"].is_string());
        assert_eq!(lines[1]["error"]["code"], "invalid-utf8");
        assert_eq!(lines[2]["ok"], true);
    }
}
