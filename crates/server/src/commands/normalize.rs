//! `resetd normalize`: the domain rules for scripts, as a filter or as a co-process, in constant
//! memory.

mod answer;
mod json;
mod lines;
mod request;

use std::io::{self, Read, Write};

use self::answer::Outcome;
use self::lines::{Lines, Next};
use crate::cli::{NormalizeArgs, Rule};

/// How much is written at once, while there is more to read.
const BUFFER: usize = 256 * 1024;

/// Runs over the arguments, or over the lines of `input`. Returns whether every value was good.
/// Before it waits for input everything is written that was answered.
pub(crate) fn run(args: &NormalizeArgs, input: impl Read, output: impl Write) -> io::Result<bool> {
    let mut output = io::BufWriter::with_capacity(BUFFER, output);
    let mut all_good = true;
    match args.rule {
        Some(rule) if !args.values.is_empty() => {
            for value in &args.values {
                all_good &= one(rule, Ok(value), &mut output)?;
            }
        }
        rule => {
            let mut lines = Lines::new(input);
            loop {
                if lines.would_wait() {
                    output.flush()?;
                }
                let line = match lines.next()? {
                    Next::End => break,
                    Next::TooLong => Err(Outcome::line_too_long()),
                    Next::Line(line) => std::str::from_utf8(line).map_err(Outcome::not_utf8),
                };
                all_good &= match rule {
                    Some(rule) => one(rule, line, &mut output)?,
                    None => request::answer(line, &mut output)?,
                };
            }
        }
    }
    output.flush()?;
    Ok(all_good)
}

