//! A port of the four rules as `cargo xtask conform` drives it, over the reference itself; and,
//! with the name of a mistake, one that is deliberately wrong. The tests of `conform` see to it
//! that each mistake is caught.
#![expect(clippy::print_stdout, reason = "it answers on its standard output")]

use std::io::BufRead;

use domain::{ApiKey, CustomerIp, EmailAddress, Expiry, ProviderRules, RuleError};
use serde_json::{Value, json};

/// What a team writes that did not read the rules.
#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    /// Dots are dropped at Outlook as at Gmail.
    OutlookDots,
    /// `1.5h` is taken.
    Fractions,
    /// `010.1.1.1` is taken as `10.1.1.1`.
    LeadingZeros,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mistake = match std::env::args().nth(1).as_deref() {
        None => Mistake::None,
        Some("outlook-dots") => Mistake::OutlookDots,
        Some("fractions") => Mistake::Fractions,
        Some("leading-zeros") => Mistake::LeadingZeros,
        Some(other) => return Err(format!("no such mistake: {other}").into()),
    };
    for line in std::io::stdin().lock().lines() {
        println!("{}", answer(&serde_json::from_str(&line?)?, mistake)?);
    }
    Ok(())
}

fn answer(request: &Value, mistake: Mistake) -> Result<Value, serde_json::Error> {
    let input = request["input"].as_str().unwrap_or_default();
    let options = &request["options"];
    let outcome = match request["rule"].as_str() {
        Some("email") => {
            let own: Option<ProviderRules> = serde_json::from_value(options["providers"].clone())?;
            email(input, &own.unwrap_or_default(), mistake)
        }
        Some("ip") => ip(input, mistake),
        Some("expiry") => expiry(input, mistake),
        _ => api_key(input, options["refuseSample"] == true),
    };
    Ok(outcome.unwrap_or_else(|error| {
        json!({ "ok": false, "error": {
            "code": error.code(), "position": error.position(), "utf16": error.utf16_position(input),
        } })
    }))
}

fn email(input: &str, own: &ProviderRules, mistake: Mistake) -> Result<Value, Box<dyn RuleError>> {
    let email = EmailAddress::parse_with(input, own).map_err(boxed)?;
    let mut canonical = email.canonical().to_owned();
    if mistake == Mistake::OutlookDots && email.domain().starts_with("outlook.") {
        let (local, domain) = canonical.split_once('@').unwrap_or_default();
        canonical = format!("{}@{domain}", local.replace('.', ""));
    }
    Ok(json!({ "ok": true, "normalized": email.normalized(), "canonical": canonical }))
}

fn ip(input: &str, mistake: Mistake) -> Result<Value, Box<dyn RuleError>> {
    let decimal: Vec<&str> = input.split('.').map(|number| number.trim_start_matches('0')).collect();
    let ip = match CustomerIp::parse(input) {
        Err(error) if mistake == Mistake::LeadingZeros && error.code() == "leading-zero" => {
            CustomerIp::parse(&decimal.join("."))
        }
        parsed => parsed,
    };
    let ip = ip.map_err(boxed)?;
    Ok(json!({ "ok": true, "normalized": ip.to_string(), "scope": ip.scope().as_str() }))
}

fn expiry(input: &str, mistake: Mistake) -> Result<Value, Box<dyn RuleError>> {
    match (Expiry::parse(input), input.strip_suffix('h').and_then(|hours| hours.parse::<f64>().ok())) {
        (Err(error), Some(hours)) if mistake == Mistake::Fractions && error.code() == "fraction" => {
            Ok(json!({ "ok": true, "seconds": (hours * 3_600.0) as u64 }))
        }
        (parsed, _) => Ok(json!({ "ok": true, "seconds": parsed.map_err(boxed)?.as_seconds() })),
    }
}

fn api_key(input: &str, refuse_sample: bool) -> Result<Value, Box<dyn RuleError>> {
    let mut key = ApiKey::parse(input);
    if refuse_sample {
        key = key.and_then(ApiKey::refuse_sample);
    }
    let key = key.map_err(boxed)?;
    Ok(json!({ "ok": true, "kind": key.kind().as_str(), "masked": key.masked().to_string() }))
}

fn boxed(error: impl RuleError + 'static) -> Box<dyn RuleError> {
    Box::new(error)
}
