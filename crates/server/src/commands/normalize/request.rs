//! A request as a line of JSON, and its answer.

use std::io::{self, Write};

use domain::ProviderRules;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::Outcome;
use super::json;
use crate::cli::Rule;

#[derive(Deserialize)]
struct Request {
    id: Option<Value>,
    rule: Rule,
    input: String,
    #[serde(default)]
    options: Options,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Options {
    providers: Option<ProviderRules>,
    refuse_sample: bool,
}

#[derive(Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    ok: bool,
    #[serde(flatten)]
    outcome: Outcome,
}

/// Answers one line, whatever it is; returns whether the value was good.
pub(super) fn answer(line: Result<&str, Outcome>, output: &mut impl Write) -> io::Result<bool> {
    let (id, outcome) = match line.map(serde_json::from_str::<Request>) {
        Ok(Ok(Request { id, rule, input, options })) => {
            (id, Outcome::of(rule, &input, options.providers.as_ref(), options.refuse_sample))
        }
        Ok(Err(error)) => (None, Outcome::problem("invalid-request", format!("not a request: {error}"))),
        Err(problem) => (None, problem),
    };
    let good = outcome.is_good();
    json::line(&Answer { id, ok: good, outcome }, output)?;
    Ok(good)
}