/// One value by one rule: its line begins with what came in, a key masked.
fn one(rule: Rule, value: Result<&str, Outcome>, output: &mut impl Write) -> io::Result<bool> {
    let (input, outcome) = match value {
        Ok(value) => (answer::shown(rule, value), Outcome::of(rule, value, None, true)),
        Err(problem) => (None, problem),
    };
    let good = outcome.is_good();
    json::line(&answer::Line { input, ok: good, outcome: outcome.short() }, output)?;
    Ok(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalize(rule: Option<Rule>, input: &[u8]) -> (bool, String) {
        let mut output = Vec::new();
        let args = NormalizeArgs { rule, values: Vec::new(), ndjson: rule.is_none(), strict: false };
        let good = run(&args, input, &mut output).unwrap();
        (good, String::from_utf8(output).unwrap())
    }

    #[test]
    fn one_object_per_line() {
        let (good, output) = normalize(Some(Rule::Email), b"J.Doe+x@GMail.com\n jan@barasek.com \n");
        assert!(good);
        assert_eq!(
            output,
            "{\"input\":\"J.Doe+x@GMail.com\",\"ok\":true,\"normalized\":\"j.doe+x@gmail.com\",\"canonical\":\"jdoe@gmail.com\"}\n\
             {\"input\":\" jan@barasek.com \",\"ok\":true,\"normalized\":\"jan@barasek.com\",\"canonical\":\"jan@barasek.com\"}\n"
        );
        let (_, output) = normalize(Some(Rule::Ip), b"::ffff:1.2.3.4");
        assert_eq!(output, "{\"input\":\"::ffff:1.2.3.4\",\"ok\":true,\"normalized\":\"1.2.3.4\"}\n");
        let (_, output) = normalize(Some(Rule::Expiry), b"3h 20m\n");
        assert_eq!(output, "{\"input\":\"3h 20m\",\"ok\":true,\"seconds\":12000}\n");
    }

    #[test]
    fn a_key_does_not_come_out_whole() {
        let (_, output) = normalize(Some(Rule::ApiKey), b"ROOTaaaaaaaaaaaaaaaaaaaaaaaaaaab\n");
        assert_eq!(output, "{\"input\":\"ROOT\u{2026}ab\",\"ok\":true,\"kind\":\"system\"}\n");
        let (_, output) = normalize(Some(Rule::ApiKey), b"PRODsecretsecretsecretsecret!\nsecret\n");
        assert!(!output.contains("secret") && output.contains("\"input\":\"PROD\u{2026}\""), "{output}");
    }

    #[test]
    fn the_sample_key_is_refused() {
        let (good, output) = normalize(Some(Rule::ApiKey), domain::SAMPLE_API_KEY.as_bytes());
        assert!(!good && output.contains("\"code\":\"sample-key\""), "{output}");
    }

    #[test]
    fn a_bad_value_is_data() {
        let (good, output) = normalize(Some(Rule::Email), b"jan@x..cz\n\xff@x.y\na@b.cz\n");
        assert!(!good);
        let lines: Vec<serde_json::Value> =
            output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0]["ok"], false);
        assert_eq!(lines[0]["error"]["position"], 6);
        assert!(lines[0]["error"]["code"].is_string() && lines[0]["error"]["message"].is_string());
        assert_eq!(lines[1]["error"]["code"], "invalid-utf8");
        assert_eq!(lines[2]["ok"], true);
    }

    #[test]
    fn a_request_is_answered_with_everything_that_is_known() {
        let (good, output) = normalize(
            None,
            r#"{"id":7,"rule":"email","input":"J.An+x@GMail.com"}
{"rule":"ip","input":"2001:db8:1:2::3"}
{"rule":"expiry","input":"PT3H20M"}
{"rule":"api-key","input":"DEV_abcdefghijklmnopqrstuvwxyzAB","id":"k"}
{"rule":"email","input":"j.an@firma.cz","options":{"providers":[{"name":"F","source":"x","domains":["firma.cz"],"ignoresDots":true}]}}
"#
            .as_bytes(),
        );
        assert!(good, "{output}");
        let lines: Vec<&str> = output.lines().collect();
        assert_eq!(
            lines[0],
            r#"{"id":7,"ok":true,"normalized":"j.an+x@gmail.com","canonical":"jan@gmail.com","provider":"Gmail","masked":"j***@gmail.com","localPart":"j.an+x","domain":"gmail.com","unicode":"j.an+x@gmail.com"}"#
        );
        assert_eq!(
            lines[1],
            r#"{"ok":true,"normalized":"2001:db8:1:2::3","scope":"documentation","budgetKey":"2001:db8:1:2::"}"#
        );
        assert_eq!(lines[2], r#"{"ok":true,"seconds":12000,"text":"3h 20m","iso8601":"PT3H20M"}"#);
        assert!(lines[3].starts_with(r#"{"id":"k","ok":true,"kind":"development","masked":"DEV_…AB""#));
        assert!(lines[4].contains(r#""canonical":"jan@firma.cz","provider":"F""#), "{}", lines[4]);
    }

    #[test]
    fn a_line_that_is_no_request_is_answered_too() {
        let long = format!("{{\"rule\":\"email\",\"input\":\"{}\"}}\n", "a".repeat(2_000_000));
        let input = format!(
            "{long}{{\"rule\":\"phone\",\"input\":\"1\"}}\nhello\n\n{{\"id\":\"x\",\"rule\":\"ip\"}}\n{{\"rule\":\"ip\",\"input\":\"::2\"}}"
        );
        let (good, output) = normalize(None, input.as_bytes());
        assert!(!good);
        let lines: Vec<serde_json::Value> =
            output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let codes: Vec<&str> =
            lines.iter().map(|line| line["error"]["code"].as_str().unwrap_or("good")).collect();
        assert_eq!(
            codes,
            [
                "line-too-long",
                "invalid-request",
                "invalid-request",
                "invalid-request",
                "invalid-request",
                "good"
            ]
        );
    }

    #[test]
    fn no_answer_breaks_its_line() {
        let (_, output) = normalize(
            None,
            "{\"rule\":\"email\",\"input\":\"x\",\"id\":\"a\u{2028}b\u{85}c\u{202e}\"}".as_bytes(),
        );
        assert!(output.contains(r#""id":"a\u2028b\u0085c\u202e""#), "{output}");
    }
}
